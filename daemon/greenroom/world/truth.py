"""What really happened in the virtual booth: the structs of ``truth.json`` and the log that fills them."""

from __future__ import annotations

from collections import deque
from pathlib import Path

import msgspec
from msgspec import Struct, field

from greenroom.errors import StorageError
from greenroom.world.candidate import Action, Began, Finished, Spoke, Stopped, TalkedOver, Waited
from greenroom.world.scene import Scene

MAX_SCENES = 54_000
"""One hour of scenes; older ones go, and ``scenes.dropped`` counts them."""
MAX_ENTRIES = 2_000
_CUE_GAP_S = 0.3
"""A cue that is silent for longer gets a new span."""


class Spoken(Struct, kw_only=True):
    """One clip as it was heard; of a clip that was cut, ``text`` keeps the share of words that were said."""

    text: str
    start_t: float
    end_t: float
    is_filler: bool = False
    is_cut: bool = False


class Silence(Struct, kw_only=True):
    """A wait inside an answer."""

    kind: str
    start_t: float
    end_t: float


class AnswerTruth(Struct, kw_only=True):
    """One stretch of answering. Stretches with the same ``cue`` belong to one answer."""

    cue: str
    prompted_by: str
    nth: int
    """Number of the question it belongs to, from 1; 0 before the first."""
    is_interruption: bool
    continues: bool
    is_complete: bool = False
    text: str = ""
    """Everything said, without fillers."""
    fillers: list[str] = field(default_factory=list)
    segments: list[Spoken] = field(default_factory=list)
    pauses: list[Silence] = field(default_factory=list)

    @property
    def start_t(self) -> float:
        return self.segments[0].start_t

    @property
    def end_t(self) -> float:
        return self.segments[-1].end_t


class CueSpan(Struct, kw_only=True):
    """The loudspeaker was heard saying a cue, to within 10 ms."""

    cue: str
    start_t: float
    end_t: float


class CutOff(Struct, kw_only=True):
    """The interviewer began to talk at ``t`` while the candidate had not finished answering ``asked``."""

    t: float
    cue: str
    asked: str


class Interruption(Struct, kw_only=True):
    """The candidate began to talk at ``onset_t`` while the interviewer was saying ``cue``."""

    onset_t: float
    cue: str


class SceneTrack(Struct, kw_only=True):
    """Scenes as columns, one entry per frame from ``first_frame`` on."""

    rate_hz: float
    first_frame: int = 0
    dropped: int = 0
    t: list[float] = field(default_factory=list)
    yaw_deg: list[float] = field(default_factory=list)
    pitch_deg: list[float] = field(default_factory=list)
    roll_deg: list[float] = field(default_factory=list)
    gaze_yaw_deg: list[float] = field(default_factory=list)
    gaze_pitch_deg: list[float] = field(default_factory=list)
    eyelids: list[float] = field(default_factory=list)


class Truth(Struct, kw_only=True):
    """The file ``truth.json``. ``room.wav`` begins at ``start_t``."""

    version: int = 1
    seed: int
    voice: str
    sample_rate_hz: int
    start_t: float
    end_t: float
    levels: dict[str, float | str]
    """What the room is like; ``room`` is its name."""
    cues: list[CueSpan]
    answers: list[AnswerTruth]
    cut_offs: list[CutOff]
    interruptions: list[Interruption]
    scenes: SceneTrack


class TruthLog:
    """Collects what happened; the newest ``MAX_ENTRIES`` of each kind and an hour of scenes are kept."""

    def __init__(self) -> None:
        self.cues: deque[CueSpan] = deque(maxlen=MAX_ENTRIES)
        self.answers: deque[AnswerTruth] = deque(maxlen=MAX_ENTRIES)
        self.cut_offs: deque[CutOff] = deque(maxlen=MAX_ENTRIES)
        self.interruptions: deque[Interruption] = deque(maxlen=MAX_ENTRIES)
        self._scenes: deque[Scene] = deque(maxlen=MAX_SCENES)
        self._last_heard: CueSpan | None = None

    def acted(self, t: float, action: Action) -> None:
        """The candidate did something at ``t``."""
        match action:
            case Began():
                self.answers.append(
                    AnswerTruth(
                        cue=action.asked,
                        prompted_by=action.cue,
                        nth=action.nth,
                        is_interruption=action.is_interruption,
                        continues=action.continues,
                    )
                )
                if action.is_interruption:
                    self.interruptions.append(Interruption(onset_t=t, cue=action.cue))
            case Spoke(say):
                spoken = Spoken(text=say.text, start_t=t, end_t=t + say.duration_s, is_filler=say.is_filler)
                self.answers[-1].segments.append(spoken)
            case Waited(kind, duration_s):
                self.answers[-1].pauses.append(Silence(kind=kind, start_t=t, end_t=t + duration_s))
            case TalkedOver(cue):
                self.cut_offs.append(CutOff(t=t, cue=cue, asked=self.answers[-1].cue))
            case Stopped():
                self._cut(t)
            case Finished():
                self.answers[-1].is_complete = True
        _settle(self.answers[-1])

    def heard(self, start_t: float, end_t: float, cue: str) -> None:
        """The loudspeaker was loud between two times while the interviewer was saying ``cue``."""
        last = self._last_heard
        if last is not None and last.cue == cue and start_t - last.end_t < _CUE_GAP_S:
            last.end_t = end_t
            return
        self._last_heard = CueSpan(cue=cue, start_t=start_t, end_t=end_t)
        self.cues.append(self._last_heard)

    def seen(self, scene: Scene) -> None:
        self._scenes.append(scene)

    def track(self, rate_hz: float) -> SceneTrack:
        first = self._scenes[0].frame if self._scenes else 0
        track = SceneTrack(rate_hz=rate_hz, first_frame=first, dropped=first)
        for scene in self._scenes:
            track.t.append(round(scene.t, 4))
            for name in ("yaw_deg", "pitch_deg", "roll_deg", "gaze_yaw_deg", "gaze_pitch_deg", "eyelids"):
                getattr(track, name).append(getattr(scene, name))
        return track

    def _cut(self, t: float) -> None:
        answer = self.answers[-1]
        if answer.segments and answer.segments[-1].end_t > t:
            spoken = answer.segments[-1]
            words = spoken.text.split()
            share = (t - spoken.start_t) / (spoken.end_t - spoken.start_t)
            spoken.text = " ".join(words[: round(share * len(words))])
            spoken.end_t, spoken.is_cut = t, True
        if answer.pauses:
            answer.pauses[-1].end_t = min(answer.pauses[-1].end_t, t)


def read_truth(path: Path) -> Truth:
    """Raises ``StorageError`` when the file is missing or no truth."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Truth)
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageError(f"{path} cannot be read: {error}", fix="run the demo again") from error


def _settle(answer: AnswerTruth) -> None:
    answer.text = " ".join(s.text for s in answer.segments if not s.is_filler and s.text)
    answer.fillers = [s.text for s in answer.segments if s.is_filler]
