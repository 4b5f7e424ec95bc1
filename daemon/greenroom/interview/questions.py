"""Question packs as data."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from greenroom.errors import SettingsError
from greenroom.interview import own_questions
from greenroom.interview.pack_lines import line_of
from greenroom.records import MAX_QUESTION_CHARS, Competency, FollowUpHook, Question, QuestionPack, Record, SetUp

MIN_QUESTIONS = 8
MINUTES = (3, 60)
"""The shortest interview that has a question and its answer, and the longest that anybody sits through."""
MAX_OWN_PACKS, MAX_PACK_BYTES = 40, 512 * 2**10
"""Those that come with the booth have 10 to 20 kB."""
MAX_DOCUMENTS, MAX_ASKED = 2, 400
MAX_ANCHOR, MAX_HINT = 320, 200
"""Characters of an anchored example, which is read, and of a hint, which is said."""
MAX_TERMS, MAX_TERM = 30, 40
"""Terms of a pack, and characters of one: they fit into the 223 tokens that faster-whisper takes as hot words."""
CHECK_SENTENCE = "Hello, this is my voice, and I am ready for the interview."
"""What the candidate reads aloud at the sensor check: four seconds from which the recogniser learns the voice."""


def parse_pack(name: str, text: str) -> QuestionPack:
    """A pack from the TOML text of the file ``name``. Raises ``SettingsError`` naming file, line, path and fault."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"question pack {name} is not TOML: {error}", fix="correct the line it names") from error
    try:
        pack = msgspec.convert(raw, QuestionPack)
    except msgspec.ValidationError as error:
        _, _, path = str(error).partition(" - at `$")
        line = line_of(text, path.strip("`."))
        message = f"question pack {name}, line {line}: {str(error).replace('`$.', '`')}"
        raise SettingsError(message, fix="compare with the packs that come with the booth") from error
    for path, fault in [*_unknown_keys(raw), *_faults(pack)]:
        message = f"question pack {name}, line {line_of(text, path)}: {path}: {fault}"
        raise SettingsError(message, fix="correct the entry it names")
    return pack


def load_packs(own: Path | None = None) -> dict[str, QuestionPack]:
    """The packs that come with the booth and those of the folder ``own``, by role. Raises ``SettingsError`` when one is
    malformed, or has the role of another."""
    packs: dict[str, QuestionPack] = {}
    folder = resources.files("greenroom.interview") / "packs"
    shipped = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    for entry in sorted(shipped, key=lambda e: e.name):
        _add(packs, entry.name, entry.read_text(encoding="utf-8"))
    for path in pack_files(own) if own is not None else ():
        _add(packs, str(path), pack_text(path))
    return packs


def pack_files(folder: Path) -> tuple[Path, ...]:
    """The TOML files of a folder of packs. Raises ``SettingsError`` when there is no such folder, or too many of them.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except OSError as error:
        raise SettingsError(f"{folder} is no folder of question packs: {error.strerror}",
                            fix="correct interview.packs_dir") from error
    if len(found) > MAX_OWN_PACKS:
        raise SettingsError(f"{folder} has {len(found)} question packs", fix=f"keep at most {MAX_OWN_PACKS} there")
    return tuple(found)


def pack_text(path: Path) -> str:
    """What a file of a pack holds. Raises ``SettingsError``."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PACK_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"question pack {path} cannot be read: {error.strerror}",
                            fix="give a file that may be read") from error
    if len(data) > MAX_PACK_BYTES:
        raise SettingsError(f"question pack {path} has more than {MAX_PACK_BYTES // 2**10} kB", fix="make two of it")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(f"question pack {path}, line {line}: this is no UTF-8", fix="save it as UTF-8") from error


def _add(packs: dict[str, QuestionPack], name: str, text: str) -> None:
    pack = parse_pack(name, text)
    if pack.role in packs:
        message = f"question pack {name}, line {line_of(text, 'role')}: role: `{pack.role}` has a pack already"
        raise SettingsError(message, fix="give every pack its own role")
    packs[pack.role] = pack


