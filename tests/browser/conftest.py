"""Headless Chromium, the built pages and a booth to show."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from browser.fake_booth import FakeBooth

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "daemon/greenroom/assets/clients"
CHROMIUM = Path(os.environ.get("GREENROOM_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
LOUD = {"error", "warning"}
OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def assets() -> Path:
    if not (ASSETS / "kiosk/index.html").exists():
        pytest.skip("the pages are not built: run `npm install && npm run build` in clients/")
    return ASSETS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: Playwright keeps an event loop running in this thread, which other tests need free."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    expect.set_options(timeout=5_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def booth(assets: Path) -> Iterator[FakeBooth]:
    fake = FakeBooth(assets=assets)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def still_booth(assets: Path) -> Iterator[FakeBooth]:
    """Shows what a test puts into it and does nothing by itself."""
    fake = FakeBooth(assets=assets, is_walking=False)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def base_url(request: pytest.FixtureRequest) -> str:
    """Address of the booth under test: a running daemon's, or a fake one's."""
    given = os.environ.get("GREENROOM_BOOTH_URL", "")
    if given:
        return given.rstrip("/")
    fake: FakeBooth = request.getfixturevalue("booth")
    return fake.url


@pytest.fixture
def patience_ms() -> float:
    """A daemon speaks and listens in real time; the fake is brisk."""
    return 180_000 if os.environ.get("GREENROOM_BOOTH_URL") else 10_000


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages in contexts of their own; anything on their console fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in LOUD:
            complaints.append(message.text)

    def open_one(
        url: str,
        width: int = 1920,
        height: int = 1080,
        *,
        may_complain: bool = False,
        scheme: str = "dark",
        motion: str = "no-preference",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="light" if scheme == "light" else "dark",
            reduced_motion="reduce" if motion == "reduce" else "no-preference",
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        if not may_complain:
            page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        page.goto(url)
        page.wait_for_selector('[data-phase]:not([data-phase="none"])')
        return page

    yield open_one
    for page in pages:
        page.context.close()
    assert not complaints
