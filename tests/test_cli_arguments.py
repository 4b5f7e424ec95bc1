"""What is typed wrongly is one line: a code, what is wrong and what to do, and no talk of how to use the command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom import cli
from greenroom.cli_arguments import Parser, number
from greenroom.errors import UsageError


@pytest.mark.parametrize(("arguments", "line"), [
    (["demo", "--minutes", "abc"], "--minutes: `abc` is no whole number Fix: see greenroom demo --help"),
    (["demo", "--port", "70000"],
     "--port: `70000` is no whole number from 1 to 65,535 Fix: see greenroom demo --help"),
    (["demo", "--seed", "-1"],
     "--seed: `-1` is no whole number from 0 to 4,294,967,295 Fix: see greenroom demo --help"),
    (["demo", "--minuets", "5"], "greenroom demo knows no option `--minuets` Fix: did you mean `--minutes`?"),
    (["demo", "--xyzzy=5"], "greenroom demo knows no option `--xyzzy` Fix: see greenroom demo --help"),
    (["demo", "my-cv.pdf"], "greenroom demo knows no argument `my-cv.pdf` Fix: see greenroom demo --help"),
    (["demo", "--room", "boot"], "--room: there is no `boot` Fix: did you mean `booth`?"),
    (["demo", "--job"], "--job: expected one argument Fix: see greenroom demo --help"),
    (["dmeo"], "there is no `dmeo` here Fix: did you mean `demo`?"),
    (["--loud", "demo"], "greenroom knows no option `--loud` Fix: see greenroom --help"),
    (["--quiet"], "the following arguments are required: COMMAND Fix: see greenroom --help"),
    (["bench", "pauze"], "there is no `pauze` here Fix: did you mean `pauses`?"),
    (["bench", "pauses", "--xyzzy", "2"],
     "greenroom bench pauses knows no option `--xyzzy` Fix: see greenroom bench pauses --help"),
    (["devices", "--listen", "long"],
     "--listen: `long` is no number from 0.1 up Fix: see greenroom devices --help"),
    (["analyze", "a.wav", "--channel", "0"],
     "--channel: `0` is no whole number from 1 up Fix: see greenroom analyze --help"),
    (["models", "pull", "--profile", "gpus"], "--profile: there is no `gpus` Fix: did you mean `gpu`?"),
], ids=" ".join)
def test_a_word_that_is_not_understood_is_one_line(
        arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(arguments) == 2
    said = capsys.readouterr()
    assert said.err == f"greenroom: usage: {line}\n"
    assert said.out == ""


@pytest.mark.parametrize("arguments", [["--help"], ["demo", "--help"], ["bench", "echo", "--help"]], ids=" ".join)
def test_help_is_still_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.run(arguments)
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("usage: greenroom")


@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_whatever_is_typed_leads_to_a_namespace_or_to_one_short_line(words: list[str]) -> None:
    parser = Parser(prog="greenroom", add_help=False)
    parser.add_argument("--minutes", type=number(int, 3, 60))
    parser.add_argument("--room", choices=("booth", "office"))
    said = ""
    try:
        parser.parse_args(words)
    except UsageError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 400


@given(st.floats() | st.integers(), st.integers(-5, 5))
def test_a_number_that_is_read_lies_within_its_limits(value: float, least: int) -> None:
    parser = Parser(prog="greenroom")
    parser.add_argument("--length", type=number(float, least, 10))
    try:
        found = parser.parse_args([f"--length={value}"]).length
    except UsageError:
        assert not least <= value <= 10
    else:
        assert least <= found <= 10
