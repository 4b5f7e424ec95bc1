"""Workers that are killed while the interviewer speaks and while the candidate does: said so, and gone on with."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from commands import Running, failures, is_clean
from greenroom.events import JournalEntry
from greenroom.interview import machine
from greenroom.interview.notices import NoticeLog
from greenroom.interview.personas import NOTICES, NoticeCode
from greenroom.interview.state import InterviewState
from test_cli import needs_models

pytestmark = [pytest.mark.process, pytest.mark.alone, pytest.mark.slow, pytest.mark.timeout(240), needs_models]

NOTICE: dict[str, NoticeCode] = {"audio": "audio-lost", "hearing": "hearing-lost", "voice": "voice-restarting"}
STEP_S = 60.0
"""Nothing here takes longer, on a busy machine either."""
FIRST = "question:graduate-about"
Event = dict[str, Any]


class Watched:
    """A demo in real time and everything that it has told so far."""

    def __init__(self, command: Running) -> None:
        self.command = command
        self.events: list[Event] = []

    def await_(self, kind: str, since: int = 0, **fields: Any) -> Event:
        """The first such event from a place in the record on."""
        found: list[Event] = []

        def has_come() -> bool:
            self.events += self.command.fresh_events()
            found[:] = [event for event in self.events[since:] if event["type"] == kind
                        and all(event.get(name) == value for name, value in fields.items())]
            return bool(found)

        self.command.until(has_come, STEP_S)
        return found[0]

    def kill(self, name: str) -> int:
        """Kill a worker and wait until core knows; the place in the record from which on it does."""
        place = len(self.events)
        pid = self.command.worker(name)
        assert pid is not None, f"no {name} worker"
        os.kill(pid, signal.SIGKILL)
        self.await_("worker_died", place, worker=name)
        return place

    def until_back(self, name: str, place: int) -> None:
        self.await_("worker_ready", place, worker=name)

    def notices(self) -> list[str]:
        """Everything that the screens said, by the machine itself."""
        log, state = NoticeLog(), InterviewState()
        for event in self.events:
            try:
                entry: JournalEntry = msgspec.convert(event, JournalEntry, strict=False)
            except msgspec.ValidationError:
                continue  # an effect
            state, _ = machine.step(state, entry)
            log.moved(state)
        return [span.label for span in log.spans]


def test_each_of_the_three_is_missed_and_comes_back_whoever_speaks(tmp_path: Path) -> None:
    with Running(["demo", "--headless", "--questions", "1", "--seed", "1", "--out", "out"], tmp_path) as command:
        booth = Watched(command)

        # While the interviewer speaks: without ears or synthesiser the sentence goes on, without sound it comes again.
        asked = booth.await_("say", cue="check")
        booth.await_("playout_started", cue="check")
        deaf, mute = booth.kill("hearing"), booth.kill("voice")
        booth.until_back("hearing", deaf)
        booth.until_back("voice", mute)
        line = booth.await_("line_spoken", deaf, job=asked["job"])["line"]
        assert (line["was_cut"], line["heard_text"]) == (False, line["text"])
        greeted = booth.await_("say", cue="greeting")
        booth.await_("playout_started", cue="greeting")
        silent = booth.kill("audio")
        booth.until_back("audio", silent)
        again = booth.await_("say", silent, cue="greeting")
        assert again["text"] == greeted["text"]
        assert booth.await_("line_spoken", silent, job=again["job"])["line"]["was_cut"] is False

        # While the candidate speaks: a new recogniser hears the answer from its beginning, new ears hear the rest.
        question = booth.await_("line_spoken", silent, job=booth.await_("say", silent, cue=FIRST)["job"])
        opened = booth.await_("open_ears", booth.events.index(question))
        deaf = booth.kill("hearing")
        booth.until_back("hearing", deaf)
        reopened = booth.await_("open_ears", deaf, is_again=True)
        assert (reopened["from_t"], reopened["job"]["turn"]) == (opened["from_t"], 1)
        mute = booth.kill("voice")
        booth.until_back("voice", mute)
        silent = booth.kill("audio")
        booth.until_back("audio", silent)
        heard = booth.await_("open_ears", silent, is_again=False)
        assert heard["job"]["turn"] == 1
        assert booth.await_("utterance", deaf, segment=opened["segment"], is_final=True)["words"]

        assert booth.notices() == [NOTICES[NOTICE[name]] for name in
                                   ("hearing", "voice", "audio", "hearing", "voice", "audio")]
        command.interrupt()
        assert command.finish(15.0) == 130
        assert failures(command.stderr()) == []
        assert is_clean(command.stderr())

