"""``greenroom packs``: which question packs there are, and what is wrong with one of one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from greenroom.errors import SettingsError
from greenroom.interview.pack_lines import line_of
from greenroom.interview.questions import load_packs, pack_files, pack_text, parse_pack
from greenroom.records import QuestionPack
from greenroom.settings import Settings


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    packs = commands.add_parser(
        "packs", help="list the question packs, or check one of your own",
        description="Lists the packs that come with the booth and those of interview.packs_dir. With --check it reads "
        "a pack, or every .toml of a folder, and names file, line and field of what is wrong, one line a file.")
    packs.add_argument("--check", type=Path, metavar="FILE|DIR", help="a pack, or a folder of packs")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """The exit status: 2 when a pack is malformed. Raises ``SettingsError`` for a malformed pack of the booth's."""
    if options.check is not None:
        return _check(options.check)
    _list(settings)
    return 0


def _check(path: Path) -> int:
    files = pack_files(path) if path.is_dir() else (path,)
    if not files:
        raise SettingsError(f"{path} has no question packs", fix="name a .toml file, or a folder with some")
    status, roles = 0, {pack.role: "a pack of the booth" for pack in load_packs().values()}
    for file in files:
        try:
            pack = _checked(file, roles)
        except SettingsError as error:
            sys.stderr.write(f"greenroom: {error}\n")
            status = error.exit_status
        else:
            roles[pack.role] = str(file)
            print(f"{file}: {pack.title}, {len(pack.questions)} questions, {len(pack.competencies)} competencies")
    return status


def _checked(file: Path, roles: Mapping[str, str]) -> QuestionPack:
    text = pack_text(file)
    pack = parse_pack(str(file), text)
    if pack.role in roles:
        raise SettingsError(
            f"question pack {file}, line {line_of(text, 'role')}: role: `{pack.role}` is that of {roles[pack.role]}",
            fix="give every pack its own role")
    return pack


def _list(settings: Settings) -> None:
    from rich.console import Console
    from rich.table import Table

    shipped, own = load_packs(), settings.interview.packs_dir
    table = Table("role", "title", "questions", "competencies", "where", box=None, pad_edge=False)
    for pack in load_packs(own).values():
        where = "comes with the booth" if pack.role in shipped else str(own)
        table.add_row(pack.role, pack.title, str(len(pack.questions)), str(len(pack.competencies)), where)
    Console(highlight=False).print(table)
