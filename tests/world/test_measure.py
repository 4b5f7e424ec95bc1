"""What is measured from room.wav and truth is what was put there."""

from __future__ import annotations

import string
from pathlib import Path

import jiwer
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import StorageError
from greenroom.world.measure import (
    RoomSound,
    felt_gaps,
    interruptions,
    normal_words,
    pooled,
    read_room,
    reference_texts,
    self_interruptions,
    word_errors,
)
from greenroom.world.recording import RoomRecording
from world.tiny_script import QUESTIONS, Booth

RATE = 16_000


def interview() -> Booth:
    """Four questions; the interviewer answers every answer 0.8 s after its end, and yields 0.3 s after being cut."""
    booth = Booth(slice_samples=160)
    booth.listen(1.0)
    for cue in QUESTIONS[:3]:
        booth.say(cue, 2.0)
        booth.listen_to_answer()
        booth.listen(0.7)
    booth.say(QUESTIONS[3], 1.8)
    booth.listen_to_answer()
    booth.listen(0.7)
    booth.say("closing", 1.0)
    booth.listen(0.5)
    return booth


def room_of(booth: Booth) -> RoomSound:
    return RoomSound(booth.speaker, booth.microphone, RATE, booth.stage.truth().start_t)


def test_gaps_are_those_between_the_samples() -> None:
    booth = interview()
    truth, gaps = booth.stage.truth(), felt_gaps(room_of(booth), booth.stage.truth())
    assert [gap.cue for gap in gaps] == list(QUESTIONS[:4])
    assert [gap.next_cue for gap in gaps] == [*QUESTIONS[1:4], "closing"]
    for gap, answer in zip(gaps, truth.answers, strict=True):
        assert gap.ended_t == pytest.approx(answer.end_t, abs=0.003)
        onset = next(span.start_t for span in truth.cues if span.start_t > gap.ended_t)
        assert gap.gap_s == pytest.approx(onset - answer.end_t, abs=0.02)
        assert 0.7 < gap.gap_s < 0.9


def test_an_answer_that_nobody_reacts_to_has_no_gap() -> None:
    booth = Booth()
    booth.say(QUESTIONS[0], 1.0)
    booth.listen_to_answer()
    booth.listen(2.0)
    assert felt_gaps(room_of(booth), booth.stage.truth()) == []


def test_an_interruption_ends_when_the_loudspeaker_falls_silent() -> None:
    booth = interview()
    (yielded,) = interruptions(room_of(booth), booth.stage.truth())
    assert yielded.cue == QUESTIONS[3]
    assert yielded.after_s == pytest.approx(0.3, abs=0.03)


def test_an_interviewer_who_never_yields_is_reported_as_such() -> None:
    booth = Booth(slice_samples=160)
    for cue in QUESTIONS[:3]:
        booth.say(cue, 1.0)
        booth.listen_to_answer()
    booth.say(QUESTIONS[3], 2.5)
    (yielded,) = interruptions(room_of(booth), booth.stage.truth())
    assert yielded.silent_t is None
    assert yielded.after_s is None


def test_a_cut_without_a_candidate_speaking_is_a_self_interruption() -> None:
    booth = Booth()
    booth.say(QUESTIONS[0], 1.0)
    booth.listen_to_answer()
    booth.listen(3.0)
    truth = booth.stage.truth()
    begin_t, end_t = truth.answers[0].start_t, truth.answers[0].end_t
    assert self_interruptions([begin_t - 0.5, begin_t + 0.3, end_t + 0.5, end_t + 1.5], truth) == [
        begin_t - 0.5,
        end_t + 1.5,
    ]


def test_a_recording_on_disk_measures_the_same(tmp_path: Path) -> None:
    booth = interview()
    with RoomRecording(tmp_path / "room.wav") as record:
        record(booth.speaker, booth.microphone)
    truth = booth.stage.truth()
    assert felt_gaps(read_room(tmp_path / "room.wav", truth), truth) == felt_gaps(room_of(booth), truth)


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "room.wav").write_bytes(b"RIFFnothing")
    with pytest.raises(StorageError):
        read_room(tmp_path / "room.wav", Booth().stage.truth())


def test_the_reference_text_joins_the_stretches_of_an_answer_and_leaves_fillers_out() -> None:
    booth = Booth()
    booth.say(QUESTIONS[1], 1.0)
    booth.listen_to_answer()
    booth.say(QUESTIONS[2], 1.0)
    booth.listen(2.4)
    booth.say("notice", 1.0)
    booth.listen_to_answer()
    texts = reference_texts(booth.stage.truth())
    assert texts[QUESTIONS[1]].startswith("b is my answer")
    assert "um" not in texts[QUESTIONS[1]].split()
    assert texts[QUESTIONS[2]].endswith("and that is all")


WORDS = st.lists(st.sampled_from(["the", "of", "cat", "dog", "ran", "far", "away"]), min_size=1, max_size=12)


@given(WORDS, WORDS)
def test_word_errors_agree_with_an_independent_count(said: list[str], heard: list[str]) -> None:
    found = word_errors(" ".join(said), " ".join(heard))
    assert found.rate == pytest.approx(jiwer.wer(" ".join(said), " ".join(heard)))


def test_writing_does_not_count_only_words_do() -> None:
    assert word_errors("It's twenty-five percent, um, I said.", "its' 25% i said").errors == 1
    assert word_errors("Three hundred and one", "three hundred and one").errors == 0
    assert normal_words("In 1,250 days") == ["in", "one", "two", "hundred", "fifty", "days"]
    assert normal_words("2026 305 14 80 0") == (
        ["two", "thousand", "twenty", "six", "three", "hundred", "five", "fourteen", "eighty", "zero"]
    )


def test_fillers_can_be_counted() -> None:
    assert word_errors("um yes", "yes").errors == 0
    assert word_errors("um yes", "yes", ignore_fillers=False).errors == 1


def test_rates_are_pooled_over_words_not_over_answers() -> None:
    parts = [word_errors("a b c d e f g h", "a b c d e f g h"), word_errors("x y", "p q")]
    assert pooled(parts).rate == pytest.approx(0.2)
    assert pooled([word_errors("", "")]).rate == 0.0
    assert pooled([word_errors("", "ghost")]).rate == float("inf")


@given(st.text(alphabet=string.printable, max_size=60))
def test_any_text_is_its_own_reference(text: str) -> None:
    assert word_errors(text, text).errors == 0
