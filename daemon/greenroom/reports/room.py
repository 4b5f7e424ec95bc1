"""What the report says of the room: numbers, what the noise was, and a sentence when recognition suffered from it."""

from __future__ import annotations

import math

from greenroom.records import RoomReading
from greenroom.reports.schema import ReportRoom, ReportSound

NOISE = {
    "music": "music", "speech": "people talking", "crowd": "a crowd", "machine": "the hum of a machine or a fan",
    "outside": "traffic, weather or animals", "other": "things that rattle, knock or ring",
}
SMALL_SHARE = 0.2
"""A kind of sound heard for less of the time is not worth naming."""


MEASURED = "pocketsphinx"
"""The recogniser with which word errors by signal to noise were measured (``hearing/room.py``)."""


def report_room(room: RoomReading, recogniser: str = MEASURED) -> ReportRoom:
    """``recogniser`` is the name of the engine that listened."""
    return ReportRoom(
        verdict=room.verdict,
        noise_dbfs=_tenths(room.noise_dbfs),
        voice_dbfs=_tenths(room.voice_dbfs),
        snr_db=_tenths(room.snr_db),
        is_clipping=room.is_clipping,
        sounds=tuple(ReportSound(kind=sound.kind, share=round(sound.share, 3)) for sound in room.sounds or ()),
        noise=_noise(room),
        effect=_effect(room, recogniser),
    )


def _noise(room: RoomReading) -> str:
    if room.sounds is None:
        return "cannot tell: no engine listened to it"
    if not room.sounds:
        return "too quiet, or heard too briefly, to tell"
    named = [NOISE[sound.kind] for sound in room.sounds if sound.share >= SMALL_SHARE]
    return " and ".join(named[:2]) or "nothing that lasted"


def _effect(room: RoomReading, recogniser: str) -> str:
    match room.verdict:
        case "good":
            return ""
        case "clipping":
            return "Your voice was too loud for the microphone: its tops were cut off, and words were lost with them."
        case "loud":
            return "The room was loud before you spoke, and your voice was not measured: words may be wrong or missing."
        case "noisy" | "too quiet":
            cause = "the noise of the room" if room.verdict == "noisy" else "how softly you spoke, or how far away"
            errors = room.expected_errors
            if errors is None or recogniser != MEASURED:
                return f"The recognition suffered from {cause}."
            return (f"The recognition suffered from {cause}. At this distance from the noise {MEASURED} gets about "
                    f"{errors:.0%} of the words of recorded voices wrong.")


def _tenths(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 1) + 0.0
