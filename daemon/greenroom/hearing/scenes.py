"""What the camera shows beside the face during an answer: a hand before the mouth, a phone in the hand, the posture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from greenroom.events import SceneObserved
from greenroom.hearing.stating import share, stated
from greenroom.records import Measure, Span

HELD_S = 6.0
"""A look stands for the time up to the next one, at most so long: there is one every half to five seconds."""
MIN_LOOKS = 3
LOOKS_IN_A_ROW = 2
"""Fewest that make evidence of something: a single one may err."""
SOURCE = "camera, body landmarks; how exact that is was measured on two photographs, not yet on other people"
THINGS = "camera, object detector; how exact that is was not measured"


class Scenes:
    """The looks between two times."""

    def __init__(self, scenes: Sequence[SceneObserved], from_t: float, to_t: float) -> None:
        self._length_s = to_t - from_t
        self._scenes = sorted((scene for scene in scenes if from_t <= scene.t <= to_t), key=lambda scene: scene.t)
        times = [*(scene.t for scene in self._scenes), to_t]
        self._held_s = [min(b - a, HELD_S) for a, b in pairwise(times)]

    def measures(self) -> tuple[Measure, ...]:
        """Empty when nobody looked; the phone only where a detector did."""
        if not self._scenes:
            return ()
        hand = self._share("hand_at_mouth", "Time in which a hand lay before the mouth",
                           lambda scene: scene.hand_at_mouth, lambda scene: scene.hand_reason,
                           label="hand before the mouth", source=SOURCE)
        postures = (
            self._middle("shoulder_tilt_deg", "deg", lambda scene: scene.tilt_deg,
                         "Median turn of the line of the shoulders against rest, positive with the left one lower"),
            self._middle("nearness", "share", lambda scene: scene.nearness,
                         "Median width of the shoulders over that at rest, less 1: above 0 is nearer to the camera"),
            self._middle("lowered", "share", lambda scene: scene.lowered,
                         "Median of how much lower the head is than at rest, in widths of the shoulders"),
        )
        if all(scene.objects is None for scene in self._scenes):
            return (hand, *postures)
        phone = self._share("phone_in_hand", "Time in which a phone touched a hand", lambda scene: scene.phone_in_hand,
                            lambda scene: scene.objects_reason, label="phone in hand", source=THINGS)
        return (hand, *postures, phone)

    def _share(self, name: str, what: str, tells: Callable[[SceneObserved], bool | None],
               why_not: Callable[[SceneObserved], str], *, label: str, source: str) -> Measure:
        told = [(scene.t, held_s, bool(tells(scene))) for scene, held_s in zip(self._scenes, self._held_s, strict=True)
                if tells(scene) is not None]
        told_s = sum(held_s for _, held_s, _ in told)
        true_s = sum(held_s for _, held_s, is_so in told if is_so)
        return stated(
            name,
            true_s / told_s if len(told) >= MIN_LOOKS and told_s > 0.0 else None,
            "share",
            formula=f"{what} / time for which a look could tell; one look every half to five seconds",
            source=source,
            coverage=share(told_s, self._length_s),
            reason=self._commonest(why_not),
            evidence=_runs(told, label),
            over=told_s,
        )

    def _middle(self, name: str, unit: str, value: Callable[[SceneObserved], float | None], formula: str) -> Measure:
        told = [(number, scene.t, held_s) for scene, held_s in zip(self._scenes, self._held_s, strict=True)
                if (number := value(scene)) is not None]
        span = (Span(start_t=told[0][1], end_t=told[-1][1], label="the shoulders were seen"),) if told else ()
        return stated(
            name,
            float(np.median([number for number, _, _ in told])) if len(told) >= MIN_LOOKS else None,
            unit,
            formula=formula,
            source=SOURCE,
            coverage=share(sum(held_s for _, _, held_s in told), self._length_s),
            reason=self._commonest(lambda scene: scene.posture_reason),
            evidence=span,
            over=float(len(told)),
        )

    def _commonest(self, reason_of: Callable[[SceneObserved], str]) -> str:
        reasons = [reason for scene in self._scenes if (reason := reason_of(scene))]
        return max(sorted(set(reasons)), key=reasons.count) if reasons else "too few looks"


def _runs(told: Sequence[tuple[float, float, bool]], label: str) -> tuple[Span, ...]:
    """Stretches of ``LOOKS_IN_A_ROW`` looks and more that saw it."""
    runs: list[list[tuple[float, float]]] = [[]]
    for t, held_s, is_so in told:
        if is_so:
            runs[-1].append((t, t + held_s))
        elif runs[-1]:
            runs.append([])
    return tuple(Span(start_t=run[0][0], end_t=run[-1][1], label=label) for run in runs if len(run) >= LOOKS_IN_A_ROW)
