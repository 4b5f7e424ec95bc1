"""``greenroom bench pauses``: how patient the booth is, over pauses inside answers of which the truth is known.

Whole rendered sentences are cut at a word boundary, so that melody and length are those of a sentence that goes on; the
silence after the cut is heard by the real detector, recogniser, turn model and policy until the turn is taken. A pause
cuts the speaker off when it is longer than that. Half of the sentences, and ``HELD_OUT_VOICES``, were kept out of the
fit of the weights; the scores that divide the waits were chosen with the figures of all in view.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np

from greenroom.bench.lengths import SENTENCES
from greenroom.bench.listener import SILENCE_S, Listener
from greenroom.bench.noise import shared_speech
from greenroom.bench.printing import Line, tell
from greenroom.bench.voices import Sentence, Voice, aligned, other_voices, recorded_voices, script_texts
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.interview.endpointing import CAP_S, WAIT_S
from greenroom.ports import Pcm
from greenroom.records import Ending
from greenroom.world.measure import WordErrors, pooled, word_errors

Cue = Literal["none", "um", "let me think"]

PAUSES_S = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 5.9, 6.5, 7.5)
LIMIT_PER_100 = 3.0
"""Cut-offs below the cap."""
TOLERATED = 0.05
"""Share of cut-offs at which policies are compared."""
HELD_OUT_VOICES = frozenset({"piper joe", "piper alba", "espeak-ng en-gb-x-rp+f4", "espeak-ng en-029", "flite awb"})
MIN_WORDS = 6
UNDERSTOOD_WER = 0.3
"""The words are half of the policy: of a voice in which the recogniser misses more of them nothing can be concluded."""
BEFORE = (1, 3)
"""Sentences before the one that is cut, in turn: the beginning of an answer, and the middle of one."""
BREATH_S = 0.35
CHECK = "Hello, this is my voice, and I am ready for the interview."
_SEED = 7


class Case(NamedTuple):
    """A silence and what came of it."""

    voice: str
    is_held_out: bool
    is_end: bool
    cue: Cue
    before: int
    """Sentences of the answer before this one."""
    taken_s: float
    """Silence after which the turn was taken; infinite when it was not in ``SILENCE_S``."""
    ending: Ending | None
    """None when the turn was not taken, or not a word was recognised."""
    errors: WordErrors
    """Of the recogniser, in whole sentences."""

    def is_cut_off(self, pause_s: float) -> bool:
        return self.taken_s < pause_s

    @property
    def is_unweighed(self) -> bool:
        """The turn was taken, and nothing was recognised that could have been weighed."""
        return self.ending is None and self.taken_s < math.inf


class RealPause(NamedTuple):
    """Of a public recording, labelled by hand: seconds from its start."""

    file: str
    start_s: float
    end_s: float


REAL = (
    RealPause("speech_jfk.wav", 2.24, 3.30), RealPause("speech_jfk.wav", 4.35, 5.41),
    RealPause("speech_jfk.wav", 7.62, 8.19),
    RealPause("speech_two_cities.wav", 8.26, 8.83), RealPause("speech_two_cities.wav", 12.83, 13.47),
    RealPause("speech_two_cities.wav", 16.74, 17.57), RealPause("speech_two_cities.wav", 20.51, 21.25),
    RealPause("speech_two_cities.wav", 24.06, 24.64), RealPause("speech_two_cities.wav", 28.32, 29.09),
)
"""Those of half a second and more."""
REAL_END_S = {"speech_jfk.wav": 11.0, "speech_two_cities.wav": 41.68}
"""Where the last word of a recording ends; there may be noise behind it."""


def cases_of(voice: Voice, count: int = SENTENCES) -> list[Case]:
    """Ends and cuts in one voice, with what the booth made of them; of one that it does not understand only the ends.

    Each sentence is cut once, and the cut heard twice: with a spoken cue before the silence and without.
    """
    random = np.random.default_rng(_SEED)
    texts = script_texts(voice.name.removeprefix("recorded ")) if voice.name.startswith("recorded") else _all_texts()
    long = (s for s in aligned(voice, random.permutation(texts).tolist()) if len(s.words) >= MIN_WORDS)
    usable = list(islice(long, count + max(BEFORE)))
    answers = [(usable[n - BEFORE[n % len(BEFORE)] : n], usable[n]) for n in range(max(BEFORE), len(usable))]
    listener = Listener(voice.say(CHECK, False))
    cases = [_case(listener, voice, before, sentence, (sentence.pcm,), is_end=True) for before, sentence in answers]
    if pooled([case.errors for case in cases]).rate > UNDERSTOOD_WER:
        return cases
    for n, (before, sentence) in enumerate(answers):
        cut = int(random.integers(2, len(sentence.words) - 2))
        heard = sentence.pcm[: round(sentence.words[cut - 1].end_t * SAMPLE_RATE_HZ)]
        cues: tuple[Cue, Cue] = ("none", "um" if n // len(BEFORE) % 2 == 0 else "let me think")
        cases += [_case(listener, voice, before, sentence, (heard, *_spoken(voice, cue)), cue=cue)
                  for cue in cues]
    return cases


def _all_texts() -> list[str]:
    return sorted({*script_texts("rms"), *script_texts("slt")})


def _spoken(voice: Voice, cue: Cue) -> Iterator[Pcm]:
    if cue == "um":
        yield voice.say("um", True)
    elif cue == "let me think":
        yield silence(BREATH_S)
        yield voice.say("Let me think.", False)


def _case(listener: Listener, voice: Voice, before: list[Sentence], sentence: Sentence, heard: tuple[Pcm, ...], *,
          is_end: bool = False, cue: Cue = "none") -> Case:
    earlier = [part for said in before for part in (said.pcm, silence(BREATH_S))]
    taken = listener.hear(np.concatenate([*earlier, *heard]))
    is_held_out = sentence.is_held_out or voice.name in HELD_OUT_VOICES
    text = " ".join(said.text for said in (*before, sentence))
    errors = word_errors(text, taken.text) if is_end else WordErrors(0, 0)
    return Case(voice.name, is_held_out, is_end, cue, len(before), taken.after_s, taken.ending, errors)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


# --- what comes of it ---------------------------------------------------------------------------


def per_100(cases: Iterable[Case], pauses_s: Iterable[float]) -> float:
    """Cut-offs of 100 pauses, of which every length is as frequent; nothing where there is no case."""
    told = [case.is_cut_off(pause_s) for pause_s in pauses_s for case in cases]
    return 100 * sum(told) / len(told) if told else float("nan")


def below_cap() -> tuple[float, ...]:
    return tuple(pause_s for pause_s in PAUSES_S if pause_s < CAP_S)


def waits_needed(inside: list[Case]) -> dict[str, float]:
    """By policy the shortest wait after a silence that it takes for an end, with ``TOLERATED`` cut-offs.

    Over the silences that were weighed.
    """
    told = [case.ending for case in inside if case.ending is not None]
    return {
        "voice activity alone": _wait_needed([True] * len(told)),
        "Smart Turn alone": _wait_needed([ending.model_p is None or ending.model_p >= 0.5 for ending in told]),
        "the booth's policy": _wait_needed([ending.wait_s < WAIT_S["incomplete"] for ending in told]),
    }


def unweighed(silences: list[Case]) -> str:
    """The line on silences of which no weighing is known."""
    taken = sum(case.is_unweighed for case in silences)
    never = sum(case.taken_s == math.inf for case in silences)
    return (f"of {len(silences)} silences {taken} taken without a word to weigh, counted above like the others; "
            f"{never} not taken within {SILENCE_S:.0f} s")


def _wait_needed(takes_for_end: list[bool]) -> float:
    """Silences not taken for an end wait for the cap."""
    for wait_s in np.arange(0.0, CAP_S + 0.01, 0.01):
        cut = [taken and wait_s < pause_s for pause_s in below_cap() for taken in takes_for_end]
        if sum(cut) <= TOLERATED * len(cut):
            return float(wait_s)
    return CAP_S


def _lines(count: int) -> Iterator[Line]:
    voices = [*recorded_voices(), *other_voices()]
    cases: list[Case] = []
    yield "voice                          word errors  cut-offs below the cap  long answers: taken after p50, p95", True
    with multiprocessing.get_context("spawn").Pool(min(len(voices), multiprocessing.cpu_count())) as pool:
        for found in pool.imap(_cases_by_name, [(voice.name, count) for voice in voices]):
            cases += found if _errors(found).rate <= UNDERSTOOD_WER else ()
            yield _voice_line(found), True
    yield f"Voices of more than {UNDERSTOOD_WER:.0%} word errors are left out below.", True
    yield from _table([case for case in cases if not case.is_end])
    for is_held_out in (False, True):
        part = [case for case in cases if case.is_held_out == is_held_out]
        inside = [case for case in part if not case.is_end]
        rate = per_100(inside, below_cap())
        what = "kept out of the fit" if is_held_out else "weights come from here"
        yield (f"{what}: {rate:.1f} cut-offs per 100 pauses below the cap of {CAP_S:.0f} s, {len(inside)} silences "
               f"(limit {LIMIT_PER_100:.0f})"), rate <= LIMIT_PER_100
        yield "  " + "; ".join(_by_cue(inside)), True
        yield f"  answers of {BEFORE[-1] + 1} sentences taken after {_spread(part)}", True
    silences = [case for case in cases if not case.is_end]
    yield unweighed(silences), True
    yield f"wait needed for {TOLERATED:.0%} cut-offs, in s:", True
    needed = waits_needed([case for case in silences if case.cue == "none"])
    yield from ((f"  {name:<24}{wait_s:5.2f}", True) for name, wait_s in needed.items())
    yield from _real()


def _cases_by_name(task: tuple[str, int]) -> list[Case]:
    name, count = task
    logging.getLogger("greenroom").setLevel(logging.WARNING)  # it misses engines not wanted here
    voice = next(voice for voice in (*recorded_voices(), *other_voices()) if voice.name == name)
    return cases_of(voice, count)


def _voice_line(cases: list[Case]) -> str:
    inside = [case for case in cases if not case.is_end]
    name = cases[0].voice + (" (kept out)" if cases[0].voice in HELD_OUT_VOICES else "")
    rate = f"{_errors(cases).rate:.0%}"
    cut = f"{per_100(inside, below_cap()):.1f} per 100" if inside else "not understood"
    return f"{name:<36}{rate:>6}{cut:>20}       {_spread(cases)}"


def _by_cue(inside: list[Case]) -> Iterator[str]:
    for before, what in zip(BEFORE, ("at the beginning of an answer", "in the middle of one"), strict=True):
        rate = per_100([case for case in inside if case.cue == "none" and case.before == before], below_cap())
        yield f"without a spoken cue {what} {rate:.1f}"
    yield f"with one {per_100([case for case in inside if case.cue != 'none'], below_cap()):.1f}"


def _errors(cases: list[Case]) -> WordErrors:
    return pooled([case.errors for case in cases])


def _spread(cases: list[Case]) -> str:
    taken = [min(case.taken_s, SILENCE_S) for case in cases if case.is_end and case.before == BEFORE[-1]]
    if not taken:
        return "none"
    p50, p95 = np.percentile(taken, [50, 95])
    return f"{p50:.2f} s, {p95:.2f} s ({len(taken)} ends)"


def _table(inside: list[Case]) -> Iterator[Line]:
    cues: tuple[Cue, ...] = ("none", "um", "let me think")
    yield "cut-offs per 100 by pause length and cue" + "".join(f"{cue:>16}" for cue in cues), True
    for pause_s in PAUSES_S:
        rates = [per_100([case for case in inside if case.cue == cue], [pause_s]) for cue in cues]
        yield f"{pause_s:>38.2f} s" + "".join(f"{rate:>16.1f}" for rate in rates), True


def _real() -> Iterator[Line]:
    for name in dict.fromkeys(pause.file for pause in REAL):
        speech = shared_speech(name)
        if speech is None:
            yield f"{name}: not here, left out", True
            continue
        listener = Listener(speech[: 6 * SAMPLE_RATE_HZ])
        pauses = [pause for pause in REAL if pause.file == name]
        taken = [listener.hear(speech[: round(pause.start_s * SAMPLE_RATE_HZ)]).after_s for pause in pauses]
        cut = sum(s < pause.end_s - pause.start_s for s, pause in zip(taken, pauses, strict=True))
        yield (f"{name}: {cut} of {len(pauses)} real pauses of half a second and more cut off; turn taken after "
               + ", ".join(f"{s:.2f}" for s in taken) + " s of silence"), cut == 0
        end = listener.hear(speech[: round(REAL_END_S[name] * SAMPLE_RATE_HZ)])
        yield f"  its end is taken after {end.after_s:.2f} s", True


def run(sentences: int = SENTENCES) -> int:
    """Print the tables; 1 when more than ``LIMIT_PER_100`` pauses are cut off, or one of a real recording."""
    return tell(_lines(sentences))
