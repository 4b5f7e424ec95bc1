"""``greenroom bench barge-in``: what the interviewer does when somebody makes a sound over a question.

Whole interviews in lock step, in the virtual booth: loudspeaker, echo, AEC3, voice detector, recogniser and the
interview itself; what the engines need is modelled. When the loudspeaker falls silent, and where in the question it
broke off and went on, is found in what it emits and in the synthesiser's clips and marks. That a question was paused,
cut or gone on with, when it went on, and what is kept of it, is the booth's own account.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np

from greenroom.bench.intruder import Interview, Noted, WordSpan, as_sound
from greenroom.bench.lengths import TRIALS
from greenroom.bench.pauses import CHECK
from greenroom.bench.places import place
from greenroom.bench.printing import Line, tell
from greenroom.bench.voices import Voice, other_voices, recorded_voices
from greenroom.events import SAMPLE_RATE_HZ, LineSpoken, PlayoutPaused, PlayoutResumed, PlayoutStarted, Utterance
from greenroom.ports import Pcm
from greenroom.records import SpokenLine
from greenroom.voice.playout import FADE_SAMPLES
from greenroom.world.echo_path import Sound
from greenroom.world.noises import cough, slam
from greenroom.world.render import LEVEL_DBFS

Kind = Literal["words", "short words", "backchannel", "cough", "door"]

SEED = 1
EARLIEST_S, LATEST_S = 0.3, 4.0
"""When the sound comes, after the question's first sample."""
ENDING_S = 1.0
"""But so long before its last."""
YIELD_LIMIT_S = 0.35
"""From the onset of words to the loudspeaker's silence, for 95 of 100."""
RESUME_LIMIT_S = 2.0
"""From the end of a sound that is nobody's turn to the question's going on."""
WORD_LIMIT_S = 0.04
"""From the beginning of the word that was broken off to where the sound goes on, either way."""
MATCHED_S = 0.5
"""So much sound is looked for in the line: more than the breath between two clauses."""
LEAST_MATCHED_S = 0.1
ALIKE = 0.99
"""Likeness of the same samples. Those that fade, which are left out, would be less like."""
FADE_S = FADE_SAMPLES / SAMPLE_RATE_HZ
WATCH_S = 3.0
"""How long after the sound is watched what comes of it."""
AGAIN = 3
"""A question is asked so often, then the next one."""
KINDS: tuple[Kind, ...] = ("words", "backchannel", "cough", "words", "backchannel", "door", "words", "backchannel",
                           "cough", "words")
"""One round of trials. ``SHORT`` comes on top."""
SHORT_SHARE = 0.2
WORDS = (
    "Oh yes, I can answer that one.", "Yes, I can.", "I counted it afterwards.", "My own part was the plan.",
    "It took us about three weeks.", "I went through it step by step.", "In the end it worked very well.",
    "A good example is the summer market.", "I have not thought about that before.",
    "I began by asking simple questions.",
)
BACKCHANNELS = ("mm-hm", "okay", "yes", "right", "uh-huh", "I see")
RECORDED_BACKCHANNELS = ("um",)
SHORT = ("Stop.", "Sorry?", "Wait, please.", "Pardon?", "One moment.", "What was that?", "Can you repeat that?")
"""What is over before anybody can know that it is no "okay": the embedded recogniser decides, and there is no limit."""
RECORDED_SHORT = ("Let me think.", "As I said.")


_TURNS = frozenset({"words", "short words"})
"""Whoever says them wants to speak."""
_UNLIMITED: Kind = "short words"


class Sounded(NamedTuple):
    """What is to be heard in the room."""

    kind: Kind
    name: str
    sound: Sound


class GoneOn(NamedTuple):
    """A pause and what came after it, in seconds from the first sample of the line; None where the sound is not its."""

    paused_s: float | None
    resumed_s: float | None


