from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.errors import LanguageModelInvalid
from greenroom.language.chat_format import DONE, FORMS, Part, asked, bare, part
from greenroom.language.obeying import obeys
from greenroom.ports import Message, TokenUse
from language.schemas import Case, cases

HELLO = [Message("system", "Be brief."), Message("user", "Hello.")]


def event(**choice: object) -> str:
    return json.dumps({"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]})


def test_a_conversation_is_asked_for_as_a_seeded_stream() -> None:
    body = asked("m", HELLO, max_tokens=60, seed=7)
    assert body["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello."}]
    assert (body["model"], body["max_tokens"], body["seed"], body["stream"]) == ("m", 60, 7, True)
    assert "response_format" not in body


def test_a_model_that_is_not_named_is_the_servers_choice() -> None:
    assert "model" not in asked("", HELLO, max_tokens=60, seed=7)


def test_a_reading_is_greedy_and_asks_for_json_in_ever_plainer_ways() -> None:
    schema = {"type": "boolean"}
    bodies = [asked("", HELLO, max_tokens=9, seed=0, schema=schema, form=form) for form in FORMS]
    assert {body["temperature"] for body in bodies} == {0.0}
    assert bodies[0]["response_format"]["json_schema"]["schema"] == schema
    assert bodies[1]["response_format"] == {"type": "json_object", "schema": schema}
    assert "response_format" not in bodies[2]
    assert json.dumps(schema) in bodies[2]["messages"][-1]["content"]
    assert len(HELLO) == len(bodies[0]["messages"])


@pytest.mark.parametrize(("data", "meaning"), [
    (event(delta={"content": "Hello"}), Part("Hello")),
    (event(delta={"role": "assistant"}), Part()),
    (event(delta={"content": None}, finish_reason=None), Part()),
    (event(delta={"reasoning_content": "hm"}), Part()),
    (event(delta={}, finish_reason="length"), Part(end="length")),
    (json.dumps({"choices": []}), Part()),
    (json.dumps({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}}),
     Part(use=TokenUse(9, 0, 3))),
    (json.dumps({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 3,
                                          "prompt_tokens_details": {"cached_tokens": 5}}}),
     Part(use=TokenUse(4, 5, 3))),
    (DONE, Part(end=DONE)),
])  # fmt: skip
def test_an_event_says_what_it_adds(data: str, meaning: Part) -> None:
    assert part(data) == meaning


@pytest.mark.parametrize("data", [
    "", "secret", "[]", "3", '{"choices": "secret"}', event(delta={"content": 3}), event(delta="secret"),
    '{"error": {"message": "secret"}}', "[" * 100_000, '{"choices":[{"delta":{"content":"\\ud800"}}]}x',
])  # fmt: skip
def test_what_is_no_part_of_an_answer_is_an_error_that_does_not_repeat_it(data: str) -> None:
    with pytest.raises(LanguageModelInvalid) as caught:
        part(data)
    assert caught.value.fix
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda inner: st.dictionaries(
    st.sampled_from(["choices", "delta", "content", "usage", "error"]), inner) | st.lists(inner)).map(json.dumps))
def test_whatever_an_event_has_is_understood_or_an_error_of_ours(data: str) -> None:
    with contextlib.suppress(LanguageModelInvalid):
        part(data)


@pytest.mark.parametrize("text", ["[1]", " [1]\n", "```json\n[1]\n```", "```\n[1]\n```\n"])
def test_a_fence_around_json_is_taken_off(text: str) -> None:
    assert bare(text) == "[1]"


# --- obeying ---


@pytest.mark.parametrize(("value", "schema", "is_right"), [
    (1, {"enum": [1, 2]}, True),
    (True, {"enum": [1, 2]}, False),
    (1.0, {"enum": [1, 2]}, False),
    (None, {"const": None}, True),
    ([1, 2], {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 2}, True),
    ([1, 1], {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 2, "uniqueItems": True}, False),
    ([2, 1], {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 2, "uniqueItems": True}, True),
    ([1, 1, 1], {"type": "array", "items": {"enum": [1, 2]}, "maxItems": 2}, False),
    ([], {"type": "array", "items": {"enum": [1, 2]}, "minItems": 1, "maxItems": 2}, False),
    ({"a": True}, {"type": "object", "properties": {"a": {"type": "boolean"}}}, True),
    ({"a": True, "b": 1}, {"type": "object", "properties": {"a": {"type": "boolean"}}}, False),
    ({}, {"type": "object", "properties": {"a": {"type": "boolean"}}}, False),
    ("abc", {"type": "string", "maxLength": 2}, False),
    (True, {"type": "integer", "minimum": 0, "maximum": 5}, False),
    (6, {"type": "integer", "minimum": 0, "maximum": 5}, False),
    ("x", {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 1}]}, True),
    (3, {"type": "number"}, False),
])  # fmt: skip
def test_a_value_obeys_its_schema_or_does_not(value: object, schema: dict[str, object], is_right: bool) -> None:
    assert obeys(value, schema) == is_right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3))


@given(cases(), JSON)
def test_any_value_can_be_held_against_any_schema(case: Case, value: object) -> None:
    assert isinstance(obeys(value, case.schema), bool)
