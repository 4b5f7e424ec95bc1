from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.v4l2_driver import FakeDriver
from greenroom.devices.v4l2 import (
    ENUM_FMT,
    ENUM_FRAMESIZES,
    EXPOSURE_AUTO,
    EXPOSURE_AUTO_PRIORITY,
    Exposure,
    Mode,
    capability,
    choose,
    code_number,
    code_text,
    modes,
    steady_exposure,
)

APERTURE, BY_HAND = 3, 1


def answer(name: str, of_device: int, of_node: int) -> bytes:
    return struct.pack("=16s32s32sIII12x", b"uvcvideo", name.encode(), b"usb-1", 0x60100, of_device, of_node)


def test_a_capturing_node_tells_card_and_port() -> None:
    assert capability(answer("HD Webcam", 0x8420_0001, 0x0420_0001)) == ("HD Webcam", "usb-1", True)
    assert capability(answer("Old", 0x0000_0001, 0)).gives_pictures


def test_a_webcams_metadata_node_gives_no_pictures() -> None:
    assert not capability(answer("HD Webcam", 0x84A0_0001, 0x04A0_0000)).gives_pictures


@given(st.binary(min_size=104, max_size=104))
def test_any_answer_of_a_driver_can_be_read(data: bytes) -> None:
    assert len(capability(data).card) <= 32


@given(st.integers(-(2**31), 2**32 - 1))
def test_codes_are_text_or_nothing(code: int) -> None:
    text = code_text(code)
    assert text == "" or code_number(text) == code & 0xFFFF_FFFF


# --- modes ---------------------------------------------------------------------------------------


def test_all_modes_are_listed_that_can_be_decoded() -> None:
    listed = modes(FakeDriver())
    assert Mode("YUYV", 640, 480, 15.0) in listed
    assert Mode("MJPG", 1920, 1080, 30.0) in listed
    assert {mode.code for mode in listed} == {"YUYV", "MJPG"}
    assert modes(FakeDriver({})) == ()


def test_a_range_of_sizes_counts_by_its_greatest_and_the_usual_one() -> None:
    driver = FakeDriver({"YUYV": {(640, 480): [30], (1920, 1080): [30]}})

    def ask(code: int, structure: bytes) -> bytes | None:
        if code == ENUM_FRAMESIZES:
            return struct.pack("=III6I8x", 0, code_number("YUYV"), 3, 16, 1920, 8, 16, 1080, 8)
        return driver(code, structure)

    assert modes(ask) == (Mode("YUYV", 640, 480, 30.0), Mode("YUYV", 1920, 1080, 30.0))


@given(st.data())
def test_a_driver_that_answers_anything_at_all_is_done_with(data: st.DataObject) -> None:
    answers: Iterator[bytes | None] = iter(
        data.draw(st.lists(st.one_of(st.none(), st.binary(min_size=208, max_size=208)), max_size=60)))

    def ask(_: int, structure: bytes) -> bytes | None:
        drawn = next(answers, None)
        return None if drawn is None else drawn[: len(structure)]

    listed = modes(ask)
    assert choose(listed, 640, 480, 30.0) is None or listed
    steady_exposure(ask)


def test_a_driver_that_never_ends_its_list_is_cut_short() -> None:
    driver, asked = FakeDriver(), []

    def ask(code: int, structure: bytes) -> bytes | None:
        asked.append(code)
        return driver(code, struct.pack("=I", 0) + structure[4:])

    modes(ask)
    assert asked.count(ENUM_FMT) <= 40


YUYV, MJPG = Mode("YUYV", 640, 480, 30.0), Mode("MJPG", 640, 480, 30.0)


@pytest.mark.parametrize(("offered", "chosen"), [
    pytest.param([MJPG, YUYV], YUYV, id="uncompressed costs no decoding"),
    pytest.param([MJPG, YUYV._replace(rate_hz=10.0)], MJPG, id="compressed where the wanted rate needs it"),
    pytest.param([YUYV._replace(width_px=320, height_px=240), MJPG], MJPG, id="compressed where the size needs it"),
    pytest.param([Mode("MJPG", 3840, 2160, 30.0), Mode("MJPG", 1280, 720, 30.0)], Mode("MJPG", 1280, 720, 30.0),
                 id="the smallest that is large enough"),
    pytest.param([Mode("YUYV", 352, 288, 30.0), Mode("YUYV", 160, 120, 30.0)], Mode("YUYV", 352, 288, 30.0),
                 id="the largest of small ones"),
    pytest.param([Mode("GREY", 640, 480, 60.0), MJPG._replace(rate_hz=5.0)], MJPG._replace(rate_hz=5.0),
                 id="grey last"),
    pytest.param([Mode("GREY", 640, 480, 30.0)], Mode("GREY", 640, 480, 30.0), id="grey when there is no other"),
    pytest.param([YUYV._replace(rate_hz=60.0), YUYV], YUYV, id="no faster than wanted"),
    pytest.param([], None, id="nothing offered"),
])
def test_the_mode_that_fits_best_is_chosen(offered: list[Mode], chosen: Mode | None) -> None:
    assert choose(tuple(offered), 640, 480, 30.0) == chosen
    assert choose(tuple(reversed(offered)), 640, 480, 30.0) == chosen


# --- exposure ------------------------------------------------------------------------------------


def test_darkness_may_not_lower_the_rate() -> None:
    driver = FakeDriver()
    assert steady_exposure(driver) == Exposure(is_automatic=True, keeps_rate=True)
    assert driver.set_controls == [(EXPOSURE_AUTO_PRIORITY, 0)], "what is right is left alone"


def test_an_exposure_that_was_left_to_hand_is_automatic_again() -> None:
    driver = FakeDriver(controls={EXPOSURE_AUTO: BY_HAND})
    assert steady_exposure(driver) == Exposure(is_automatic=True, keeps_rate=None)
    assert driver.controls[EXPOSURE_AUTO] == APERTURE


def test_a_control_that_does_not_obey_is_told() -> None:
    driver = FakeDriver(controls={EXPOSURE_AUTO: BY_HAND, EXPOSURE_AUTO_PRIORITY: 1})
    driver.refuses = {EXPOSURE_AUTO, EXPOSURE_AUTO_PRIORITY}
    assert steady_exposure(driver) == Exposure(is_automatic=False, keeps_rate=False)


def test_a_control_that_is_missing_or_read_only_is_left_alone() -> None:
    driver = FakeDriver(controls={EXPOSURE_AUTO_PRIORITY: 1})
    driver.read_only = {EXPOSURE_AUTO_PRIORITY}
    assert steady_exposure(driver) == Exposure(is_automatic=None, keeps_rate=None)
    assert driver.set_controls == []
