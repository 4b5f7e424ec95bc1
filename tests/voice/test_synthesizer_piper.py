from __future__ import annotations

import itertools
import json
import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from greenroom.errors import EngineError, EngineUnavailable, ModelCorrupt, ModelMissing
from greenroom.events import SAMPLE_RATE_HZ, SpeechClip, WorkerEvent
from greenroom.interview.questions import load_packs
from greenroom.ports import Speech, Synthesizer
from greenroom.records import Phoneme, Style
from greenroom.requests import Synthesize
from greenroom.voice.clauses import MAX_TEXT_CHARS, WORD_BOUNDARY, SpokenClause, heard_text, split
from greenroom.voice.silences import framed
from greenroom.voice.synthesizer_espeak import EspeakSynthesizer
from greenroom.voice.synthesizer_piper import SENTENCE_PAUSE_S, PiperSynthesizer
from greenroom.voice.visemes import SILENCE, shapes_of, track
from greenroom.workers.voice import VoiceWorker
from voice import tiny_piper
from voice.real_voice import real_piper

pytest.importorskip("piper", reason="the piper extra is not installed")
pytest.importorskip("onnx", reason="the piper extra is not installed")
SENTENCE = "Tell me about a time, when you worked in a team."
STYLES: tuple[Style, ...] = ("supportive", "neutral", "cold")


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> PiperSynthesizer:
    return PiperSynthesizer(tiny_piper.write(tmp_path_factory.mktemp("aligned")))


@pytest.fixture(scope="module")
def unaligned(tmp_path_factory: pytest.TempPathFactory) -> PiperSynthesizer:
    return PiperSynthesizer(tiny_piper.write(tmp_path_factory.mktemp("unaligned"), is_aligned=False))


@pytest.fixture(params=["aligned", "unaligned"])
def synthesizer(request: pytest.FixtureRequest) -> PiperSynthesizer:
    made = request.getfixturevalue(request.param)
    assert isinstance(made, PiperSynthesizer)
    return made


def duration_s(speech: Speech) -> float:
    return len(speech.pcm) / speech.sample_rate_hz


def sounds(speech: Speech) -> list[Phoneme]:
    return [p for p in speech.phonemes if p.ipa not in (WORD_BOUNDARY, SILENCE)]


def test_speech_has_sound_and_phonemes_in_order(synthesizer: PiperSynthesizer) -> None:
    engine: Synthesizer = synthesizer
    speech = engine.speak(SENTENCE, "neutral")
    starts = [p.start_s for p in speech.phonemes]
    assert speech.sample_rate_hz == tiny_piper.RATE_HZ
    assert np.abs(speech.pcm).max() == pytest.approx(tiny_piper.LOUD * 32767, rel=0.02)
    assert starts == sorted(starts)
    assert 0.0 <= starts[0] <= starts[-1] <= duration_s(speech)
    assert "".join(p.ipa for p in sounds(speech)).startswith("tɛlmiɐbaʊt")


def test_the_engine_says_where_its_times_are_from(aligned: PiperSynthesizer, unaligned: PiperSynthesizer) -> None:
    assert (aligned.info.capability, aligned.info.name) == ("synthesiser", "Piper")
    assert aligned.info.detail.endswith("phoneme times of the voice")
    assert unaligned.info.detail.endswith("phoneme times estimated: this voice does not tell them")


def test_without_onnx_the_times_are_estimated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_piper.write(tmp_path)
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.delitem(sys.modules, "piper.patch_voice_with_alignment", raising=False)
    synthesizer = PiperSynthesizer(path)
    assert synthesizer.info.detail.endswith("phoneme times estimated: onnx is not installed")
    assert sounds(synthesizer.speak(SENTENCE, "neutral"))


def pitch_at(speech: Speech, from_s: float, to_s: float) -> float:
    """The strongest frequency of a stretch, in Hz."""
    piece = speech.pcm[round(from_s * speech.sample_rate_hz) : round(to_s * speech.sample_rate_hz)].astype(float)
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 15))
    return float(np.argmax(spectrum)) * speech.sample_rate_hz / (1 << 15)


def onset_error_s(speech: Speech, from_s: float, hz: float) -> float:
    """How long after ``from_s`` a tone begins in the sound, up to 0.1 s."""
    step_s, window_s = 0.004, 0.02
    begins = (from_s + n * step_s for n in range(25))
    return next((at_s - from_s for at_s in begins if abs(pitch_at(speech, at_s, at_s + window_s) - hz) < 20.0), 0.1)