class Trial(NamedTuple):
    """One sound over one question, and what came of it. Times in seconds of the interview's timeline."""

    kind: Kind
    name: str
    at_s: float
    """Into the question."""
    onset_t: float
    end_t: float
    pauses: tuple[PlayoutPaused, ...]
    resumes: tuple[PlayoutResumed, ...]
    line: SpokenLine | None
    """How the question ended; None when it goes on."""
    silent_t: float | None
    """The loudspeaker's last sound before it fell silent; None when it did not."""
    gone_on: tuple[GoneOn, ...]
    """One for each of ``resumes``."""
    spans: tuple[WordSpan, ...]
    heard_s: float
    """How much of the question the loudspeaker had given when it fell silent, by its sound in the room."""
    heard: str
    """What the recogniser made of the sound, with its certainties."""

    @property
    def is_cut(self) -> bool:
        return self.line is not None and self.line.was_cut

    @property
    def silent_after_s(self) -> float | None:
        return None if self.silent_t is None else max(0.0, self.silent_t - self.onset_t)

    @property
    def resumed_after_s(self) -> float | None:
        """From the end of the sound to the last going on; below 0 when that was sooner. None: there was none."""
        return self.resumes[-1].t - self.end_t if self.resumes else None

    @property
    def is_history_true(self) -> bool:
        """What is kept of a question that was cut is its beginning, to the word."""
        if self.line is None or not self.line.was_cut:
            return self.line is None or self.line.heard_text == self.line.text
        kept = len([word for word in self.line.heard_text.split() if any(map(str.isalnum, word))])
        whole = sum(span.end_s <= self.heard_s for span in self.spans)
        return self.line.text.startswith(self.line.heard_text) and abs(kept - whole) <= 1

    @property
    def deviations_s(self) -> tuple[float, ...]:
        """How far from the beginning of the word that was broken off, or from the place between words, each going on
        began; infinite where the sound is not that of the line."""
        return tuple(
            math.inf if each.paused_s is None or each.resumed_s is None
            else each.resumed_s - _resume_s(self.spans, each.paused_s)
            for each in self.gone_on)

    @property
    def is_word_right(self) -> bool:
        return all(abs(deviation_s) <= WORD_LIMIT_S for deviation_s in self.deviations_s)

    @property
    def is_good(self) -> bool:
        if not (self.is_word_right and self.is_history_true):
            return False
        if self.kind in _TURNS:
            return self.is_cut and self.silent_t is not None
        resumed_s = self.resumed_after_s
        has_gone_on = len(self.resumes) == len(self.pauses) and (resumed_s is None or resumed_s <= RESUME_LIMIT_S)
        return not self.is_cut and has_gone_on


def _resume_s(spans: tuple[WordSpan, ...], paused_s: float) -> float:
    return next((span.start_s for span in spans if span.start_s <= paused_s < span.end_s), paused_s)


def trials(voice: Voice, sounds: list[Sounded], seed: int) -> list[Trial]:
    """One interview with the check in this voice, and each sound over one of its questions."""
    random = np.random.default_rng([seed, *voice.name.encode()])
    interview = Interview(voice.say(CHECK, False), seed=seed)
    interview.begin()
    found = [_trial(interview, sounded, random, is_next=n > 0 and n % AGAIN == 0) for n, sounded in enumerate(sounds)]
    interview.close()
    return found


def _trial(interview: Interview, sounded: Sounded, random: np.random.Generator, *, is_next: bool) -> Trial:
    job = interview.ask(is_next=is_next)
    started = interview.started()
    speaking = interview.state.speaking
    text = speaking.text if speaking is not None else ""
    length_s = interview.word_spans(text)[-1].end_s
    at_s = float(random.uniform(EARLIEST_S, max(EARLIEST_S, min(LATEST_S, length_s - ENDING_S))))
    onset_t = started.t + at_s
    before = len(interview.noted)
    interview.say(sounded.sound, onset_t)
    end_t = onset_t + sounded.sound.size / SAMPLE_RATE_HZ
    interview.until(lambda: interview.now_t >= end_t + WATCH_S, WATCH_S + LATEST_S + 10.0)
    noted = interview.noted[before:]
    own = [event for event in noted if not isinstance(event, Utterance) and event.job == job]
    pauses = tuple(event for event in own if isinstance(event, PlayoutPaused))
    resumes = tuple(event for event in own if isinstance(event, PlayoutResumed))
    line = next((event.line for event in own if isinstance(event, LineSpoken)), None)
    until_t = _silence_end_t(interview, noted, pauses, resumes, line)
    silent_t = None if until_t is None else interview.room.silent_t(onset_t, until_t)
    gone_on = _gone_on(interview, text, started.t, pauses, resumes,
                       until_t=interview.now_t if line is None else line.end_t)
    is_cut_later = line is not None and line.was_cut and bool(resumes)
    from_t, from_s = (resumes[-1].t, gone_on[-1].resumed_s or 0.0) if is_cut_later else (started.t, 0.0)
    heard_s = 0.0 if silent_t is None else from_s + silent_t - from_t
    return Trial(sounded.kind, sounded.name, at_s, onset_t, end_t, pauses, resumes, line, silent_t, gone_on,
                 tuple(interview.word_spans(text)), heard_s, _heard(noted))


