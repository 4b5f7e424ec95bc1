"""The script that comes with the booth is complete, and its recordings are whole."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.errors import SettingsError, StorageError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import CHECK_SENTENCE, load_packs
from greenroom.world.__main__ import make_stage
from greenroom.world.render import GRID_SAMPLES, LEVEL_DBFS, VOICES, ClipReader, load_index, load_script
from greenroom.world.room import level_dbfs
from greenroom.world.script import Composer, Piece, Say, Step, Wait, clip_name, parse_script, pieces_of, recordings
from world.tiny_script import composer

SCRIPT = load_script()
CLIPS = load_index()
PACKS = load_packs()


def real_composer(role: str, seed: int = 1) -> Composer:
    return Composer(SCRIPT, CLIPS, {}, voice=SCRIPT.voices[role], seed=seed)


def seconds(steps: tuple[Step, ...] | None) -> float:
    return sum(step.duration_s for step in steps or ())


def test_every_recording_that_the_script_needs_is_there_and_no_other() -> None:
    needed = {clip_name(v, Piece(text, parts, n)) for v, parts in recordings(SCRIPT) for n, text in enumerate(parts)}
    assert needed == set(CLIPS) == {path.stem for path in VOICES.glob("*.flac")}


def test_recordings_have_the_length_and_content_that_the_index_states() -> None:
    read = ClipReader()
    for clip in CLIPS.values():
        pcm = read(clip.name)
        assert len(pcm) == clip.samples
        assert hashlib.sha256(pcm.astype("<i2").tobytes()).hexdigest() == clip.sha256


def test_recordings_stay_under_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in VOICES.iterdir()) < 10_000_000


def test_recordings_are_as_loud_as_a_candidate_and_begin_and_end_with_sound() -> None:
    read = ClipReader()
    for voice, parts in recordings(SCRIPT):
        pcm = [read(clip_name(voice, Piece(text, parts, n))) for n, text in enumerate(parts)]
        assert abs(pcm[0][0]) > 170
        assert abs(pcm[-1][-1]) > 170
        if len(parts) == 1:
            assert level_dbfs(pcm[0]) == pytest.approx(LEVEL_DBFS, abs=0.2)
        assert all(len(part) % GRID_SAMPLES == 0 for part in pcm[:-1]), "parts follow each other without a seam"


@pytest.mark.parametrize("role", sorted(SCRIPT.voices))
def test_every_question_of_every_pack_with_a_candidate_has_an_answer_of_its_own(role: str) -> None:
    shortest, longest = (12.0, 25.0) if role == "graduate" else (8.0, 18.0)
    for question in PACKS[role].questions:
        assert question.id in SCRIPT.answers
        steps = real_composer(role).answer(f"question:{question.id}", 99)
        assert shortest <= seconds(steps) <= longest, question.id


def test_a_role_without_a_candidate_is_refused_with_those_that_have_one() -> None:
    assert PACKS.keys() - SCRIPT.voices.keys() >= {"nursing"}
    with pytest.raises(SettingsError, match="no answers for `nursing` Fix: known: graduate, software, retail"):
        make_stage("nursing", 1, lambda _speaker, _microphone: None)


def test_every_intent_has_a_follow_up_answer() -> None:
    intents = {hook.intent for pack in PACKS.values() for q in pack.questions for hook in q.follow_ups}
    assert intents <= SCRIPT.follow_ups.keys()


def test_particular_answers_belong_to_follow_ups_that_exist() -> None:
    hooks = {f"{q.id}:{hook.id}" for pack in PACKS.values() for q in pack.questions for hook in q.follow_ups}
    assert SCRIPT.particular.keys() <= hooks


def test_the_check_sentence_is_the_one_that_the_screen_shows() -> None:
    assert SCRIPT.lines["check"] == [CHECK_SENTENCE]
    assert 3.0 <= seconds(real_composer("graduate").line("check")) <= 5.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 11))
def test_any_plan_of_the_graduate_pack_carries_the_three_pauses_and_the_interruption(seed: int, count: int) -> None:
    plan = make_plan(PACKS["graduate"], count, seed)
    compose = real_composer("graduate", seed)
    kinds = []
    for nth, question in enumerate(plan.questions, 1):
        steps = compose.answer(f"question:{question.id}", nth) or ()
        kinds += [step.kind for step in steps if isinstance(step, Wait) and step.duration_s == 3.0]
        after_s = compose.interrupts_after_s(f"question:{question.id}", nth)
        assert after_s == (1.5 if nth == 4 else None)
    assert kinds == ["unfinished", "filler", "thinking"]


def test_breaths_between_sentences_stay_shorter_than_the_end_of_a_turn() -> None:
    steps = real_composer("graduate").answer("question:graduate-team", 99) or ()
    breaths = [step.duration_s for step in steps if isinstance(step, Wait)]
    assert breaths
    assert all(0.25 < duration_s < 0.5 for duration_s in breaths)


def test_fillers_are_marked() -> None:
    steps = real_composer("graduate").answer("question:graduate-team", 99) or ()
    assert [step.text for step in steps if isinstance(step, Say) and step.is_filler] == ["um"]


def test_the_parts_of_a_broken_off_sentence_share_one_recording() -> None:
    first, second, third = pieces_of(["I left because ...", "it rained.", "Then I went home."])
    assert first.recording == second.recording == ("I left because", "it rained.")
    assert (first.part, second.part) == (0, 1)
    assert first.is_unfinished
    assert not second.is_unfinished
    assert third.recording == ("Then I went home.",)


def test_a_sentence_that_is_never_finished_is_refused() -> None:
    with pytest.raises(SettingsError, match="nothing follows"):
        pieces_of(["I left because ..."])


def test_a_misspelt_key_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="anwsers"):
        parse_script({"voices": {}, "lines": {}, "anwsers": {}})


def test_particular_follow_ups_come_before_those_of_the_intent() -> None:
    def said(cue: str) -> list[str]:
        return [step.text for step in composer().answer(cue, 1) or () if isinstance(step, Say)]

    assert said("follow_up:tiny-a:why") == ["just because"]
    assert said("follow_up:tiny-a:who") == ["that was me"]


def test_a_missing_recording_is_named() -> None:
    bare = Composer(SCRIPT, {}, {}, voice="rms", seed=1)
    with pytest.raises(SettingsError, match="no recording of `Start"):
        bare.line("start")
    with pytest.raises(StorageError, match=r"nothing\.flac"):
        ClipReader()("nothing")


def test_sound_lasts_as_long_as_the_script_says() -> None:
    for step in real_composer("retail").line("start"):
        assert isinstance(step, Say)
        assert len(ClipReader()(step.clip)) == round(step.duration_s * SAMPLE_RATE_HZ)
