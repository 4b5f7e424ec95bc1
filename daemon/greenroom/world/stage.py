"""Room, candidate, scenes and truth on one sample clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.records import GazeTarget
from greenroom.seeing.calibration import targets
from greenroom.world import candidate
from greenroom.world.candidate import LOUD_DBFS, Ear, Spoke, State, Stopped
from greenroom.world.echo_path import Sound
from greenroom.world.motion import FRAME_RATE_HZ, Motion, next_scene
from greenroom.world.render import LEVEL_DBFS
from greenroom.world.room import ROOMS, SILENT_DBFS, Room, level_dbfs
from greenroom.world.scene import Scene
from greenroom.world.script import Composer
from greenroom.world.truth import Truth, TruthLog

BLOCK_SAMPLES = 160
"""The candidate listens and decides every 10 ms."""
GAZE_CUE = "gaze"
"""The instruction after which points are shown on the screen, which the candidate follows."""
LEAD_S = 0.5
"""From its end to the first point, as the booth does it."""
REACTION_S = 0.2
"""Until the eyes go to what has appeared."""
PANEL_MM = (476.0, 268.0)
"""The screen in the virtual booth: what the settings say when they are not changed."""
_KEPT_SCENES = 64
_FADE_SAMPLES = 160


class Stage:
    """Advances by samples; the same samples and cues give the same result however they are cut into calls.

    ``record`` gets loudspeaker and microphone of every stretch.
    """

    def __init__(
        self,
        composer: Composer,
        read_clip: Callable[[str], Pcm],
        seed: int,
        record: Callable[[Pcm, Pcm], None],
        *,
        voice_name: str = "",
        start_t: float = 0.0,
        room: str = "booth",
    ) -> None:
        """``room`` is one of ``ROOMS``."""
        self._composer, self._read_clip, self._seed, self._record = composer, read_clip, seed, record
        self._voice_name, self._room_name = voice_name, room
        self._room = Room(seed, ROOMS[room])
        self.start = round(start_t * SAMPLE_RATE_HZ)
        self.position = self.start
        """The next sample, counted from the origin of the timeline."""
        self.log = TruthLog()
        self.scenes: deque[Scene] = deque(maxlen=_KEPT_SCENES)
        self._late = np.zeros(round(self._room.acoustics.speaker_latency_s * SAMPLE_RATE_HZ), np.int16)
        self._cues: deque[tuple[int, str]] = deque([(self.start, "")])
        self._state = State()
        self._motion = Motion(blink_t=start_t + 1.5, nod_t=start_t + 2.0)
        self._first_scene = -(-self.start * int(FRAME_RATE_HZ) // SAMPLE_RATE_HZ)
        self._points: tuple[GazeTarget, ...] = ()
        self._clip: Sound = np.zeros(0, np.float32)
        self._speaker_block: list[Pcm] = []
        self._voice_frame: list[Sound] = []

    @property
    def t(self) -> float:
        return self.position / SAMPLE_RATE_HZ

    @property
    def state(self) -> State:
        return self._state

    def advance(self, speaker: Pcm, cue: str) -> Pcm:
        """Go on by as many samples as the loudspeaker is given; what the microphone picks up meanwhile."""
        size = len(speaker)
        queued = np.concatenate([self._late, speaker])
        emitted, self._late = queued[:size], queued[size:]
        if cue != self._cues[-1][1]:
            self._cues.append((self.position + len(self._late), cue))
        picked = np.zeros(size, np.int16)
        done = 0
        while done < size:
            if self.position % BLOCK_SAMPLES == 0:
                self._decide()
            self._show()
            step = min(size - done, self._until_next())
            voice = self._say(step)
            stretch = emitted[done : done + step]
            picked[done : done + step] = self._room.pick_up(stretch, voice)
            self._speaker_block.append(stretch)
            self._voice_frame.append(voice)
            self.position += step
            done += step
        self._record(emitted, picked)
        return picked

    def scene_at(self, until_t: float) -> Scene | None:
        """The newest scene not after a time, among those still kept."""
        return next((scene for scene in reversed(self.scenes) if scene.t <= until_t + 1e-9), None)

    def truth(self) -> Truth:
        acoustics = self._room.acoustics
        return Truth(
            seed=self._seed,
            voice=self._voice_name,
            sample_rate_hz=SAMPLE_RATE_HZ,
            start_t=self.start / SAMPLE_RATE_HZ,
            end_t=self.t,
            levels={
                "room": self._room_name,
                "rt60_s": acoustics.rt60_s,
                "voice_dbfs": LEVEL_DBFS,
                "noise_dbfs": acoustics.noise_dbfs,
                "echo_db": acoustics.echo_dbfs,
                "echo_delay_s": acoustics.echo_delay_s,
                "speaker_latency_s": acoustics.speaker_latency_s,
            },
            cues=list(self.log.cues),
            answers=list(self.log.answers),
            cut_offs=list(self.log.cut_offs),
            interruptions=list(self.log.interruptions),
            scenes=self.log.track(FRAME_RATE_HZ),
        )

    def _until_next(self) -> int:
        """Samples until the candidate decides again or a scene is due."""
        return min(BLOCK_SAMPLES - self.position % BLOCK_SAMPLES, max(1, self._next_scene() - self.position))

    def _next_scene(self) -> int:
        return -(-(self._first_scene + self._motion.frame) * SAMPLE_RATE_HZ // int(FRAME_RATE_HZ))

    def _decide(self) -> None:
        while len(self._cues) > 1 and self._cues[1][0] <= self.position:
            _, over = self._cues.popleft()
            if over == GAZE_CUE:
                self._points = targets(PANEL_MM, self.t + LEAD_S)
        cue = self._cues[0][1]
        heard_dbfs = level_dbfs(np.concatenate(self._speaker_block)) if self._speaker_block else SILENT_DBFS
        self._speaker_block.clear()
        if cue and heard_dbfs > LOUD_DBFS:
            self.log.heard(self.t - BLOCK_SAMPLES / SAMPLE_RATE_HZ, self.t, cue)
        ear = Ear(self.t, heard_dbfs, cue)
        self._state, actions = candidate.step(self._composer, self._seed, self._state, ear)
        for action in actions:
            self.log.acted(self.t, action)
            if isinstance(action, Spoke):
                self._clip = self._read_clip(action.say.clip).astype(np.float32) / np.float32(32768)
            elif isinstance(action, Stopped):
                rest = self._clip[:_FADE_SAMPLES]
                self._clip = rest * np.linspace(1, 0, len(rest), dtype=np.float32)

    def _looked_at(self, t: float) -> tuple[float, float] | None:
        """Direction of the point that the candidate looks at while the gaze is checked."""
        point = next((p for p in self._points if p.from_t <= t - REACTION_S < p.to_t), None)
        return None if point is None else (point.yaw_deg, point.pitch_deg)

    def _say(self, size: int) -> Sound:
        voice = np.zeros(size, np.float32)
        said, self._clip = self._clip[:size], self._clip[size:]
        voice[: len(said)] = said
        return voice

    def _show(self) -> None:
        if self.position != self._next_scene():
            return
        voice_dbfs = level_dbfs(np.concatenate(self._voice_frame)) if self._voice_frame else SILENT_DBFS
        self._voice_frame.clear()
        scene_t = (self._first_scene + self._motion.frame) / FRAME_RATE_HZ
        self._motion, scene = next_scene(
            self._motion, self._seed, scene_t, self._state.mood, voice_dbfs, looked_at=self._looked_at(scene_t))
        self.scenes.append(scene)
        self.log.seen(scene)
