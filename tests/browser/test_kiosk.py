"""A whole interview on the kiosk, from attract to goodbye, while a phone follows."""

from __future__ import annotations

import os
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from browser.axe import violations
from browser.conftest import OpenPage
from browser.pages import until

SHOTS = os.environ.get("GREENROOM_SCREENSHOTS", "")
MOUTH_SHAPES = """() => new Promise((done) => {
  const seen = new Set();
  const look = (count) => {
    seen.add(document.querySelector(".mouth-lips").getAttribute("d"));
    if (count === 0) done(seen.size); else requestAnimationFrame(() => look(count - 1));
  };
  look(45);
})"""


def examine(page: Page, name: str) -> None:
    """Every screen of the walk is checked and, when asked for, kept as a picture."""
    assert violations(page) == []
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def at(page: Page, phase: str, patience_ms: float) -> None:
    page.wait_for_selector(f'[data-phase="{phase}"]', timeout=patience_ms)


def scan(page: Page) -> str:
    """What an independent decoder reads from the QR code in a screenshot, held nearer or farther: OpenCV's misses some
    codes at some sizes."""
    data = page.locator(".qr").screenshot()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    for scale in (1.0, 0.75, 1.5, 0.5, 2.0):
        seen = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        text, _corners, _matrix = cv2.QRCodeDetector().detectAndDecode(seen)
        if text:
            return text
    raise AssertionError("no QR code can be read")


@pytest.mark.timeout(900)
def test_an_interview_from_attract_to_goodbye(base_url: str, open_page: OpenPage, patience_ms: float) -> None:
    kiosk = open_page(f"{base_url}/kiosk/?density=full")
    phone = open_page(f"{base_url}/phone/", 390, 844)
    into_the_interview(kiosk, patience_ms)
    first_answer(kiosk, phone, patience_ms)
    pause_and_resume(kiosk, phone, patience_ms)
    to_the_report(kiosk, phone, patience_ms)
    answer = "smallest thing that could work"
    kiosk.evaluate("document.documentElement.dataset.before = 'yes'")
    press(kiosk, "Done, clear the screen")
    at(kiosk, "goodbye", patience_ms)
    examine(kiosk, "k11")
    at(kiosk, "attract", patience_ms)
    until(kiosk, "document.documentElement.dataset.before === undefined")
    at(phone, "attract", patience_ms)
    assert answer not in kiosk.content()
    assert answer not in phone.content()


def into_the_interview(kiosk: Page, patience_ms: float) -> None:
    at(kiosk, "attract", patience_ms)
    expect(kiosk.get_by_role("heading", name="Practise an interview")).to_be_visible()
    examine(kiosk, "k0")
    press(kiosk, "Start")
    at(kiosk, "consent", patience_ms)
    switch = kiosk.get_by_role("switch")
    expect(switch).to_have_count(1)
    expect(switch).to_have_accessible_name(re.compile("Keep my report"))
    expect(switch).to_have_attribute("aria-checked", "false")
    examine(kiosk, "k1")
    press(kiosk, "Continue")
    at(kiosk, "set_up", patience_ms)
    examine(kiosk, "k2")
    kiosk.locator("label", has=kiosk.get_by_role("radio", name="3", exact=True)).click()
    press(kiosk, "Start with these")
    at(kiosk, "sensor_check", patience_ms)
    expect(kiosk.get_by_text("Read this aloud", exact=True)).to_be_visible()
    kiosk.wait_for_selector(".check-good", timeout=patience_ms)
    examine(kiosk, "k3")
    kiosk.get_by_role("button", name="Continue").click()
    at(kiosk, "greeting", patience_ms)
    expect(kiosk.get_by_role("heading", name="Hello, I\u2019m Ada")).to_be_visible()
    examine(kiosk, "k4")
    press(kiosk, "Start")


def first_answer(kiosk: Page, phone: Page, patience_ms: float) -> None:
    at(kiosk, "asking", patience_ms)
    assert kiosk.get_by_role("button", name="Done", exact=True).is_disabled()
    assert kiosk.evaluate(MOUTH_SHAPES) > 5
    examine(kiosk, "k5")
    at(kiosk, "listening", patience_ms)
    question = kiosk.locator("h1.question").inner_text()
    expect(phone.locator(".live-question h2")).to_have_text(question)
    expect(kiosk.locator(".state-line")).to_contain_text("listening")
    expect(kiosk.locator(".captions")).to_contain_text("You", timeout=patience_ms)
    expect(kiosk.locator(".timer")).to_contain_text(":")
    expect(kiosk.get_by_role("meter")).to_have_count(5)
    examine(kiosk, "k6")
    examine(phone, "p1")
    phone.get_by_role("button", name="Done", exact=True).click()
    at(kiosk, "thinking", patience_ms)
    examine(kiosk, "k7")


def pause_and_resume(kiosk: Page, phone: Page, patience_ms: float) -> None:
    at(kiosk, "listening", patience_ms)
    press(kiosk, "Pause")
    at(kiosk, "paused", patience_ms)
    expect(kiosk.get_by_text("The microphone is not listening.", exact=True)).to_be_visible()
    expect(phone.locator(".state-line")).to_contain_text("Paused")
    examine(kiosk, "k8")
    press(kiosk, "Continue")
    at(kiosk, "listening", patience_ms)
    press(kiosk, "End")
    examine(kiosk, "k8-end")
    press(kiosk, "Go back")
    press(kiosk, "Done")


def to_the_report(kiosk: Page, phone: Page, patience_ms: float) -> None:
    at(kiosk, "report", patience_ms)
    kiosk.wait_for_selector(".qr", timeout=patience_ms)
    expect(kiosk.locator(".fact")).to_have_count(4)
    address = scan(kiosk)
    assert address.startswith("http")
    examine(kiosk, "k10")
    link = phone.get_by_role("link", name="Open my report")
    expect(link).to_be_visible()
    assert str(link.get_attribute("href")).endswith("/r/" + address.rsplit("/", 1)[1])
    examine(phone, "p3")
