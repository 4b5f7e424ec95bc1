"""``greenroom score``: the rubric on answers that were given elsewhere."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from greenroom.errors import ScoreInputError, SettingsError
from greenroom.settings import Settings

if TYPE_CHECKING:
    from greenroom.records import AnswerToScore
    from greenroom.reports.scored import ScoredAnswer
    from greenroom.scores import AnswerScore

MAX_BYTES = 64 * 2**20
BY_WORDS = "by-words"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    score = commands.add_parser(
        "score", help="band written or recognised answers, or refuse them with the reason",
        description="Scores answers with the booth's own rubric, without a booth. FILE is JSON, - is standard input: "
        '{"question": "...", "answer": "..."} or a list of such objects; kind (behavioural, situational, technical, '
        "motivation), role and words with times (text, start_s, end_s, certainty) may be added. Prints a table, or "
        "with --json the whole result and nothing else.")
    score.add_argument("file", nargs="?", help="the answers, or -")
    score.add_argument("--json", action="store_true", help="print JSON to standard output, and nothing else there")
    score.add_argument(f"--{BY_WORDS}", action="store_true",
                       help="judge relevance by words alone, also where the encoder of meanings is installed")
    score.add_argument("--read-with-model", action="store_true",
                       help="have the settings' language model point at sentences, too: seconds to minutes each")
    score.add_argument("--schema", action="store_true", help="print the JSON schema of --json")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """The exit status. Raises ``ScoreInputError`` and ``SettingsError``."""
    from greenroom.reports import scored, to_score

    if options.schema:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(scored.json_schema())).decode() + "\n")
        return 0
    if options.file is None:
        raise SettingsError("no file was named", fix="greenroom score FILE, or - for standard input")
    name = "standard input" if options.file == "-" else options.file
    answers = to_score.parse(_data(options.file), name)
    found = scored.scores(_graded(answers, settings, by_words=options.by_words, deeply=options.read_with_model))
    if options.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        _print(answers, found.scores)
    return 0


def _data(file: str) -> bytes:
    try:
        data = sys.stdin.buffer.read(MAX_BYTES + 1) if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise ScoreInputError(f"{file} cannot be read: {error.strerror}", fix="give a file that may be read") from error
    if len(data) > MAX_BYTES:
        raise ScoreInputError(f"{file} has more than {MAX_BYTES // 2**20} MiB", fix="score fewer answers at once")
    return data


def _graded(answers: tuple[AnswerToScore, ...], settings: Settings, *, by_words: bool,
            deeply: bool) -> tuple[AnswerScore, ...]:
    from rich.console import Console
    from rich.progress import track

    from greenroom.workers.graders import load_grader, load_reader

    grader = load_grader(settings, reader=load_reader(settings) if deeply else None, by_words=by_words)
    is_quick = len(answers) < 5 and not deeply
    some = track(answers, "reading", console=Console(stderr=True), transient=True, disable=is_quick)
    return tuple(grader.grade(answer) for answer in some)


def _reasoned(score: ScoredAnswer) -> str:
    return f"{score.certainty}: {score.doubt}" if score.doubt else str(score.certainty)


def _print(answers: tuple[AnswerToScore, ...], found: tuple[ScoredAnswer, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    for answer, score in zip(answers, found, strict=True):
        console.print(answer.question, style="bold", markup=False)
        if score.refused:
            console.print(f"  not scored ({score.reason}): {score.explanation}", markup=False)
            continue
        console.print(f"  band {score.band} of 5, {score.rating} (certainty {_reasoned(score)}): {score.explanation}",
                      markup=False)
        table = Table("", "band", "certainty", "counted", box=None, pad_edge=False)
        for criterion, one in score.criteria.items():
            counted = f"{one.formula}; {one.doubt}" if one.doubt else one.formula
            table.add_row(f"  {criterion}", str(one.band), one.certainty, counted)
        console.print(table)
        console.print(f"  Strength: {score.strength}", markup=False)
        if score.next_step:
            console.print(f"  Next: {score.next_step}", markup=False)
    readers = sorted({reader for score in found for reader in score.readers})
    console.print(f"Read by: {', '.join(readers)}. Evidence: --json.", markup=False)
