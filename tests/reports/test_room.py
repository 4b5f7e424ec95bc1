from __future__ import annotations

import math

import msgspec
import pytest

from greenroom.records import RoomReading, SessionRecord, SoundShare, Span
from greenroom.reports import builder, page, schema
from greenroom.reports.room import report_room
from reports.samples import interview

GOOD = RoomReading(verdict="good", noise_dbfs=-63.21, voice_dbfs=-26.04, snr_db=37.17, is_clipping=False,
                   sounds=(), expected_errors=0.09)
MUSIC, VOICES = SoundShare(kind="music", share=0.7), SoundShare(kind="speech", share=0.25)


def changed(**changes: object) -> RoomReading:
    return msgspec.structs.replace(GOOD, **changes)


def with_room(room: RoomReading | None) -> SessionRecord:
    return msgspec.structs.replace(interview(), room=room)


def text_of(room: RoomReading | None) -> str:
    whole = page.render(builder.build(with_room(room)))
    return " ".join(whole.partition("How this was measured</h2>")[2].split())


def test_numbers_are_told_to_a_tenth_and_a_good_room_had_no_effect() -> None:
    room = report_room(GOOD)
    assert (room.noise_dbfs, room.voice_dbfs, room.snr_db) == (-63.2, -26.0, 37.2)
    assert (room.verdict, room.effect, room.sounds) == ("good", "", ())


@pytest.mark.parametrize(("sounds", "words"), [
    (None, "cannot tell"), ((), "too quiet"), ((MUSIC,), "music"), ((MUSIC, VOICES), "music and people talking"),
    ((MUSIC, SoundShare(kind="machine", share=0.1)), "music"), ((SoundShare(kind="other", share=0.1),), "nothing"),
])  # fmt: skip
def test_what_the_noise_was_in_words(sounds: tuple[SoundShare, ...] | None, words: str) -> None:
    noise = report_room(changed(sounds=sounds)).noise
    assert noise.startswith(words)
    assert "machine" not in noise


@pytest.mark.parametrize(("verdict", "words"), [
    ("noisy", "noise of the room"), ("too quiet", "softly"), ("loud", "not measured"), ("clipping", "too loud")])
def test_what_hurt_the_recognition_is_a_sentence(verdict: str, words: str) -> None:
    effect = report_room(changed(verdict=verdict, expected_errors=0.3)).effect
    assert words in effect
    assert ("30%" in effect) == (verdict in ("noisy", "too quiet"))
    assert "%" not in report_room(changed(verdict=verdict, expected_errors=0.3), "faster-whisper").effect


def test_the_page_tells_noise_and_signal_to_noise_where_it_tells_how_it_measured() -> None:
    text = text_of(changed(verdict="noisy", snr_db=20.04, sounds=(MUSIC,), expected_errors=0.5))
    assert "Noise: -63 dBFS, music." in text
    assert "your voice stood 20 dB above the noise" in text
    assert "The recognition suffered from the noise of the room." in text


def test_a_sentence_that_was_never_read_leaves_no_signal_to_noise() -> None:
    text = text_of(changed(voice_dbfs=None, snr_db=None, expected_errors=None))
    assert "Signal to noise: cannot tell" in text


def test_without_a_room_nothing_is_said_of_one() -> None:
    assert "The room</h3>" not in text_of(None)
    assert builder.build(with_room(None)).room is None


def test_the_room_is_in_the_json_and_its_schema() -> None:
    report = builder.build(with_room(GOOD))
    assert schema.from_json(schema.to_json(report)) == report
    definitions = schema.json_schema()["$defs"]
    assert set(definitions["ReportRoom"]["properties"]) >= {"noise_dbfs", "snr_db", "sounds", "effect", "verdict"}


def test_a_report_from_before_can_still_be_read() -> None:
    old = msgspec.json.decode(schema.to_json(builder.build(with_room(None))))
    del old["room"]
    for answer in old["answers"]:
        del answer["others"]
    assert schema.from_json(msgspec.json.encode(old)).room is None


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_none(value: float) -> None:
    assert report_room(changed(noise_dbfs=value, snr_db=value)).snr_db is None


def test_somebody_else_s_voice_is_told_with_the_answer_it_lay_beside() -> None:
    record = interview()
    first = record.turns[0]
    span = Span(start_t=first.ended_t - 3.0, end_t=first.ended_t, label="another voice was heard, too")
    turns = (msgspec.structs.replace(first, others=(span,)), *record.turns[1:])
    report = builder.build(msgspec.structs.replace(record, turns=turns))
    (told,) = [missing for missing in report.cannot_tell if missing.what == "Whose words"]
    assert told.answer == 1
    assert "3.0 s" in told.reason
    assert report.answers[0].others[0].end_s == report.answers[0].ended_s
