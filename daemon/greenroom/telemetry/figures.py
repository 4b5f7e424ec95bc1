"""The booth's state in numbers, for those who run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from msgspec import Struct

from greenroom.events import WorkerName
from greenroom.interview.endpointing import Tier
from greenroom.records import STAGES, EndedBy, Speculation
from greenroom.server.protocol import BoothState, Phase
from greenroom.telemetry.exposition import Family, Sample, histogram
from greenroom.telemetry.tally import BUCKETS_S, RESULTS, Histogram, Tally


class WorkerFigures(Struct, frozen=True, kw_only=True):
    """One worker now."""

    name: WorkerName
    is_up: bool
    """Connected and warm."""
    is_lost: bool
    """Nobody starts it again."""
    restarts: int


class Figures(Struct, frozen=True, kw_only=True):
    """Everything that staff is shown."""

    version: str
    uptime_s: float
    """Since core began."""
    clients: int
    """Screens that are connected."""
    shown: BoothState
    workers: tuple[WorkerFigures, ...]
    tally: Tally


def families(figures: Figures) -> Iterator[Family]:
    """The metrics, by the rules of Prometheus for names: base units, counters end in ``_total``."""
    tally = figures.tally
    yield Family("greenroom_build_info", "gauge", "Always 1; the label says which version runs.",
                 [Sample(1, {"version": figures.version})])
    yield Family("greenroom_uptime_seconds", "gauge", "Time since core began.", [Sample(figures.uptime_s)])
    yield Family("greenroom_clients", "gauge", "Screens that are connected.", [Sample(figures.clients)])
    yield Family("greenroom_phase", "gauge", "1 for what the booth is doing now, 0 for everything else.",
                 [Sample(int(phase == figures.shown.phase), {"phase": phase}) for phase in get_args(Phase)])
    yield Family("greenroom_worker_up", "gauge", "1 while the worker is connected and warm.",
                 [Sample(int(worker.is_up), {"worker": worker.name}) for worker in figures.workers])
    yield Family("greenroom_worker_restarts_total", "counter", "Ends of a worker after which it was started again.",
                 [Sample(worker.restarts, {"worker": worker.name}) for worker in figures.workers])
    yield Family("greenroom_audio_gaps_total", "counter", "Holes in the sound of the microphone.",
                 [Sample(tally.audio_gaps)])
    yield Family("greenroom_audio_lost_seconds_total", "counter", "Sound of the microphone that was lost.",
                 [Sample(tally.lost_s)])
    yield from _turns(tally)


def _turns(tally: Tally) -> Iterator[Family]:
    yield Family("greenroom_turns_total", "counter", "Turns of candidates, by what ended them.",
                 [Sample(tally.ended_by[name], {"ended_by": name}) for name in get_args(EndedBy)])
    yield Family("greenroom_turn_stage_seconds", "histogram",
                 "When each stage of a turn gap was reached, after the candidate's last voiced sample.",
                 [sample for name in STAGES
                  for sample in _spread(tally.stages.get(name, Histogram()), {"stage": key(name)})])
    yield Family("greenroom_felt_gap_seconds", "histogram",
                 "From the candidate's last voiced sample to the interviewer's first, where a silence ended the turn.",
                 _spread(tally.gap))
    yield Family("greenroom_speculations_total", "counter",
                 "Turns by what became of the work that was begun before they were taken.",
                 [Sample(tally.speculation[name], {"result": name}) for name in get_args(Speculation)])
    yield Family("greenroom_speculations_discarded_total", "counter",
                 "Times that such work was thrown away, several in one turn at times.", [Sample(tally.discarded)])
    yield Family("greenroom_wordings_total", "counter",
                 "Follow-ups that a language model was asked to word, and what became of that.",
                 [Sample(tally.wordings[name], {"result": name}) for name in RESULTS])
    yield Family("greenroom_silences_total", "counter",
                 "Silences that were weighed, by how sure the booth was, and whether the candidate went on.",
                 [Sample(tally.silences[tier, went_on], {"tier": tier, "outcome": "went_on" if went_on else "taken"})
                  for tier in get_args(Tier) for went_on in (True, False)])


def key(name: str) -> str:
    """A stage's name as the value of a label."""
    return name.replace(" ", "_").replace("-", "_")


def _spread(values: Histogram, labels: Mapping[str, str] | None = None) -> list[Sample]:
    return histogram(BUCKETS_S, values.counts, values.sum_s, labels)
