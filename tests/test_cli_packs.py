"""``greenroom packs``: what there is, and where one of one's own is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom import cli
from greenroom.errors import SettingsError
from greenroom.interview.pack_lines import line_of
from greenroom.interview.questions import load_packs

SHIPPED = Path(__file__).parents[1] / "daemon/greenroom/interview/packs"
RETAIL = (SHIPPED / "retail.toml").read_text()


def mine(folder: Path, name: str = "library.toml", **changes: str) -> Path:
    text = RETAIL.replace('role = "retail"', f'role = "{Path(name).stem}"')
    for old, new in changes.items():
        text = text.replace(old, new, 1)
    path = folder / name
    path.write_text(text)
    return path


def checked(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.run(["packs", "--check", str(path)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_pack_of_ones_own_stands_beside_the_others(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    mine(tmp_path)
    assert set(load_packs(tmp_path)) == {*load_packs(), "library"}
    monkeypatch.setenv("GREENROOM_INTERVIEW_PACKS_DIR", str(tmp_path))
    assert cli.run(["packs"]) == 0
    listed = capsys.readouterr().out
    assert "library" in listed
    assert "graduate" in listed


def test_a_good_pack_is_told_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = checked(mine(tmp_path), capsys)
    assert (status, err) == (0, "")
    assert "11 questions" in out


@pytest.mark.parametrize(("old", "new", "field"), [
    ('kind = "behavioural"', 'kind = "behavoural"', ".kind"), ("suggested_s = ", "suggested_s = 9", "suggested_s"),
    ('competency = "', 'competency = "no-', ".competency"), ("title = ", "titel = ", "title"),
])  # fmt: skip
def test_a_fault_is_named_by_file_line_and_field(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, field: str) -> None:
    path = mine(tmp_path, **{old: new})
    status, _, err = checked(path, capsys)
    assert status == 2
    assert err.startswith(f"greenroom: settings: question pack {path}, line ")
    line = int(err.split(", line ")[1].split(":")[0])
    assert field in err
    if old != "title = ":
        assert new in path.read_text().splitlines()[line - 1]


def test_every_pack_of_a_folder_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine(tmp_path, "good.toml")
    (tmp_path / "broken.toml").write_text('id = "x')
    (tmp_path / "latin.toml").write_bytes("id = 'x'\ntitle = 'Grüße'".encode("latin-1"))
    (tmp_path / "twice.toml").write_text(RETAIL)
    (tmp_path / "note.txt").write_text("no pack")
    status, out, err = checked(tmp_path, capsys)
    assert status == 2
    assert out.count("\n") == 1
    for part in ("broken.toml is not TOML", "latin.toml, line 2", "`retail` is that of"):
        assert part in err


def test_a_booth_says_at_once_what_is_wrong_with_its_packs(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no folder of question packs") as caught:
        load_packs(tmp_path / "none")
    assert "packs_dir" in caught.value.fix
    mine(tmp_path, "copy.toml")
    (tmp_path / "copy2.toml").write_text((tmp_path / "copy.toml").read_text())
    with pytest.raises(SettingsError, match=r"copy2\.toml, line 2: role: `copy` has a pack already"):
        load_packs(tmp_path)


def test_lines_are_found_by_table_and_key() -> None:
    text = 'id = "a"\n\n[[questions]]\nid = "one"\n\n[[questions]]\nid = "two"\nfollow_ups = [\n  { id = "x" },\n]\n'
    assert [line_of(text, path) for path in ("id", "questions[0].id", "questions[1].id", "questions[1].text",
                                             "questions[1].follow_ups[0].id", "nothing")] == [1, 4, 7, 6, 9, 1]
