"""Files that people hand in, and what hostile ones lead to: a coded error, soon, in little memory."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from pathlib import Path

import pytest

from documents import pdfs
from greenroom.documents.child import MAX_CPU_S
from greenroom.documents.reading import Reading
from greenroom.documents.reading import read as read_now
from greenroom.errors import DocumentError, GreenroomError
from greenroom.records import DocumentText

pytest.importorskip("pypdf", reason="pypdf is not installed")
JOB = ["Experience with PostgreSQL", "Ability to explain decisions (in plain words)"]


def read(folder: Path, data: bytes, name: str = "job.pdf") -> DocumentText:
    path = folder / "upload"
    path.write_bytes(data)
    reading = Reading(path, name, "job")
    try:
        while (found := reading.step()) is None:
            time.sleep(0.005)
        return found
    finally:
        reading.close()


def refused(folder: Path, data: bytes, name: str = "job.pdf") -> GreenroomError:
    with pytest.raises(GreenroomError) as caught:
        read(folder, data, name)
    assert caught.value.message.startswith(name)
    assert caught.value.fix
    return caught.value


def test_the_lines_of_a_pdf_are_numbered_through_its_pages(tmp_path: Path) -> None:
    found = read(tmp_path, pdfs.pdf(JOB, ["On the second page"]))
    assert [(line.number, line.page, line.text) for line in found.lines] == [
        (1, 1, JOB[0]), (2, 1, JOB[1]), (3, 2, "On the second page")]
    assert (found.kind, found.name) == ("job", "job.pdf")


def test_a_text_is_read_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path, "One line\n\nÜber die Stelle\n".encode(), "job.txt")
    assert [(line.number, line.text) for line in found.lines] == [(1, "One line"), (3, "Über die Stelle")]


@pytest.mark.parametrize(("data", "code", "says"), [
    (pdfs.locked(), "document-encrypted", "locked with a password"),
    (pdfs.pdf([]), "document-empty", "no text in it"),
    (pdfs.pdf(*[["Words on this page"]] * 21), "document-too-long", "21 pages"),
    (pdfs.many_pages(), "document-too-long", "10000 pages"),
    (pdfs.pdf(["word " * 2_000] * 10), "document-too-long", "page 1"),
    (pdfs.pdf(*[[f"line {n} of a page" for n in range(60)]] * 8), "document-too-long", "page 7"),
    (b"%PDF-1.7\n" + bytes(range(256)) * 400, "document", "damaged"),
    (pdfs.pdf(JOB)[:200], "document", "damaged"),
    (pdfs.recursive_tree(), "document", ""),
    (pdfs.deep_arrays(), "document", ""),
    (pdfs.busy(), "document-too-long", ""),
    (pdfs.bomb(), "document-too-long", "unpacks to more"),
    (pdfs.bomb(times=2), "document-too-long", "unpacks to more"),
    (pdfs.recursive_form(), "document", ""),
    (b"no PDF at all, whatever it is called", "document", "is none"),
    (b"x" * (2 * 2**20 + 1), "document-too-long", "2 MB"),
], ids=lambda value: str(value)[:16] if isinstance(value, str) else "file")  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_name_and_a_fix(
        tmp_path: Path, data: bytes, code: str, says: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    error = refused(tmp_path, data)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert error.code.startswith(code)
    assert says in error.message
    assert after.ru_utime - before.ru_utime < MAX_CPU_S + 2.0
    assert after.ru_maxrss < 700_000, "kB"


def test_a_box_that_cannot_open_pdfs_is_not_told_as_a_fault_of_the_file(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pypdf.py").write_text("raise SystemExit(3)\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    error = refused(tmp_path, pdfs.pdf(JOB))
    assert (error.code, error.fix) == ("document", "paste its text instead")
    assert "status 3" in error.message


def test_a_pdf_of_which_the_end_is_missing_is_mended_or_refused(tmp_path: Path) -> None:
    whole = pdfs.pdf(JOB)
    for length in range(20, len(whole), 97):
        path = tmp_path / "upload"
        path.write_bytes(whole[:length])
        with contextlib.suppress(GreenroomError):
            assert read(tmp_path, whole[:length]).lines


def test_tables_that_turn_in_circles_are_read_all_the_same(tmp_path: Path) -> None:
    assert "tables turn in circles" in read(tmp_path, pdfs.looping_tables()).lines[0].text


def test_a_reading_that_is_given_up_leaves_no_process(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(pdfs.bomb())
    reading = Reading(path, "job.pdf", "job")
    assert reading.step() is None
    child = reading._child
    assert child is not None
    reading.close()
    assert child.returncode is not None


@pytest.mark.parametrize(("data", "says"), [
    (b"PK\x03\x04 and so on", "a Word"), (b"{\\rtf1 hello}", "an RTF file"), (b"\x89PNG\r\n", "a picture"),
    ("A line\nGrüße".encode("latin-1"), "line 2: this is no UTF-8"), (b"A line\nof \0 text", "line 2"),
])  # fmt: skip
def test_what_is_no_text_is_named(tmp_path: Path, data: bytes, says: str) -> None:
    assert says in refused(tmp_path, data, "job.txt").message


def test_a_file_of_this_machine_is_read_at_once_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "cv.pdf"
    with pytest.raises(DocumentError, match=r"cv\.pdf is no file that can be read"):
        read_now(path, "cv")
    path.write_bytes(pdfs.locked())
    with pytest.raises(GreenroomError) as caught:
        read_now(path, "cv")
    assert caught.value.code == "document-encrypted"
    path.write_bytes(pdfs.pdf(JOB))
    assert [line.text for line in read_now(path, "cv").lines] == JOB
