"""What the server may ask of the booth; it knows nothing of interviews and devices."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from greenroom.records import AnswerToScore, DocumentKind, Style
from greenroom.reports.document import DocumentReport
from greenroom.reports.scored import Scores
from greenroom.reports.sight import FrameReport
from greenroom.server.jobs import Progress, Recording
from greenroom.server.protocol import BoothState, SelfView
from greenroom.server.stream_protocol import StreamBegun, StreamMessage

ReportKind = Literal["json", "html"]


class Stream(Protocol):
    """Somebody's sound that is being heard, and pictures that are looked at beside it."""

    begun: StreamBegun

    async def hear(self, pcm: bytes) -> None:
        """The next samples; waits while the booth is behind. Raises ``GreenroomError`` once the stream has failed."""

    async def show(self, t: float, image: bytes) -> None:
        """A JPEG or PNG, taken ``t`` seconds after the first sample. One that comes too fast is passed over; one that
        cannot be looked at is told as such. Raises like ``hear``."""

    def end(self) -> None:
        """Nothing more comes."""

    async def told(self) -> StreamMessage | None:
        """What is heard and seen, one by one; None after the last one. Raises ``GreenroomError`` when the stream
        fails."""


class SelfViewing(Protocol):
    """A candidate who looks at themselves."""

    async def newest(self) -> SelfView | None:
        """The next picture, when there is one: never one that is older than it need be. None when it is over."""


class Booth(Protocol):
    """The booth as the server sees it."""

    def state(self) -> BoothState: ...

    async def report(self, session: str, kind: ReportKind) -> bytes:
        """The report as it is kept. Raises ``NotFound``."""

    async def analyse(self, recording: Recording, progress: Progress) -> bytes:
        """What is heard in a recording, as the JSON of its published schema."""

    async def look(self, path: Path, t_s: float | None) -> FrameReport:
        """What a picture shows, which was taken at ``t_s`` by whoever sent it. Raises ``GreenroomError``."""

    async def score(self, answers: tuple[AnswerToScore, ...]) -> Scores:
        """Bands of other people's answers. Raises ``GreenroomError``."""

    async def take_document(self, path: Path, name: str, kind: DocumentKind, role: str) -> DocumentReport:
        """Read a job description or CV, and hold it for the interview to come; ``role`` may be empty. The file is the
        caller's. Raises ``GreenroomError``."""

    def drop_document(self, document: str) -> None:
        """Raises ``NotFound``."""

    def listen(self) -> AbstractAsyncContextManager[Stream]:
        """Hear somebody's sound within the block. Entering raises ``GreenroomError`` when nobody can listen now."""

    def show_self(self) -> AbstractContextManager[SelfViewing]:
        """The candidate's own picture within the block. Entering raises ``GreenroomError`` when it is not for now."""

    async def speak(self, text: str, style: Style) -> bytes:
        """A text as the interviewer would say it: 16 kHz, mono, signed 16 bit. Raises ``GreenroomError``."""

    def session_of(self, code: str) -> str:
        """The session that a report code (on the QR) opens. Raises ``NotFound``."""

    def metrics(self) -> bytes:
        """What is counted and timed, in Prometheus' text format."""

    def admin_page(self, *, is_live: bool, other: str) -> bytes:
        """The same and the booth's parts as a page. One that is live loads itself again; ``other`` is the address of
        one that does not, and the other way round."""
