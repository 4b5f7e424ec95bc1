from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from greenroom import settings
from greenroom.errors import SettingsError
from greenroom.settings import Settings, load, masked


def written(folder: Path, text: str) -> Path:
    path = folder / "booth.toml"
    path.write_text(text)
    return path


def refusal(path: Path | None = None, environ: dict[str, str] | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load(path, environ or {})
    assert caught.value.exit_status == 2
    return caught.value


def test_without_file_and_environment_the_defaults_hold() -> None:
    assert load(environ={}) == Settings()
    assert not load(environ={}).server.lan


def test_the_file_overlays_the_defaults_and_leaves_the_rest(tmp_path: Path) -> None:
    read = load(written(tmp_path, '[interview]\nquestions = 2\nstyle = "cold"\n[booth]\nstate_dir = "/srv/x"\n'), {})
    assert (read.interview.questions, read.interview.style, read.interview.role) == (2, "cold", "graduate")
    assert read.booth.state_dir == Path("/srv/x")


def test_the_environment_overlays_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "[server]\nport = 1000\nlan = false\n")
    environ = {"GREENROOM_SERVER_PORT": "2000", "GREENROOM_SERVER_LAN": "true", "GREENROOM_BOOTH_STATE_DIR": "/srv/y"}
    read = load(path, environ)
    assert (read.server.port, read.server.lan, read.booth.state_dir) == (2000, True, Path("/srv/y"))


@pytest.mark.parametrize(
    ("value", "hosts"), [("a", ("a",)), ("a,b", ("a", "b")), (" a , b,", ("a", "b")), ("", ())]
)
def test_a_list_in_the_environment_has_commas(value: str, hosts: tuple[str, ...]) -> None:
    assert load(environ={"GREENROOM_SERVER_ALLOWED_HOSTS": value}).server.allowed_hosts == hosts


def test_a_pair_of_numbers_in_the_environment_has_a_comma() -> None:
    assert load(environ={"GREENROOM_SERVER_PANEL_MM": "300,200.5"}).server.panel_mm == (300.0, 200.5)
    assert "server.panel_mm" in refusal(environ={"GREENROOM_SERVER_PANEL_MM": "300"}).message


def test_variables_that_name_no_table_are_not_ours() -> None:
    assert load(environ={"GREENROOM_TEST_DATA": "/data", "PATH": "/bin", "SERVER_PORT": "1"}) == Settings()


@pytest.mark.parametrize(
    ("text", "named", "meant"),
    [
        ("[sever]\nport = 1\n", "`sever`", "`server`"),
        ("[server]\nprot = 1\n", "`server.prot`", "`server.port`"),
        ("[interview]\nquestion = 1\n", "`interview.question`", "`interview.questions`"),
    ],
)
def test_an_unknown_key_is_refused_with_the_one_that_was_meant(
    tmp_path: Path, text: str, named: str, meant: str
) -> None:
    error = refusal(written(tmp_path, text))
    assert named in error.message
    assert error.fix == f"did you mean {meant}?"


def test_an_unknown_key_that_resembles_none_lists_what_there_is(tmp_path: Path) -> None:
    assert "known: booth, devices" in refusal(written(tmp_path, "[zzzzzz]\n")).fix


def test_an_unknown_variable_of_a_table_is_refused() -> None:
    assert refusal(environ={"GREENROOM_SERVER_PROT": "1"}).fix == "did you mean `server.port`?"
    assert refusal(environ={"GREENROOM_INTERVEW_QUESTIONS": "3"}).fix == "did you mean `interview.questions`?"


