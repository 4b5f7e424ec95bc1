"""The sound of clauses in core: what is asked for, when, and how much of it is kept."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from greenroom.events import SAMPLE_RATE_HZ, RequestFailed, SpeechClip, WorkerEvent, WorkerName
from greenroom.interview import clips
from greenroom.interview.clips import Clips
from greenroom.interview.personas import PERSONAS, repetition
from greenroom.interview.planning import make_plan
from greenroom.interview.questions import load_packs
from greenroom.interview.repertoire import repertoire
from greenroom.ports import Speech
from greenroom.records import EngineInfo, Style
from greenroom.requests import Synthesize, WorkerRequest
from greenroom.voice.clauses import split
from greenroom.workers.voice import VoiceWorker

PLAN = make_plan(load_packs()["graduate"], 5, 1)
SCRIPT = repertoire(PLAN, "neutral")


class ShortSynthesizer:
    """0.02 s of sound for every character."""

    info = EngineInfo(capability="synthesiser", name="short")

    def __init__(self) -> None:
        self.spoken: list[str] = []

    def speak(self, text: str, style: Style) -> Speech:
        del style
        self.spoken.append(text)
        return Speech(np.full(len(text) * SAMPLE_RATE_HZ // 50, 1000, np.int16), SAMPLE_RATE_HZ, ())


class Booth:
    """A real worker behind a port that may be down."""

    name: WorkerName = "voice"

    def __init__(self) -> None:
        self.engine = ShortSynthesizer()
        self.worker = VoiceWorker(self.engine, self.take)
        self.clips = Clips(self)
        self.is_up = True
        self.t = 0.0
        self.asked: list[Synthesize] = []

    @property
    def spoken(self) -> list[str]:
        return self.engine.spoken

    def send(self, request: WorkerRequest) -> None:
        assert isinstance(request, Synthesize)
        self.asked.append(request)
        if self.is_up:
            self.worker.handle(request)

    def forget(self) -> None:
        self.worker.forget()

    def take(self, event: WorkerEvent) -> None:
        assert isinstance(event, SpeechClip | RequestFailed)
        if isinstance(event, SpeechClip) and self.is_up:
            self.clips.take(event)

    def run(self, steps: int = 400) -> None:
        for _ in range(steps):
            self.t += 0.032
            self.worker.advance(self.t)
            self.clips.tick(self.t)

    def die(self) -> None:
        self.is_up = False
        self.worker.forget()
        self.clips.voice_is_gone()

    def come_back(self, engine: str = "short") -> None:
        self.is_up = True
        self.clips.voice_is_back(engine)

    def is_here(self, clause: str, style: Style = "neutral") -> bool:
        """Without asking for it when it is not."""
        return self.clips._key(clips.Line(style, clause.strip())) in self.clips._whole


@pytest.fixture
def booth() -> Booth:
    booth = Booth()
    booth.come_back()
    return booth


def test_the_whole_script_is_rendered_first_clauses_first(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    assert all(booth.is_here(clause) for text in SCRIPT for clause in split(text))
    firsts = list(dict.fromkeys(split(text)[0].strip() for text in SCRIPT))
    assert booth.spoken[: len(firsts)] == firsts
    assert len(set(booth.spoken)) == len(booth.spoken), "nothing is rendered twice"


def test_a_preface_makes_no_difference(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    before = len(booth.asked)
    for n, question in itertools.product(range(3), PLAN.questions):
        thanks = PERSONAS["neutral"].acknowledgements[n]
        for text in (f"{thanks} {question.text}", repetition("neutral", n, question.text)):
            assert all(booth.clips.want("neutral", clause).is_whole for clause in split(text))
    assert len(booth.asked) == before


def test_one_clause_at_a_time_is_rendered_ahead_so_that_speech_waits_for_one_at_most(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    for n in range(20):
        clip = booth.clips.want("neutral", f"Something new, number {n}.")
        assert len(booth.worker._waiting) <= 2
        booth.run(2)
        assert clip.is_whole
    assert len(booth.spoken) >= 30, "meanwhile the script goes on"


def test_nothing_is_asked_ahead_while_a_clause_is_owed_that_is_to_be_said(booth: Booth) -> None:
    booth.clips.want("neutral", "One.")
    booth.clips.want("neutral", "Two.")
    booth.clips.rehearse(SCRIPT, "neutral")
    assert [request.text for request in booth.asked] == ["One.", "Two."]
    booth.run(1)
    assert len(booth.asked) == 2
    booth.run(1)
    assert len(booth.asked) == 3


def test_a_clause_that_is_on_its_way_is_not_asked_for_again(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    clip = booth.clips.want("neutral", split(SCRIPT[0])[0])
    assert len(booth.asked) == 1
    booth.run(1)
    assert clip.is_whole


def test_a_clause_of_the_script_that_cannot_be_said_does_not_hold_up_the_rest(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.worker.forget()
    (first,) = booth.asked
    booth.clips.refuse(first.key)
    assert len(booth.asked) == 2
    booth.run()
    wanted = {clause.strip() for text in SCRIPT for clause in split(text)}
    assert set(booth.spoken) == wanted - {first.text}


def test_styles_have_sounds_of_their_own(booth: Booth) -> None:
    clip = booth.clips.want("neutral", "One.")
    assert booth.clips.want("cold", "One.") is not clip
    assert booth.clips.want("neutral", "One. ") is clip


def kept_bytes(booth: Booth) -> int:
    return sum(len(clip.pcm) for clip in booth.clips._whole.values())


def test_the_bound_holds_and_the_script_is_the_last_to_go(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    monkeypatch.setattr(clips, "KEPT_BYTES", kept_bytes(booth) + 4000)
    for n in range(40):
        booth.clips.want("neutral", f"Something new, number {n}.")
        booth.run(1)
        assert kept_bytes(booth) <= clips.KEPT_BYTES
    assert all(booth.is_here(clause) for text in SCRIPT for clause in split(text))
    assert not booth.is_here("Something new, number 0.")


def test_a_script_without_room_keeps_the_clauses_that_open(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    firsts = list(dict.fromkeys(split(text)[0].strip() for text in SCRIPT))
    monkeypatch.setattr(clips, "KEPT_BYTES", 2 * SAMPLE_RATE_HZ // 50 * sum(map(len, firsts[:10])) + 100)
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    assert kept_bytes(booth) <= clips.KEPT_BYTES
    assert all(booth.is_here(clause) for clause in firsts[:10])
    assert len(booth.spoken) == 11, "the one without room was the last"


def test_a_new_script_takes_the_place_of_an_old_one(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    booth.clips.forget()
    monkeypatch.setattr(clips, "KEPT_BYTES", kept_bytes(booth) + 20_000)
    cold = repertoire(PLAN, "cold")
    booth.clips.rehearse(cold, "cold")
    booth.run()
    assert all(booth.is_here(split(text)[0], "cold") for text in cold)


def test_forgetting_drops_what_a_model_worded_and_keeps_the_bank(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    booth.clips.want("neutral", "You said that you left the bakery.")
    booth.run(2)
    booth.clips.want("neutral", "And the bakery is owed.")
    booth.clips.forget()
    booth.forget()
    assert not booth.is_here("You said that you left the bakery.")
    assert all(booth.is_here(clause) for text in SCRIPT for clause in split(text))
    kept = repr([booth.clips._whole.keys(), booth.clips._owed, booth.clips._script, booth.clips._ahead])
    assert "bakery" not in kept
    before = len(booth.asked)
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    assert len(booth.asked) == before


def test_a_clause_of_the_script_that_was_said_before_it_is_of_the_bank_too(booth: Booth) -> None:
    booth.clips.want("neutral", split(SCRIPT[0])[0])
    booth.run(1)
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.clips.forget()
    assert booth.is_here(split(SCRIPT[0])[0])


def test_what_a_dead_worker_owed_is_asked_again_and_the_rest_of_the_script_after_it(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run(5)
    rendered = len(booth.spoken)
    booth.die()
    owed = booth.clips.want("neutral", "Something new.")
    booth.run(300)
    assert not len(owed.pcm)
    before = len(booth.asked)
    booth.come_back()
    assert [request.text for request in booth.asked[before:]] == ["Something new."]
    booth.run()
    assert owed.is_whole
    assert all(booth.is_here(clause) for text in SCRIPT for clause in split(text))
    assert len(set(booth.spoken[rendered:]) & set(booth.spoken[:rendered])) == 0, "what is here stays"


def test_another_voice_renders_all_of_it_again(booth: Booth) -> None:
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run()
    before = list(booth.spoken)
    booth.die()
    booth.come_back("another")
    booth.run()
    assert booth.spoken[len(before) :] == before


def test_a_clause_that_fails_does_not_hold_up_the_others_for_ever(booth: Booth) -> None:
    booth.is_up = False
    lost = booth.clips.want("neutral", "One.")
    booth.is_up = True
    booth.worker.forget()
    booth.clips.rehearse(SCRIPT, "neutral")
    booth.run(100)
    assert booth.spoken == []
    booth.run(1000)
    assert all(booth.is_here(split(text)[0]) for text in SCRIPT)
    booth.clips.give_up(lost)
    assert booth.clips.want("neutral", "One.") is not lost


def test_a_clip_that_nobody_asked_for_is_not_kept(booth: Booth) -> None:
    stray = SpeechClip(t=0.0, t_known=0.0, key="?", pcm=b"12", sample_rate_hz=SAMPLE_RATE_HZ, is_last=True)
    assert booth.clips.take(stray) is None
    assert not booth.clips._whole
