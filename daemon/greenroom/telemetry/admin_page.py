"""The booth's state as a page for staff: no script, one style sheet, and it loads itself again."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

from greenroom.records import STAGES
from greenroom.reports.page import style_sheet
from greenroom.telemetry.figures import Figures
from greenroom.telemetry.latency import TARGET_P50_S, TARGET_P95_S
from greenroom.telemetry.tally import KEPT_TURNS

if TYPE_CHECKING:
    from jinja2 import Template

REFRESH_S = 5


def render(figures: Figures, *, is_live: bool, other: str) -> str:
    """The whole page. One that is live loads itself again every 5 s; ``other`` leads to one that does not, and back."""
    return _template().render(
        figures=figures, latency=figures.tally.latency(), is_live=is_live, other=other, refresh_s=REFRESH_S,
        meanings=STAGES, kept=KEPT_TURNS, targets=(("p50", TARGET_P50_S), ("p95", TARGET_P95_S)),
        uptime=dt.timedelta(seconds=int(figures.uptime_s)), css=style_sheet(),
    )


@functools.cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("greenroom.telemetry"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("admin.html.j2")