def _silence_end_t(interview: Interview, noted: list[Noted], pauses: tuple[PlayoutPaused, ...],
                   resumes: tuple[PlayoutResumed, ...], line: SpokenLine | None) -> float | None:
    """Until when there is to be silence: of a question that was cut until the next line begins, of one that was paused
    until it first went on. None when it was neither."""
    if line is not None and line.was_cut:
        begun = (event.t for event in noted if isinstance(event, PlayoutStarted) and event.t > line.end_t)
        return next(begun, interview.now_t)
    if pauses:
        return resumes[0].t if resumes else interview.now_t
    return None


def _gone_on(interview: Interview, text: str, started_t: float, pauses: tuple[PlayoutPaused, ...],
             resumes: tuple[PlayoutResumed, ...], *, until_t: float) -> tuple[GoneOn, ...]:
    """Where the line lies around each pause, by what the loudspeaker emits before and after it."""
    line, emitted = interview.sound(text), interview.room.emitted
    from_t, found = started_t, list[GoneOn]()
    for n, (paused, resumed) in enumerate(zip(pauses, resumes, strict=False)):
        before = emitted(max(from_t, paused.t - FADE_S - MATCHED_S), paused.t - FADE_S)
        from_t = resumed.t + FADE_S
        end_t = pauses[n + 1].t if n + 1 < len(pauses) else until_t
        after = emitted(from_t, min(from_t + MATCHED_S, end_t - FADE_S))
        begun_s, gone_on_s = _lies_s(before, line), _lies_s(after, line)
        found.append(GoneOn(None if begun_s is None else begun_s + before.size / SAMPLE_RATE_HZ + FADE_S,
                            None if gone_on_s is None else gone_on_s - FADE_S))
    return tuple(found)


def _lies_s(piece: Pcm, line: Pcm) -> float | None:
    """Where a piece of a line begins in it; None for what is none, or too short to be found."""
    found = place(piece, line) if piece.size >= LEAST_MATCHED_S * SAMPLE_RATE_HZ else None
    return None if found is None or found.likeness < ALIKE else found.start_s


def _heard(noted: list[Noted]) -> str:
    finals = [event for event in noted if isinstance(event, Utterance) and event.is_final]
    return " / ".join(" ".join(f"{word.text} {word.certainty}" for word in event.words) for event in finals)


# --- what is heard ------------------------------------------------------------------------------


def planned(count: int, voices: list[Voice], seed: int) -> dict[str, list[Sounded]]:
    """So many sounds, by the voice of the interview in which each is made."""
    random = np.random.default_rng(seed)
    plan: dict[str, list[Sounded]] = {}
    kinds: list[Kind] = [KINDS[n % len(KINDS)] for n in range(count)]
    kinds += ["short words"] * round(SHORT_SHARE * count)
    for n, k in enumerate(random.permutation(len(kinds))):
        voice = voices[n % len(voices)]
        plan.setdefault(voice.name, []).append(_sounded(kinds[k], voice, random))
    return plan


_TEXTS: dict[Kind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "words": (WORDS, WORDS), "short words": (RECORDED_SHORT, SHORT),
    "backchannel": (RECORDED_BACKCHANNELS, BACKCHANNELS),
}
"""For the recorded voices, which know the script only, and for the others."""


def _sounded(kind: Kind, voice: Voice, random: np.random.Generator) -> Sounded:
    if kind == "cough":
        return Sounded(kind, "cough", cough(LEVEL_DBFS, random))
    if kind == "door":
        return Sounded(kind, "slam", slam(LEVEL_DBFS, random))
    own, others = _TEXTS[kind]
    texts = own if voice.name.startswith("recorded") else others
    text = texts[int(random.integers(len(texts)))]
    return Sounded(kind, text, as_sound(voice.say(text, False)))


# --- what comes of it ---------------------------------------------------------------------------


