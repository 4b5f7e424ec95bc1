"""The route table: one row a route, from which routing, checks and the OpenAPI document come.

A handler gets a ``Call`` and returns a struct (sent as JSON), a ``Document`` or a ``Redirect``; it raises errors of
``errors.py``.
"""

from __future__ import annotations

from math import isfinite, nan
from urllib.parse import urlencode

from msgspec import Struct

from greenroom.documents.lines import MAX_BYTES
from greenroom.errors import AccessDenied, CommandRefused, GreenroomError, NotFound, ProtocolError, RelayedError
from greenroom.records import DocumentKind
from greenroom.reports import to_score
from greenroom.reports.document import DocumentReport
from greenroom.reports.scored import Scores
from greenroom.reports.sight import FrameReport
from greenroom.server.booth import ReportKind
from greenroom.server.calls import Call, Health, Redirect, Route, TooManyGuesses
from greenroom.server.jobs import JobStatus, Recording
from greenroom.server.protocol import (
    Ack,
    AnyCommand,
    BoothState,
    DeviceState,
    EngineState,
    Role,
    RoleTile,
)
from greenroom.server.speech import OpenAiSpeech, TextToSay, said, wav
from greenroom.server.transcripts import TRANSCRIPT_FORMATS, Document, transcript
from greenroom.server.uploads import NAMELESS, Upload
from greenroom.telemetry import exposition
from greenroom.telemetry.hub import visible_to

MEDIA: dict[ReportKind, str] = {"json": "application/json", "html": "text/html; charset=utf-8"}
MAX_NUMBER_CHARS = 40
COMMANDERS: frozenset[Role] = frozenset({"kiosk", "phone", "admin"})


class Engines(Struct, frozen=True, kw_only=True):
    engines: tuple[EngineState, ...]


class Devices(Struct, frozen=True, kw_only=True):
    devices: tuple[DeviceState, ...]


class Packs(Struct, frozen=True, kw_only=True):
    packs: tuple[RoleTile, ...]


class Dropped(Struct, frozen=True, kw_only=True):
    """What is gone."""

    document: str


async def metrics(call: Call) -> Document:
    return Document(call.site.booth.metrics(), exposition.MEDIA)


async def admin(call: Call) -> Redirect:
    return Redirect(f"/admin/{_query(call.query)}")


async def admin_page(call: Call) -> Document:
    is_live = "still" not in call.query
    kept = {name: value for name, value in call.query.items() if name in {"role", "token"}}
    other = _query(kept | {"still": "1"} if is_live else kept) or "?"
    return Document(call.site.booth.admin_page(is_live=is_live, other=other), MEDIA["html"])


def _query(parameters: dict[str, str]) -> str:
    return f"?{urlencode(parameters)}" if parameters else ""


async def root(call: Call) -> Redirect:
    return Redirect("/kiosk/" if call.listener == "loopback" else "/phone/")


async def kiosk(_call: Call) -> Redirect:
    return Redirect("/kiosk/")


async def phone(_call: Call) -> Redirect:
    return Redirect("/phone/")


async def health(call: Call) -> Health:
    return call.site.health()


async def openapi(call: Call) -> Document:
    return Document(call.site.openapi(), MEDIA["json"])


async def state(call: Call) -> BoothState:
    return visible_to(call.principal.role, call.site.booth.state())


async def engines(call: Call) -> Engines:
    return Engines(engines=call.site.booth.state().engines)


async def devices(call: Call) -> Devices:
    return Devices(devices=call.site.booth.state().devices)


async def packs(call: Call) -> Packs:
    return Packs(packs=call.site.booth.state().roles)


async def command(call: Call) -> Ack:
    answer = call.site.desk.submit(call.body, call.principal.role)
    if isinstance(answer, Ack):
        return answer
    for kind in (AccessDenied, CommandRefused, ProtocolError):
        if answer.code == kind.code:
            raise kind(answer.message)
    raise GreenroomError(answer.message)


