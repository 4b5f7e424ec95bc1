"""What the candidate says: the script as data, and the answer to one cue composed from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import Struct, field

from greenroom.errors import SettingsError
from greenroom.events import SAMPLE_RATE_HZ

WaitKind = Literal["breath", "unfinished", "filler", "thinking"]
FILLERS = frozenset({"um", "uh"})
BREATH_S = (0.28, 0.45)
"""Shortest and longest silence between two sentences; well under the 0.7 s after which a turn may be taken."""
_UNFINISHED = " ..."


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something special done in the answer to the ``nth`` question, whichever it is."""

    nth: int
    kind: Literal["unfinished", "filler", "thinking", "interruption"]
    say: str = ""
    wait_s: float = 0.0
    after_s: float = 0.0


class Script(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file ``script.toml``. Texts are pieces; one that ends in " ..." breaks off inside a sentence."""

    voices: dict[str, str]
    """Voice of the candidate by pack."""
    lines: dict[str, list[str]]
    behaviours: list[Behaviour] = field(default_factory=list)
    follow_ups: dict[str, list[list[str]]] = field(default_factory=dict)
    particular: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, list[str]] = field(default_factory=dict)


class Clip(Struct, frozen=True, kw_only=True):
    """A recorded piece: an entry of ``voices/index.json``."""

    name: str
    voice: str
    text: str
    samples: int
    sha256: str
    """Of the samples as 16 bit little endian."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part ``part`` of the recording of a whole sentence."""

    text: str
    recording: tuple[str, ...]
    part: int

    @property
    def is_filler(self) -> bool:
        return self.text in FILLERS

    @property
    def is_unfinished(self) -> bool:
        return self.part < len(self.recording) - 1


@dataclass(frozen=True, slots=True)
class Say:
    """Speak one clip."""

    text: str
    clip: str
    duration_s: float
    is_filler: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Be silent inside an answer."""

    kind: WaitKind
    duration_s: float


Step = Say | Wait


def draw(seed: int, *what: object) -> float:
    """A number from 0 up to 1 that depends on nothing but its arguments."""
    digest = hashlib.sha256(":".join(map(str, (seed, *what))).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def parse_script(data: object) -> Script:
    """Raises ``SettingsError`` when the data is no script."""
    try:
        return msgspec.convert(data, Script)
    except msgspec.ValidationError as error:
        message = f"script.toml: {str(error).replace('`$.', '`')}"
        raise SettingsError(message, fix="correct the entry it names") from error


def clip_name(voice: str, piece: Piece) -> str:
    """Names the recording by its content, so that equal sentences share one file."""
    digest = hashlib.sha256(" ".join(piece.recording).encode()).hexdigest()[:10]
    return f"{voice}-{digest}-{piece.part}"


def pieces_of(texts: list[str]) -> tuple[Piece, ...]:
    """Texts of the script as pieces; those of one broken-off sentence share their recording."""
    pieces: list[Piece] = []
    sentence: list[str] = []
    for text in texts:
        sentence.append(text.removesuffix(_UNFINISHED))
        if not text.endswith(_UNFINISHED):
            pieces += [Piece(part, tuple(sentence), n) for n, part in enumerate(sentence)]
            sentence = []
    if sentence:
        raise SettingsError(f"script.toml: nothing follows `{sentence[-1]} ...`", fix="add the rest of the sentence")
    return tuple(pieces)


def recordings(script: Script) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Voice and parts of every recording that the script needs, each once."""
    everyone = [*script.lines.values(), *(texts for variants in script.follow_ups.values() for texts in variants)]
    everyone += [[b.say] for b in script.behaviours if b.say]
    wanted = [(voice, texts) for voice in sorted(set(script.voices.values())) for texts in everyone]
    for owner, texts in [*script.particular.items(), *script.answers.items()]:
        wanted.append((script.voices[owner.split("-")[0]], texts))
    seen = dict.fromkeys((voice, piece.recording) for voice, texts in wanted for piece in pieces_of(texts))
    yield from seen


class Composer:
    """Composes answers from the script, the recorded clips and what the packs say about their follow-ups."""

    def __init__(
        self, script: Script, clips: Mapping[str, Clip], intents: Mapping[str, str], *, voice: str, seed: int
    ) -> None:
        """``intents`` gives the intent of "question id:hook id"."""
        self._script, self._clips, self._intents = script, clips, intents
        self._voice, self._seed = voice, seed

    def line(self, name: str) -> tuple[Step, ...]:
        """One of the lines that belong to no question."""
        return self._steps(name, pieces_of(self._script.lines[name]))

    def answer(self, cue: str, nth: int) -> tuple[Step, ...] | None:
        """The whole answer to a cue, None when the cue wants none. ``nth`` counts questions from 1."""
        kind, _, rest = cue.partition(":")
        if kind == "check":
            return self.line("check")
        if kind == "greeting":
            return self.line("start")
        if kind == "question":
            return self._to_question(cue, rest, nth)
        if kind == "follow_up":
            return self._steps(cue, pieces_of(self._to_follow_up(rest)))
        return None

    def _to_question(self, cue: str, question_id: str, nth: int) -> tuple[Step, ...]:
        texts = self._script.answers.get(question_id)
        if texts is None:
            return self.line("unknown")
        pieces = pieces_of(texts)
        behaviour = next((b for b in self._script.behaviours if b.nth == nth), None)
        if behaviour is None:
            return self._steps(cue, pieces)
        if behaviour.kind == "interruption":
            return self._steps(cue, (*pieces_of([behaviour.say]), *pieces))
        return self._with_pause(cue, pieces, behaviour.kind, behaviour)

    def interrupts_after_s(self, cue: str, nth: int) -> float | None:
        """How long the candidate lets the interviewer speak before breaking in; None: to the end."""
        if cue.removeprefix("question:") not in self._script.answers:
            return None
        return next((b.after_s for b in self._script.behaviours if b.nth == nth and b.kind == "interruption"), None)

    def _to_follow_up(self, name: str) -> list[str]:
        if name in self._script.particular:
            return self._script.particular[name]
        variants = self._script.follow_ups.get(self._intents.get(name, "clarify"), [self._script.lines["unknown"]])
        return variants[int(draw(0, name) * len(variants))]

    def _with_pause(
        self, cue: str, pieces: tuple[Piece, ...], kind: WaitKind, behaviour: Behaviour
    ) -> tuple[Step, ...]:
        """A long pause after the first broken-off clause, or after the first whole sentence and some words."""
        wants_unfinished = kind == "unfinished"
        for n, piece in enumerate(pieces[:-1]):
            if piece.is_filler or piece.is_unfinished != wants_unfinished:
                continue
            words = pieces_of([behaviour.say]) if behaviour.say else ()
            before = self._steps(cue, (*pieces[: n + 1], *words))
            return (*before, Wait(kind, behaviour.wait_s), *self._steps(f"{cue}:after", pieces[n + 1 :]))
        return self._steps(cue, pieces)

    def _steps(self, cue: str, pieces: tuple[Piece, ...]) -> tuple[Step, ...]:
        steps: list[Step] = []
        shortest, longest = BREATH_S
        for n, piece in enumerate(pieces):
            clip = self._clip(piece)
            steps.append(Say(piece.text, clip.name, clip.samples / SAMPLE_RATE_HZ, piece.is_filler))
            if n < len(pieces) - 1 and not piece.is_unfinished:
                steps.append(Wait("breath", shortest + (longest - shortest) * draw(self._seed, cue, n)))
        return tuple(steps)

    def _clip(self, piece: Piece) -> Clip:
        for voice in (self._voice, *sorted(set(self._script.voices.values()))):
            clip = self._clips.get(clip_name(voice, piece))
            if clip is not None:
                return clip
        raise SettingsError(f"no recording of `{piece.text}`", fix="run scripts/render_voices.py")