def _trials_of(task: tuple[str, int, int]) -> list[Trial]:
    name, count, seed = task
    logging.getLogger("greenroom").setLevel(logging.WARNING)  # it misses engines not wanted here
    voices = [*recorded_voices(), *other_voices()]
    sounds = planned(count, voices, seed)[name]
    return trials(next(voice for voice in voices if voice.name == name), sounds, seed)


def table(found: list[Trial]) -> Iterator[Line]:
    """By kind: what was done, how soon, and whether it was right."""
    yield ("sound         trials  paused   cut   silent after p50, p95   resumed after p50, p95   right word   as it "
           "should be"), True
    for kind in (*dict.fromkeys(KINDS), _UNLIMITED):
        of_kind = [trial for trial in found if trial.kind == kind]
        if not of_kind:
            continue
        resumed = [trial for trial in of_kind if trial.resumes]
        right = sum(trial.is_word_right for trial in resumed)
        good = sum(trial.is_good for trial in of_kind)
        is_as_it_should_be = good == len(of_kind) or kind == _UNLIMITED
        silent_s = [s for trial in of_kind if (s := trial.silent_after_s) is not None]
        resumed_s = [s for trial in of_kind if (s := trial.resumed_after_s) is not None]
        yield (f"{kind:<14}{len(of_kind):>6}{sum(bool(trial.pauses) for trial in of_kind):>8}"
               f"{sum(trial.is_cut for trial in of_kind):>6}{_spread(silent_s):>24}{_spread(resumed_s):>25}"
               f"{f'{right} of {len(resumed)}':>13}{f'{good} of {len(of_kind)}':>17}"), is_as_it_should_be
    yielded_s = [s for trial in found if trial.kind == "words" and trial.is_cut
                 and (s := trial.silent_after_s) is not None]
    if yielded_s:
        p95_s = float(np.percentile(yielded_s, 95))
        yield (f"silent after the onset of words: p95 {1000 * p95_s:.0f} ms (limit {1000 * YIELD_LIMIT_S:.0f} ms)",
               p95_s <= YIELD_LIMIT_S)
    deviations_s = [abs(deviation_s) for trial in found for deviation_s in trial.deviations_s]
    if deviations_s:
        far_s = max(deviations_s)
        told = "of another sound than the line's" if far_s == math.inf else f"at most {1000 * far_s:.1f} ms away"
        yield (f"sound after {len(deviations_s)} pauses, from the beginning of the broken word: {told} "
               f"(limit {1000 * WORD_LIMIT_S:.0f} ms)"), far_s <= WORD_LIMIT_S
    for trial in found:
        if not trial.is_good:
            yield (f"  {trial.kind} `{trial.name}` {trial.at_s:.2f} s into the question: {_why(trial)}",
                   trial.kind == _UNLIMITED)


def _why(trial: Trial) -> str:
    """What was not as it should be."""
    faults = [
        (trial.kind in _TURNS and not trial.is_cut, "not cut"),
        (trial.kind not in _TURNS and trial.is_cut, "cut"),
        (trial.is_cut and trial.silent_t is None, "cut, but not silent"),
        (not trial.is_history_true, "what was heard is not what is kept"),
        (not trial.is_word_right, "went on from elsewhere than the broken word"),
        (not trial.is_cut and len(trial.resumes) < len(trial.pauses), "did not go on"),
        ((trial.resumed_after_s or 0.0) > RESUME_LIMIT_S, "went on late"),
    ]
    told = "; ".join(text for is_so, text in faults if is_so)
    return f"{told} (recognised: {trial.heard or 'nothing'})"


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "-"
    p50, p95 = np.percentile(seconds, [50, 95])
    return f"{p50:.2f} s, {p95:.2f} s"


def _lines(count: int, seed: int) -> Iterator[Line]:
    voices = [*recorded_voices(), *other_voices()]
    names = list(planned(count, voices, seed))
    found: list[Trial] = []
    with multiprocessing.get_context("spawn").Pool(min(len(names), multiprocessing.cpu_count())) as pool:
        for of_voice in pool.imap(_trials_of, [(name, count, seed) for name in names]):
            found += of_voice
    yield f"{len(found)} sounds over questions, {len(names)} voices, seed {seed}", True
    yield from table(found)


def run(trials: int = TRIALS) -> int:
    """Print the table; 1 when a sound was taken for something else than it was, or the interviewer was too slow."""
    return tell(_lines(trials, SEED))
