"""The page for staff."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from greenroom.server.protocol import Notice
from greenroom.telemetry import admin_page
from greenroom.telemetry.hub import EMPTY
from greenroom.telemetry.tally import Tally
from telemetry.samples import SECRET, figures

AXE = Path(__file__).parents[2] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")


class Outline(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(*, is_live: bool = True, counted: Tally | None = None, notice: Notice | None = None) -> str:
    shown = msgspec.structs.replace(EMPTY, notice=notice)
    return admin_page.render(figures(shown=shown, counted=counted), is_live=is_live, other="?still=1&token=a%22b")


def cells(html: str, row: str) -> list[str]:
    """What stands beside a row's head."""
    (found,) = re.findall(rf'<th scope="row">{row}</th>(.*?)</tr>', html)
    return [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", found)]


def test_it_loads_itself_again_until_it_is_told_to_stand_still() -> None:
    refresh = [meta["content"] for meta in Outline(page()).all("meta") if meta.get("http-equiv") == "refresh"]
    assert refresh == ["5"]
    still = Outline(page(is_live=False))
    assert not [meta for meta in still.all("meta") if "http-equiv" in meta]
    assert still.all("a") == [{"href": "?still=1&token=a%22b"}]


def test_there_is_no_script_and_nothing_is_loaded() -> None:
    html = page()
    names = {tag for tag, _ in Outline(html).tags}
    assert not names & {"script", "img", "iframe", "object", "link", "form"}
    assert not re.search(r"(src|xlink:href)=|url\(|@import|https?://", html)


def test_what_runs_is_shown_with_why_it_is_a_stand_in() -> None:
    html = page()
    assert cells(html, "recogniser") == ["whisper", "yes", "base.en"]
    assert cells(html, "synthesiser") == ["espeak-ng", "no, a stand-in", "no voice of Piper is here"]
    assert cells(html, "camera") == ["webcam", "lost", "unplugged"]
    assert cells(html, "microphone")[0] == "&lt;b&gt;array&lt;/b&gt;"
    assert (cells(html, "audio"), cells(html, "vision"), cells(html, "language")) == (
        ["up", "0"], ["down", "1"], ["lost", "5"])
    assert "up for 1:02:05" in html


def test_the_stages_and_the_felt_gap_are_shown_beside_the_target() -> None:
    html = page()
    assert cells(html, "p50") == ["1.00", "at most 1.2", "yes"]
    assert cells(html, "p95") == ["2.80", "at most 2.0", "no"]
    assert cells(html, "soft end")[:3] == ["0.200", "0.200", "3"]
    assert cells(html, "used as it was") == ["3 (100% of those with any)"]
    assert cells(html, "complete") == ["3", "0"]
    assert "0.75 s in 2 gaps" in html
    assert SECRET not in html


def test_a_booth_that_has_just_begun_has_a_page_too() -> None:
    html = page(counted=Tally())
    assert "no felt gap to show" in html
    assert cells(html, "used as it was") == ["0"]


def test_what_is_wrong_comes_first() -> None:
    html = page(notice=Notice(t=0.0, code="camera-lost", text="Camera is off.", severity="warn"))
    assert html.index("Camera is off. (camera-lost)") < html.index("<main>")


def test_every_table_has_a_caption_and_every_head_a_scope() -> None:
    outline = Outline(page())
    assert len(outline.all("caption")) == len(outline.all("table")) >= 6
    assert all(head.get("scope") in ("row", "col") for head in outline.all("th"))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(tmp_path: Path, scheme: Any) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not (CHROMIUM.exists() and AXE.exists()):
        pytest.skip("needs Chromium and axe-core")
    (tmp_path / "admin.html").write_text(page(is_live=False), encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        tab = browser.new_page(color_scheme=scheme, viewport={"width": 500, "height": 900})
        tab.goto((tmp_path / "admin.html").as_uri())
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run({rules: {'target-size': {enabled: true}}})")
        overflow = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        tab.keyboard.press("Tab")
        focused = tab.evaluate("document.activeElement.textContent")
        browser.close()
    assert [(v["id"], v["impact"], v["nodes"][0]["html"][:160]) for v in found["violations"]] == []
    assert overflow <= 0
    assert focused.startswith("Load it again")
