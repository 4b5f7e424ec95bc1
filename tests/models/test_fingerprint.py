"""Fingerprints of weights are read bit by bit, once, and again when the file is another."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from greenroom.models import fingerprint
from greenroom.models.fingerprint import Fingerprint


def test_a_file_is_read_in_parts_and_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "PART_BYTES", 100)
    path = tmp_path / "x.gguf"
    path.write_bytes(bytes(950))
    one = Fingerprint(path)
    assert one.sha256 == ""
    assert len(list(one.parts())) == 10
    assert one.sha256 == hashlib.sha256(bytes(950)).hexdigest()
    assert list(one.parts()) == []


def test_what_took_the_place_of_the_file_that_was_loaded_is_not_named_for_it(tmp_path: Path) -> None:
    path, other = tmp_path / "x.gguf", tmp_path / "y.gguf"
    path.write_bytes(b"one")
    other.write_bytes(b"two")
    one = Fingerprint(path)
    other.replace(path)
    assert list(one.parts()) == []
    assert one.sha256 == ""


def test_what_was_read_before_the_file_was_replaced_stays_true(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(b"one")
    one = Fingerprint(path)
    list(one.parts())
    path.write_bytes(b"other")
    list(one.parts())
    assert one.sha256 == hashlib.sha256(b"one").hexdigest()


def test_a_file_that_changes_meanwhile_or_is_gone_has_none(tmp_path: Path) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(b"one")
    one = Fingerprint(path)
    for _ in one.parts():
        path.write_bytes(b"longer")
    assert one.sha256 == ""
    path.unlink()
    assert list(one.parts()) == []
    assert Fingerprint(path).sha256 == ""
