"""Turns speech probabilities into VAD segments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from greenroom.events import VoiceStarted, VoiceStopped

VoiceEvent = VoiceStarted | VoiceStopped


@dataclass(frozen=True)
class Rules:
    """When a segment begins and ends. Defaults: Silero's own 0.5 with its hysteresis of 0.15, pipecat's 200 ms stop."""

    start_probability: float = 0.5
    keep_probability: float = 0.35
    """Speech that has begun goes on above this; must not exceed ``start_probability``."""
    start_s: float = 0.064
    """Voice must last this long before a segment begins."""
    onset_probability: float = 0.2
    """The onset is dated back over blocks above this: a soft first sound is half a block of speech."""
    onset_s: float = 0.096
    """At most so far before the first block above ``start_probability``."""
    hang_over_s: float = 0.2
    """Silence that ends a segment."""
    faint_s: float = 1.0
    """A voice may be too faint to be near for so long, as at the end of a sentence; longer, it is somebody else's."""
    beside_s: float = 2.0
    """So long after somebody else's voice a segment is still beside it."""
    block_s: float = 0.032


NORMAL = Rules()
STRICT = Rules(start_probability=0.8, keep_probability=0.6, start_s=0.192)
"""While the echo canceller has not yet learned the room, so that the booth does not hear itself."""
_ROUNDING_S = 1e-6


@dataclass(frozen=True)
class State:
    """Silence, a probability that rises from ``rise_t`` on, a voice from ``onset_t`` on, then a segment.

    ``near_t``: when a voice was last near. ``other_t``: when somebody else's voice was last heard.
    """

    segments: int = 0
    is_voice: bool = False
    rise_t: float | None = None
    onset_t: float | None = None
    last_voiced_t: float = 0.0
    near_t: float = 0.0
    other_t: float | None = None
    has_other: bool = False


def step(
    state: State, probability: float, block_end_t: float, rules: Rules = NORMAL, *, is_near: bool = True
) -> tuple[State, tuple[VoiceEvent, ...]]:
    """Take the block that ends at ``block_end_t``; times must not run backwards.

    A segment begins, and goes on, only with a voice that is near: loud enough to be the candidate's.
    """
    if state.is_voice:
        return _in_voice(state, probability, block_end_t, rules, is_near=is_near)
    block_t = block_end_t - rules.block_s
    if probability < rules.onset_probability:
        return replace(state, rise_t=None, onset_t=None), ()
    rise_t = block_t if state.rise_t is None else state.rise_t
    needed = rules.start_probability if state.onset_t is None else rules.keep_probability
    if probability < needed:
        return replace(state, rise_t=rise_t, onset_t=None), ()
    onset_t = block_t if state.onset_t is None else state.onset_t
    pending = replace(state, rise_t=rise_t, onset_t=onset_t, last_voiced_t=block_end_t)
    if not is_near and block_end_t - onset_t >= rules.faint_s - _ROUNDING_S:
        return replace(pending, other_t=block_end_t), ()
    if not is_near or block_end_t - onset_t < rules.start_s - _ROUNDING_S:
        return pending, ()
    t = max(rise_t, onset_t - rules.onset_s, block_end_t - rules.faint_s)
    started = VoiceStarted(t=t, t_known=block_end_t, segment=state.segments)
    has_other = state.other_t is not None and block_end_t - state.other_t <= rules.beside_s
    return replace(pending, is_voice=True, segments=state.segments + 1, near_t=block_end_t,
                   has_other=has_other), (started,)


def stop(state: State, known_t: float) -> tuple[State, tuple[VoiceEvent, ...]]:
    """End whatever is open because no more audio comes."""
    silent = State(segments=state.segments, last_voiced_t=state.last_voiced_t, other_t=state.other_t)
    if not state.is_voice:
        return silent, ()
    return silent, (_stopped(state, max(known_t, state.last_voiced_t)),)


def _in_voice(
    state: State, probability: float, block_end_t: float, rules: Rules, *, is_near: bool
) -> tuple[State, tuple[VoiceEvent, ...]]:
    near_t = block_end_t if is_near else state.near_t
    if probability >= rules.keep_probability:
        if block_end_t - near_t < rules.faint_s - _ROUNDING_S:
            return replace(state, last_voiced_t=block_end_t, near_t=near_t), ()
        # What came after the last near block was somebody else.
        return stop(replace(state, last_voiced_t=near_t, other_t=block_end_t, has_other=True), block_end_t)
    if block_end_t - state.last_voiced_t < rules.hang_over_s - _ROUNDING_S:
        return state, ()
    return stop(state, block_end_t)


def _stopped(state: State, known_t: float) -> VoiceStopped:
    return VoiceStopped(t=state.last_voiced_t, t_known=known_t, segment=state.segments - 1, has_other=state.has_other)