async def report_json(call: Call) -> Document:
    return await _report(call, _opened_session(call), "json")


async def report_html(call: Call) -> Document:
    return await _report(call, _opened_session(call), "html")


async def report_by_code(call: Call) -> Document:
    return await _report(call, _session_of(call, call.path["code"]), "html")


async def report_by_code_json(call: Call) -> Document:
    return await _report(call, _session_of(call, call.path["code"]), "json")


async def _report(call: Call, session: str, kind: ReportKind) -> Document:
    return Document(await call.site.booth.report(session, kind), MEDIA[kind])


def _opened_session(call: Call) -> str:
    """The session in the path, if the caller may see it: the booth's own screens may, others show its code."""
    session = call.path["session"]
    if call.listener == "loopback" and "code" not in call.query:
        return session
    if _session_of(call, call.query.get("code", "")) != session:
        raise NotFound("no such report")
    return session


def _session_of(call: Call, code: str) -> str:
    if not call.site.guesses.is_open(call.peer, call.t):
        raise TooManyGuesses("too many wrong codes", fix="wait a minute")
    try:
        return call.site.booth.session_of(code)
    except NotFound:
        call.site.guesses.count(call.peer, call.t)
        raise


async def analyze_audio(call: Call) -> JobStatus:
    return call.site.jobs.submit(_recording(call))


async def analyze_video(call: Call) -> JobStatus:
    return call.site.jobs.submit(_recording(call)._replace(is_watched=True))


async def analyze_frame(call: Call) -> FrameReport:
    upload: Upload = call.body
    try:
        return await call.site.booth.look(upload.path, _time(upload.fields.get("t") or call.query.get("t")))
    finally:
        upload.path.unlink(missing_ok=True)


def _time(stated: str | None) -> float | None:
    """Seconds that came with a picture."""
    if stated is None:
        return None
    try:
        t_s = float(stated) if len(stated) <= MAX_NUMBER_CHARS else nan
    except ValueError:
        t_s = nan
    if not isfinite(t_s):
        raise ProtocolError("t is a number of seconds", fix="leave it out, or send one")
    return t_s


def _recording(call: Call) -> Recording:
    upload: Upload = call.body
    channel = upload.fields.get("channel") or call.query.get("channel") or "0"
    if not channel.isdecimal() or len(channel) > 2:
        raise ProtocolError("channel is a number from 1 on; without it all are heard")
    return Recording(upload.path, upload.name, int(channel))


async def job(call: Call) -> JobStatus:
    return call.site.jobs.status(call.path["job"])


async def drop_job(call: Call) -> JobStatus:
    return call.site.jobs.drop(call.path["job"])


async def job_analysis(call: Call) -> Document:
    return Document(call.site.jobs.result(call.path["job"]), MEDIA["json"])


async def transcriptions(call: Call) -> Document:
    """The form that OpenAI's clients speak: the answer comes when the recording has been heard."""
    upload: Upload = call.body
    wanted = upload.fields.get("response_format") or "json"
    if wanted not in TRANSCRIPT_FORMATS:
        raise ProtocolError(f"response_format is one of {', '.join(TRANSCRIPT_FORMATS)}", fix="leave it out for json")
    status = await call.site.jobs.finished(call.site.jobs.submit(_recording(call)).job)
    if status.error is not None:
        raise RelayedError(status.error.code, status.error.message, fix=status.error.fix)
    return transcript(call.site.jobs.result(status.job), wanted)


async def audio_transcriptions(call: Call) -> Document:
    return await transcriptions(call)


async def speech(call: Call) -> Document:
    wanted: TextToSay = call.body
    return wav(await call.site.booth.speak(wanted.text, wanted.style))


async def audio_speech(call: Call) -> Document:
    """The form that OpenAI's clients speak."""
    wanted: OpenAiSpeech = call.body
    style = wanted.style()
    return await said(await call.site.booth.speak(wanted.input, style), wanted.response_format)


