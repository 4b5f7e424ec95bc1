"""Recordings on their way in: streamed to a file of their own, bounded, and gone when they do not arrive whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple

from aiohttp import BodyPartReader, web
from msgspec import Struct

from greenroom.errors import DocumentTooLong, GreenroomError, ProtocolError, RecordingTooLong
from greenroom.storage.files import unwritable

CHUNK_BYTES = 64 * 1024
QUIET_S = 20.0
"""A client that sends nothing for so long has gone."""
MAX_FIELD_BYTES = 4096
MAX_NAME_CHARS = 120
NAMELESS = "recording"
"""What a file is called whose sender calls it nothing."""


class Upload(Struct):
    """A file that arrived whole; whoever takes it deletes it."""

    path: Path
    name: str
    """What the client calls it; never a path."""
    fields: dict[str, str]


async def receive(request: web.Request, folder: Path, limit: int, *, is_document: bool = False) -> Upload:
    """The recording or document of a request: the part `file` of a form, or the whole body.

    Raises ``RecordingTooLong`` or ``DocumentTooLong`` beyond ``limit`` bytes (before the first one when the client says
    so), ``ProtocolError``
    for a malformed form, ``StorageError`` when it cannot be stored. Then nothing is left.
    """
    if (request.content_length or 0) > limit:
        raise _too_long(limit, is_document=is_document)
    with _draft(folder) as draft:
        try:
            name, fields = await _store(request, draft, limit)
        except _TooLong as error:
            raise _too_long(limit, is_document=is_document) from error
        return Upload(path=draft.path, name=name, fields=fields)


class _TooLong(Exception):
    """More bytes came than were allowed."""


class Draft(NamedTuple):
    """A file that is being filled."""

    path: Path
    file: IO[bytes]


@contextlib.contextmanager
def _draft(folder: Path) -> Iterator[Draft]:
    """A file that stays only when the block ends well."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(dir=folder, prefix="upload-")
    except OSError as error:
        raise unwritable(folder, error) from error
    with os.fdopen(number, "wb", buffering=0) as file:
        try:
            yield Draft(Path(name), file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def clear(folder: Path) -> None:
    """Delete what a booth that died left in the folder."""
    with contextlib.suppress(OSError):
        for path in folder.glob("upload-*"):
            path.unlink(missing_ok=True)


async def _store(request: web.Request, draft: Draft, limit: int) -> tuple[str, dict[str, str]]:
    if not request.content_type.startswith("multipart/"):
        await _copy(request.content.iter_chunked(CHUNK_BYTES), draft, limit)
        return _name(request.query.get("name")), {}
    fields: dict[str, str] = {}
    name: str | None = None
    try:
        reader = await request.multipart()
        while (part := await asyncio.wait_for(reader.next(), QUIET_S)) is not None:
            if not isinstance(part, BodyPartReader):
                raise ProtocolError("a form within a form", fix="send the recording as the part `file`")
            if part.name == "file" and name is None:
                name = _name(part.filename)
                await _copy(_chunks(part), draft, limit)
            elif part.name is not None and len(fields) < 16:
                fields[part.name] = (await part.read_chunk(MAX_FIELD_BYTES)).decode(errors="replace")
                await part.release()
    except (ValueError, AssertionError, TimeoutError) as error:
        raise ProtocolError("the form did not arrive whole", fix="send the recording as the part `file`") from error
    if name is None:
        raise ProtocolError("the form has no part `file`", fix="send the recording as the part `file`")
    return name, fields


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield chunk


async def _copy(chunks: AsyncIterator[bytes], draft: Draft, limit: int) -> None:
    size = 0
    while True:
        try:
            chunk: Any = await asyncio.wait_for(anext(chunks, None), QUIET_S)
        except TimeoutError as error:
            raise ProtocolError("the recording did not arrive", fix="send it again") from error
        if chunk is None:
            return
        size += len(chunk)
        if size > limit:
            raise _TooLong
        try:
            await asyncio.to_thread(draft.file.write, chunk)
        except OSError as error:
            raise unwritable(draft.path.parent, error) from error


def _name(given: str | None) -> str:
    bare = PurePosixPath((given or "").replace("\\", "/")).name
    return "".join(c for c in bare if c.isprintable())[:MAX_NAME_CHARS] or NAMELESS


def _too_long(limit: int, *, is_document: bool) -> GreenroomError:
    if is_document:
        return DocumentTooLong(f"a document has at most {limit // 2**20} MB here",
                               fix="save it without pictures, or paste its text")
    return RecordingTooLong(f"a file has at most {limit // 2**20} MB here", fix="send a shorter or a compressed one")
