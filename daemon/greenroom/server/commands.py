"""From a client's message to the command that the interview understands."""

from __future__ import annotations

import logging
from collections.abc import Callable

from greenroom import events
from greenroom.errors import AccessDenied, GreenroomError, ProtocolError
from greenroom.ports import Clock, CommandSink
from greenroom.records import Consent, SetUp
from greenroom.server import protocol
from greenroom.server.protocol import COMMANDS_OF, Ack, AnyCommand, Error, Role

MAX_ID_CHARS = 64
MAX_WORD_CHARS = 64
log = logging.getLogger(__name__)


class CommandDesk:
    """Checks a command against the sender's role and hands it on."""

    def __init__(self, sink: CommandSink, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock

    def submit(self, message: AnyCommand, role: Role) -> Ack | Error:
        """The answer that goes back to the client; never raises."""
        command_id = message.command_id if len(message.command_id) <= MAX_ID_CHARS else ""
        try:
            _check(message, role)
            self._sink(command_of(message, role, self._clock.now()))
        except GreenroomError as error:
            return Error(code=error.code, message=error.message, command_id=command_id)
        except Exception:
            # A command must never take the connection or the server down.
            log.exception("the interview failed on a %s command", tag_of(message))
            return Error(code=GreenroomError.code, message="the booth could not do this", command_id=command_id)
        return Ack(command_id=command_id)


def _check(message: AnyCommand, role: Role) -> None:
    if not 0 < len(message.command_id) <= MAX_ID_CHARS:
        raise ProtocolError(f"command_id has 1 to {MAX_ID_CHARS} characters")
    if tag_of(message) not in COMMANDS_OF[role]:
        raise AccessDenied(f"a {role} may not send {tag_of(message)!r}")


def tag_of(message: AnyCommand) -> str:
    return str(message.__struct_config__.tag)


def command_of(message: AnyCommand, role: Role, t: float) -> events.ClientCommand:
    """Raises ``ProtocolError`` for values that no screen can produce."""
    match message:
        case protocol.ConsentCommand():
            consent = Consent(
                record=message.record,
                keep=message.keep,
                share_with_staff=message.share_with_staff,
                fleet_summary=message.fleet_summary,
            )
            return events.GiveConsent(consent=consent, t=t, t_known=t, role=role)
        case protocol.SetUpCommand():
            if len(message.role) > MAX_WORD_CHARS:
                raise ProtocolError(f"role has at most {MAX_WORD_CHARS} characters")
            if any(len(name) > MAX_WORD_CHARS for name in (*message.documents, *message.asked)):
                raise ProtocolError(f"an id has at most {MAX_WORD_CHARS} characters")
            set_up = SetUp(
                role=message.role, style=message.style, questions=message.questions, pacing=message.pacing,
                minutes=message.minutes, documents=message.documents, questions_own=message.questions_own,
                asked=message.asked,
            )
            return events.ChooseSetUp(set_up=set_up, t=t, t_known=t, role=role)
        case protocol.DoneCommand():
            return events.Done(turn=message.turn, t=t, t_known=t, role=role)
        case protocol.ShowCuesCommand():
            return events.ShowCues(is_on=message.is_on, t=t, t_known=t, role=role)
        case protocol.SkipCommand():
            return events.Skip(turn=message.turn, t=t, t_known=t, role=role)
        case _:
            return PLAIN[type(message)](t=t, t_known=t, role=role)


PLAIN: dict[type, Callable[..., events.ClientCommand]] = {
    protocol.BeginCommand: events.Begin,
    protocol.ContinueCommand: events.Continue,
    protocol.RepeatCommand: events.Repeat,
    protocol.RetryCommand: events.Retry,
    protocol.PauseCommand: events.Pause,
    protocol.ResumeCommand: events.Resume,
    protocol.StayCommand: events.Stay,
    protocol.EndCommand: events.End,
}
