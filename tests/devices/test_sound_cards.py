from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.devices.sound_cards import serial_of, sound_cards


def plug(folder: Path, card: int, port: str, serial: str | None) -> None:
    """As Linux shows a USB card: card -> its interface, whose parent is the USB device."""
    device = folder / "devices" / port
    interface = device / f"{port}:1.0"
    interface.mkdir(parents=True)
    if serial is not None:
        (device / "serial").write_text(f"{serial}\n")
    (folder / "sound" / f"card{card}").mkdir(parents=True)
    (folder / "sound" / f"card{card}" / "device").symlink_to(interface)


def test_a_card_is_known_by_its_serial_number_wherever_it_is_plugged_in(tmp_path: Path) -> None:
    plug(tmp_path, 1, "1-2", "A-17")
    plug(tmp_path, 2, "1-4", "B-33")
    folder = tmp_path / "sound"
    assert serial_of("ReSpeaker 4 Mic Array: USB Audio (hw:2,0)", folder) == "B-33"
    assert serial_of("ReSpeaker 4 Mic Array: USB Audio (hw:1,0)", folder) == "A-17"


@pytest.mark.parametrize("name", ["pulse", "HDA Intel (hw:0,0)", "USB Audio (hw:3,0)", "USB (hw:x,0)", "(hw:99,0)"])
def test_what_has_no_serial_number_has_none(tmp_path: Path, name: str) -> None:
    plug(tmp_path, 3, "1-5", None)
    assert serial_of(name, tmp_path / "sound") == ""


def test_cards_are_counted_by_their_nodes(tmp_path: Path) -> None:
    for name in ("pcmC0D0p", "pcmC1D0c", "controlC0", "timer"):
        (tmp_path / name).touch()
    assert sound_cards(tmp_path) == {"pcmC0D0p", "pcmC1D0c"}
    assert sound_cards(tmp_path / "none") == frozenset()
