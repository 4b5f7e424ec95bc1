"""The texts of a PDF's pages, by pypdf. Only a process of its own may do this: see ``child``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from greenroom.documents.lines import MAX_CHARACTERS
from greenroom.errors import DocumentEncrypted, DocumentError, DocumentTooLong, EngineUnavailable, GreenroomError

if TYPE_CHECKING:
    import pypdf

MAX_PAGES = 20
MAX_STREAM_BYTES = 8 * 2**20
"""Of one decompressed stream of a page: a page of text has 10 to 100 kB."""
MAX_ENTRIES = 20_000
"""Of its table of objects and of its tree of pages."""
MAX_RAW = 8 * MAX_CHARACTERS
_AGAIN = "save it anew as a PDF, or paste its text"


def pages(file: IO[bytes], name: str) -> Iterator[str]:
    """One text a page, as they come. Raises ``DocumentError`` and its kinds, whatever the file holds."""
    try:
        import pypdf
        from pypdf.errors import LimitReachedError
    except ImportError as error:
        raise EngineUnavailable("PDFs cannot be read here: pypdf is not installed", fix="pip install pypdf") from error
    try:
        with pypdf.apply_configuration(
                maximum_declared_stream_length=MAX_STREAM_BYTES, zlib_maximum_output_length=MAX_STREAM_BYTES,
                lzw_maximum_output_length=MAX_STREAM_BYTES, run_length_maximum_output_length=MAX_STREAM_BYTES,
                brotli_maximum_output_length=MAX_STREAM_BYTES, stream_decoding_work_maximum_length=4 * MAX_STREAM_BYTES,
                array_based_stream_maximum_output_length=MAX_STREAM_BYTES, page_tree_maximum_entries=MAX_ENTRIES,
                page_tree_maximum_page_entries=10 * MAX_ENTRIES, stream_filters_maximum_length=4, jbig2dec_binary=None,
                xform_maximum_invocations_per_extraction=100, disable_legacy_handling=True):
            reader = pypdf.PdfReader(file, root_object_recovery_limit=1000, xref_stream_maximum_entries=MAX_ENTRIES)
            yield from _texts(reader, name)
    except GreenroomError:
        raise
    except (LimitReachedError, MemoryError) as error:
        raise DocumentTooLong(f"{name} unpacks to more than the booth takes", fix=_AGAIN) from error
    except Exception as error:  # a hostile file may lead the library to any of them
        raise DocumentError(f"{name} is a PDF that is damaged", fix=_AGAIN) from error


def _texts(reader: pypdf.PdfReader, name: str) -> Iterator[str]:
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentEncrypted(f"{name} is locked with a password",
                                fix="save it without a password, or paste its text")
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise DocumentTooLong(f"{name} has {count} pages",
                              fix=f"send at most {MAX_PAGES}: those on the job or your work")
    characters = 0
    for number in range(count):
        text = reader.pages[number].extract_text()
        characters += len(text)
        if characters > MAX_RAW:
            raise DocumentTooLong(f"{name}, page {number + 1}: the text goes on beyond {MAX_CHARACTERS:,} characters",
                                  fix="keep the pages that describe the job, or your work, and leave the rest out")
        yield text
