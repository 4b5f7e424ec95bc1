"""Silences of a clip as they are in its sound, whatever an engine says of them."""

from __future__ import annotations

from itertools import pairwise

from greenroom.ports import Speech
from greenroom.records import Phoneme
from greenroom.voice.clauses import WORD_BOUNDARY
from greenroom.voice.estimating import voiced
from greenroom.voice.visemes import SILENCE

HEAD_S, TAIL_S = 0.03, 0.05
"""Kept of the silence around the sound: a consonant begins and ends softly."""
_JUST_BEFORE_S = 0.001


def framed(speech: Speech) -> Speech:
    """The clip without the silence around it, and with a ``SILENCE`` for each that it has inside and at its end.

    Engines leave 0.05 to 0.3 s at either end, which delays what is said and stretches the pauses between clauses.
    """
    rate_hz = speech.sample_rate_hz
    stretches = voiced(speech.pcm, rate_hz)
    first = max(round((stretches[0].from_s - HEAD_S) * rate_hz), 0)
    pcm = speech.pcm[first : round((stretches[-1].to_s + TAIL_S) * rate_hz)]
    begin_s, end_s = first / rate_hz, (first + pcm.size) / rate_hz
    silences = [(before.to_s, after.from_s) for before, after in pairwise(stretches)]
    if stretches[-1].to_s < end_s:
        silences.append((stretches[-1].to_s, end_s))
    told = [_moved(p, silences) for p in speech.phonemes if p.ipa != SILENCE]
    told += [Phoneme(ipa=SILENCE, start_s=from_s) for from_s, _ in silences]
    inside = (Phoneme(ipa=p.ipa, start_s=min(max(p.start_s, begin_s), end_s) - begin_s) for p in told)
    return Speech(pcm, rate_hz, tuple(sorted(inside, key=lambda p: p.start_s)))


def _moved(phoneme: Phoneme, silences: list[tuple[float, float]]) -> Phoneme:
    """A sound does not begin in a silence, but right before or after it."""
    if phoneme.ipa == WORD_BOUNDARY:
        return phoneme
    for from_s, to_s in silences:
        if from_s <= phoneme.start_s < to_s:
            is_early = phoneme.start_s < (from_s + to_s) / 2
            return Phoneme(ipa=phoneme.ipa, start_s=max(from_s - _JUST_BEFORE_S, 0.0) if is_early else to_s)
    return phoneme
