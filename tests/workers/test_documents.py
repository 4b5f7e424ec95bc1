"""Documents in the worker of recordings: read one after the other, beside everything else, and gone afterwards."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

import pytest

from devices.room import MODELS, needs_vad
from documents import pdfs
from greenroom import temporary
from greenroom.errors import EngineUnavailable, GreenroomError, RelayedError
from greenroom.events import AnalysisFailed, DocumentRead, WorkerEvent
from greenroom.ports import Recogniser, VoiceDetector
from greenroom.requests import DropAnalysis, HoldAnalysis, ReadDocument, RecordingPart
from greenroom.settings import Workers
from greenroom.workers.analysis import MAX_WAITING, AnalysisWorker
from greenroom.workers.jobs import MAX_READS, JobWorkers
from greenroom.workers.supervisor import command

pytest.importorskip("pypdf", reason="pypdf is not installed")
JOB = pdfs.pdf(["Experience with PostgreSQL and Python"])


def no_detector() -> VoiceDetector:
    raise EngineUnavailable("documents need no engine")


def no_recogniser() -> Recogniser:
    raise EngineUnavailable("documents need no engine")


class Bench:
    """A worker in process, which keeps what others hand in in a folder of the test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        self.folder = folder
        self.events: list[WorkerEvent] = []
        self.worker = AnalysisWorker(self.events.append, no_detector, no_recogniser, lambda _pcm: False)

    @property
    def kept(self) -> list[Path]:
        return list(self.folder.glob(f"{temporary.prefix()}*"))

    def hand_in(self, stream: str, data: bytes) -> None:
        self.worker.handle(ReadDocument(stream=stream, name=f"{stream}.pdf", kind="job"))
        self.worker.handle(RecordingPart(stream=stream, data=data[:100], is_last=False))
        self.worker.handle(RecordingPart(stream=stream, data=data[100:], is_last=True))

    def told(self) -> list[DocumentRead | AnalysisFailed]:
        return [event for event in self.events if isinstance(event, DocumentRead | AnalysisFailed)]

    def run(self, count: int) -> list[DocumentRead | AnalysisFailed]:
        while len(self.told()) < count:
            self.worker.advance(0.0)
            time.sleep(0.005)
        return self.told()


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


def test_documents_are_read_in_order_also_while_recordings_are_held(bench: Bench) -> None:
    bench.worker.handle(HoldAnalysis(is_held=True))
    bench.hand_in("one", JOB)
    bench.hand_in("two", b"%PDF-1.7 and nothing else")
    first, second = bench.run(2)
    assert isinstance(first, DocumentRead)
    assert first.document.lines[0].text == "Experience with PostgreSQL and Python"
    assert isinstance(second, AnalysisFailed)
    assert (second.stream, second.code) == ("two", "document")
    assert second.message.startswith("two.pdf")
    assert bench.kept == []


def test_a_document_that_nobody_wants_any_more_is_not_read(bench: Bench) -> None:
    bench.hand_in("one", pdfs.bomb())
    bench.worker.advance(0.0)
    assert bench.kept
    bench.worker.handle(DropAnalysis(stream="one"))
    assert bench.kept == []
    bench.hand_in("two", JOB)
    assert isinstance(bench.run(1)[0], DocumentRead)


def test_the_worker_forgets_documents_with_everything_else(bench: Bench) -> None:
    bench.hand_in("one", JOB)
    bench.worker.handle(ReadDocument(stream="two", name="two", kind="cv"))
    bench.worker.forget()
    assert bench.kept == []
    bench.worker.advance(0.0)
    assert bench.told() == []


def test_one_document_too_many_is_refused(bench: Bench) -> None:
    for n in range(MAX_WAITING + 1):
        bench.hand_in(f"d{n}", JOB)
    (refused,) = bench.told()
    assert isinstance(refused, AnalysisFailed)
    assert (refused.stream, refused.code) == (f"d{MAX_WAITING}", "jobs-full")
    bench.worker.close()


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(120)
@needs_vad
def test_core_has_documents_read_by_a_worker_even_beside_an_interview(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(MODELS))
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(JOB)
    bad.write_bytes(pdfs.bomb())

    async def scene() -> None:
        path = tmp_path / "jobs.sock"
        jobs = JobWorkers(Workers(), path, command(path, []), lambda: True)
        try:
            with pytest.raises(RelayedError, match=r"^document-too-long: my cv\.pdf unpacks"):
                await jobs.read(bad, "my cv.pdf", "cv")
            found = await jobs.read(good, "job.pdf", "job")
            assert found.lines[0].text == "Experience with PostgreSQL and Python"
            many = await asyncio.gather(*(jobs.read(good, "job.pdf", "job") for _ in range(MAX_READS + 2)),
                                        return_exceptions=True)
            refused = [one for one in many if isinstance(one, GreenroomError)]
            assert [one.code for one in refused] == ["jobs-full"] * 2
        finally:
            await jobs.close()

    asyncio.run(scene())
