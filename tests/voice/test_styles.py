"""The three styles differ for the ear: pace, width of pitch and wording, by the booth's own measures; not loudness."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import pytest

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.heard import Answer, Heard, PitchTrack
from greenroom.hearing.loudness_lufs import momentary
from greenroom.hearing.pitch import pitch
from greenroom.hearing.pitch_praat import PraatPitch
from greenroom.hearing.rates import rates
from greenroom.interview.personas import PERSONAS
from greenroom.interview.questions import load_packs
from greenroom.ports import Pcm, Synthesizer
from greenroom.records import Style, Word
from greenroom.voice.clauses import WORD_BOUNDARY
from greenroom.voice.levelling import levelled
from greenroom.voice.silences import framed
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from voice.real_voice import real_piper

pytest.importorskip("parselmouth")
STYLES: tuple[Style, ...] = ("supportive", "neutral", "cold")
"""From the slowest with the widest pitch to the fastest with the narrowest."""
QUESTIONS = tuple(question.text for role in ("graduate", "retail", "software")
                  for question in load_packs()[role].questions[:3])
"""Those that the bounds below were measured with."""


class Manner(NamedTuple):
    pace_wpm: float
    range_st: float
    loudness_lufs: float


@cache
def espeak() -> Synthesizer:
    pytest.importorskip("espeakng_loader")
    return EspeakSynthesizer()


def manner(engine: Synthesizer, style: Style) -> Manner:
    """All questions as one answer, without the booth's pauses between them."""
    pieces: list[Pcm] = []
    words: list[Word] = []
    for text in QUESTIONS:
        begin_s = sum(piece.size for piece in pieces) / SAMPLE_RATE_HZ
        speech = framed(engine.speak(text, style))
        pieces.append(levelled(speech))
        starts = [p.start_s for p in speech.phonemes if p.ipa == WORD_BOUNDARY]
        ends = pairwise([*starts, pieces[-1].size / SAMPLE_RATE_HZ])
        words += [Word(text=word, start_t=begin_s + a, end_t=begin_s + b, certainty=1.0)
                  for word, (a, b) in zip(text.split(), ends, strict=True)]
    pcm = np.concatenate(pieces)
    end_s = pcm.size / SAMPLE_RATE_HZ
    track = PitchTrack(0.0, PraatPitch.step_s, np.array(PraatPitch().track(pcm), np.float32))
    runs = ((0.0, pcm.tobytes()),)
    heard = Heard(Answer(question_end_t=0.0, words=tuple(words), voice_spans=((0.0, end_s),), pcm_runs=runs, faces=(),
                         ended_t=end_s, pitch=(track,)))
    values = {measure.name: measure.value for measure in (*rates(heard), *pitch(heard))}
    blocks = [10 ** (lufs / 10) for piece in momentary(runs, [(0.0, end_s)]) for lufs in piece.lufs]
    pace_wpm, range_st = values["speaking_rate_wpm"], values["pitch_range_st"]
    assert pace_wpm is not None
    assert range_st is not None
    return Manner(pace_wpm, range_st, 10 * math.log10(float(np.mean(blocks))))


@pytest.mark.parametrize("engine", [espeak, real_piper], ids=["espeak", "piper"])
def test_styles_differ_in_pace_and_width_of_pitch_and_not_in_loudness(engine: Callable[[], Synthesizer]) -> None:
    manners = {style: manner(engine(), style) for style in STYLES}
    told = "\n".join(f"{style:10s} {m.pace_wpm:4.0f} wpm  {m.range_st:4.1f} st  {m.loudness_lufs:5.1f} LUFS"
                     for style, m in manners.items())
    print(told)
    supportive, neutral, cold = manners.values()
    assert supportive.pace_wpm * 1.03 < neutral.pace_wpm, told
    assert neutral.pace_wpm * 1.03 < cold.pace_wpm, told
    assert supportive.range_st > neutral.range_st * 1.03, told
    assert neutral.range_st > cold.range_st * 1.2, told
    loudnesses = [m.loudness_lufs for m in manners.values()]
    assert max(loudnesses) - min(loudnesses) <= 1.0, told


def test_styles_differ_in_their_words() -> None:
    """In every line but the one that promises time."""
    lines = [{name: said for name, said in msgspec.structs.asdict(PERSONAS[style]).items()
              if not isinstance(said, float | int)} for style in STYLES]
    assert {name for name in lines[0] if len({str(line[name]) for line in lines}) < len(lines)} == set()
    greetings = [PERSONAS[style].greeting for style in STYLES]
    assert [len(text) for text in greetings] == sorted(map(len, greetings), reverse=True)
