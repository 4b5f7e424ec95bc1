from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import EngineError
from greenroom.language.grammar import MAX_CHARACTERS, grammar_of
from language.schemas import Case, cases

SENTENCES = {"type": "array", "items": {"enum": [1, 2, 3]}, "maxItems": 2}


def test_a_reading_of_sentence_numbers_is_a_rule_without_white_space() -> None:
    grammar = grammar_of({"type": "object", "properties": {"situation": SENTENCES}, "required": ["situation"]})
    assert grammar.splitlines() == [
        r'root ::= "{" "\"situation\":" "[" (r0 ("," r0){0,1})? "]" "}"',
        r'r0 ::= ("1" | "2" | "3")',
    ]


def test_different_sentences_come_in_their_order() -> None:
    grammar = grammar_of({**SENTENCES, "uniqueItems": True, "maxItems": 1})
    assert grammar.splitlines()[0] == 'root ::= "[" r0-0-0 "]"'
    assert 'r0-2-0 ::= "3" r0-3-1 | r0-3-0' in grammar.splitlines()


def test_quotes_in_an_enumeration_are_quoted_twice() -> None:
    assert grammar_of({"const": 'a "b" \\'}) == r'root ::= ("\"a \\\"b\\\" \\\\\"")'


@pytest.mark.parametrize("schema", [
    {},
    {"type": "number"},
    {"type": "string"},
    {"type": "string", "maxLength": 3, "pattern": "^a$"},
    {"type": "string", "minLength": 3, "maxLength": 2},
    {"type": "array", "items": {"enum": [1]}},
    {"type": "array", "maxItems": 2},
    {"type": "array", "items": {"type": "boolean"}, "maxItems": 2, "uniqueItems": True},
    {"type": "array", "items": {"enum": [1, 1]}, "minItems": 2, "maxItems": 2, "uniqueItems": True},
    {"type": "integer", "minimum": 0},
    {"type": "integer", "minimum": 0, "maximum": 5000},
    {"type": "integer", "minimum": True, "maximum": 5},
    {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["b"]},
    {"type": "object", "properties": 3},
    {"type": "object", "patternProperties": {}},
    {"$ref": "#"},
    {"enum": []},
    {"enum": [float("nan")]},
    {"enum": "abc"},
    {"anyOf": []},
    {"anyOf": [3]},
])  # fmt: skip
def test_what_has_no_bound_or_is_not_understood_is_refused_and_not_repeated(schema: dict[str, object]) -> None:
    with pytest.raises(EngineError) as caught:
        grammar_of(schema)
    assert caught.value.fix
    assert "abc" not in str(caught.value)


def test_a_grammar_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(EngineError, match="characters"):
        grammar_of({"enum": ["x" * MAX_CHARACTERS]})


@given(cases())
def test_every_bounded_schema_has_a_grammar_that_names_only_its_own_rules(case: Case) -> None:
    lines = grammar_of(case.schema).splitlines()
    names = [line.split(" ::= ")[0] for line in lines]
    assert names[0] == "root"
    assert len(set(names)) == len(names)


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.integers()), max_size=4))
def test_whatever_comes_as_a_schema_gives_a_grammar_or_an_error_of_ours(schema: dict[str, object]) -> None:
    with contextlib.suppress(EngineError):
        assert grammar_of({"type": "object", "properties": {}, **schema})
