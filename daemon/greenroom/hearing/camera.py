"""All that the camera adds to the measures of an answer, in the order in which the report shows it."""

from __future__ import annotations

from greenroom.hearing.expressions import expressions
from greenroom.hearing.in_view import in_view
from greenroom.hearing.movement import movement
from greenroom.hearing.visible import Visible
from greenroom.records import Measure


def camera_measures(visible: Visible) -> tuple[Measure, ...]:
    """Those of the expression only where somebody looked for them."""
    *eyes, blinks = visible.measures()
    return (*eyes, *movement(visible), blinks, *expressions(visible), in_view(visible))
