"""Phonemes to mouth shapes: A to H and X of the Hanna-Barbera set, the 2D standard.

Lengths follow the timing rules published with Rhubarb Lip Sync: lips close ahead of a plosive, very short shapes
give way to their neighbours, short silences hold the mouth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from greenroom.records import Phoneme

SILENCE = "|"
"""Stands in a phoneme's ``ipa`` where nothing is spoken (IPA's minor group break)."""
REST = "X"
CLOSING_LEAD_MS = 60
"""Lips are closed so long before a plosive sounds."""
SHORTEST_MS = 50
"""Shorter shapes are not seen; A and G are, because they touch."""
HELD_SILENCE_MS = 120
"""A shorter silence leaves the mouth as it is."""

_SINGLE = {
    "A": "p b m",
    "B": "s z ʃ ʒ tʃ dʒ k ɡ g ŋ j i ɪ ᵻ e h ʔ x ç ɲ",
    "C": "ɛ æ ə ɐ ʌ a ɜ ɚ ɝ",
    "D": "ɑ ɒ",
    "E": "ɔ o ø œ",
    "F": "u ʊ w ɹ r ʁ y",
    "G": "f v",
    "H": "l ɫ θ ð t d n ɾ əl",
}
_GLIDES = {
    "eɪ": "CB",
    "aɪ": "DB",
    "aʊ": "DF",
    "ɔɪ": "EB",
    "oʊ": "EF",
    "əʊ": "CF",
    "ɪɹ": "BF",
    "ɔɹ": "EF",
    "ɑɹ": "DF",
    "aɪɚ": "DE",
}
_SHAPES = {ipa: shape for shape, list_ in _SINGLE.items() for ipa in list_.split()} | _GLIDES
_LONGEST = max(map(len, _SHAPES))
_GLIDE_SHARE = 0.6
_MARKS = str.maketrans("", "", "ˈˌːʲˑ")
_TOUCHING = frozenset("AG")


class Cue(NamedTuple):
    """From ``at_ms`` on the mouth has this shape."""

    at_ms: int
    shape: str


def track(phonemes: Sequence[Phoneme], duration_s: float) -> tuple[tuple[int, ...], str]:
    """Times in ms from the start of the clip and one shape per time, ending in a rest at the clip's end."""
    end_ms = max(round(duration_s * 1000), 0)
    cues = _with_leads(_spread(phonemes, end_ms))
    cues = _without_short(_merged(cues), end_ms)
    if not cues or cues[-1].shape != REST:
        cues.append(Cue(end_ms if cues else 0, REST))
    return tuple(cue.at_ms for cue in cues), "".join(cue.shape for cue in cues)


def shapes_of(ipa: str) -> str:
    """The shapes of one phoneme in order; empty for what has none, such as "(en)"."""
    if "(" in ipa:
        return ""
    plain = ipa.translate(_MARKS)
    shapes, at = "", 0
    while at < len(plain):
        for length in range(min(_LONGEST, len(plain) - at), 0, -1):
            if found := _SHAPES.get(plain[at : at + length]):
                shapes += found
                at += length
                break
        else:
            at += 1
    return shapes


def _spread(phonemes: Sequence[Phoneme], end_ms: int) -> list[Cue]:
    """Cues as the sounds come, beginning at 0; the parts of a glide share its time 60 to 40."""
    shown = [p for p in phonemes if p.ipa == SILENCE or shapes_of(p.ipa)]
    sounds = sorted(((min(max(round(p.start_s * 1000), 0), end_ms), p.ipa) for p in shown), key=lambda s: s[0])
    cues: list[Cue] = []
    if not sounds or sounds[0][0] > 0:
        cues.append(Cue(0, REST))
    for (at_ms, ipa), (next_ms, _) in zip(sounds, [*sounds[1:], (end_ms, "")], strict=False):
        length_ms = next_ms - at_ms
        if ipa == SILENCE:
            if length_ms >= HELD_SILENCE_MS or next_ms == end_ms:
                cues.append(Cue(at_ms, REST))
            continue
        shapes = shapes_of(ipa)
        if len(shapes) == 2:
            cues += [Cue(at_ms, shapes[0]), Cue(at_ms + round(_GLIDE_SHARE * length_ms), shapes[1])]
        else:
            cues += [Cue(at_ms + n * length_ms // len(shapes), shape) for n, shape in enumerate(shapes)]
    return cues


def _with_leads(cues: list[Cue]) -> list[Cue]:
    """Closed lips come early, as far as the shape ahead of them can still be seen."""
    led: list[Cue] = []
    for cue in cues:
        if cue.shape == "A" and led:
            room_ms = cue.at_ms - led[-1].at_ms
            is_visible = led[-1].shape != REST and room_ms >= SHORTEST_MS
            earliest_ms = led[-1].at_ms + (SHORTEST_MS if is_visible else 0)
            led.append(Cue(max(cue.at_ms - CLOSING_LEAD_MS, earliest_ms), "A"))
        else:
            led.append(cue)
    return led


def _merged(cues: list[Cue]) -> list[Cue]:
    """Of equal neighbours the first stays; of several at one time the last, unless it hides a touching shape."""
    merged: list[Cue] = []
    for cue in cues:
        if merged and merged[-1].at_ms == cue.at_ms:
            if merged[-1].shape in _TOUCHING and cue.shape not in _TOUCHING:
                continue
            merged.pop()
        if not merged or merged[-1].shape != cue.shape:
            merged.append(cue)
    return merged


def _without_short(cues: list[Cue], end_ms: int) -> list[Cue]:
    """What is too short to be seen becomes part of the shape before it, or after it where the mouth rested before."""
    kept: list[Cue] = []
    opened_ms: int | None = None
    for n, cue in enumerate(cues):
        is_last = n + 1 == len(cues)
        until_ms = end_ms if is_last else cues[n + 1].at_ms
        at_ms = 0 if not kept else cue.at_ms if opened_ms is None or cue.shape == REST else opened_ms
        is_touching = cue.shape in _TOUCHING and until_ms > cue.at_ms
        is_seen = is_touching or (is_last and cue.shape == REST) or until_ms - at_ms >= SHORTEST_MS
        if is_seen and (not kept or kept[-1].shape != cue.shape):
            kept.append(Cue(at_ms, cue.shape))
        if is_seen:
            opened_ms = None
        elif kept and kept[-1].shape == REST:
            opened_ms = at_ms
    return kept
