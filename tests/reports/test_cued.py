"""The report names the cues that were shown, where they were shown, and judges nothing by them."""

from __future__ import annotations

from msgspec.structs import replace

from greenroom.records import LiveCue
from greenroom.reports import page
from greenroom.reports.builder import build
from greenroom.reports.schema import ReportCue, from_json, to_json
from reports.samples import interview


def test_cues_are_named_with_their_place_and_change_nothing_else() -> None:
    plain = interview()
    first, *others = plain.turns
    shown = replace(first, cues=(LiveCue(t=first.words[4].start_t, name="slow_down"),))
    found = build(replace(plain, turns=(shown, *others)))
    at_s = round(first.words[4].start_t - plain.started_t, 3)
    assert found.answers[0].cues == (ReportCue(at_s=at_s, name="slow_down", text="Slow down"),)
    assert replace(found, answers=(replace(found.answers[0], cues=()), *found.answers[1:])) == build(plain)
    assert from_json(to_json(found)) == found
    html = page.render(found)
    assert "Your phone showed “Slow down”" in html
    assert 'class="small cues"' not in page.render(build(plain))
