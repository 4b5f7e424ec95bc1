"""One example of every message as it travels.

``PYTHONPATH=daemon:tests python -m server.goldens > tests/server/golden.json`` writes them down.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from greenroom.server import protocol as p

QUESTION = p.QuestionView(
    turn=3, number=2, of=4, text="Tell me about a time you fixed something.", is_follow_up=False, suggested_s=90.0
)
CHECKS = (p.CheckLine(name="microphone", state="good", text="I hear you well."),)
ENGINES = (
    p.EngineState(capability="recogniser", name="pocketsphinx", detail="en-us", is_first_choice=False, is_lost=False),
)
DEVICES = (p.DeviceState(kind="camera", name="USB camera", state="lost", detail="unplugged"),)
NOTICE = p.Notice(t=41.5, code="device-lost", text="The camera is gone.", severity="warn")
REPORT = p.ReportView(
    session="7f3a", url="http://192.168.1.20:8481/r/48210377", code="48210377", qr=("101", "010", "101"),
    strength="You named what you did yourself.", next_step="Say how it ended.",
    facts=(
        p.Fact(name="pace", label="Pace", value=142.0, unit="wpm", coverage=0.93),
        p.Fact(name="eye_contact", label="Eye contact", value=None, unit="share", coverage=0.1, reason="no face"),
    ),
)  # fmt: skip
POINTS = (p.GazePoint(name="left", x=0.02, y=0.35, from_t=10.5, to_t=12.1),)
SCORE = p.ScoreView(
    turn=3, number=2, band=4, rating="strong", certainty="high", text="Say how it turned out.",
    bands=(p.BandView(criterion="structure", band=4, certainty="high"),))
STATE = p.BoothState(
    t=42.25, phase="listening", state="voice", session="7f3a", style="supportive", role="graduate", pacing="normal",
    questions=4, roles=(p.RoleTile(role="graduate", title="Graduate", questions=8),), question=QUESTION, turn=3,
    answering_since_t=40.0, caption_you="so I was", caption_booth="", checks=CHECKS,
    gaze_points=POINTS, engines=ENGINES, devices=DEVICES, notice=NOTICE, report=REPORT, allowed=("done", "pause"),
    scores=(SCORE,),
)  # fmt: skip
EVENTS: tuple[p.BatchEvent, ...] = (
    p.PhaseChanged(t=1.5, phase="asking", allowed=("repeat", "end")),
    p.StateChanged(t=1.5, state="speaking"),
    p.SessionOpened(t=1.0, session="7f3a", style="neutral", role="graduate", pacing="patient", questions=4),
    p.QuestionShown(t=2.0, question=QUESTION),
    p.Answering(t=3.0, turn=3, since_t=None),
    p.Caption(t=3.5, speaker="you", turn=3, revision=7, keep=9, text="working – très vite", settled=9, is_final=False),
    p.VisemeTrack(turn=3, generation=1, t0=2.125, at_ms=(0, 70, 160), shapes="AXC"),
    p.VisemeCut(t=2.5, generation=1),
    p.ChecksChanged(t=1.0, checks=CHECKS),
    p.GazePoints(t=1.0, points=POINTS),
    p.EnginesChanged(t=1.0, engines=ENGINES),
    p.DevicesChanged(t=1.0, devices=DEVICES),
    NOTICE,
    p.TurnTaken(t=9.0, turn=3, ended_by="silence", gap_s=0.9),
    p.AnswerScored(t=9.2, score=SCORE),
    p.ReportReady(t=99.0, report=REPORT),
    p.CuesSwitched(t=8.0, is_on=True),
    p.Cue(t=61.5, turn=3, name="slow_down", text="Slow down", show_s=4.0),
)
GAUGES = p.Gauges(
    mic_dbfs=-31.5, speaker_dbfs=None, noise_dbfs=-60, pace_wpm=141, pauses=3, pause_share=0.12, loudness_dbfs=-27.5,
    eye_contact=0.75, yaw_deg=-4.5, pitch_deg=2.5, roll_deg=0, faces=1, talk_s=21.5,
)  # fmt: skip
BATCH = p.Batch(t=42.25, events=EVENTS, gauges=GAUGES)
SERVER: tuple[p.ServerMessage, ...] = (
    p.Hello(
        schema=p.SCHEMA_VERSION, boot_id="00ff00ff00ff00ff", version="0.1.0", role="kiosk", t=12.5,
        panel_mm=(476.0, 268.0), locale="en", booth="Greenroom booth", self_view=True,
    ),
    p.Snapshot(seq=17, state=STATE),
    BATCH,
    p.Ack(command_id="c1"),
    p.Error(code="access", message="a phone may not send 'begin'", command_id="c2"),
    p.Pong(sent_ms=1234.5, t=42.0),
    p.Goodbye(code="stopping"),
)  # fmt: skip
INBOUND: tuple[p.InboundMessage, ...] = (
    p.Ping(sent_ms=1234.5),
    p.GetSnapshot(),
    p.SetRate(hz=2.0),
    p.BeginCommand(command_id="c1"),
    p.ConsentCommand(command_id="c2", record=True, keep=False, share_with_staff=False, fleet_summary=True),
    p.SetUpCommand(command_id="c3", role="graduate", style="cold", questions=4, pacing="patient"),
    p.ContinueCommand(command_id="c4"),
    p.DoneCommand(command_id="c5", turn=3),
    p.RepeatCommand(command_id="c6"),
    p.RetryCommand(command_id="c6a"),
    p.SkipCommand(command_id="c7", turn=3),
    p.PauseCommand(command_id="c8"),
    p.ResumeCommand(command_id="c9"),
    p.ShowCuesCommand(command_id="c9a", is_on=True),
    p.StayCommand(command_id="c10"),
    p.EndCommand(command_id="c11"),
)
FRAMES = ((1, BATCH), (300, p.Batch(t=43.0, events=(), gauges=p.Gauges())))


def golden() -> dict[str, list[dict[str, Any]]]:
    """Bytes as hex beside the value they decode to."""
    return {
        "server": [_row(message) for message in SERVER],
        "events": [_row(event) for event in EVENTS],
        "inbound": [_row(message) for message in INBOUND],
        "frames": [
            {"seq": seq, "hex": p.frame(seq, p.encode(batch)).hex(), "value": [seq, msgspec.to_builtins(batch)]}
            for seq, batch in FRAMES
        ],
    }


def _row(message: p.Message | p.ClientMessage) -> dict[str, Any]:
    return {
        "type": message.__struct_config__.tag,
        "hex": msgspec.msgpack.encode(message).hex(),
        "value": msgspec.to_builtins(message),
    }


if __name__ == "__main__":
    json.dump(golden(), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")
