"""Documents in memory: few, for a while, and for those who know their id."""

from __future__ import annotations

import pytest

from greenroom.documents.shelf import HELD_S, MAX_HELD, Shelf
from greenroom.errors import NotFound
from greenroom.records import DocumentText


def text(name: str) -> DocumentText:
    return DocumentText(kind="job", name=name, lines=())


class Time:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_documents_are_found_in_the_order_asked() -> None:
    shelf = Shelf(Time())
    first, second = shelf.put(text("a")), shelf.put(text("b"))
    assert [found.name for found in shelf.find((second, first))] == ["b", "a"]
    assert first != second


def test_a_document_is_gone_after_a_while_and_when_the_candidate_leaves() -> None:
    time = Time()
    shelf = Shelf(time)
    name = shelf.put(text("a"))
    time.now_s += HELD_S - 1
    assert shelf.find((name,))
    time.now_s += 1
    shelf.tidy()
    assert len(shelf) == 0
    name = shelf.put(text("b"))
    shelf.clear()
    with pytest.raises(NotFound, match="not here any more"):
        shelf.find((name,))


def test_one_more_than_fits_pushes_out_the_oldest() -> None:
    shelf = Shelf(Time())
    names = [shelf.put(text(str(n))) for n in range(MAX_HELD + 1)]
    assert len(shelf) == MAX_HELD
    with pytest.raises(NotFound):
        shelf.find((names[0],))
    assert shelf.find(tuple(names[1:]))


def test_a_document_can_be_dropped_once() -> None:
    shelf = Shelf(Time())
    name = shelf.put(text("a"))
    shelf.drop(name)
    with pytest.raises(NotFound):
        shelf.drop(name)


def test_kinds_that_were_not_asked_for_are_told() -> None:
    shelf = Shelf(Time())
    assert shelf.others(()) == ()
    first = shelf.put(text("a"))
    assert shelf.others(()) == ("job",)
    shelf.put(text("the same, sent before"))
    assert shelf.others((first,)) == ()
