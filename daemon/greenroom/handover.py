"""Reports: made once an interview is closed, kept, and handed over by a code."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from greenroom.errors import NotFound, StorageError
from greenroom.records import SessionRecord
from greenroom.reports import builder, page, schema
from greenroom.reports.qr import qr_rows
from greenroom.server.protocol import Fact, ReportView
from greenroom.storage.files import write_atomically
from greenroom.storage.sessions import SqlSessionStore

CODE_BYTES = 10
CODES = 100
"""Codes that open a report; the oldest goes."""
JSON, HTML = "application/json", "text/html"


class Handover:
    """``failed`` hears of a report that cannot be kept; ``public_url`` is where phones reach the booth."""

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
        code = self._code(record.id)
        url = f"{self._public_url()}r/{code}"
        summary = report.summary
        return ReportView(
            session=record.id, url=url, code=code, qr=qr_rows(url), strength=summary.strength.text,
            next_step=summary.next_step.text,
            facts=tuple(Fact(name=f.name, label=f.label, value=f.value, unit=f.unit, coverage=f.coverage,
                             reason=f.reason) for f in summary.facts))

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
        """Raises ``NotFound``."""
        if code not in self._codes:
            raise NotFound("no report has this code", fix="check the code on the booth's screen")
        return self._codes[code]

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
        return code
