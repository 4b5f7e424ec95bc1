"""A job description leads to an interview that asks about its lines, through every process."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import Running, is_clean
from documents import pdfs
from greenroom.reports.schema import Source, from_json
from test_cli import needs_models

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(600), needs_models]
pytest.importorskip("pypdf", reason="pypdf is not installed")


def test_the_interview_asks_about_lines_of_a_pdf_and_the_report_names_them(tmp_path: Path) -> None:
    (tmp_path / "job.pdf").write_bytes(pdfs.pdf(["About the role", "Experience with PostgreSQL"]))
    arguments = ["demo", "--fast", "--questions", "2", "--role", "software", "--seed", "1", "--out", "out",
                 "--job", "job.pdf"]
    with Running(arguments, tmp_path) as command:
        status = command.finish(500)
        assert is_clean(command.stderr())
        assert status == 0
    report = from_json((tmp_path / "out" / "report.json").read_bytes())
    sources = {answer.question: answer.source for answer in report.answers if answer.source is not None}
    assert list(sources.values()) == [Source(document="job", line=2, quote="Experience with PostgreSQL")]
    assert all('"PostgreSQL"' in question for question in sources)
    page = (tmp_path / "out" / "report.html").read_text()
    assert "From line 2 of the job description" in page
    assert not list(command.temp.glob("**/*.pdf"))


@pytest.mark.parametrize(("name", "data", "says"), [
    ("none.pdf", None, "document: none.pdf is no file that can be read"),
    ("scan.pdf", pdfs.pdf([]), "document-empty: scan.pdf has no text in it"),
])  # fmt: skip
def test_a_document_that_cannot_be_read_ends_the_demo_with_one_line(
        tmp_path: Path, name: str, data: bytes | None, says: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with Running(["demo", "--fast", "--out", "out", "--job", name], tmp_path) as command:
        assert command.finish(200) != 0
        (said,) = [line for line in command.stderr() if line.startswith("greenroom: ")]
        assert says in said