async def score(call: Call) -> Scores:
    return await call.site.booth.score(to_score.checked(call.body, "the body"))


async def document(call: Call) -> DocumentReport:
    upload: Upload = call.body
    try:
        kind = KINDS.get(upload.fields.get("kind") or call.query.get("kind") or "")
        if kind is None:
            raise ProtocolError("kind is job or cv", fix="add ?kind=job or ?kind=cv")
        role = upload.fields.get("role") or call.query.get("practise") or ""
        name = upload.name if upload.name != NAMELESS else NAMES[kind]
        return await call.site.booth.take_document(upload.path, name, kind, role)
    finally:
        upload.path.unlink(missing_ok=True)


async def drop_document(call: Call) -> Dropped:
    call.site.booth.drop_document(call.path["document"])
    return Dropped(document=call.path["document"])


API = "/api/v1"
KINDS: dict[str, DocumentKind] = {"job": "job", "cv": "cv"}
NAMES: dict[DocumentKind, str] = {"job": "the job description", "cv": "the CV"}
"""Of a text that was pasted."""
MAX_UPLOAD_BYTES = 512 * 2**20
"""An hour of 48 kHz stereo at 16 bit is 691 MB: such a file has to be compressed first."""
MAX_PICTURE_BYTES = 16 * 2**20
MAX_ANSWERS_BYTES = 8 * 2**20
MAX_TEXT_BYTES = 65_536
"""The longest text that is said, each character escaped in JSON."""
AT_THE_BOOTH: frozenset[Role] = frozenset({"kiosk", "admin"})
ROUTES: tuple[Route, ...] = (
    Route("GET", "/", root, "Leads to the page of this listener."),
    Route("GET", "/health", health, "Whether the server answers, and what the booth is doing.", response=Health),
    Route("GET", "/metrics", metrics, "What the booth counts and times, for Prometheus; section 9 of PROTOCOL.md.",
          media=exposition.MEDIA, roles=AT_THE_BOOTH, is_for_staff=True),
    Route("GET", "/admin", admin, "Leads to the page for staff.", roles=AT_THE_BOOTH, is_for_staff=True),
    Route("GET", "/admin/", admin_page, "The page for staff: engines, devices, workers, turn gaps. `still` stops it.",
          media=MEDIA["html"], roles=AT_THE_BOOTH, query=("still",), is_for_staff=True),
    Route("GET", f"{API}/openapi.json", openapi, "This document."),
    Route("GET", f"{API}/state", state, "What a screen shows now.", response=BoothState),
    Route("GET", f"{API}/engines", engines, "Which engine serves each capability.", response=Engines),
    Route("GET", f"{API}/devices", devices, "Microphone, loudspeaker and camera.", response=Devices),
    Route("GET", f"{API}/packs", packs, "Roles that can be practised.", response=Packs),
    Route(
        "POST", f"{API}/commands", command, "One command of the socket's vocabulary, as JSON.",
        request=AnyCommand, response=Ack, roles=COMMANDERS, body_limit=65_536,
    ),
    Route(
        "POST", f"{API}/documents", document, "Read a job description or CV for the interview to come.",
        response=DocumentReport, roles=COMMANDERS, upload_limit=MAX_BYTES, is_document=True, status=201,
        query=("kind", "name", "practise"), is_waited_for=True,
    ),
    Route("DELETE", f"{API}/documents/{{document}}", drop_document, "Drop a document.", response=Dropped,
          roles=COMMANDERS),
    Route(
        "POST", f"{API}/analyze/audio", analyze_audio, "Hear a recording; answers at once with the job.",
        response=JobStatus, roles=AT_THE_BOOTH, upload_limit=MAX_UPLOAD_BYTES, status=202, query=("channel", "name"),
    ),
    Route(
        "POST", f"{API}/analyze/video", analyze_video, "Hear a recording and look at its picture; the job, at once.",
        response=JobStatus, roles=AT_THE_BOOTH, upload_limit=MAX_UPLOAD_BYTES, status=202, query=("channel", "name"),
    ),
    Route(
        "POST", f"{API}/analyze/frame", analyze_frame, "Look at one JPEG or PNG; section 10 of PROTOCOL.md.",
        response=FrameReport, roles=AT_THE_BOOTH, upload_limit=MAX_PICTURE_BYTES, query=("t",), is_waited_for=True,
    ),
    Route(
        "POST", f"{API}/score", score, "Score answers, one or a list; section 12 of PROTOCOL.md.",
        request=to_score.Given, response=Scores, roles=AT_THE_BOOTH, body_limit=MAX_ANSWERS_BYTES, is_waited_for=True,
    ),
    Route("GET", f"{API}/jobs/{{job}}", job, "How far a job is.", response=JobStatus, roles=AT_THE_BOOTH),
    Route("DELETE", f"{API}/jobs/{{job}}", drop_job, "Drop a job and its result.", response=JobStatus,
          roles=AT_THE_BOOTH),
    Route("GET", f"{API}/jobs/{{job}}/analysis.json", job_analysis, "What was heard (schema greenroom-analysis).",
          roles=AT_THE_BOOTH),
    Route(
        "POST", f"{API}/transcriptions", transcriptions, "Words of a recording, in the form of OpenAI's clients.",
        roles=AT_THE_BOOTH, upload_limit=MAX_UPLOAD_BYTES, query=("channel",), is_waited_for=True,
    ),
    Route(
        "POST", f"{API}/audio/transcriptions", audio_transcriptions, "The same, where those clients look for it.",
        roles=AT_THE_BOOTH, upload_limit=MAX_UPLOAD_BYTES, query=("channel",), is_waited_for=True,
    ),
    Route(
        "POST", f"{API}/speech", speech, "A text as the interviewer would say it.",
        request=TextToSay, media="audio/wav", roles=AT_THE_BOOTH, body_limit=MAX_TEXT_BYTES,
        is_waited_for=True,
    ),
    Route(
        "POST", f"{API}/audio/speech", audio_speech, "The same, in the form of OpenAI's clients: wav or pcm (24 kHz).",
        request=OpenAiSpeech, media="audio/wav", roles=AT_THE_BOOTH, body_limit=MAX_TEXT_BYTES,
        is_waited_for=True,
    ),
    Route(
        "GET", f"{API}/ws/stream", "stream",
        "The WebSocket for a tool's own microphone and camera; section 7 of PROTOCOL.md.",
        roles=AT_THE_BOOTH,
    ),
    Route(
        "GET", f"{API}/ws/self_view", "self_view", "The candidate's own picture; section 11 of PROTOCOL.md.",
        roles=frozenset({"kiosk"}),
    ),
    Route("GET", f"{API}/sessions/{{session}}/report.json", report_json, "A report as data; `code` opens it."),
    Route(
        "GET", f"{API}/sessions/{{session}}/report.html", report_html, "A report as a page; `code` opens it.",
        media=MEDIA["html"],
    ),
    Route("GET", "/r/{code}", report_by_code, "The report that the QR code opens.", media=MEDIA["html"]),
    Route("GET", "/r/{code}/report.json", report_by_code_json, "The same as data."),
    Route("GET", "/ws", "socket", "The WebSocket of PROTOCOL.md; `role` chooses kiosk, phone or admin on loopback."),
    Route("GET", "/kiosk", kiosk, "Leads to the kiosk page."),
    Route("GET", "/phone", phone, "Leads to the phone page."),
    Route("GET", "/kiosk/{name:.*}", "files", "The kiosk page.", media="text/html", roles=COMMANDERS - {"phone"}),
    Route("GET", "/phone/{name:.*}", "files", "The phone page.", media="text/html"),
)  # fmt: skip