def check_set_up(set_up: SetUp, packs: Mapping[str, QuestionPack]) -> QuestionPack:
    """The pack for an interview. Raises ``SettingsError`` when there is none, or when what was chosen is out
    of range; own questions are named by their number."""
    pack = packs.get(set_up.role)
    if pack is None:
        raise SettingsError(f"there is no question pack for `{set_up.role}`", fix=f"known: {', '.join(packs)}")
    if not 1 <= set_up.questions <= len(pack.questions):
        message = f"{set_up.questions} questions asked for, pack `{pack.id}` has {len(pack.questions)}"
        raise SettingsError(message, fix=f"choose 1 to {len(pack.questions)}")
    least, most = MINUTES
    if set_up.minutes is not None and not least <= set_up.minutes <= most:
        raise SettingsError(f"an interview of {set_up.minutes} minutes asked for", fix=f"choose {least} to {most}")
    if len(set_up.documents) > MAX_DOCUMENTS:
        raise SettingsError(f"{len(set_up.documents)} documents", fix="send one job description and one CV")
    if len(set_up.asked) > MAX_ASKED:
        raise SettingsError(f"{len(set_up.asked)} questions that were asked before", fix=f"send the last {MAX_ASKED}")
    own_questions.check(set_up.questions_own)
    return pack


def _unknown_keys(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Keys that no struct has: a misspelt optional key would be lost without a word."""
    found = _strangers("", raw, QuestionPack)
    for n, question in enumerate(raw["questions"]):
        path = f"questions[{n}]."
        found += _strangers(path, question, Question)
        for k, hook in enumerate(question.get("follow_ups", ())):
            found += _strangers(f"{path}follow_ups[{k}].", hook, FollowUpHook)
    for n, competency in enumerate(raw["competencies"]):
        found += _strangers(f"competencies[{n}].", competency, Competency)
    return found


def _strangers(path: str, table: dict[str, Any], kind: type[Record]) -> list[tuple[str, str]]:
    known = {field.name for field in msgspec.structs.fields(kind)}
    return [(f"{path}{key}", f"is no key; known: {', '.join(sorted(known))}") for key in table if key not in known]


def _faults(pack: QuestionPack) -> list[tuple[str, str]]:
    faults = [(key, "is empty") for key in ("id", "role", "title") if not getattr(pack, key).strip()]
    if len(pack.questions) < MIN_QUESTIONS:
        faults.append(("questions", f"has {len(pack.questions)} entries, at least {MIN_QUESTIONS} are needed"))
    faults += [("questions", f"two have the id `{i}`") for i in _twice([q.id for q in pack.questions])]
    if len(pack.terms) > MAX_TERMS:
        faults.append(("terms", f"has {len(pack.terms)} entries, at most {MAX_TERMS} are allowed"))
    faults += [(f"terms[{n}]", f"is empty, or has over {MAX_TERM} characters")
               for n, term in enumerate(pack.terms) if not 1 <= len(term.strip()) <= MAX_TERM]
    known = [competency.id for competency in pack.competencies]
    faults += [("competencies", f"two have the id `{i}`") for i in _twice(known)]
    for n, competency in enumerate(pack.competencies):
        path = f"competencies[{n}]"
        faults += [(f"{path}.{key}", "is empty") for key in ("id", "title") if not getattr(competency, key).strip()]
        for k, anchor in enumerate(competency.anchors):
            faults += _length_faults(f"{path}.anchors[{k}]", anchor, MAX_ANCHOR)
    for n, question in enumerate(pack.questions):
        path = f"questions[{n}]"
        if question.source is not None:
            faults.append((f"{path}.source", "is for questions that are made from a document"))
        faults += _text_faults(path, question.id, question.text)
        if question.competency not in known:
            faults.append((f"{path}.competency", f"`{question.competency}` is none of the pack's: {', '.join(known)}"))
        if question.rephrased:
            faults += _length_faults(f"{path}.rephrased", question.rephrased, MAX_QUESTION_CHARS)
        if question.hint:
            faults += _length_faults(f"{path}.hint", question.hint, MAX_HINT)
        if not 10.0 <= question.suggested_s <= 600.0:
            faults.append((f"{path}.suggested_s", "is not between 10 and 600 seconds"))
        hook_ids = [hook.id for hook in question.follow_ups]
        faults += [(f"{path}.follow_ups", f"two have the id `{i}`") for i in _twice(hook_ids)]
        for k, hook in enumerate(question.follow_ups):
            faults += _text_faults(f"{path}.follow_ups[{k}]", hook.id, hook.text)
    return faults


def _text_faults(path: str, identifier: str, text: str) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if not identifier or ":" in identifier or identifier != identifier.strip():
        faults.append((f"{path}.id", "is empty, or holds a colon or outer spaces"))
    return [*faults, *_length_faults(f"{path}.text", text, MAX_QUESTION_CHARS)]


def _length_faults(path: str, text: str, most: int) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if not text.strip():
        faults.append((path, "is empty"))
    if len(text) > most:
        faults.append((path, f"has {len(text)} characters, at most {most} are allowed"))
    return faults


def _twice(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
