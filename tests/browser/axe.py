"""Accessibility of a page as axe-core sees it, WCAG 2.2 A and AA with the target size."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser.pages import until

SOURCE = Path(__file__).parents[2] / "clients/node_modules/axe-core/axe.min.js"
STILL = """() => document.getAnimations().every((a) =>
  a.effect.getTiming().iterations === Infinity || a.playState === "finished" || a.effect.getTiming().delay > 1000)"""
RUN = """async () => {
  const found = await axe.run(document, { rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
  return found.violations.map((v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}"""


def violations(page: Page) -> list[str]:
    """Every violation as one line: impact, rule and where."""
    if not SOURCE.exists():
        pytest.skip("axe-core is not installed: run `npm install` in clients/")
    until(page, STILL)
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(SOURCE.read_text())
    found: list[str] = page.evaluate(RUN)
    return found
