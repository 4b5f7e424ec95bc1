"""What the hearing worker does for one stream: a queue of segments and channel changes, taken in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from greenroom.errors import CommandRefused, EngineError, GreenroomError
from greenroom.events import (
    LIVE,
    SAMPLE_RATE_HZ,
    AudioGap,
    ChannelLearned,
    EndOfTurn,
    JobKey,
    RoomHeard,
    Utterance,
)
from greenroom.ports import Emit, Pcm, PitchTracker, Recogniser, SoundClassifier
from greenroom.records import EngineInfo, Word
from greenroom.requests import CloseSegment, Hear, OpenSegment
from greenroom.workers.ending import NOTHING_TOLD, Endings, Signs
from greenroom.workers.pitching import Pitching
from greenroom.workers.segments import BLOCK_SAMPLES, PREROLL_S, Chunk, Ring, SegmentSound

FillerRule = Callable[[Pcm], bool]
Fail = Callable[[GreenroomError, str], None]

PARTIAL_S = 0.2
WORK_S = 0.5
"""Seconds of sound recognised in one ``advance``: at most about 0.2 s of work."""
TAIL_WAIT_S = 0.3
"""How long a closed segment waits for the rest of its tail: a microphone that was closed sends none."""
LEARN_MIN_S, LEARN_MAX_S = 1.5, 8.0
"""Less sound makes a poor mean; more makes no better one and takes longer."""
ROOM_MAX_S = 6.0
"""The newest so many seconds of the room are listened to: 0.05 to 0.1 s of work."""
MAX_QUEUED = 64
"""Segments: those of a minute of short phrases. Their sound is bounded by ``BACKLOG_S`` each, and lies in one only."""
_NOISE_RMS = 30.0


@dataclass(frozen=True)
class _Learn:
    pcm: Pcm
    to_t: float


@dataclass(frozen=True)
class _SetMean:
    mean: tuple[float, ...]


@dataclass(frozen=True)
class _Room:
    pcm: Pcm
    to_t: float
    sounds: SoundClassifier


@dataclass(frozen=True)
class _End:
    """Where the words of a segment end."""

    job: JobKey
    segment: int
    to_t: float


class Listening:
    """Sound, recogniser and queue of one stream."""

    def __init__(self, name: str, emit: Emit, fail: Fail, load_recogniser: Callable[[], Recogniser],
                 is_filler: FillerRule, *, tracker: PitchTracker | None = None,
                 endings: Endings | None = None) -> None:
        self._name = name
        self._emit = emit
        self._fail = fail
        self._load_recogniser = load_recogniser
        self._is_filler = is_filler
        self._loaded: Recogniser | None = None
        self._ring = Ring()
        self._queue: deque[SegmentSound | _Learn | _SetMean] = deque()
        self._room: _Room | None = None
        self._pitch = Pitching(tracker, name)
        self._endings = endings if endings is not None and endings.can_judge else None
        self._unjudged: _End | None = None
        self._before_t = 0.0
        self._last_end_t = float("-inf")
        self._answered: deque[tuple[JobKey, int]] = deque(maxlen=MAX_QUEUED)

    @property
    def is_busy(self) -> bool:
        return bool(self._queue) or self._room is not None or self._pitch.is_busy

    @property
    def has_work(self) -> bool:
        """Whether ``advance`` can do anything without more sound."""
        first = self._queue[0] if self._queue else None
        is_waiting = isinstance(first, SegmentSound) and first.to_t is None and not first.has_block
        return (first is not None and not is_waiting) or self._room is not None or self._pitch.is_busy

    @property
    def engine(self) -> EngineInfo:
        return self._recogniser().info

    def warm_up(self) -> None:
        """Recognise 0.5 s of noise. Raises ``EngineUnavailable``."""
        recogniser, noise = self._recogniser(), np.random.default_rng(0)
        recogniser.open(0.0)
        for _ in range(8):
            recogniser.feed(noise.normal(0.0, _NOISE_RMS, BLOCK_SAMPLES).astype(np.int16))
            recogniser.partial()
        recogniser.close()
        recogniser.set_channel(())

    def hear(self, request: Hear) -> None:
        if len(request.pcm) % 2:
            raise CommandRefused("PCM of 16 bit samples has an even number of bytes")
        chunk = Chunk(request.t, np.frombuffer(request.pcm, np.int16))
        self._ring.add(chunk)
        for work in self._queue:
            if isinstance(work, SegmentSound) and (left_out := work.offer(chunk)) is not None:
                self._tell_gap(*left_out)

    def open(self, request: OpenSegment) -> None:
        """Begin a segment; one that is still open ends where this one begins."""
        self._check_room()
        start_t = request.from_t - PREROLL_S
        last = self._queue[-1] if self._queue else None
        if isinstance(last, SegmentSound) and last.to_t is None:
            self._end(last, max(start_t, last.start_t), 0.0)
        # The sound before belongs to the segment before: words must not be heard twice.
        if request.from_t >= self._last_end_t:
            start_t = max(start_t, self._last_end_t)
        segment = SegmentSound(request.job, request.segment, start_t, request.hints)
        for chunk in self._ring.between(segment.start_t):
            segment.offer(chunk)
        self._queue.append(segment)

    def close(self, request: CloseSegment) -> None:
        """Raises ``CommandRefused`` for a segment that was never opened; one that has ended is left alone."""
        for work in self._queue:
            if isinstance(work, SegmentSound) and (work.job, work.segment) == (request.job, request.segment):
                if work.to_t is None:
                    self._end(work, max(request.to_t, work.start_t), work.tail_s)
                return
        if (request.job, request.segment) not in self._answered:
            raise CommandRefused(f"segment {request.segment} is not open")

    def learn(self, from_t: float, to_t: float) -> None:
        self._check_room()
        pcm = self._ring.pcm(max(from_t, to_t - LEARN_MAX_S), to_t)
        if pcm.size < LEARN_MIN_S * SAMPLE_RATE_HZ:
            raise CommandRefused(f"{pcm.size / SAMPLE_RATE_HZ:.1f} s of sound is too little to learn a voice from",
                                 fix=f"ask for {LEARN_MIN_S} s or more of the last 30 s")
        self._queue.append(_Learn(pcm, to_t))

    def set_channel(self, mean: tuple[float, ...]) -> None:
        self._check_room()
        self._queue.append(_SetMean(mean))

    def listen_to_room(self, spans: tuple[tuple[float, float], ...], sounds: SoundClassifier) -> None:
        """Tell the sounds of these stretches as soon as nothing else is to be done; the newest request counts."""
        pcm = np.concatenate([np.zeros(0, np.int16), *(self._ring.pcm(from_t, to_t) for from_t, to_t in spans)])
        to_t = max((to_t for _, to_t in spans), default=self._before_t)
        self._room = _Room(pcm[-round(ROOM_MAX_S * SAMPLE_RATE_HZ) :], to_t, sounds)

    def advance(self, before_t: float, until_t: float) -> None:
        """Work on the queue, at most ``WORK_S`` of sound. ``before_t`` is the ``until_t`` of the advance before."""
        self._before_t = before_t
        budget = round(WORK_S * SAMPLE_RATE_HZ)
        while self._queue and budget > 0:
            work = self._queue[0]
            if isinstance(work, SegmentSound):
                if work.limit_t + TAIL_WAIT_S <= until_t:
                    work.is_cut_off = True
                budget -= self._recognise(work, budget)
                if budget <= 0 or not work.is_complete or work.has_rest:
                    if work.to_t is None and not work.has_block:  # nobody waits for this segment's words yet
                        self._track_pitch()
                    return
                self._finish(work)
            else:
                self._adapt(work)
                budget = 0
            self._queue.popleft()
        if self._room is not None and budget > 0:
            room, self._room = self._room, None
            self._emit(RoomHeard(t=room.to_t, t_known=self._known(room.to_t), stream=self._name,
                                 sounds=room.sounds.classify(room.pcm)))
        elif budget > 0:
            self._track_pitch()

    def forget(self) -> None:
        """Drop sound, words and voice."""
        self._ring.clear()
        self._queue.clear()
        self._room = None
        self._pitch.forget()
        self._unjudged = None
        if self._endings is not None:
            self._endings.forget()
        self._answered.clear()
        self._last_end_t = float("-inf")
        if self._loaded is not None:
            self._loaded.close()
            self.warm_up()  # the engine keeps its last result until it has another

    def _recogniser(self) -> Recogniser:
        if self._loaded is None:
            self._loaded = self._load_recogniser()
        return self._loaded

    def _recognise(self, segment: SegmentSound, samples: int) -> int:
        """Take up to so many samples of a segment; returns how many it took."""
        recogniser, taken = self._recogniser(), 0
        while taken < samples and (block := segment.next_block()) is not None:
            if block.is_first:
                if segment.is_running:
                    segment.words += recogniser.close()
                recogniser.open(block.t, segment.hints)
                segment.is_running = True
                segment.partial_t = max(segment.partial_t, block.t)
            recogniser.feed(block.pcm)
            self._pitch.take(block)
            taken += block.pcm.size
            # While more sound waits, a partial would be old before it is shown, and make the wait longer.
            is_due = segment.covered_t >= segment.partial_t + PARTIAL_S - 1 / SAMPLE_RATE_HZ
            if segment.to_t is None and is_due and not segment.has_block:
                segment.partial_t = segment.covered_t
                self._show(segment, (*segment.words, *recogniser.partial()))
        return taken

    def _show(self, segment: SegmentSound, words: tuple[Word, ...]) -> None:
        """A partial, when its words are not those of the partial before."""
        texts = tuple(word.text for word in words)
        if texts != segment.shown:
            segment.shown = texts
            self._say(segment, words, is_final=False, is_filler=False)

    def _finish(self, segment: SegmentSound) -> None:
        if segment.is_running:
            segment.words += self._recogniser().close()
        # Sound can have been recognised before its segment was closed: those words come again in the next one.
        words = tuple(word for word in segment.words if word.start_t < segment.limit_t)
        pcm = segment.recent_pcm()
        self._answered.append((segment.job, segment.segment))
        self._say(segment, words, is_final=True, is_filler=bool(pcm.size) and self._is_filler(pcm))
        if self._endings is not None:
            self._judge(segment, words, self._endings)
        self._pitch.end(segment.segment)

    def _judge(self, segment: SegmentSound, words: tuple[Word, ...], endings: Endings) -> None:
        """Tell how the newest words end, also when a noise follows them; where more was said nobody needs to know."""
        to_t = segment.covered_t if segment.to_t is None else segment.to_t
        end = _End(segment.job, segment.segment, to_t)
        if not words:
            self._tell_end(end, NOTHING_TOLD, segment.covered_t)
        else:
            if self._unjudged is not None:
                self._tell_end(self._unjudged, NOTHING_TOLD, segment.covered_t)
            endings.ended(segment.job.turn, segment.start_t, to_t, words)
            self._unjudged = end
        if self._unjudged is not None and len(self._queue) == 1:
            self._tell_end(self._unjudged, endings.signs(self._ring), segment.covered_t, endings.latency_s)
            self._unjudged = None

    def _tell_end(self, end: _End, signs: Signs, covered_t: float, latency_s: float = 0.0) -> None:
        self._emit(EndOfTurn(t=end.to_t, t_known=self._known(covered_t) + latency_s, job=end.job, segment=end.segment,
                             model_p=signs.model_p, pitch_st=signs.pitch_st, end_p=signs.end_p, filler=signs.filler,
                             stream=self._name))

    def _say(self, segment: SegmentSound, words: tuple[Word, ...], *, is_final: bool, is_filler: bool) -> None:
        t = segment.covered_t
        self._emit(Utterance(t=t, t_known=self._known(t), job=segment.job, segment=segment.segment, words=words,
                             is_final=is_final, ends_in_filler=is_filler, stream=self._name))

    def _track_pitch(self) -> None:
        heard = self._pitch.work(self._known(self._before_t))
        if heard is not None:
            self._emit(heard)

    def _adapt(self, work: _Learn | _SetMean) -> None:
        try:
            if isinstance(work, _SetMean):
                self._recogniser().set_channel(work.mean)
                return
            mean = self._recogniser().learn_channel(work.pcm)
        except EngineError as error:
            self._fail(error, "SetChannel" if isinstance(work, _SetMean) else "LearnChannel")
            return
        self._emit(ChannelLearned(t=work.to_t, t_known=self._known(work.to_t), mean=mean))

    def _end(self, segment: SegmentSound, to_t: float, tail_s: float) -> None:
        segment.to_t, segment.tail_s = to_t, tail_s
        self._last_end_t = to_t

    def _known(self, t: float) -> float:
        return max(t, self._before_t) + self._recogniser().latency_s

    def _check_room(self) -> None:
        if len(self._queue) >= MAX_QUEUED:
            raise CommandRefused(f"{MAX_QUEUED} segments wait to be recognised", fix="wait for their final utterances")

    def _tell_gap(self, t: float, length_s: float) -> None:
        self._fail(EngineError(f"the recogniser fell behind: {length_s:.1f} s of sound were left out"), "Hear")
        if self._name == LIVE:
            known_t = max(t, self._before_t)
            self._emit(AudioGap(t=t, t_known=known_t, length_s=length_s, reason="recogniser fell behind"))
