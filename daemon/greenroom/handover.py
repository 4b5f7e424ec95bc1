"""Reports: made once an interview is closed, kept, and handed over by a code."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from greenroom.errors import StorageError
from greenroom.records import SessionRecord
from greenroom.reports import builder, page, schema
from greenroom.reports.qr import qr_rows
from greenroom.server.protocol import Fact, ReportView
from greenroom.storage.files import write_atomically
from greenroom.storage.sessions import SqlSessionStore

CODE_BYTES = 10
CODES = 100
"""Codes in memory; the oldest goes, and is looked up among the reports that are kept."""
JSON, HTML = "application/json", "text/html"


class Handover:
    """``failed`` hears of a report that cannot be kept; ``public_url`` is where phones reach the booth,
    empty when they cannot: then a report has no code."""

    def __init__(self, store: SqlSessionStore, out: Path | None, public_url: Callable[[], str],
                 failed: Callable[[StorageError], None]) -> None:
        self.newest: str | None = None
        """The session that was reported last."""
        self.fault: StorageError | None = None
        """What a demo leaves cannot be written: there is no point in going on."""
        self._store = store
        self._out = out
        self._public_url = public_url
        self._failed = failed
        self._latest: dict[tuple[str, str], bytes] = {}
        """The last report by session and media type, for a disk that is too full to keep it."""
        self._codes: OrderedDict[str, str] = OrderedDict()

    def make(self, record: SessionRecord) -> ReportView:
        """Make and keep the report of a session. One that cannot be kept can still be read until the next."""
        report = builder.build(record)
        self._keep(record.id, {JSON: schema.to_json(report), HTML: page.render(report).encode()})
        self.newest = record.id
        address = self._public_url()
        code = self._code(record.id) if address else ""
        url = f"{address}r/{code}" if address else ""
        summary = report.summary
        return ReportView(
            session=record.id, url=url, code=code, qr=qr_rows(url) if url else (), strength=summary.strength.text,
            next_step=summary.next_step.text,
            facts=tuple(Fact(name=f.name, label=f.label, value=f.value, unit=f.unit, coverage=f.coverage,
                             reason=f.reason) for f in summary.facts),
            reading=record.reading.state)

    def remake(self, record: SessionRecord) -> None:
        """The report of a session whose answers a model has read since: in the place of the one before, wherever that
        still is, and opened by the same code."""
        report = builder.build(record)
        bodies = {JSON: schema.to_json(report), HTML: page.render(report).encode()}
        if (record.id, JSON) in self._latest:
            self._keep(record.id, bodies)
            return
        try:
            for media_type, body in bodies.items():
                self._store.replace_report(record.id, media_type, body)
        except StorageError as error:
            self._failed(error)

    def archive(self, record: SessionRecord) -> None:
        """Make and keep the report of a session whose candidate is not there any more. Raises ``StorageError``."""
        report = builder.build(record)
        self._store.save_report(record.id, JSON, schema.to_json(report))
        self._store.save_report(record.id, HTML, page.render(report).encode())

    async def read(self, session: str, kind: str) -> bytes:
        """Raises ``NotFound``."""
        media_type = HTML if kind == "html" else JSON
        if (session, media_type) in self._latest:
            return self._latest[session, media_type]
        return await asyncio.to_thread(self._store.load_report, session, media_type)

    def forget(self) -> None:
        """The candidate has gone: what is not kept in the database is gone, too."""
        self._latest = {}

    def session_of(self, code: str) -> str:
        """Also by a code that a core before this one gave. Raises ``NotFound``."""
        return self._codes[code] if code in self._codes else self._store.session_of_code(_digest(code))

    def _keep(self, session: str, bodies: dict[str, bytes]) -> None:
        self._latest = {(session, media_type): body for media_type, body in bodies.items()}
        try:
            for media_type, body in bodies.items():
                self._store.save_report(session, media_type, body)
        except StorageError as error:
            self._failed(error)
        if self._out is None:
            return
        try:
            write_atomically(self._out / "report.json", bodies[JSON])
            write_atomically(self._out / "report.html", bodies[HTML])
        except StorageError as error:
            self.fault = error

    def _code(self, session: str) -> str:
        code = secrets.token_urlsafe(CODE_BYTES)
        self._codes[code] = session
        while len(self._codes) > CODES:
            self._codes.popitem(last=False)
        try:
            self._store.save_report_code(session, _digest(code))
        except StorageError as error:
            self._failed(error)
        return code


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode(errors="replace")).hexdigest()
