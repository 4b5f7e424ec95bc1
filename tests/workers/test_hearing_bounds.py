"""What the hearing worker bounds, refuses, learns and forgets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from greenroom.errors import ModelMissing
from greenroom.events import LIVE, SAMPLE_RATE_HZ, AudioGap, ChannelLearned, Utterance
from greenroom.ports import Pcm
from greenroom.requests import Hear, LearnChannel, SetChannel, Synthesize
from greenroom.settings import Booth as BoothSettings
from greenroom.settings import Engines, Settings
from greenroom.workers import hearing, listening, segments
from greenroom.world.measure import word_errors
from greenroom.world.render import ClipReader, load_index
from workers.listening_booth import Booth, texts


def test_one_advance_does_a_bounded_amount_and_a_backlog_loses_nothing() -> None:
    booth = Booth([(n / 4, n + 1) for n in range(100)])
    booth.open(0.3)
    booth.hear(20.0, chunk_s=0.1)
    booth.t = 20.0
    booth.work(1)
    fed = sum(pcm.size for pcm in booth.engine.fed)
    assert fed <= (listening.WORK_S + 0.1) * SAMPLE_RATE_HZ
    booth.close(20.0)
    booth.t = 21.0
    booth.work()
    assert texts(booth.finals()[0]) == [str(n + 1) for n in range(80)]
    assert booth.failures() == []


def test_more_than_the_backlog_is_left_out_and_told() -> None:
    booth = Booth([(n, n + 1) for n in range(60)])
    booth.open(0.0)
    booth.hear(45.0, chunk_s=0.1)
    (failure,) = booth.failures()
    assert (failure.request, failure.code) == ("Hear", "engine")
    (gap,) = [event for event in booth.events if isinstance(event, AudioGap)]
    assert gap.length_s == pytest.approx(segments.BACKLOG_CUT_S, abs=0.2)
    booth.close(45.0)
    booth.t = 46.0
    booth.work(200)
    (final,) = booth.finals()
    later = [word for word in final.words if word.start_t > gap.t + gap.length_s + 1]
    assert len(later) >= 30
    assert [int(word.text) - 1.0 for word in later] == pytest.approx([word.start_t for word in later], abs=1e-3)
    assert texts(final)[-1] == "45"


def test_a_short_hole_is_bridged_and_a_long_one_begins_anew_so_times_stay_right() -> None:
    booth = Booth([(1.0, 5), (2.0, 6), (4.5, 7), (5.0, 0)])
    booth.hear(1.5)
    booth.open(1.0)
    booth.heard_t = 1.7
    booth.hear(2.5)
    booth.heard_t = 4.0
    booth.hear(5.5)
    booth.close(5.0)
    booth.t = 6.0
    booth.work()
    (final,) = booth.finals()
    heard = {word.text: word.start_t for word in final.words}
    assert texts(final) == ["5", "5", "6", "6", "7"]  # the hole and the new beginning each show the level again
    assert heard["7"] == pytest.approx(4.5, abs=1e-3)
    assert booth.engine.opened == pytest.approx([0.7, 4.0])


def test_a_replay_after_a_restart_is_recognised_from_the_segment_s_beginning() -> None:
    booth = Booth([(1.0, 5), (2.0, 6), (3.0, 7)])
    booth.heard_t = 3.02
    booth.hear(3.2)  # live sound that came first
    booth.heard_t = 0.5
    booth.hear(3.2, chunk_s=0.1)
    booth.open(1.0)
    booth.hear(3.6)
    booth.close(3.4)
    booth.t = 4.0
    booth.work()
    assert texts(booth.finals()[0]) == ["5", "6", "7"]
    assert booth.engine.opened == pytest.approx([0.7])


def test_while_a_whole_block_waits_no_partial_is_made() -> None:
    booth = Booth([(n / 4, n + 1) for n in range(100)])
    booth.open(0.3)
    booth.hear(6.0)
    booth.t = 6.0
    booth.work(10)
    assert booth.partials() == []
    booth.work(5)
    (partial,) = booth.partials()
    assert partial.t == pytest.approx(6.0, abs=0.06)


def test_the_ring_is_bounded() -> None:
    booth = Booth([(0.0, 3)])
    booth.hear(60.0, chunk_s=0.1)
    booth.open(0.5)
    booth.close(60.0)
    booth.t = 61.0
    booth.work(200)
    assert sum(pcm.size for pcm in booth.engine.fed) <= (segments.RING_S + 0.2) * SAMPLE_RATE_HZ
    assert booth.engine.opened[0] == pytest.approx(30.0, abs=0.2)


def test_the_channel_is_learned_from_the_sound_between_two_times() -> None:
    booth = Booth([(1.0, 4), (4.0, 9)])
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=3.5))
    booth.run(5.1)
    (learned,) = [event for event in booth.events if isinstance(event, ChannelLearned)]
    assert learned.mean == (2.5 * SAMPLE_RATE_HZ, 4.0)
    assert learned.t == 3.5
    assert learned.t_known >= 5.0


def test_the_channel_is_changed_only_between_segments() -> None:
    booth = Booth([(1.0, 4)])
    booth.run(3.0)
    booth.open(2.0)
    booth.run(3.5)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=3.0))
    booth.worker.handle(SetChannel(mean=(1.0, 2.0)))
    booth.run(3.8)
    assert booth.engine.means == []
    booth.close(3.5)
    booth.run(4.0)
    kinds = [type(event).__name__ for event in booth.events if not isinstance(event, Utterance) or event.is_final]
    assert kinds == ["Utterance", "ChannelLearned"]
    assert booth.engine.means == [(1.0, 2.0)]


@pytest.mark.parametrize(("from_t", "to_t"), [(2.0, 3.4), (2.5, 2.0), (50.0, 60.0)])
def test_too_little_sound_to_learn_from_is_refused(from_t: float, to_t: float) -> None:
    booth = Booth([(1.0, 4)])
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=from_t, to_t=to_t))
    booth.run(5.2)
    assert [(f.code, f.request) for f in booth.failures()] == [("command-refused", "LearnChannel")]
    assert not [event for event in booth.events if isinstance(event, ChannelLearned)]


def test_silence_to_learn_from_is_told() -> None:
    booth = Booth()
    booth.run(5.0)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=4.0))
    booth.run(5.2)
    assert [(f.code, f.request) for f in booth.failures()] == [("engine", "LearnChannel")]


def test_streams_do_not_mix() -> None:
    booth = Booth([(1.0, 5), (2.0, 0)])
    booth.hear(2.5)
    booth.heard_t, booth.levels = 0.0, [(1.0, 8), (2.0, 0)]
    booth.hear(2.5, stream="job")
    for stream in (LIVE, "job"):
        booth.open(1.0, stream=stream)
        booth.close(2.0, stream=stream)
    booth.t = 3.0
    booth.work(10)
    assert {final.stream: texts(final) for final in booth.finals()} == {LIVE: ["5"], "job": ["8"]}
    assert len(booth.recognisers) == 2


def test_streams_are_bounded_and_the_live_one_stays() -> None:
    booth = Booth()
    for n in range(10):
        booth.worker.handle(Hear(n=0, t=0.0, pcm=b"", stream=f"job-{n}"))
    assert len(booth.worker._streams) == hearing.MAX_STREAMS
    assert LIVE in booth.worker._streams
    assert booth.failures() == []
    for n in range(10):
        booth.open(0.0, stream=f"busy-{n}")
    assert len(booth.worker._streams) == hearing.MAX_STREAMS
    assert {f.code for f in booth.failures()} == {"command-refused"}
    assert len(booth.failures()) == 7


def test_segments_that_wait_are_bounded() -> None:
    booth = Booth()
    for n in range(listening.MAX_QUEUED + 1):
        booth.open(float(n), segment=n)
    assert [f.request for f in booth.failures()] == ["OpenSegment"]


def test_requests_that_make_no_sense_are_refused() -> None:
    booth = Booth()
    booth.close(1.0, segment=7)
    booth.worker.handle(Hear(n=0, t=0.0, pcm=b"abc"))
    booth.worker.handle(Synthesize(key="k", text="no", style="neutral"))
    assert [f.request for f in booth.failures()] == ["CloseSegment", "Hear", "Synthesize"]
    assert {f.code for f in booth.failures()} == {"command-refused"}


def test_closing_twice_gives_one_final() -> None:
    booth = Booth([(1.0, 5)])
    booth.hear(2.0)
    booth.open(1.0)
    booth.close(1.5)
    booth.close(1.6)
    booth.t = 2.0
    booth.work()
    booth.close(1.5)
    assert len(booth.finals()) == 1
    assert booth.failures() == []


def test_nothing_personal_is_kept_after_forgetting() -> None:
    booth = Booth([(1.0, 5)])
    booth.run(3.0)
    booth.open(1.0)
    booth.worker.handle(Hear(n=0, t=0.0, pcm=b"", stream="job"))
    booth.run(3.2)
    booth.worker.handle(SetChannel(mean=(1.0,)))
    booth.events.clear()
    booth.worker.forget()
    assert booth.engine.means[-1] == ()
    assert list(booth.worker._streams) == [LIVE]
    booth.t = 10.0
    booth.work()
    assert booth.events == []
    booth.open(1.0)
    booth.close(3.0)
    booth.work()
    assert [texts(final) for final in booth.finals()] == [[]]


def test_an_engine_that_is_not_here_is_named_with_what_to_do(tmp_path: Path) -> None:
    wanted = Settings(booth=BoothSettings(models_dir=tmp_path), engines=Engines(recogniser="whisper"))
    worker = hearing.build(wanted, lambda _: None)
    with pytest.raises(ModelMissing) as caught:
        worker.warm_up(0)
    assert caught.value.fix == "greenroom models pull whisper-tiny.en"


@pytest.mark.slow
def test_a_recorded_sentence_goes_through_with_the_booth_s_own_engine() -> None:
    clip = next(c for c in load_index().values() if c.text.startswith("Hello, this is my voice"))
    pcm = ClipReader()(clip.name)
    booth = Booth()
    booth.worker = hearing.build(Settings(), booth.events.append)
    booth.worker.warm_up(0)
    booth.sound = lambda from_t, samples: _part(pcm, from_t - 1.0, samples)  # type: ignore[method-assign]  # one room
    end_t = 1.0 + pcm.size / SAMPLE_RATE_HZ
    booth.run(end_t + 0.5)
    booth.worker.handle(LearnChannel(from_t=1.0, to_t=end_t))
    booth.open(1.0)
    booth.close(end_t)
    booth.run(end_t + 1.5)
    (final,) = booth.finals()
    assert booth.failures() == []
    assert word_errors(clip.text, " ".join(texts(final))).rate <= 0.3
    assert final.words[0].start_t == pytest.approx(1.0, abs=0.15)


def _part(pcm: Pcm, from_s: float, samples: int) -> Pcm:
    """Samples of a recording that begins at 0, with silence around."""
    start = round(from_s * SAMPLE_RATE_HZ)
    around = np.zeros(samples, np.int16)
    inside = pcm[max(0, start) : max(0, start + samples)]
    offset = max(0, -start)
    around[offset : offset + inside.size] = inside
    return around