@pytest.mark.parametrize("style", STYLES)
def test_the_voice_s_own_times_are_those_of_the_sound(aligned: PiperSynthesizer, style: Style) -> None:
    speech = aligned.speak("Tell me, team.", style)
    followers = itertools.pairwise([*(p for p in speech.phonemes if p.ipa != WORD_BOUNDARY), None])
    for phoneme, follower in followers:
        assert phoneme is not None
        end_s = follower.start_s if follower else duration_s(speech)
        if phoneme.ipa == SILENCE:
            loud = speech.pcm[round((phoneme.start_s + 0.01) * speech.sample_rate_hz) :]
            assert np.abs(loud[: round(0.1 * speech.sample_rate_hz)]).max() < 300
        else:
            middle_s = phoneme.start_s + 0.5 * (end_s - phoneme.start_s)
            hz = tiny_piper.pitch_hz(phoneme.ipa)
            assert pitch_at(speech, middle_s - 0.01, middle_s + 0.01) == pytest.approx(hz, abs=10.0)
            assert onset_error_s(speech, phoneme.start_s, hz) <= 0.03


def test_estimated_times_are_near_the_voice_s_own(aligned: PiperSynthesizer, unaligned: PiperSynthesizer) -> None:
    known, guessed = sounds(aligned.speak(SENTENCE, "neutral")), sounds(unaligned.speak(SENTENCE, "neutral"))
    assert [p.ipa for p in known] == [p.ipa for p in guessed]
    assert max(abs(a.start_s - b.start_s) for a, b in zip(known, guessed, strict=True)) < 0.1


def test_every_word_of_the_text_is_marked_once(synthesizer: PiperSynthesizer) -> None:
    for text in (SENTENCE, "Of the people, in a hurry - 21% of 3,000 don't.", "Well-known: e.g. Déjà vu!"):
        marks = [p for p in synthesizer.speak(text, "cold").phonemes if p.ipa == WORD_BOUNDARY]
        assert len(marks) == sum(any(c.isalnum() for c in word) for word in text.split())


def test_a_word_begins_with_its_first_sound(aligned: PiperSynthesizer) -> None:
    speech = aligned.speak("Of the team.", "neutral")
    begins = [after.ipa for mark, after in itertools.pairwise(speech.phonemes) if mark.ipa == WORD_BOUNDARY]
    assert begins == ["ʌ", "ð", "t"]


def test_every_sound_has_a_mouth_shape(synthesizer: PiperSynthesizer) -> None:
    text = "The quick brown fox jumps over the lazy dog while seven children watch our fire from the garden wall."
    assert all(shapes_of(phoneme.ipa) for phoneme in sounds(synthesizer.speak(text, "supportive")))


def test_words_heard_and_mouth_follow_from_a_clip(synthesizer: PiperSynthesizer) -> None:
    speech = synthesizer.speak(SENTENCE, "neutral")
    clause = SpokenClause(SENTENCE, duration_s(speech), speech.phonemes)
    starts = [p.start_s for p in speech.phonemes if p.ipa == WORD_BOUNDARY]
    assert heard_text([clause], starts[5] + 0.01) == "Tell me about a time,"
    assert heard_text([clause], duration_s(speech)) == SENTENCE
    at_ms, shapes = track(speech.phonemes, duration_s(speech))
    assert shapes.startswith("XH")
    assert "X" in shapes[2:-1], "the mouth rests at the comma"
    assert set(shapes) > set("ABCFX")
    assert list(at_ms) == sorted(set(at_ms))


def test_styles_differ_in_pace(synthesizer: PiperSynthesizer) -> None:
    lengths = [duration_s(synthesizer.speak(SENTENCE, style)) for style in STYLES]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[0] / lengths[2] == pytest.approx(1.23 / 1.05, rel=0.03)


def test_styles_differ_in_variation(aligned: PiperSynthesizer) -> None:
    def noise(style: Style) -> float:
        return float(aligned.speak(SENTENCE, style).pcm[:500].std())

    assert noise("supportive") > noise("neutral") > noise("cold") > 0.0


def test_the_same_clauses_in_the_same_order_give_the_same_samples(tmp_path: Path) -> None:
    path = tiny_piper.write(tmp_path)
    first, second = (
        [synthesizer.speak(text, "cold") for text in (SENTENCE, "Go on.", SENTENCE)]
        for synthesizer in (PiperSynthesizer(path), PiperSynthesizer(path)))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.pcm, other.pcm)
        assert one.phonemes == other.phonemes


def test_sentences_of_one_clause_are_joined_with_a_pause(aligned: PiperSynthesizer) -> None:
    alone = [aligned.speak(text, "neutral") for text in ("I am Ada.", "Tell me.")]
    joined = aligned.speak("I am Ada. Tell me.", "neutral")
    assert duration_s(joined) == pytest.approx(sum(map(duration_s, alone)) + SENTENCE_PAUSE_S, abs=0.001)
    later_s = duration_s(alone[0]) + SENTENCE_PAUSE_S
    expected = [*sounds(alone[0]), *(Phoneme(ipa=p.ipa, start_s=p.start_s + later_s) for p in sounds(alone[1]))]
    assert [p.ipa for p in sounds(joined)] == [p.ipa for p in expected]
    assert [p.start_s for p in sounds(joined)] == pytest.approx([p.start_s for p in expected], abs=0.001)