def test_a_key_where_a_table_belongs_says_how_to_write_it(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "server = 1\n"))
    assert (error.message, error.fix) == ("`server` is a table", "write [server] and its keys below")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[server]\nport = "many"\n', "`server.port`"),
        ('[interview]\nstyle = "rude"\n', "`interview.style`"),
        ("[booth]\nstate_dir = 3\n", "`booth.state_dir`"),
        ('[server]\nallowed_hosts = "a"\n', "`server.allowed_hosts`"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    assert place in refusal(written(tmp_path, text)).message


def test_a_wrong_value_names_the_file_or_the_variable_that_it_came_from(tmp_path: Path) -> None:
    path = written(tmp_path, '[server]\nport = "many"\n')
    assert str(path) in refusal(path).message
    error = refusal(environ={"GREENROOM_SERVER_PORT": "many"})
    assert error.message == "`server.port` in GREENROOM_SERVER_PORT: expected `int`, got `str`"
    assert error.fix == "correct it in GREENROOM_SERVER_PORT"


@pytest.mark.parametrize("content", [b"[server\n", b"port ==\n", b"\xff\xfe"])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "booth.toml"
    path.write_bytes(content)
    assert f"{path} is not TOML" in refusal(path).message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path / "absent.toml")
    assert (error.message, error.fix) == (f"no settings file at {tmp_path / 'absent.toml'}",
                                          "check the path after --config")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    assert "directory" in refusal(tmp_path).message


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", denied)
    assert "Permission denied" in refusal(tmp_path / "booth.toml").message


def test_secrets_are_masked_and_nothing_else_is() -> None:
    shown = masked(load(environ={"GREENROOM_SERVER_ADMIN_TOKEN": "open-sesame", "GREENROOM_SERVER_PORT": "7"}))
    assert shown["server"]["admin_token"] == "(set)"
    assert shown["server"]["port"] == 7
    assert masked(Settings())["server"]["admin_token"] == "(not set)"
    assert "open-sesame" not in str(shown)


def test_the_key_of_a_language_models_server_is_a_secret() -> None:
    shown = masked(load(environ={"GREENROOM_LANGUAGE_API_KEY": "open-sesame", "GREENROOM_LANGUAGE_URL": "http://x/v1"}))
    assert (shown["language"]["api_key"], shown["language"]["url"]) == ("(set)", "http://x/v1")
    assert "open-sesame" not in str(shown)


@pytest.mark.parametrize(("value", "layers"), [("auto", "auto"), ("-1", -1), ("20", 20)])
def test_the_layers_on_the_gpu_are_a_number_or_left_to_the_profile(value: str, layers: int | str) -> None:
    assert load(environ={"GREENROOM_LANGUAGE_GPU_LAYERS": value}).language.gpu_layers == layers


@pytest.mark.parametrize(("key", "value"), [
    ("gpu_layers", "many"), ("gpu_layers", "-2"), ("context_tokens", "100"), ("context_tokens", "9e9"),
    ("threads", "-1"),
])  # fmt: skip
def test_a_language_model_of_impossible_size_is_refused(key: str, value: str) -> None:
    error = refusal(environ={f"GREENROOM_LANGUAGE_{key.upper()}": value})
    assert f"`language.{key}` in GREENROOM_LANGUAGE_{key.upper()}" in error.message


def test_every_secret_is_a_setting() -> None:
    keys = {f.name for table in msgspec.structs.fields(Settings) for f in msgspec.structs.fields(table.type)}
    assert keys >= settings.SECRETS


def test_what_is_shown_can_be_read_again() -> None:
    shown = masked(load(environ={"GREENROOM_BOOTH_STATE_DIR": "/srv/x"}))
    assert shown["booth"]["state_dir"] == "/srv/x"


@pytest.mark.parametrize(("variable", "value", "fix"), [
    ("GREENROOM_INTERVIEW_PACING", "quick", "choose one of: fast, normal, patient"),
    ("GREENROOM_ENGINES_LANGUAGE", "gpt", "choose one of: auto, scripted, llama, remote"),
    ("GREENROOM_BOOTH_PROFILE", "huge", "choose one of: lean, cpu, gpu"),
    ("GREENROOM_DEVICES_CAMERA_ROTATION", "45", "choose one of: 0, 90, 180, 270"),
])
def test_a_value_of_a_closed_set_is_refused_with_the_set(variable: str, value: str, fix: str) -> None:
    assert refusal(environ={variable: value}).fix == fix
