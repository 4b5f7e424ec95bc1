"""What a demo has to say for itself: every figure read from the files that it left."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import msgspec

from greenroom.reports.schema import Report, from_json
from greenroom.world.measure import (
    RoomSound,
    WordErrors,
    felt_gaps,
    interruptions,
    pooled,
    read_room,
    self_interruptions,
    word_errors,
)
from greenroom.world.truth import Truth, read_truth


def figures(out: Path, *, is_modelled: bool) -> Iterator[str]:
    """Lines for the terminal: gaps with stages, the interruption, word errors, head pose."""
    truth = read_truth(out / "truth.json")
    room = read_room(out / "room.wav", truth)
    report = from_json((out / "report.json").read_bytes())
    events = [msgspec.json.decode(line) for line in (out / "events.jsonl").read_bytes().splitlines()]
    yield from _gaps(room, truth, report, is_modelled=is_modelled)
    yield from _interruptions(room, truth, events)
    yield from _word_errors(truth, report)
    yield from _pauses(truth)
    yield from _head_pose(truth, events)


def _gaps(room: RoomSound, truth: Truth, report: Report, *, is_modelled: bool) -> Iterator[str]:
    kind = "modelled in lock step" if is_modelled else "from room.wav"
    yield f"Felt gap ({kind}), with the stages the booth recorded, in seconds after the last voiced sample:"
    stages = {answer.turn: answer.stages for answer in report.answers}
    gaps = felt_gaps(room, truth)
    turn = 0
    for gap in gaps:
        line = f"  {gap.cue:<44} {gap.gap_s:5.2f} s"
        if gap.cue.startswith(("question:", "follow_up:")):
            turn += 1
            line += "   " + ", ".join(f"{s.name} {s.at_s:.2f}" for s in stages.get(turn, ()))
        yield line
    answered = [gap.gap_s for gap in gaps if gap.cue.startswith(("question:", "follow_up:"))]
    if answered:
        yield f"  answers: {len(answered)}, median gap {statistics.median(answered):.2f} s"


def _interruptions(room: RoomSound, truth: Truth, events: list[dict[str, object]]) -> Iterator[str]:
    for each in interruptions(room, truth):
        after = "never" if each.after_s is None else f"after {each.after_s * 1000:.0f} ms"
        yield f"Interruption of {each.cue}: loudspeaker silent {after}"
    cuts = [float(str(e["t"])) for e in events if e["type"] in ("playout_paused", "playout_cut")]
    yield f"Self-interruptions: {len(self_interruptions(cuts, truth))}; candidate cut off: {len(truth.cut_offs)}"


def _word_errors(truth: Truth, report: Report) -> Iterator[str]:
    yield "Word error rate against what was said:"
    said: dict[str, list[str]] = {}
    for answer in truth.answers:
        said.setdefault(answer.cue, []).append(answer.text)
    parts: list[WordErrors] = []
    for heard in report.answers:
        cue = heard.cue
        reference = " ".join(said.get(cue, []))
        errors = word_errors(reference, heard.transcript)
        parts.append(errors)
        yield f"  {cue:<44} {errors.rate * 100:5.1f} %   of {errors.words} words"
    whole = pooled(parts)
    yield f"  pooled {whole.rate * 100:.1f} % of {whole.words} words"


def _pauses(truth: Truth) -> Iterator[str]:
    pauses = [(pause.kind, pause.end_t - pause.start_t) for answer in truth.answers for pause in answer.pauses]
    long = [(kind, length_s) for kind, length_s in pauses if length_s > 2.5]
    yield "Long pauses inside answers: " + (", ".join(f"{kind} {length:.1f} s" for kind, length in long) or "none")


def _head_pose(truth: Truth, events: list[dict[str, object]]) -> Iterator[str]:
    scenes = {round(t * 1000): n for n, t in enumerate(truth.scenes.t)}
    errors: dict[str, list[float]] = {"yaw_deg": [], "pitch_deg": [], "roll_deg": []}
    for event in events:
        if event["type"] != "face" or event.get("yaw_deg") is None:
            continue
        n = scenes.get(round(float(str(event["t"])) * 1000))
        if n is None:
            continue
        for axis, found in errors.items():
            found.append(abs(float(str(event[axis])) - getattr(truth.scenes, axis)[n]))
    if errors["yaw_deg"]:
        means = ", ".join(f"{axis.partition('_')[0]} {statistics.fmean(found):.1f}" for axis, found in errors.items())
        yield f"Head pose, mean error in degrees over {len(errors['yaw_deg'])} frames: {means}"
