"""The real daemon behind the kiosk: a touch leads from consent to report while a phone follows."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import OpenPage
from browser.pages import until
from browser.test_kiosk import at, examine, press, scan
from browser.test_self_view import LOOK
from greenroom.reports.schema import from_json

PATIENCE_MS = 90_000.0
QUESTIONS = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def ended(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child that ends when its standard input does."""
    child = subprocess.Popen([sys.executable, "-m", *arguments], stdin=subprocess.PIPE)
    try:
        yield child
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(20)


@pytest.fixture
def real_booth(tmp_path: Path, assets: Path) -> Iterator[str]:
    """Address of a booth whose devices are virtual and whose buttons nobody presses; its network is this machine's."""
    assert assets
    port, world, origin_ns = free_port(), tmp_path / "world.sock", time.monotonic_ns()
    config = tmp_path / "booth.toml"
    config.write_text(
        f'[booth]\nstate_dir = "{tmp_path}"\nseed = 1\n[server]\nport = {port}\n'
        f'lan = true\nlan_host = "127.0.0.1"\nlan_port = {free_port()}\n[discovery]\nis_on = false\n'
        f'[devices]\nmicrophone = "virtual"\nspeaker = "virtual"\ncamera = "virtual"\nworld = "{world}"\n')
    arguments = ("--socket", str(world), "--out", str(tmp_path / "out"), "--origin-ns", str(origin_ns))
    with ended("greenroom.world", *arguments):
        while not world.exists():
            time.sleep(0.02)
        with ended("greenroom", "--config", str(config), "run", "--has-parent", "--origin-ns", str(origin_ns)):
            url = f"http://127.0.0.1:{port}"
            _until_it_answers(url)
            yield url


def _until_it_answers(url: str) -> None:
    for _ in range(400):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/health"):  # noqa: S310 - our own booth
            return
        time.sleep(0.05)
    raise AssertionError("the booth does not answer")


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.alone
@pytest.mark.timeout(400)
def test_a_touch_leads_from_consent_to_report_while_a_phone_follows(real_booth: str, open_page: OpenPage) -> None:
    kiosk = open_page(f"{real_booth}/kiosk/?density=full")
    phone = open_page(f"{real_booth}/phone/", 390, 844)
    at(kiosk, "attract", PATIENCE_MS)
    press(kiosk, "Start")
    at(kiosk, "consent", PATIENCE_MS)
    press(kiosk, "Continue")
    at(kiosk, "set_up", PATIENCE_MS)
    kiosk.locator("label", has=kiosk.get_by_role("radio", name="3", exact=True)).click()
    press(kiosk, "Start with these")
    at(kiosk, "sensor_check", PATIENCE_MS)
    _look_at_oneself(kiosk, phone)
    at(kiosk, "greeting", PATIENCE_MS)
    at(kiosk, "listening", PATIENCE_MS)
    expect(kiosk.locator(".captions")).to_contain_text("You", timeout=PATIENCE_MS)
    question = kiosk.locator("h1.question").inner_text()
    expect(phone.locator(".live-question h2")).to_have_text(question)
    examine(kiosk, "real-k6")
    examine(phone, "real-p1")
    for _ in range(2 * QUESTIONS):
        _finish_answer(kiosk, phone)
        if kiosk.get_attribute("[data-phase]", "data-phase") in ("closing", "report"):
            break
    at(kiosk, "report", PATIENCE_MS)
    kiosk.wait_for_selector(".qr", timeout=PATIENCE_MS)
    examine(kiosk, "real-k10")
    address = scan(kiosk)
    assert not address.startswith(real_booth)
    with urllib.request.urlopen(f"{address}/report.json") as answer:  # noqa: S310 - our own booth
        report = from_json(answer.read())
    assert len(report.answers) >= QUESTIONS
    assert [each.cue for each in report.answers if not each.words] == []
    assert report.answers[0].question == question
    link = phone.get_by_role("link", name="Open my report")
    expect(link).to_be_visible()
    press(kiosk, "Done, clear the screen")
    at(kiosk, "attract", PATIENCE_MS)


def _look_at_oneself(kiosk: Page, phone: Page) -> None:
    """The virtual candidate's own face moves on the kiosk, and on nothing else."""
    press(kiosk, "Show me my picture")
    expect(kiosk.locator(".check-advice")).to_have_text("Good, stay like this", timeout=PATIENCE_MS)
    expect(kiosk.locator(".check-good")).to_have_count(4, timeout=PATIENCE_MS)
    # Who sits still and has nothing to say only blinks now and then, and looks as before afterwards.
    for _ in range(3):
        until(kiosk, f"(before) => {LOOK} !== before", kiosk.evaluate(LOOK), within_s=PATIENCE_MS / 1000)
    examine(kiosk, "real-k3-self")
    at(kiosk, "sensor_check", PATIENCE_MS)
    expect(phone.locator("canvas, img")).to_have_count(0)
    press(kiosk, "Hide my picture")
    expect(kiosk.locator("canvas")).to_have_count(0)


def _finish_answer(kiosk: Page, phone: Page) -> None:
    """Let the candidate say a few words, then press Done on the phone."""
    question = kiosk.locator("h1.question").inner_text()
    is_candidate = "document.querySelector('.caption-speaker')?.textContent === 'You'"
    has_words = f"{is_candidate} && document.querySelector('.caption-words').textContent.split(/\\s+/).length > 6"
    until(kiosk, has_words, within_s=PATIENCE_MS / 1000)
    phone.get_by_role("button", name="Done", exact=True).click()
    is_over = f"document.querySelector('h1.question')?.innerText !== {json.dumps(question)}"
    until(kiosk, is_over, within_s=PATIENCE_MS / 1000)
    kiosk.wait_for_selector('[data-phase="listening"], [data-phase="report"]', timeout=PATIENCE_MS)
