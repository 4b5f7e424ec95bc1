"""What the kiosk does when something breaks, lags or lies."""

from __future__ import annotations

import msgpack
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from browser.conftest import OpenPage
from browser.fake_booth import FakeBooth
from browser.material import ANSWER, DEVICES, QUESTIONS
from browser.pages import until
from greenroom.server import protocol as p

ALL = ("done", "repeat", "skip", "pause", "end")
QUESTION = p.QuestionView(turn=2, number=2, of=4, text=QUESTIONS[1], is_follow_up=False, suggested_s=90)


def answering(booth: FakeBooth) -> None:
    since_t = booth.now_t() - 5
    booth.show(
        phase="listening", state="voice", session="s", question=QUESTION, turn=2, answering_since_t=since_t, allowed=ALL
    )


def mark(page: Page) -> None:
    page.evaluate("document.body.dataset.mark = 'same document'")


def is_same_document(page: Page) -> bool:
    return bool(page.evaluate("document.body.dataset.mark === 'same document'"))


def test_a_lost_booth_is_said_calmly_and_returns_without_a_reload(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/", may_complain=True)
    answering(still_booth)
    expect(page.locator("h1.question")).to_have_text(QUESTION.text)
    mark(page)
    still_booth.stop_listening()
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    expect(page.get_by_text("Your finished answers are safe.")).to_be_visible(timeout=8_000)
    expect(page.locator("main")).to_have_attribute("inert", "")
    still_booth.listen_again()
    expect(page.get_by_text("Your finished answers are safe.")).to_be_hidden(timeout=8_000)
    expect(page.locator("h1.question")).to_have_text(QUESTION.text)
    assert is_same_document(page)


def test_a_dropped_connection_is_back_before_anybody_notices(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    mark(page)
    before = len(still_booth.clients)
    still_booth.drop_clients()
    still_booth.wait_for_clients(before)
    still_booth.emit(p.StateChanged(t=1.0, state="silence"))
    expect(page.locator(".state-line")).to_contain_text("Still listening")
    assert is_same_document(page)


def test_a_gap_in_the_numbers_is_healed_by_a_snapshot(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    expect(page.locator("h1.question")).to_be_visible()
    still_booth.lose_a_batch()
    still_booth.emit(p.StateChanged(t=1.0, state="thinking"))
    expect(page.locator(".state-line")).to_contain_text("One moment")
    assert len(still_booth.received(p.GetSnapshot)) == 1


def test_another_boot_of_the_daemon_shows_only_its_own_state(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/?density=captions")
    answering(still_booth)
    still_booth.emit(
        p.Caption(t=1.0, speaker="you", turn=2, revision=1, keep=0, text=ANSWER, settled=10, is_final=False)
    )
    expect(page.locator(".captions")).to_contain_text("forty orders")
    still_booth.boot_id = "boot-2"
    still_booth.show(phase="attract", state="idle", session=None, question=None, allowed=("begin",))
    still_booth.drop_clients()
    page.wait_for_selector('[data-phase="attract"]')
    assert "forty orders" not in page.content()


def test_hostile_frames_are_ignored_and_the_page_lives(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    for data in (
        b"", b"\xc1\xc1", b"x" * 1_500_000, msgpack.packb({"type": "firework"}), msgpack.packb([1, 2, 3]),
        msgpack.packb({"type": "snapshot", "seq": 1, "state": {"phase": "listening"}}), msgpack.packb("hello"),
    ):
        still_booth.send_raw(data)
    for _ in range(300):
        still_booth.send_raw(msgpack.packb({"type": "pong", "sent_ms": "now", "t": None}))
    still_booth.emit(p.StateChanged(t=1.0, state="silence"))
    expect(page.locator(".state-line")).to_contain_text("Still listening")


def test_a_command_without_an_answer_can_be_tried_again(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    still_booth.is_deaf = True
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("That did not arrive. Please try again.")).to_be_visible()
    still_booth.is_deaf = False
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("That did not arrive.")).to_be_hidden()
    assert [m.turn for m in still_booth.received(p.DoneCommand) if isinstance(m, p.DoneCommand)] == [2]


def test_a_refused_command_says_why(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    expect(page.get_by_role("button", name="Skip", exact=True)).to_be_enabled()
    still_booth.state = replace(still_booth.state, allowed=("end",))
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.get_by_text("That is not possible now.")).to_be_visible()


def test_notices_and_a_lost_camera_are_shown_and_cleared(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    words = "I lost my hearing for a moment. Please say the last sentence again."
    still_booth.emit(p.Notice(t=1.0, code="hearing-lost", text=words, severity="warn"))
    expect(page.locator(".notice")).to_have_text(words)
    expect(page.get_by_role("status").first).to_contain_text(words)
    still_booth.emit(p.Notice(t=1.0, code="hearing-lost", text="", severity="info"))
    expect(page.locator(".notice")).to_have_count(0)
    lost = tuple(replace(device, state="lost") if device.kind == "camera" else device for device in DEVICES)
    still_booth.emit(p.DevicesChanged(t=1.0, devices=lost))
    expect(page.get_by_text("Camera is off. The interview goes on without it.")).to_be_visible()


def test_a_booth_without_a_microphone_says_so_on_its_first_screen(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator(".notice")).to_have_count(0)
    gone = tuple(replace(device, state="absent") if device.kind == "microphone" else device for device in DEVICES)
    still_booth.emit(p.DevicesChanged(t=1.0, devices=gone))
    expect(page.locator(".notice-warn")).to_contain_text("no microphone is plugged in")
    still_booth.emit(p.DevicesChanged(t=2.0, devices=DEVICES))
    expect(page.locator(".notice")).to_have_count(0)


def test_a_booth_that_cannot_start_says_so_with_a_code(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    notice = p.Notice(t=1.0, code="device-missing", text="The microphone is unplugged.", severity="error")
    still_booth.show(phase="unavailable", allowed=(), notice=notice)
    expect(page.get_by_role("heading", name="Not available just now")).to_be_visible()
    expect(page.get_by_text("device-missing")).to_be_visible()


def test_the_mouth_closes_within_a_few_frames_of_a_cut(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    rest = page.locator(".mouth-lips").get_attribute("d")
    page.wait_for_timeout(400)
    track = p.VisemeTrack(turn=2, generation=9, t0=still_booth.now_t(), at_ms=(0, 20_000), shapes="DX")
    still_booth.emit(track)
    until(page, "(rest) => document.querySelector('.mouth-lips').getAttribute('d') !== rest", rest)
    still_booth.emit(p.VisemeCut(t=1.0, generation=9))
    until(page, "(rest) => document.querySelector('.mouth-lips').getAttribute('d') === rest", rest)


def test_frames_are_drawn_only_while_the_interviewer_speaks(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    page.wait_for_timeout(300)
    page.evaluate(
        "() => { window.asked = 0; const real = requestAnimationFrame.bind(window);"
        " window.requestAnimationFrame = (f) => { window.asked += 1; return real(f); }; }"
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.asked") <= 5


def test_only_finished_sentences_reach_the_live_region(still_booth: FakeBooth, open_page: OpenPage) -> None:
    page = open_page(f"{still_booth.url}/kiosk/")
    answering(still_booth)
    said = p.Caption(t=1.0, speaker="you", turn=2, revision=1, keep=0, text="I went to", settled=2, is_final=False)
    still_booth.emit(said)
    still_booth.emit(p.StateChanged(t=1.0, state="silence"))
    expect(page.locator(".state-line")).to_contain_text("Still listening")
    region = page.locator('[aria-live="polite"]')
    expect(region).not_to_contain_text("I went to")
    still_booth.emit(replace(said, revision=2, text="I went to the shop.", is_final=True))
    expect(region).to_have_text("I went to the shop.")
