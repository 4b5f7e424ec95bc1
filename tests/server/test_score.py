"""Scores over HTTP: one answer or a list, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from greenroom.errors import CommandRefused
from server.booth import Running, run, running
from server.test_http import Answer, ask

TEXTS = json.loads((Path(__file__).parents[1] / "interview" / "answers" / "tuning.json").read_text())
GOOD = {"question": TEXTS[6]["question"], "answer": TEXTS[6]["answer"]}


async def post(booth: Running, body: Any, role: str = "kiosk") -> Answer:
    return await ask(f"{booth.url}/api/v1/score?role={role}", "POST", json=body)


def test_an_answer_or_a_list_is_answered_with_its_scores() -> None:
    async def test() -> None:
        async with running() as booth:
            one = await post(booth, GOOD)
            assert one.status == 200
            (score,) = one.json["scores"]
            assert set(score) >= {"refused", "reason", "bands", "certainty", "evidence", "explanation"}
            assert score["bands"]["structure"] >= 1
            many = await post(booth, [GOOD, {"question": "Why?", "answer": "Fine."}])
            assert [found["reason"] for found in many.json["scores"]] == [None, "too_short"]
            assert many.json["scores"][0] == score

    run(test())


def test_what_is_no_answer_is_refused_with_a_code() -> None:
    async def test() -> None:
        async with running() as booth:
            for body, status, code in (
                ([], 422, "score-input"), ({"question": " "}, 422, "score-input"), ({"answer": "x"}, 400, "protocol"),
                ({"question": "a", "mood": 1}, 400, "protocol"), (3, 400, "protocol"),
            ):
                answer = await post(booth, body)
                assert (answer.status, answer.json["code"]) == (status, code), body

    run(test())


def test_while_an_interview_runs_nobody_else_is_scored() -> None:
    async def test() -> None:
        async with running() as booth:
            booth.booth.refusal = CommandRefused("an interview runs")
            answer = await post(booth, GOOD)
            assert (answer.status, answer.json["code"]) == (409, "command-refused")

    run(test())


def test_a_phone_may_not_have_answers_scored() -> None:
    async def test() -> None:
        async with running() as booth:
            assert (await post(booth, GOOD, role="phone")).status in (403, 404)

    run(test())
