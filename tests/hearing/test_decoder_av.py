"""Every kind of recording comes out as the same sound; what is none is refused by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from greenroom.errors import RecordingError, RecordingTooLong
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import decoder_av
from greenroom.hearing.decoder_av import Recording
from greenroom.ports import Pcm
from hearing.sounds import CODECS, sentence, stored

pytest.importorskip("av", reason="PyAV is not installed")


RATES_HZ = {"webm": 48_000, "ogg": 48_000}


def decoded(path: Path) -> Pcm:
    recording = Recording(path)
    try:
        return np.concatenate(list(recording.decode()))
    finally:
        recording.close()


def refusal(path: Path) -> RecordingError:
    with pytest.raises(RecordingError) as caught:
        decoded(path)
    assert caught.value.fix
    return caught.value


def likeness(found: Pcm, pcm: Pcm) -> float:
    """Best correlation of the level courses within 0.15 s: codecs keep them, and begin with a little padding."""
    def course(sound: Pcm) -> npt.NDArray[np.float64]:
        means: npt.NDArray[np.float64] = np.abs(sound[: sound.size // 800 * 800].astype(np.float64)).reshape(-1, 800)
        return np.asarray(np.log1p(means.mean(axis=1)), np.float64)

    whole, shifted = course(pcm), [course(found[lag:]) for lag in range(0, 2401, 200)]
    size = min(whole.size, *(some.size for some in shifted))
    return max(float(np.corrcoef(some[:size], whole[:size])[0, 1]) for some in shifted)


@pytest.mark.parametrize("kind", CODECS)
def test_every_kind_gives_the_sound_that_was_stored(tmp_path: Path, kind: str) -> None:
    pcm, rate_hz = sentence(), RATES_HZ.get(kind, 16_000)
    found = decoded(stored(tmp_path / f"a.{kind}", pcm, rate_hz=rate_hz))
    assert found.dtype == np.int16
    assert found.size == pytest.approx(pcm.size, abs=0.15 * SAMPLE_RATE_HZ)  # codecs pad their frames
    assert likeness(found, pcm) > 0.9


@pytest.mark.parametrize(("rate_hz", "layout"), [(8_000, "mono"), (48_000, "stereo"), (48_000, "5.1"),
                                                (44_100, "mono")])
def test_rates_and_channels_are_brought_to_16_khz_mono(tmp_path: Path, rate_hz: int, layout: str) -> None:
    pcm = sentence()
    path = stored(tmp_path / "a.wav", pcm, rate_hz=rate_hz, layout=layout)
    recording = Recording(path)
    assert f"{rate_hz} Hz" in recording.source
    recording.close()
    found = decoded(path)
    assert found.size == pytest.approx(pcm.size, abs=0.02 * SAMPLE_RATE_HZ)
    assert likeness(found, pcm) > 0.98


def two_voices(path: Path) -> tuple[Pcm, Pcm]:
    """A stereo file with a speaker on each side."""
    left, right = sentence(3), sentence(4)
    size = min(left.size, right.size)
    soundfile.write(path, np.stack([left[:size], right[:size]], axis=1), SAMPLE_RATE_HZ)
    return left[:size], right[:size]


def test_a_channel_can_be_heard_alone_and_channels_that_differ_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    left, right = two_voices(path)
    for channel, pcm in ((1, left), (2, right)):
        alone = Recording(path, channel)
        assert np.array_equal(np.concatenate(list(alone.decode())), pcm)
        assert alone.notes == []
        alone.close()
    both = Recording(path)
    mix = np.concatenate(list(both.decode()))
    assert np.abs(mix - (left.astype(int) + right) / 2).max() <= 0.5
    assert any("--channel" in note for note in both.notes)
    both.close()
    with pytest.raises(RecordingError, match="has 2 channels, not 3"):
        Recording(path, 3)


@pytest.mark.parametrize("gain", [1.0, 0.3, 0.0])
def test_channels_that_hear_the_same_are_no_matter(tmp_path: Path, gain: float) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.stack([sentence(3), (sentence(3) * gain).astype(np.int16)], axis=1), SAMPLE_RATE_HZ)
    recording = Recording(path)
    assert sum(piece.size for piece in recording.decode()) == sentence(3).size
    assert recording.notes == []
    recording.close()


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    whole = stored(tmp_path / "a.wav", sentence()).read_bytes()
    wrong = {
        "null.wav": b"", "text.mp3": b"hello\n" * 500, "zeros.flac": bytes(5000),
        "lie.wav": whole[:22] + b"\xff\xff" + whole[24:], "header.wav": whole[:44],
        "list.m3u8": f"#EXTM3U\n#EXTINF:10,\nfile://{tmp_path}/a.wav\n".encode(),
        "picture.png": (Path(__file__).parents[2] / "clients/pictures/kiosk.png").read_bytes(),
    }  # fmt: skip
    for name, data in wrong.items():
        (tmp_path / name).write_bytes(data)
        assert name in refusal(tmp_path / name).message
    assert refusal(tmp_path / "nowhere.wav").message == "nowhere.wav is no file"
    assert refusal(tmp_path).code == "recording"


def test_a_recording_that_breaks_off_is_heard_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = stored(tmp_path / "a.flac", sentence()).read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    recording = Recording(tmp_path / "cut.flac")
    seconds = sum(piece.size for piece in recording.decode()) / SAMPLE_RATE_HZ
    assert 0.3 < seconds < sentence().size / SAMPLE_RATE_HZ - 0.3
    assert any("ends earlier" in note or "damaged" in note for note in recording.notes)
    recording.close()


@pytest.mark.parametrize("size", [None, 0, 0xFFFF_FFFF, 0x7FFF_FFFF])
def test_a_wav_that_breaks_off_is_told_and_one_of_unknown_length_is_not(tmp_path: Path, size: int | None) -> None:
    path = tmp_path / "a.wav"
    whole = stored(path, sentence()).read_bytes()
    stated = whole[:4] + (whole[4:8] if size is None else size.to_bytes(4, "little"))
    for end in (len(whole), len(whole) // 2):
        path.write_bytes(stated + whole[8:end])
        recording = Recording(path)
        is_told = any("end is missing" in note for note in recording.notes)
        assert is_told == (size is None and end < len(whole))
        assert sum(piece.size for piece in recording.decode()) > 0
        recording.close()


def test_a_recording_that_is_too_long_is_told_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder_av, "MAX_RECORDING_S", 1.0)
    with pytest.raises(RecordingTooLong):
        decoded(stored(tmp_path / "a.wav", sentence()))


def fuzzed(data: bytes, dice: np.random.Generator) -> bytes:
    """Up to twenty bytes of the first 200 changed, and sometimes an end that is missing."""
    spoilt = bytearray(data)
    for place in dice.integers(0, min(200, len(spoilt)), dice.integers(1, 20)):
        spoilt[place] = dice.integers(0, 256)
    return bytes(spoilt[: dice.integers(50, len(spoilt))] if dice.random() < 0.3 else spoilt)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", CODECS)
def test_headers_that_are_fuzzed_never_crash(tmp_path: Path, kind: str) -> None:
    """143 of each kind: a thousand in all."""
    data = stored(tmp_path / f"a.{kind}", sentence()[:8000], rate_hz=RATES_HZ.get(kind, 16_000)).read_bytes()
    dice, path = np.random.default_rng(7), tmp_path / f"fuzzed.{kind}"
    heard = refused = 0
    for _ in range(143):
        path.write_bytes(fuzzed(data, dice))
        try:
            assert decoded(path).size < 3600 * SAMPLE_RATE_HZ
            heard += 1
        except RecordingError:
            refused += 1
    assert heard + refused == 143
