from __future__ import annotations

import numpy as np
import pytest

from greenroom.hearing import sound_kinds
from greenroom.hearing.sound_kinds import FIRST_CLASSES
from greenroom.records import SoundShare

LABELS = [label for label, _ in FIRST_CLASSES]


def test_every_class_is_of_the_kind_of_the_entry_before_it() -> None:
    kinds = sound_kinds.kinds_of([LABELS[0], "Whispering", *LABELS[1:], "the last"])
    assert kinds == ("speech", "speech", *(kind for _, kind in FIRST_CLASSES[1:]), "")


@pytest.mark.parametrize("labels", [LABELS[1:], [*LABELS[1:], LABELS[0]], []])
def test_another_list_is_refused(labels: list[str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        sound_kinds.kinds_of(labels)


def test_a_window_is_of_the_kind_of_its_best_class() -> None:
    scores = np.array([0.2, 0.7, 0.5], np.float32)
    assert sound_kinds.kind_of_window(scores, ("music", "machine", "music")) == "machine"


def test_a_window_in_which_nothing_is_heard_clearly_has_no_kind() -> None:
    assert sound_kinds.kind_of_window(np.array([0.09, 0.05], np.float32), ("music", "machine")) == ""


def test_shares_are_of_all_windows_the_largest_first() -> None:
    found = sound_kinds.shares(["machine", "music", "music", ""])
    assert found == (SoundShare(kind="music", share=0.5), SoundShare(kind="machine", share=0.25))


def test_silence_has_no_shares() -> None:
    assert sound_kinds.shares(["", ""]) == sound_kinds.shares([]) == ()
