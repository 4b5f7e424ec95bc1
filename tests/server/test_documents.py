"""Job descriptions and CVs over HTTP: what comes back, who may, what is refused."""

from __future__ import annotations

import aiohttp

from greenroom.errors import CommandRefused, DocumentEmpty
from server.booth import Running, run, running
from server.test_http import Answer, ask

JOB = "About the role\n\nExperience with PostgreSQL\nAbility to explain decisions to customers\n"


async def post(booth: Running, data: object, query: str = "kind=job", role: str = "phone") -> Answer:
    return await ask(f"{booth.url}/api/v1/documents?role={role}&{query}", "POST", data=data)


def test_a_text_is_answered_with_its_lines_and_what_may_be_asked() -> None:
    async def test() -> None:
        async with running() as booth:
            answer = await post(booth, JOB.encode(), "kind=job&name=job.txt&practise=software")
            assert answer.status == 201
            found = answer.json
            assert [line["number"] for line in found["lines"]] == [1, 3, 4]
            assert found["terms"] == ["PostgreSQL"]
            assert {question["line"] for question in found["questions"]} == {3, 4}
            assert (found["kind"], found["name"], found["role"]) == ("job", "job.txt", "software")
            assert booth.booth.shelf.find((found["document"],))
            assert not list(booth.server.uploads.glob("*"))

    run(test())


def test_a_form_may_be_sent_too() -> None:
    async def test() -> None:
        async with running() as booth:
            form = aiohttp.FormData({"kind": "cv"})
            form.add_field("file", b"Trained four new colleagues", filename="my-cv.txt")
            answer = await post(booth, form, "")
            assert (answer.status, answer.json["name"], answer.json["kind"]) == (201, "my-cv.txt", "cv")

    run(test())


def test_a_text_that_was_pasted_has_a_name_in_messages() -> None:
    async def test() -> None:
        async with running() as booth:
            assert (await post(booth, JOB.encode())).json["name"] == "the job description"

    run(test())


def test_a_document_can_be_dropped() -> None:
    async def test() -> None:
        async with running() as booth:
            held = (await post(booth, JOB.encode())).json["document"]
            address = f"{booth.url}/api/v1/documents/{held}?role=phone"
            assert (await ask(address, "DELETE")).status == 200
            assert (await ask(address, "DELETE")).json["code"] == "not-found"

    run(test())


def test_what_is_no_document_is_refused_with_a_code_and_a_fix() -> None:
    async def test() -> None:
        async with running() as booth:
            for data, query, status, code in (
                (JOB.encode(), "kind=letter", 400, "protocol"), (JOB.encode(), "", 400, "protocol"),
                (b"", "kind=job", 422, "document-empty"), (b"\xff\xff", "kind=job", 422, "document"),
                (b"PK\x03\x04", "kind=cv", 422, "document"), (b"x" * (2**21 + 1), "kind=cv", 413, "document-too-long"),
                (b"word " * 9_000, "kind=cv", 413, "document-too-long"),
            ):
                answer = await post(booth, data, query)
                assert (answer.status, answer.json["code"]) == (status, code), data[:20]
                assert answer.json["fix"]
                assert not list(booth.server.uploads.glob("*"))

    run(test())


def test_once_the_interview_has_begun_no_document_is_read() -> None:
    async def test() -> None:
        async with running() as booth:
            held, empty = CommandRefused("an interview is held here"), DocumentEmpty("no text")
            for refusal, status in ((held, 409), (empty, 422)):
                booth.booth.refusal = refusal
                answer = await post(booth, JOB.encode())
                assert (answer.status, answer.json["code"]) == (status, refusal.code)

    run(test())


def test_who_only_looks_hands_in_no_document() -> None:
    async def test() -> None:
        async with running() as booth:
            assert (await post(booth, JOB.encode(), role="viewer")).status == 403
            assert (await post(booth, JOB.encode(), role="kiosk")).status == 201

    run(test())
