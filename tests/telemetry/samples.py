"""Turns and figures for the tests of what is counted."""

from __future__ import annotations

import msgspec

from greenroom.events import AudioGap, WorkerDied
from greenroom.records import EndedBy, Ending, Speculation, Stage, TurnRecord
from greenroom.server.protocol import BoothState, DeviceState, EngineState
from greenroom.telemetry.figures import Figures, WorkerFigures
from greenroom.telemetry.hub import EMPTY
from greenroom.telemetry.tally import Tally
from storage.samples import turn

SECRET = "marmalade"
"""A word that a candidate said."""


def ending(category: str = "complete", *, score: float | None = 4.0, went_on_s: float | None = None) -> Ending:
    return Ending(t=1.0, category=category, words=9, model_p=0.9, pitch_st=-1.0, score=score, wait_s=0.7,
                  went_on_s=went_on_s)


def timed(number: int, *, ended_by: EndedBy = "silence", speculation: Speculation = "reused", discarded: int = 0,
          endings: tuple[Ending, ...] = (), **stages: float) -> TurnRecord:
    """A turn with these stages, underscores for blanks."""
    told = tuple(Stage(name=name.replace("_", " "), at_s=at_s) for name, at_s in stages.items())
    return msgspec.structs.replace(turn(number, f"we sold {SECRET}"), stages=told, ended_by=ended_by,
                                   speculation=speculation, discarded=discarded, endings=endings)


def tally() -> Tally:
    """Three turns, one restart, two gaps."""
    counted = Tally()
    for n, felt_s in enumerate((0.8, 1.0, 3.0), start=1):
        counted.turn_saved(timed(n, capture=0.03, soft_end=0.2, turn_taken=felt_s - 0.1, first_sample_heard=felt_s,
                                 endings=(ending(went_on_s=0.9), ending("incomplete", score=-2.0))))
    counted.settle()
    counted.sensed(WorkerDied(t=1.0, t_known=1.0, worker="vision", reason="it hung"))
    counted.sensed(AudioGap(t=1.0, t_known=1.0, length_s=0.5, reason="lost"))
    counted.sensed(AudioGap(t=2.0, t_known=2.0, length_s=0.25, reason="lost"))
    return counted


def figures(*, shown: BoothState = EMPTY, counted: Tally | None = None) -> Figures:
    engines = (
        EngineState(capability="recogniser", name="whisper", detail="base.en", is_first_choice=True, is_lost=False),
        EngineState(capability="synthesiser", name="espeak-ng", detail="no voice of Piper is here",
                    is_first_choice=False, is_lost=False),
    )
    devices = (DeviceState(kind="microphone", name="<b>array</b>", state="ok", detail=""),
               DeviceState(kind="camera", name="webcam", state="lost", detail="unplugged"))
    return Figures(
        version="1.2.3", uptime_s=3725.5, clients=2, tally=tally() if counted is None else counted,
        shown=msgspec.structs.replace(shown, engines=engines, devices=devices),
        workers=(WorkerFigures(name="audio", is_up=True, is_lost=False, restarts=0),
                 WorkerFigures(name="vision", is_up=False, is_lost=False, restarts=1),
                 WorkerFigures(name="language", is_up=False, is_lost=True, restarts=5)),
    )
