"""``greenroom bench turns``: how long a candidate waits, over whole interviews on the virtual booth in real time.

Gaps, and how soon the loudspeaker is silent after an interruption, are read from ``room.wav``, as an outside ear would:
a gap goes from the candidate's last sample to the interviewer's first. When there was an answer or an interruption, and
that a candidate was cut off, is the world's own account in ``truth.json``. Self-interruptions are those pauses and cuts
in the booth's ``events.jsonl`` at which nobody speaks by that account. Stages, work begun early and how silences were
weighed are the booth's own figures, from ``report.json``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from greenroom.bench.lengths import TURNS
from greenroom.bench.printing import Line, tell
from greenroom.errors import EngineError
from greenroom.reports.schema import Answer, from_json
from greenroom.telemetry.latency import TARGET_P50_S, TARGET_P95_S, Latency, aggregate
from greenroom.world.measure import Gap, Yielded, felt_gaps, interruptions, read_room, self_interruptions
from greenroom.world.truth import read_truth

ROLES = ("graduate", "software")
QUESTIONS = 6
SCRIPTED_P50_S = 0.9
"""The next question of the plan, whose sound has been made ahead."""
CUT_OFFS = 0
"""Of all interviews together."""
REUSED_SHARE = 0.8
"""Of the turns in which work was begun at the soft end, those in which it is what was said."""
TIMEOUT_S = 1800.0
_ASKED = ("question:", "follow_up:")


class Interview(NamedTuple):
    """What one interview left."""

    gaps: list[Gap]
    """After answers to questions and follow-ups."""
    unfinished: int
    """Stretches of such answers that were broken off. They have no gap."""
    untold: int
    """Such answers that were finished and have no gap: the loudspeaker spoke over the end, or not before the candidate
    went on."""
    answers: tuple[Answer, ...]
    cut_offs: int
    """The interviewer began to speak before the answer was finished."""
    own_cuts: int
    """The loudspeaker stopped although nobody had spoken."""
    yielded: list[Yielded]


def play(role: str, seed: int, out: Path) -> Interview:
    """Hold one interview in real time; raises ``EngineError`` when it comes to no report."""
    command = [sys.executable, "-m", "greenroom", "--quiet", "demo", "--headless", "--role", role, "--seed", str(seed),
               "--questions", str(QUESTIONS), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S, env=os.environ)
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no word of it"])[-1]
        raise EngineError(f"the interview of seed {seed} ended with status {done.returncode}: {reason}")
    truth = read_truth(out / "truth.json")
    room = read_room(out / "room.wav", truth)
    events = [msgspec.json.decode(line) for line in (out / "events.jsonl").read_bytes().splitlines()]
    cuts = [float(event["t"]) for event in events if event["type"] in ("playout_paused", "playout_cut")]
    gaps = [gap for gap in felt_gaps(room, truth) if gap.cue.startswith(_ASKED)]
    said = [answer for answer in truth.answers if answer.segments and answer.cue.startswith(_ASKED)]
    finished = sum(answer.is_complete for answer in said)
    return Interview(gaps, len(said) - finished, finished - len(gaps),
                     from_json((out / "report.json").read_bytes()).answers, len(truth.cut_offs),
                     len(self_interruptions(cuts, truth)), interruptions(room, truth))


def _lines(turns: int) -> Iterator[Line]:
    interviews: list[Interview] = []
    with tempfile.TemporaryDirectory(prefix="greenroom-bench-") as folder:
        seed = 0
        while sum(len(interview.gaps) for interview in interviews) < turns:
            seed += 1
            role = ROLES[seed % len(ROLES)]
            interviews.append(interview := play(role, seed, Path(folder) / str(seed)))
            waited = ", ".join(f"{gap.gap_s:.2f}" for gap in interview.gaps)
            yield f"{role}, seed {seed}: gaps {waited} s; cut off {interview.cut_offs} times", True
    yield from table(interviews, turns)


def table(interviews: list[Interview], turns: int) -> Iterator[Line]:
    """What these interviews, with at least one gap, have in common; gaps of the first ``turns`` answers."""
    yield from _gaps([gap for interview in interviews for gap in interview.gaps][:turns])
    unfinished = sum(interview.unfinished for interview in interviews)
    untold = sum(interview.untold for interview in interviews)
    yield (f"  left out, having no gap: {unfinished} stretches of answers that were broken off, {untold} answers with "
           "the interviewer's voice over their end or none after it"), True
    yield from _stages(aggregate(answer for interview in interviews for answer in interview.answers))
    after = [each.after_s for interview in interviews for each in interview.yielded]
    yield "interruptions: loudspeaker silent after " + ", ".join(
        "never" if s is None else f"{s * 1000:.0f} ms" for s in after), None not in after
    own = sum(interview.own_cuts for interview in interviews)
    yield f"self-interruptions: {own}", own == 0
    cut_offs = sum(interview.cut_offs for interview in interviews)
    yield f"cut off: {cut_offs} times in {len(interviews)} interviews (limit {CUT_OFFS})", cut_offs <= CUT_OFFS


def _gaps(gaps: list[Gap]) -> Iterator[Line]:
    p50, p95 = np.percentile([gap.gap_s for gap in gaps], [50, 95])
    yield (f"felt gap of {len(gaps)} complete answers: p50 {p50:.2f} s (limit {TARGET_P50_S:.1f}), p95 {p95:.2f} s "
           f"(limit {TARGET_P95_S:.1f})"), bool(p50 <= TARGET_P50_S and p95 <= TARGET_P95_S)
    late = sum(gap.gap_s > TARGET_P95_S for gap in gaps)
    yield f"  over {TARGET_P95_S:.1f} s: {late} ({late / len(gaps):.0%})", True
    scripted = [gap.gap_s for gap in gaps if gap.next_cue.startswith("question:")]
    if scripted:
        p50 = float(np.median(scripted))
        yield (f"  before a question of the plan ({len(scripted)}): p50 {p50:.2f} s (limit {SCRIPTED_P50_S:.1f})",
               p50 <= SCRIPTED_P50_S)


def _stages(latency: Latency) -> Iterator[Line]:
    yield "stage, in s after the last voiced sample    turns    p50    p95", True
    for name, spread in latency.stages.items():
        yield f"  {name:<40}{spread.count:>6}{spread.p50_s:>8.2f}{spread.p95_s:>7.2f}", True
    share = latency.reused_share
    told = "none was begun" if share is None else f"{share:.0%} reused (limit {REUSED_SHARE:.0%})"
    yield (f"work begun at the soft end: {told}, {latency.discarded} times thrown away before the turn was taken",
           share is not None and share >= REUSED_SHARE)
    for tier, silences in latency.silences.items():
        yield f"silences that sounded {tier}: {silences.went_on} went on, {silences.taken} taken", True


def run(turns: int = TURNS) -> int:
    """Print the figures; 1 when a limit is not kept. Half a minute of real time a turn."""
    return tell(_lines(turns))
