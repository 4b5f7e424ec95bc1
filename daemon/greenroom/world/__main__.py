"""``python -m greenroom.world``: the virtual booth as a process."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec

from greenroom.cli_arguments import Parser, number
from greenroom.errors import GreenroomError, SettingsError, StorageError
from greenroom.interview.questions import load_packs
from greenroom.ports import Pcm
from greenroom.storage.files import write_atomically
from greenroom.world.process import WorldServer, parent_pipe
from greenroom.world.recording import RoomRecording
from greenroom.world.render import ClipReader, load_index, load_script
from greenroom.world.room import ROOMS
from greenroom.world.script import Composer
from greenroom.world.stage import Stage

RecordSound = Callable[[Pcm, Pcm], None]
"""Takes the loudspeaker's and the microphone's samples of one stretch."""


def main(arguments: list[str] | None = None) -> int:
    try:
        options = _parser().parse_args(arguments)
        _run(options)
    except GreenroomError as error:
        sys.stderr.write(f"greenroom: {error}\n")
        return error.exit_status
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m greenroom.world",
        description="A room with a candidate in it, to which a booth's sound and camera attach.",
        epilog="Ends on SIGTERM, or when the pipe at its standard input is closed; leaves room.wav and truth.json.",
    )
    parser.add_argument("--socket", type=Path, required=True, help="Unix socket to listen on")
    parser.add_argument("--out", type=Path, required=True, help="folder for room.wav and truth.json")
    parser.add_argument("--seed", type=number(int, 0), default=1,
                        help="chooses noise, reaction times and looks (default 1)")
    parser.add_argument("--fast", action="store_true", help="time moves only with the booth's sound")
    parser.add_argument("--origin-ns", type=number(int, 0),
                        help="zero of the timeline on the monotonic clock (default: now)")
    parser.add_argument("--listen", action="store_true", help="play the room aloud")
    parser.add_argument("--room", choices=tuple(ROOMS), default="booth", help="reverberation (default booth: dry)")
    parser.add_argument("--questions-pack", default="graduate", help="the pack asked from: chooses the voice")
    return parser


def make_stage(role: str, seed: int, record: RecordSound, start_t: float = 0.0, room: str = "booth") -> Stage:
    """The stage with the script and voices that come with the booth."""
    script = load_script()
    if role not in script.voices:
        raise SettingsError(f"the virtual candidate has no answers for `{role}`",
                            fix=f"known: {', '.join(script.voices)}")
    questions = [question for pack in load_packs().values() for question in pack.questions]
    intents = {f"{question.id}:{hook.id}": hook.intent for question in questions for hook in question.follow_ups}
    composer = Composer(script, load_index(), intents, voice=script.voices[role], seed=seed)
    return Stage(composer, ClipReader(), seed, record, voice_name=script.voices[role], start_t=start_t,
                 room=room)


def _run(options: argparse.Namespace) -> None:
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{options.out} cannot be made: {error.strerror}", fix="choose another --out") from error
    now_ns = time.monotonic_ns()
    origin_ns = now_ns if options.origin_ns is None else options.origin_ns
    start_t = 0.0 if options.fast else max(0.0, (now_ns - origin_ns) * 1e-9)
    with ExitStack() as stack:
        record: RecordSound = stack.enter_context(RoomRecording(options.out / "room.wav"))
        if options.listen:
            record = _aloud(record, stack)
        stage = make_stage(options.questions_pack, options.seed, record, start_t, options.room)

        def save() -> None:
            write_atomically(options.out / "truth.json", msgspec.json.encode(stage.truth()))

        parent = parent_pipe()
        server = WorldServer(stage, options.socket, save, origin_ns=origin_ns, is_fast=options.fast, parent_fd=parent)
        signal.signal(signal.SIGTERM, lambda _number, _frame: server.stop())
        # Ctrl-C reaches the whole group of processes; the parent decides when the world ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN if parent is not None else lambda _number, _frame: server.stop())
        server.run()


def _aloud(record: RecordSound, stack: ExitStack) -> RecordSound:
    from greenroom.world.listen import Loudspeaker

    loudspeaker = Loudspeaker()
    stack.callback(loudspeaker.close)

    def both(speaker: Pcm, microphone: Pcm) -> None:
        record(speaker, microphone)
        loudspeaker(speaker, microphone)

    return both


if __name__ == "__main__":
    sys.exit(main())
