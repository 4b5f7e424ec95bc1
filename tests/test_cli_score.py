"""``greenroom score`` as a user starts it, within this process."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from greenroom import cli
from greenroom.reports.scored import json_schema

FOLDER = Path(__file__).parent / "interview" / "answers"
TEXTS = json.loads((FOLDER / "tuning.json").read_text())


@pytest.fixture(autouse=True)
def without_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GREENROOM_BOOTH_MODELS_DIR", str(tmp_path / "models"))


def scored(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert cli.run(["score", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_json_is_alone_on_standard_output_with_bands_evidence_and_readers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([{"question": one["question"], "answer": one["answer"]} for one in TEXTS[:4]]))
    found = scored(capsys, str(file))
    assert (found["schema"], found["schema_version"]) == ("greenroom-score", 1)
    assert len(found["scores"]) == 4
    for one, text in zip(found["scores"], TEXTS[:4], strict=True):
        assert not one["refused"]
        assert set(one["bands"]) == {"structure", "specificity", "relevance", "reasoning", "reflection"}
        assert all(1 <= band <= 5 for band in one["bands"].values())
        for evidence in one["evidence"]:
            assert text["answer"][evidence["start"] : evidence["end"]] == evidence["text"]
        assert one["readers"] == ["rules 2", "relevance by words"]


def test_the_same_file_is_scored_the_same_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"question": TEXTS[5]["question"], "answer": TEXTS[5]["answer"]}))
    assert scored(capsys, str(file)) == scored(capsys, str(file), "--by-words")


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given = io.TextIOWrapper(io.BytesIO(json.dumps({"question": "Why?", "answer": "Fine."}).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    (one,) = scored(capsys, "-")["scores"]
    assert (one["refused"], one["reason"], one["band"], one["bands"]) == (True, "too_short", None, {})


def test_without_json_people_read_bands_reasons_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([{"question": TEXTS[9]["question"], "answer": TEXTS[9]["answer"]},
                                {"question": "Why?", "answer": "Fine."}]))
    assert cli.run(["score", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "of 5" in shown
    assert "not scored (too_short)" in shown
    assert "Read by:" in shown


def test_the_schema_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["score", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize(("arguments", "code"), [(["/nowhere.json"], "score-input"), ([], "settings")])
def test_what_cannot_be_scored_is_one_line_with_code_and_fix(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["score", *arguments]) != 0
    said = capsys.readouterr().err
    assert said.startswith(f"greenroom: {code}: ")
    assert "Fix: " in said
