"""PROTOCOL.md, wire.gen.ts, protocol.py and errors.py say the same, and the bytes are plain msgpack."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import typing
from pathlib import Path

import msgpack
import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec import inspect as kinds

from greenroom import errors
from greenroom.server import protocol, stream_protocol, wire_types
from server import goldens

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "daemon/PROTOCOL.md").read_text()
GENERATED = ROOT / "clients/shared/wire.gen.ts"
GOLDEN = Path(__file__).with_name("golden.json")


def structs_of(union: object) -> dict[str, kinds.StructType]:
    found: dict[str, kinds.StructType] = {}
    wire_types._collect(kinds.type_info(union), found)
    return found


STRUCTS = structs_of(protocol.ServerMessage | protocol.InboundMessage | protocol.SelfView) | {
    name: struct
    for name, struct in structs_of(stream_protocol.StreamMessage | stream_protocol.StreamInbound).items()
    if struct.cls.__module__.startswith("greenroom.server")  # the analysis has a schema of its own
}


def name_on_page(struct: kinds.StructType) -> str:
    return f"`{struct.tag}`" if struct.tag else struct.cls.__name__


def sections() -> dict[str, str]:
    parts = re.split(r"^### (.+)$", PAGE, flags=re.MULTILINE)
    return {title: body.split("\n## ")[0] for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def rows(body: str) -> dict[str, str]:
    """First and second column of the tables of a section, without marks and escapes."""
    cells = [re.split(r"(?<!\\)\|", line)[1:3] for line in body.splitlines() if line.startswith("| `")]
    return {first.strip(" `"): second.strip(" `").replace("\\|", "|") for first, second in cells}


def table_under(heading: str) -> dict[str, str]:
    return rows(PAGE.split(f"## {heading}")[1].split("\n## ")[0])


def test_the_page_describes_every_message_and_part_and_nothing_else() -> None:
    others = {"Limits", "Types and units"}
    assert set(sections()) - others == {name_on_page(struct) for struct in STRUCTS.values()}


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_the_page_lists_every_field_with_its_type(name: str) -> None:
    struct = STRUCTS[name]
    words = wire_types._named_literals(protocol)
    fields = {field.encode_name: wire_types._type(field.type, words) for field in struct.fields}
    assert rows(sections()[name_on_page(struct)]) == fields


@pytest.mark.parametrize("event", typing.get_args(protocol.BatchEvent), ids=lambda event: event.__name__)
def test_the_page_states_the_audience_of_every_event(event: type[protocol.Message]) -> None:
    stated = re.search(r"Audience: ([\w, ]+)", sections()[f"`{event.__struct_config__.tag}`"])
    assert stated is not None
    audience = protocol.AUDIENCE.get(event, protocol.EVERYONE)
    assert set(stated[1].split(", ")) == ({"everyone"} if audience == protocol.EVERYONE else set(audience))


@pytest.mark.parametrize("command", typing.get_args(protocol.AnyCommand), ids=lambda command: command.__name__)
def test_the_page_states_who_may_send_a_command(command: type[protocol.ClientMessage]) -> None:
    tag = str(command.__struct_config__.tag)
    stated = re.search(r"Roles: ([\w, ]+)\.", sections()[f"`{tag}`"])
    assert stated is not None
    assert set(stated[1].split(", ")) == {role for role, allowed in protocol.COMMANDS_OF.items() if tag in allowed}


def test_the_page_lists_every_code_and_no_other() -> None:
    named = {
        kind.code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.GreenroomError)
    }
    assert set(table_under("6. Codes")) == named | set(typing.get_args(protocol.CloseCode))


def test_the_page_lists_the_words_of_every_named_union() -> None:
    words = {name: " ".join(f"`{w}`" for w in typing.get_args(getattr(protocol, name)))
             for name in wire_types._named_literals(protocol).values()}  # fmt: skip
    assert table_under("5. Words") == {name: values.strip("`") for name, values in words.items()}


def test_the_page_names_the_version() -> None:
    assert f"# The public protocol, version {protocol.SCHEMA_VERSION}\n" in PAGE


def test_the_generated_types_are_up_to_date() -> None:
    assert GENERATED.read_text() == wire_types.generate(), "run python -m greenroom.server.wire_types"


def test_the_generated_types_pass_the_strict_compiler(tmp_path: Path) -> None:
    tsc = ROOT / "clients/node_modules/.bin/tsc"
    if not tsc.exists() or shutil.which("node") is None:
        pytest.skip("no TypeScript compiler in clients/node_modules")
    (tmp_path / "use.ts").write_text(
        'import type { ServerMessage } from "./wire.gen";\n'
        "export function name(m: ServerMessage): string {\n  switch (m.type) {\n"
        + "".join(f'    case "{member.__struct_config__.tag}": return m.type;\n'
                  for member in typing.get_args(protocol.ServerMessage))
        + "    default: { const none: never = m; return none; }\n  }\n}\n"
    )  # fmt: skip
    shutil.copy(GENERATED, tmp_path)
    done = subprocess.run(
        [tsc, "--strict", "--noEmit", "--target", "es2022", "use.ts"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_a_kind_without_a_counterpart_is_refused() -> None:
    with pytest.raises(TypeError, match="no TypeScript"):
        wire_types._type(kinds.type_info(dict[int, str]), {})


def test_the_golden_file_is_up_to_date() -> None:
    assert json.loads(GOLDEN.read_text()) == json.loads(json.dumps(goldens.golden())), "run python -m server.goldens"


def test_the_golden_file_has_every_message() -> None:
    file = json.loads(GOLDEN.read_text())
    for group, union in (
        ("server", protocol.ServerMessage), ("events", protocol.BatchEvent), ("inbound", protocol.InboundMessage),
    ):  # fmt: skip
        tags = {str(member.__struct_config__.tag) for member in typing.get_args(union)}
        assert {row["type"] for row in file[group]} == tags


def test_golden_bytes_decode_with_another_library() -> None:
    file = json.loads(GOLDEN.read_text())
    for row in [row for group in file.values() for row in group]:
        assert msgpack.unpackb(bytes.fromhex(row["hex"])) == row["value"]


@given(st.integers(min_value=0, max_value=2**63))
def test_a_frame_is_an_array_of_number_and_batch(seq: int) -> None:
    batch = protocol.Batch(t=1.0, events=(), gauges=protocol.Gauges(pauses=2))
    number, body = msgpack.unpackb(protocol.frame(seq, protocol.encode(batch)))
    assert number == seq
    assert body == {"type": "batch", "t": 1.0, "events": [], "gauges": {"pauses": 2}}


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_nothing_else_happens(data: bytes) -> None:
    try:
        message = protocol.decode_inbound(data)
    except msgspec.MsgspecError:
        return
    assert isinstance(message, typing.get_args(protocol.InboundMessage))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([row["value"] for row in goldens.golden()["inbound"]]), st.text(max_size=12), VALUES)
def test_an_unknown_field_is_refused(message: dict[str, object], name: str, value: object) -> None:
    assume(name not in message)
    with pytest.raises(msgspec.MsgspecError):
        protocol.decode_inbound(msgpack.packb(message | {name: value}))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        protocol.decode_inbound(b"\x91" * 60_000)
    with pytest.raises((msgspec.MsgspecError, RecursionError)):
        protocol.decode_inbound(b"\x82\xa4type\xa4ping\xa7sent_ms" + b"\x91" * 60_000)