@pytest.mark.parametrize("text", ["", " \n", "...", "\x00\x01100P", "<b>&\ud800", "[[tɛl]] me", "Привет, 漢字."])
def test_odd_text_is_spoken_without_harm(synthesizer: PiperSynthesizer, text: str) -> None:
    assert duration_s(synthesizer.speak(text, "neutral")) < 15


def test_a_text_beyond_the_bound_is_refused_with_a_way_out(aligned: PiperSynthesizer) -> None:
    assert len(aligned.speak("a" * 20 + " b" * ((MAX_TEXT_CHARS - 20) // 2), "cold").pcm)
    with pytest.raises(EngineError) as caught:
        aligned.speak("a" * (MAX_TEXT_CHARS + 1), "cold")
    assert caught.value.fix


def test_no_word_reaches_the_log(
        synthesizer: PiperSynthesizer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        synthesizer.speak("A secret, naïve façade 漢字.", "neutral")
    assert "secret" not in caplog.text
    assert caplog.records == []


def test_a_worker_speaks_with_it_levelled_at_its_own_rate(synthesizer: PiperSynthesizer) -> None:
    events: list[WorkerEvent] = []
    worker = VoiceWorker(synthesizer, events.append)
    worker.warm_up(0)
    assert worker.engines == (synthesizer.info,)
    worker.handle(Synthesize(key="k", text=SENTENCE, style="cold"))
    worker.advance(0.1)
    clips = [event for event in events if isinstance(event, SpeechClip)]
    assert len(clips) == len(events) > 1
    pcm = np.frombuffer(b"".join(clip.pcm for clip in clips), np.int16)
    length_s = pcm.size / SAMPLE_RATE_HZ
    assert {clip.sample_rate_hz for clip in clips} == {SAMPLE_RATE_HZ}
    assert length_s == pytest.approx(duration_s(framed(synthesizer.speak(SENTENCE, "cold"))), abs=0.01)
    assert clips[-1].phonemes[-1].start_s <= length_s
    assert len([p for p in clips[-1].phonemes if p.ipa == WORD_BOUNDARY]) == len(SENTENCE.split())


@pytest.mark.slow
def test_a_real_voice_has_its_own_times_and_the_paces_of_espeak() -> None:
    pytest.importorskip("espeakng_loader")
    piper, espeak = real_piper(), EspeakSynthesizer()
    assert piper.info.detail.endswith("phoneme times of the voice")
    pack = load_packs()["graduate"]
    texts = [part for question in pack.questions[:4] for part in split(question.text)]
    for style in STYLES:
        said = [piper.speak(text, style) for text in texts]
        for text, speech in zip(texts, said, strict=True):
            assert sum(p.ipa == WORD_BOUNDARY for p in speech.phonemes) == len(text.split())
            assert all(shapes_of(p.ipa) for p in sounds(speech))
        length_s = sum(map(duration_s, said))
        assert length_s == pytest.approx(sum(duration_s(espeak.speak(text, style)) for text in texts), rel=0.1)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"none\.onnx"):
        PiperSynthesizer(tmp_path / "none.onnx")
    path = tiny_piper.write(tmp_path)
    (tmp_path / "tiny.onnx.json").unlink()
    with pytest.raises(ModelMissing, match=r"tiny\.onnx\.json") as caught:
        PiperSynthesizer(path)
    assert caught.value.fix


@pytest.mark.parametrize("config", [
    {"espeak": {"voice": "nowhere"}}, {"phoneme_type": "text"}, {"phoneme_type": "runes"}, {"audio": {}},
    {"phoneme_id_map": {}}, {"audio": {"sample_rate": 0}},
])
def test_a_configuration_of_no_such_voice_is_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    with pytest.raises(ModelCorrupt) as caught:
        PiperSynthesizer(tiny_piper.write(tmp_path, **config))
    assert "models pull" in caught.value.fix


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tiny_piper.write(tmp_path)
    whole = path.read_bytes()
    for damaged in (b"", b"no network", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(ModelCorrupt):
            PiperSynthesizer(path)
    path.write_bytes(whole)
    path.with_name("tiny.onnx.json").write_text(json.dumps([1]))
    with pytest.raises(ModelCorrupt):
        PiperSynthesizer(path)


def test_another_network_is_refused(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save

    path = tiny_piper.write(tmp_path)
    shape = helper.make_tensor_value_info
    graph = helper.make_graph([helper.make_node("Identity", ["input"], ["output"])], "other",
                              [shape("input", TensorProto.FLOAT, [1])], [shape("output", TensorProto.FLOAT, [1])])
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8), str(path))
    with pytest.raises(ModelCorrupt, match="not the network of a Piper voice"):
        PiperSynthesizer(path)


def test_without_the_library_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tiny_piper.write(tmp_path)
    monkeypatch.setitem(sys.modules, "piper", None)
    with pytest.raises(EngineUnavailable) as caught:
        PiperSynthesizer(path)
    assert caught.value.fix == "pip install 'greenroom[piper]'"
