"""The sound of clauses as core keeps it: asked of the synthesiser once, and ahead of time where the text is known."""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, field

from greenroom.events import SAMPLE_RATE_HZ, SpeechClip
from greenroom.ports import WorkerPort
from greenroom.records import Phoneme, Style
from greenroom.requests import Synthesize
from greenroom.voice import clauses

KEPT_BYTES = 16 * 1024 * 1024
"""About 8 minutes of speech; a session of 8 questions has some 4 that can be known ahead."""
PATIENCE_S = 6.0
"""A clause that was asked for so long ago holds nothing up any more."""


class Clip(Struct):
    """The sound of one clause, as far as it has arrived."""

    pcm: bytearray = field(default_factory=bytearray)
    phonemes: tuple[Phoneme, ...] = ()
    is_whole: bool = False
    ready_t: float | None = None
    """When its first sound was there."""
    is_script: bool = False
    """Its words were known before the candidate had said any."""
    is_refused: bool = False
    """The synthesiser cannot say it: no more of it comes."""

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / (2 * SAMPLE_RATE_HZ)


class Line(NamedTuple):
    """What a clip is the sound of."""

    style: Style
    clause: str


class Owed(Struct):
    """A clip that was asked of the synthesiser."""

    line: Line
    clip: Clip
    asked_t: float
    is_ahead: bool
    """Nobody waits for it yet."""


class Clips:
    """Whole clips by engine, style and text of a clause, at most ``KEPT_BYTES`` of them.

    Where there is no room the longest unused goes, what is not of the present script before what is. One clause at a
    time is rendered ahead, and none while one is owed that is to be said now: that one waits for a single clause at
    most.
    """

    def __init__(self, voice: WorkerPort) -> None:
        self._voice = voice
        self._engine = ""
        self._whole: OrderedDict[str, Clip] = OrderedDict()
        self._owed: dict[str, Owed] = {}
        self._script: dict[str, Line] = {}
        self._ahead: deque[str] = deque()
        self._t = 0.0

    def want(self, style: Style, clause: str) -> Clip:
        """The clip of a clause that is to be said; asked for unless it is here or on its way."""
        line = Line(style, clause.strip())
        key = self._key(line)
        if (clip := self._whole.get(key)) is not None:
            self._whole.move_to_end(key)
            return clip
        if key not in self._owed:
            self._ask(line, Clip(), is_ahead=False)
        self._owed[key].is_ahead = False
        return self._owed[key].clip

    def rehearse(self, texts: Sequence[str], style: Style) -> None:
        """Have all clauses of these texts rendered when there is time, first clauses first: a new script."""
        parts = [clauses.split(text) for text in texts]
        ranks = range(max(map(len, parts), default=0))
        lines = [Line(style, part[rank].strip()) for rank in ranks for part in parts if rank < len(part)]
        self._script = {self._key(line): line for line in lines}
        self._render_script()

    def take(self, event: SpeechClip) -> Clip | None:
        """A piece of a clip; None when nobody asked for it."""
        owed = self._owed.get(event.key)
        if owed is None:
            return None
        owed.clip.pcm += event.pcm
        if owed.clip.ready_t is None:
            owed.clip.ready_t = event.t_known
        if event.is_last:
            owed.clip.phonemes, owed.clip.is_whole = event.phonemes, True
            owed.clip.is_script = event.key in self._script
            del self._owed[event.key]
            self._whole[event.key] = owed.clip
            self._make_room(is_ahead=owed.is_ahead)
            self._go_on()
        return owed.clip

    def tick(self, t: float) -> None:
        self._t = t
        self._go_on()

    def give_up(self, clip: Clip) -> None:
        """What has not come of a clip is not waited for; the next who wants it asks anew."""
        self._owed = {key: owed for key, owed in self._owed.items() if owed.clip is not clip}

    def refuse(self, key: str) -> None:
        """The synthesiser cannot say this clause; the next who wants it asks anew."""
        owed = self._owed.pop(key, None)
        if owed is not None:
            owed.clip.is_refused = True
            self._go_on()

    def voice_is_gone(self) -> None:
        """Nothing is asked ahead until ``voice_is_back``."""
        self._ahead.clear()

    def voice_is_back(self, engine: str) -> None:
        """Ask again for what the synthesiser owed; another engine or voice renders the script anew."""
        if engine != self._engine:
            self._engine = engine
            self._whole.clear()
            self._script = {self._key(line): line for line in self._script.values()}
        before, self._owed = self._owed, {}
        for owed in before.values():
            if not owed.is_ahead:
                owed.clip.pcm.clear()
                owed.clip.ready_t = None
                self._ask(owed.line, owed.clip, is_ahead=False)
        self._render_script()

    def forget(self) -> None:
        """The session is over: drop all but the sound of scripts."""
        self._whole = OrderedDict((key, clip) for key, clip in self._whole.items() if clip.is_script)
        self._owed.clear()
        self._script.clear()
        self._ahead.clear()

    def _render_script(self) -> None:
        for key in self._script.keys() & self._whole.keys():
            self._whole[key].is_script = True
        self._ahead = deque(self._script)
        self._go_on()

    def _go_on(self) -> None:
        """Ask for the next clause of the script when nothing else is owed."""
        if any(self._t - owed.asked_t < PATIENCE_S for owed in self._owed.values()):
            return
        while self._ahead:
            key = self._ahead.popleft()
            if key in self._whole or key in self._owed:
                continue
            self._ask(self._script[key], Clip(), is_ahead=True)
            return

    def _ask(self, line: Line, clip: Clip, *, is_ahead: bool) -> None:
        key = self._key(line)
        self._owed[key] = Owed(line, clip, self._t, is_ahead)
        self._voice.send(Synthesize(key=key, text=line.clause, style=line.style))

    def _make_room(self, *, is_ahead: bool) -> None:
        """What was rendered ahead takes the place of nothing in the script: there it ends."""
        kept_bytes = sum(len(clip.pcm) for clip in self._whole.values())
        while kept_bytes > KEPT_BYTES:
            key = next((key for key in self._whole if key not in self._script), "")
            if not key:
                key = next(reversed(self._whole) if is_ahead else iter(self._whole))
                self._ahead.clear()
            kept_bytes -= len(self._whole.pop(key).pcm)

    def _key(self, line: Line) -> str:
        return hashlib.sha256(f"{self._engine}\n{line.style}\n{line.clause}".encode()).hexdigest()[:16]
