"""What the fake booth shows: roles, questions, an answer, checks and a report."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import segno

from greenroom.server import protocol as p

ROLES = (
    p.RoleTile(role="graduate", title="Graduate", questions=10),
    p.RoleTile(role="software", title="Software engineer", questions=12),
    p.RoleTile(role="service", title="Customer service", questions=9),
)
QUESTIONS = (
    "Tell me about a time when you had to learn something difficult in a very short time. How did you go about it?",
    "Describe a conflict in a team you were part of. What did you do?",
    "Which of your projects are you most proud of, and what was your own part in it?",
    "Why do you want this job?",
)
FOLLOW_UP = "Can you put a number on that?"
ANSWER = (
    "In my second year I had to build a small web service for a charity and I had never written one before. So I "
    "split the week into parts: two days of reading, two days of building the smallest thing that could work, and "
    "one day of tests with the people who would use it. In the end they took forty orders in the first weekend."
)
CHECK_SENTENCE = "The quick brown fox thinks before it jumps over the lazy dog."
ENGINES = tuple(
    p.EngineState(capability=capability, name=name, detail="", is_first_choice=is_first)
    for capability, name, is_first in (
        ("voice_activity", "Silero v6", True), ("recogniser", "pocketsphinx", False), ("end_of_turn", "rules", False),
        ("face", "LiteRT mesh", False), ("synthesiser", "espeak-ng", False), ("language_model", "scripted", False),
        ("echo", "AEC3", True),
    )
)
DEVICES = tuple(
    p.DeviceState(kind=kind, name=name, state="ok")
    for kind, name in (("microphone", "Virtual room"), ("speaker", "Virtual room"), ("camera", "Virtual room"))
)


def report_view(session: str, host: str = "192.168.1.23:8481") -> p.ReportView:
    url = f"http://{host}/r/K7Q2M4"
    matrix = segno.make(url, error="m", boost_error=False, micro=False).matrix
    return p.ReportView(
        session=session,
        url=url,
        code="K7Q2M4",
        qr=tuple("".join("1" if cell else "0" for cell in row) for row in matrix),
        strength="You said what you did yourself in three of four answers, and ended two of them with a result.",
        next_step="Give one number: how many, how long, or how much. Two answers had none.",
        facts=(
            p.Fact(name="pace", label="Pace", value=142.0, unit="wpm", coverage=0.97),
            p.Fact(name="pauses", label="Longest pause", value=2.4, unit="s", coverage=1.0),
            p.Fact(name="eye_contact", label="Eye contact", value=0.71, unit="share", coverage=0.88),
            p.Fact(
                name="fillers", label="Fillers", value=None, unit="count", coverage=0.0, reason="words too quiet"
            ),
        ),
    )


def off_network(report: p.ReportView) -> p.ReportView:
    """The same on a booth that no phone can reach."""
    return msgspec.structs.replace(report, url="", code="", qr=())


def idle_state() -> p.BoothState:
    return p.BoothState(
        t=0.0, phase="attract", state="idle", session=None, style="supportive", role="graduate", pacing="normal",
        questions=4, roles=ROLES, question=None, turn=0, answering_since_t=None, caption_you="", caption_booth="",
        checks=(), gaze_points=(), engines=ENGINES, devices=DEVICES, notice=None, report=None, allowed=("begin",),
    )


def checks(state: str) -> tuple[p.CheckLine, ...]:
    texts = {
        "microphone": "We hear you well", "voice": "Clear", "camera": "We see you", "light": "Bright enough",
        "speaker": "Works", "echo": "Removed",
    }
    return tuple(
        msgspec.convert({"name": name, "state": state, "text": text if state == "good" else ""}, p.CheckLine)
        for name, text in texts.items()
    )


def gauges_at(step: int) -> p.Gauges:
    return p.Gauges(
        mic_dbfs=-26.0 - step % 5, pace_wpm=138.0 + step % 9, pauses=float(step // 4), pause_share=0.18,
        loudness_dbfs=-27.0, eye_contact=0.74, yaw_deg=-4.0 + step % 3, pitch_deg=6.0, roll_deg=1.0, faces=1.0,
        talk_s=5.0 + step * 0.25,
    )


def self_view(shade: int, framing: p.Framing = "good", size: tuple[int, int] = (240, 320)) -> p.SelfView:
    """A picture of the candidate, of one shade."""
    is_written, data = cv2.imencode(".jpg", np.full((*size, 3), shade, np.uint8))
    assert is_written
    return p.SelfView(t=1.0, framing=framing, jpeg=data.tobytes())


def folded(state: p.BoothState, event: p.BatchEvent) -> p.BoothState:
    """The state that a snapshot would show after this event."""
    change = msgspec.structs.replace
    match event:
        case p.PhaseChanged():
            return change(state, phase=event.phase, allowed=event.allowed)
        case p.StateChanged():
            return change(state, state=event.state)
        case p.SessionOpened():
            return change(state, session=event.session, style=event.style, role=event.role, pacing=event.pacing,
                          questions=event.questions, documents_note=event.documents_note)
        case p.QuestionShown():
            return change(state, question=event.question, turn=event.question.turn, caption_you="", caption_booth="")
        case p.Answering():
            return change(state, turn=event.turn, answering_since_t=event.since_t)
        case p.Caption(speaker="you"):
            return change(state, caption_you=state.caption_you[: event.keep] + event.text)
        case p.Caption():
            return change(state, caption_booth=state.caption_booth[: event.keep] + event.text)
        case p.ChecksChanged():
            return change(state, checks=event.checks)
        case p.EnginesChanged():
            return change(state, engines=event.engines)
        case p.DevicesChanged():
            return change(state, devices=event.devices)
        case p.Notice():
            return change(state, notice=event if event.text else None)
        case p.TurnTaken():
            return change(state, answering_since_t=None)
        case p.CuesSwitched():
            return change(state, cues=event.is_on)
        case p.ReportReady():
            return change(state, report=event.report)
        case _:
            return state
