"""A thousand interviews that chance drives: nothing stands still, nothing is invented, nobody talks over the other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from greenroom.events import Begin, Continue, Done, End, GiveConsent, Pause, Repeat, Resume, Skip, WorkerName
from greenroom.interview.effects import SaveTurn
from greenroom.records import Consent
from interview.simulated import ENGINES, Simulation

OVER = frozenset({"attract", "report", "goodbye"})
PATIENCE_S = 900.0
"""Every turn of a silent candidate ends after three words of encouragement; a paused screen is left after 5 minutes."""
TALKS_OVER_S = 1.2
"""What the policy needs to give way, and the 0.4 s that a dead end of it may take."""
WORKERS: tuple[WorkerName, ...] = ("audio", "hearing", "voice", "language")
moves = st.lists(
    st.tuples(
        st.sampled_from(["speak", "speak", "speak", "hush", "hush", "hush", "nothing", "done", "skip", "repeat",
                         "pause", "resume", "continue", "kill", "revive", "end"]),
        st.sampled_from(WORKERS), st.floats(0.0, 3.0)),
    max_size=25)


def make(booth: Simulation, move: str, worker: WorkerName) -> None:
    match move:
        case "speak":
            booth.speak()
        case "hush":
            booth.hush()
        case "done":
            booth.press(Done, turn=booth.state.turn)
        case "skip":
            booth.press(Skip, turn=booth.state.turn)
        case "repeat":
            booth.press(Repeat)
        case "pause":
            booth.press(Pause)
        case "resume":
            booth.press(Resume)
        case "continue":
            booth.press(Continue)
        case "kill":
            booth.kill(worker)
        case "revive":
            booth.revive(worker)
        case "end":
            booth.press(End)


def begun(seed: int) -> Simulation:
    booth = Simulation(seed)
    booth.dead.add("hearing")
    booth.revive("hearing")
    booth.press(Begin)
    booth.press(GiveConsent, consent=Consent())
    booth.plan()
    booth.press(Continue)
    booth.press(Continue)
    return booth


def check(booth: Simulation) -> None:
    """Nobody has ever heard what was not to be said, or two lines through each other."""
    said = booth.texts_said
    for _, clause in booth.heard:
        assert any(clause in text for text in said)
    for event in booth.lines:
        line = event.line
        assert line.text.startswith(line.heard_text) or " ".join(line.text.split()).startswith(line.heard_text)
        assert line.was_cut or line.heard_text == line.text
    for one, other in pairwise(booth.lines):
        assert one.line.end_t <= other.line.end_t + 1e-6


@given(st.integers(0, 2**31), moves)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_whatever_happens_in_whatever_order_the_interview_comes_to_its_end(
        seed: int, steps: list[tuple[str, WorkerName, float]]) -> None:
    booth = begun(seed)
    for move, worker, seconds in steps:
        make(booth, move, worker)
        booth.run(seconds)
        assert_gives_way(booth)
    booth.hush()
    for worker in WORKERS:
        booth.revive(worker)
    booth.run(PATIENCE_S, until=lambda: booth.state.phase in OVER)
    assert booth.state.phase in OVER, booth.state
    check(booth)
    numbers = [effect.turn.turn for effect in booth.effects if isinstance(effect, SaveTurn)]
    assert numbers == sorted(numbers)


def assert_gives_way(booth: Simulation) -> None:
    """The loudspeaker does not go on for long over a voice that has a right to interrupt it."""
    since_t = booth.voice_since_t
    if since_t is None or not booth.is_interruptible or {"audio", "hearing"} & booth.dead:
        return
    started_t = booth.state.speaking.started_t if booth.state.speaking is not None else None
    if started_t is None:
        return
    late = [t for t, _ in booth.heard if t > max(since_t, started_t) + TALKS_OVER_S]
    assert not late, (since_t, started_t, late[:3], booth.t)


def test_two_voices_that_chance_has_go_on_alike() -> None:
    one, other = begun(5), begun(5)
    for booth in (one, other):
        booth.speak()
        booth.run(1.0)
        booth.hush()
        booth.run(30.0)
    assert one.state == other.state
    assert one.heard == other.heard
    assert one.heard
    assert ENGINES["hearing"][0] in one.state.engines
