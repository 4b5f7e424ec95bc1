"""Reads the command line: what cannot be understood is an error like every other, with a code and a fix."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, overload

from greenroom.errors import UsageError

MAX_SHOWN = 80
"""Characters of what was typed that come back in a message."""
_OF_ONE = re.compile(r"argument ([^:]*): (.*)", re.DOTALL)
_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL)


class Parser(argparse.ArgumentParser):
    """Raises ``UsageError`` where its base prints how to use it and ends the process."""

    def error(self, message: str) -> NoReturn:
        name, said = _split(message)
        choice = _CHOICE.fullmatch(said)
        if choice is None:
            raise UsageError(_line(f"{name}: {said}" if name else said), fix=f"see {self.prog} --help")
        typed, known = choice[1], re.findall(r"'([^']*)'", choice[2])
        what = f"{name}: there is no `{_line(typed)}`" if name.startswith("-") else f"there is no `{_line(typed)}` here"
        raise UsageError(what, fix=_near(typed, known) or f"known: {', '.join(known)}")

    @overload  # type: ignore[override]
    def parse_known_args(self, args: Sequence[str] | None = ..., namespace: None = ...,
                         ) -> tuple[argparse.Namespace, list[str]]: ...
    @overload
    def parse_known_args(self, args: Sequence[str] | None, namespace: argparse.Namespace,
                         ) -> tuple[argparse.Namespace, list[str]]: ...

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None,
                         ) -> tuple[argparse.Namespace, list[str]]:
        """Every command sees to its own words, so that its own options are named."""
        found, left = super().parse_known_args(args, namespace)
        if left:
            word = left[0].partition("=")[0]
            options = [name for name in self._option_string_actions if name.startswith("--")]
            what = "option" if word.startswith("-") else "argument"
            raise UsageError(f"{self.prog} knows no {what} `{_line(word)}`",
                             fix=_near(word, options) or f"see {self.prog} --help")
        return found, left


def number(kind: type[int | float], least: float = -math.inf, most: float = math.inf) -> Callable[[str], float]:
    """Reads a number within limits, for ``add_argument``; whole ones for ``int``."""

    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            found = kind(text)
            if least <= found <= most and math.isfinite(found):
                return found
        what = "whole number" if kind is int else "number"
        limits = (f" from {least:g}" if math.isfinite(least) else "") + (f" to {most:,.0f}" if math.isfinite(most) else
                                                                         " up" if math.isfinite(least) else "")
        raise argparse.ArgumentTypeError(f"`{_line(text)}` is no {what}{limits}")

    return read


def _split(message: str) -> tuple[str, str]:
    """The argument that a message of the library is about, empty for none, and what it says."""
    of_one = _OF_ONE.fullmatch(message)
    return ("", message) if of_one is None else (of_one[1], of_one[2])


def _near(typed: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(typed, known, n=1)
    return f"did you mean `{near[0]}`?" if near else ""


def _line(text: str) -> str:
    """One line, and no long one."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}\u2026"
