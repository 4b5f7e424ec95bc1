"""How right recognised words are by their certainty, and whether scores of heard answers know where they are not.

    PYTHONPATH=daemon:tests python tests/bench/bench_unsure.py [QUESTIONS]

The script's voices answer so many questions of each role (2), without noise and with white noise 20 dB below, and
pocketsphinx hears them. Printed are the shares of right words by certainty, which ``language/unsure.py`` and
``interview/misheard.py`` go by, and of the bands that hearing has moved how many are of low certainty. Exit status 1
when sure words are together hardly more often right than unsure ones, or fewer than nine tenths of the moved bands are
uncertain where there is noise.
"""

from __future__ import annotations

import difflib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.interview.questions import load_packs
from greenroom.interview.scoring import Answer, score
from greenroom.language.unsure import UNSURE_CERTAINTY
from greenroom.ports import Pcm
from greenroom.records import Question, Word
from greenroom.scores import AnswerScore
from greenroom.workers.segments import BLOCK_SAMPLES
from greenroom.world.measure import normal_words
from greenroom.world.render import LEVEL_DBFS, VOICES, ClipReader, load_index, load_script
from greenroom.world.script import FILLERS, Clip

QUIET_RMS = 20.0
SNRS_DB: tuple[float | None, ...] = (None, 20.0)
PAD_S = 0.3
PAUSE_S = 0.7
"""Between two clips of an answer."""
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.01)
LEAST_UNCERTAIN = 0.9
LEAST_APART = 0.25
"""Between the shares of right words among the sure ones and the unsure ones."""


class Heard(NamedTuple):
    """One clip, as it is written and as it was heard."""

    text: str
    words: tuple[Word, ...]

    def right(self) -> Iterator[tuple[float, bool]]:
        """Certainty of each word, and whether it was said."""
        words = [word for word in self.words if normal_words(word.text)]
        heard = [normal_words(word.text)[0] for word in words]
        blocks = difflib.SequenceMatcher(None, normal_words(self.text), heard, autojunk=False).get_matching_blocks()
        found = {n for block in blocks for n in range(block.b, block.b + block.size)}
        yield from ((word.certainty or 0.0, n in found) for n, word in enumerate(words))


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    is_well, all_words = True, list[tuple[float, bool]]()
    for snr_db in SNRS_DB:
        answers = dict(_answers(count, snr_db))
        print(f"{len(answers)} answers, " + ("no noise" if snr_db is None else f"noise {snr_db:.0f} dB below"))
        words = [one for clips in answers.values() for clip in clips for one in clip.right()]
        _print_words(words)
        all_words += words
        is_well &= _print_bands(answers) >= (0.0 if snr_db is None else LEAST_UNCERTAIN)
    print("together")
    is_well &= _print_words(all_words) >= LEAST_APART
    print("all well" if is_well else "NOT WELL")
    return 0 if is_well else 1


def _answers(count: int, snr_db: float | None) -> Iterator[tuple[str, list[Heard]]]:
    script, clips = load_script(), load_index().values()
    rms = QUIET_RMS if snr_db is None else 32768 * 10 ** ((LEVEL_DBFS - snr_db) / 20)
    for role, voice in script.voices.items():
        known = {clip.text: clip for clip in clips if clip.voice == voice and clip.text not in FILLERS}
        hear = _Ear(next(clip for text, clip in known.items() if text.startswith("Hello, this is my voice")), rms)
        for question in [one for one in script.answers if one.startswith(f"{role}-")][:count]:
            texts = [piece.removesuffix(" ...") for piece in script.answers[question]]
            yield question, [Heard(text, hear(known[text])) for text in texts if text in known]


class _Ear:
    """A recogniser that has learned the channel from the sensor check."""

    def __init__(self, check: Clip, rms: float) -> None:
        self._read, self._noise, self._rms = ClipReader(VOICES), np.random.default_rng(1), rms
        self._recogniser = SphinxRecogniser()
        self._recogniser.learn_channel(self._in_room(check))

    def __call__(self, clip: Clip) -> tuple[Word, ...]:
        pcm = self._in_room(clip)
        self._recogniser.open(0.0)
        for start in range(0, pcm.size, BLOCK_SAMPLES):
            self._recogniser.feed(pcm[start : start + BLOCK_SAMPLES])
        return self._recogniser.close()

    def _in_room(self, clip: Clip) -> Pcm:
        pcm = np.pad(self._read(clip.name), round(PAD_S * SAMPLE_RATE_HZ))
        return (pcm + self._noise.normal(0.0, self._rms, pcm.size)).clip(-32768, 32767).astype(np.int16)


def _print_words(words: Sequence[tuple[float, bool]]) -> float:
    """How much more often sure words are right than unsure ones."""
    for least, most in pairwise(BINS):
        some = [is_right for certainty, is_right in words if least <= certainty < most]
        if some:
            print(f"  certainty {least:.1f} to {min(most, 1.0):.1f}: {len(some):4} words,"
                  f" {sum(some) / len(some):.2f} right")
    unsure = [is_right for certainty, is_right in words if certainty < UNSURE_CERTAINTY]
    sure = [is_right for certainty, is_right in words if certainty >= UNSURE_CERTAINTY]
    rights = [sum(some) / max(len(some), 1) for some in (unsure, sure)]
    print(f"  below {UNSURE_CERTAINTY}: {len(unsure) / len(words):.2f} of the words, {rights[0]:.2f} right;"
          f" from there on {rights[1]:.2f}")
    return rights[1] - rights[0]


def _print_bands(answers: dict[str, list[Heard]]) -> float:
    """The share of the moved bands that are of low certainty."""
    questions = {question.id: question for pack in load_packs().values() for question in pack.questions}
    counts: Counter[tuple[bool, str]] = Counter()
    refused = 0
    for name, clips in answers.items():
        written, heard = _scores(questions[name], clips)
        refused += heard.is_refused
        for one, other in zip(written.criteria, heard.criteria, strict=False):
            counts[one.band != other.band, other.certainty] += 1
    moved = counts[True, "low"] + counts[True, "high"]
    kept = counts[False, "low"] + counts[False, "high"]
    print(f"  {refused} refused; uncertain: {counts[True, 'low']} of {moved} bands that hearing moved,"
          f" {counts[False, 'low']} of {kept} that it left")
    return counts[True, "low"] / moved if moved else 1.0


def _scores(question: Question, clips: Sequence[Heard]) -> tuple[AnswerScore, AnswerScore]:
    words: list[Word] = []
    for clip in clips:
        at = words[-1].end_t + PAUSE_S if words else 0.0
        words += [replace(word, start_t=word.start_t + at, end_t=word.end_t + at) for word in clip.words]
    text = " ".join(clip.text for clip in clips)
    return (score(Answer(question.text, question.kind, text)),
            score(Answer(question.text, question.kind, words=tuple(words))))


if __name__ == "__main__":
    sys.exit(main())
