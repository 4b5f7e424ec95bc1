"""Whose voice counts: the candidate's, and not that of somebody who talks farther away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from devices.room import VAD_MODEL, needs_vad, speech
from greenroom.bench.noise import SLICE_S, voiced_dbfs
from greenroom.devices.echo import NoEcho
from greenroom.devices.reference import Reference
from greenroom.events import SAMPLE_RATE_HZ, VoiceStarted, VoiceStopped, WorkerEvent
from greenroom.hearing.vad import SileroVad
from greenroom.ports import Heard, Pcm
from greenroom.workers.capture import Capture
from greenroom.world.echo_path import Sound
from greenroom.world.room import pink_noise

CANDIDATE_DBFS = -26.0
Segment = tuple[VoiceStarted, VoiceStopped]


def segments(sound: Sound, voice_dbfs: float | None = CANDIDATE_DBFS) -> list[Segment]:
    """VAD segments of a sound in a quiet room."""
    events: list[WorkerEvent] = []
    capture = Capture(events.append, SileroVad(VAD_MODEL), NoEcho(), Reference())
    capture.set_voice(voice_dbfs)
    capture.set_open(True, 0.0)
    pcm = np.clip(np.round((sound + pink_noise(sound.size, -65.0, 1)) * 32768), -32768, 32767).astype(np.int16)
    step = round(SLICE_S * SAMPLE_RATE_HZ)
    for n in range(pcm.size // step):
        capture.take(Heard(pcm[n * step : (n + 1) * step], n * SLICE_S), (n + 1) * SLICE_S)
    capture.set_open(False, pcm.size / SAMPLE_RATE_HZ)
    started = [event for event in events if isinstance(event, VoiceStarted)]
    return list(zip(started, [event for event in events if isinstance(event, VoiceStopped)], strict=True))


def voice(name: str, below_db: float, *, sentences: int = 6) -> Sound:
    """Sentences with half a second between them, their mean level so far below the candidate's."""
    pause = np.zeros(SAMPLE_RATE_HZ // 2, np.int16)
    pcm: Pcm = np.concatenate([part for n in range(sentences) for part in (pause, speech(name, n))])
    gain_db = CANDIDATE_DBFS - below_db - voiced_dbfs(pcm, Path(VAD_MODEL))
    return (pcm * (10 ** (gain_db / 20) / 32768)).astype(np.float32)


def length_s(found: list[Segment]) -> float:
    return sum(stopped.t - started.t for started, stopped in found)


@needs_vad
@pytest.mark.parametrize("name", ["rms", "slt"])
def test_somebody_15_db_below_the_candidate_is_not_heard(name: str) -> None:
    assert segments(voice(name, 15.0)) == []
    assert length_s(segments(voice(name, 15.0), None)) > 10.0, "the detector alone takes it for a voice"


@needs_vad
@pytest.mark.parametrize("name", ["rms", "slt"])
def test_a_candidate_who_speaks_softer_than_in_the_check_is_heard_whole(name: str) -> None:
    alone = segments(voice(name, 0.0), None)
    for softer_db in (0.0, 6.0, 8.0):
        found = segments(voice(name, softer_db))
        assert length_s(found) >= 0.97 * length_s(alone)
        assert softer_db > 6.0 or not any(stopped.has_other for _, stopped in found)


@needs_vad
def test_the_gate_costs_a_candidate_no_time() -> None:
    delays = [[started.t_known - started.t for started, _ in segments(voice("rms", 0.0), known)]
              for known in (None, CANDIDATE_DBFS)]
    assert np.median(delays[1]) - np.median(delays[0]) <= 0.032 + 1e-6
    assert max(delays[1]) <= 0.2


@needs_vad
def test_somebody_who_talks_on_does_not_keep_the_turn_and_is_flagged() -> None:
    answer, other = voice("rms", 0.0, sentences=2), voice("slt", 15.0)
    both = other.copy()
    both[: answer.size] += answer
    end_t = segments(answer)[-1][1].t
    found = segments(both)
    assert found[-1][1].t <= end_t + 0.6
    assert found[-1][1].has_other
