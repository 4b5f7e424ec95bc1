"""What the sensor check asks of the room and says about it, in words and times."""

from __future__ import annotations

import msgspec
import pytest

from greenroom.events import (
    Continue,
    CoreResumed,
    FaceObservation,
    LevelReading,
    RoomHeard,
    SelfShown,
    VoiceStarted,
    VoiceStopped,
)
from greenroom.interview import checking, machine
from greenroom.interview.effects import HearRoom, SaveTurn, SetListening
from greenroom.records import RoomReading, SoundShare, TurnRecord
from interview.play import SAY_S, Play

SENTENCE = "hello this is my voice and i am ready"
MUSIC = (SoundShare(kind="music", share=1.0),)


class Room(Play):
    """A candidate in a room with a microphone that gives readings."""

    def __init__(self, noise_dbfs: float = -65.0, voice_dbfs: float = -26.0, *, is_clipping: bool = False) -> None:
        super().__init__()
        self.noise_dbfs, self.voice_dbfs, self.is_clipping = noise_dbfs, voice_dbfs, is_clipping
        self.is_speaking = False
        self._next_level_t = 0.1

    def run(self, seconds: float) -> None:
        end_t = self.t + seconds
        while self.t < end_t - 1e-9:
            super().run(0.02)
            if self.t >= self._next_level_t - 1e-9:
                self._next_level_t = round(self._next_level_t + 0.1, 6)
                self.level()

    def level(self) -> None:
        speaking = self.state.speaking
        is_booth = speaking is not None and speaking.started_t is not None
        mic_dbfs = self.voice_dbfs if self.is_speaking else self.noise_dbfs
        self.feed(LevelReading(t=self.t, t_known=self.t, mic_dbfs=mic_dbfs, speaker_dbfs=-20.0 if is_booth else -100.0,
                               noise_dbfs=self.noise_dbfs, speech_probability=float(self.is_speaking),
                               is_clipping=self.is_clipping and self.is_speaking))

    def say(self, text: str, seconds: float = 2.0) -> float:
        self.is_speaking = True
        self.voice_on()
        self.run(seconds)
        self.is_speaking = False
        return self.voice_off(text)

    def to_sentence(self) -> None:
        """Until the candidate has read the sentence."""
        self.to_check()
        self.feed(FaceObservation(t=self.t, t_known=self.t, frame=1, faces=1, brightness=0.5))
        self.run(SAY_S + 0.8)
        self.say(SENTENCE, 3.0)
        self.run(0.4)

    def asked(self) -> list[HearRoom]:
        return [effect for effect in self.effects if isinstance(effect, HearRoom)]

    def room(self) -> RoomReading:
        assert self.state.room is not None
        return self.state.room


def test_the_room_is_listened_to_once_when_enough_of_it_was_quiet() -> None:
    play = Room()
    play.to_sentence()
    assert play.state.answer is not None
    voice = [(s.from_t, s.to_t or play.t) for s in play.state.answer.segments]
    play.run(6.0)
    (asked,) = play.asked()
    assert sum(b - a for a, b in asked.spans) == pytest.approx(1.5, abs=0.11)
    lines = [(line.start_t, line.end_t) for line in play.state.lines]
    assert len(lines) > len(voice) == 1
    assert not any(a < d and c < b for a, b in asked.spans for c, d in (*lines, *voice))


def test_noise_voice_and_signal_to_noise_are_kept_for_the_session() -> None:
    play = Room(-60.0, -28.0)
    play.to_sentence()
    play.run(1.0)
    play.feed(RoomHeard(t=play.t, t_known=play.t, sounds=MUSIC))
    play.run(3.0)
    assert play.phase() == "greeting"
    room = play.room()
    assert (room.verdict, room.sounds) == ("good", MUSIC)
    assert (room.noise_dbfs, room.voice_dbfs, room.snr_db) == pytest.approx((-60.0, -28.0, 32.0), abs=0.3)


def test_what_was_heard_of_the_room_may_come_when_the_check_is_over() -> None:
    play = Room()
    play.to_sentence()
    play.run(4.0)
    assert play.phase() == "greeting"
    assert play.room().sounds is None
    play.feed(RoomHeard(t=play.t, t_known=play.t, sounds=MUSIC))
    assert play.room().sounds == MUSIC


@pytest.mark.parametrize(("noise_dbfs", "voice_dbfs", "is_clipping", "verdict"), [
    (-65.0, -26.0, False, "good"), (-45.0, -26.0, False, "noisy"), (-65.0, -45.0, False, "too quiet"),
    (-65.0, -8.0, True, "clipping"),
])  # fmt: skip
def test_the_line_of_the_microphone_follows_the_verdict(
    noise_dbfs: float, voice_dbfs: float, verdict: str, *, is_clipping: bool
) -> None:
    play = Room(noise_dbfs, voice_dbfs, is_clipping=is_clipping)
    play.to_sentence()
    assert play.room().verdict == verdict
    assert play.state.checks.microphone == ("good" if verdict == "good" else "fix")


def test_what_is_wrong_stays_long_enough_to_be_read() -> None:
    phases = []
    for noise_dbfs in (-65.0, -40.0):
        play = Room(noise_dbfs)
        play.to_sentence()
        play.run(checking.SETTLE_S + 2.0)
        phases.append(play.phase())
        play.run(checking.TELL_S)
        assert play.phase() == "greeting"
    assert phases == ["greeting", "sensor_check"]


def test_a_loud_room_is_told_before_anybody_spoke() -> None:
    play = Room(-40.0)
    play.to_check()
    play.run(0.5)
    assert (play.room().verdict, play.state.checks.microphone) == ("loud", "fix")


def test_a_room_that_only_the_loudspeaker_was_heard_in_is_not_called_quiet() -> None:
    play = Room()
    play.to_check()
    play.feed(LevelReading(t=0.1, t_known=0.1, mic_dbfs=-40.0, speaker_dbfs=-20.0, noise_dbfs=-100.0,
                           speech_probability=0.0))
    assert play.state.checks.microphone == "checking"


def test_the_audio_worker_is_told_again_when_the_candidate_s_level_is_known() -> None:
    play = Room()
    play.to_check()
    before = play.effects.count(SetListening(is_open=True))
    play.run(0.5)
    play.feed(Continue(t=play.t, t_known=play.t))
    assert play.effects.count(SetListening(is_open=True)) == before + 1


def test_the_journal_gives_the_room_back_and_the_next_candidate_begins_without_it() -> None:
    play = Room(-50.0)
    play.to_sentence()
    play.feed(RoomHeard(t=play.t, t_known=play.t, sounds=MUSIC))
    play.run(1.0)
    assert machine.fold(play.journal).room == play.room()
    assert machine._blank(play.state)["room"] is None


def test_readings_are_bounded() -> None:
    play = Room()
    play.to_check()
    for _ in range(checking.MAX_LEVELS + 10):
        play.level()
    assert len(play.state.checks.levels) == checking.MAX_LEVELS


# --- somebody else's voice ------------------------------------------------------------------------


def answered(*, has_other: bool) -> TurnRecord:
    play = Play()
    play.to_question()
    segment = play.voice_on()
    play.run(3.0)
    play.hear("i worked in a small shop and i learned to deal with people every day")
    play._words[segment] = play._spoken("i worked in a small shop and i learned to deal with people every day")
    ended_t = play.t
    play.run(0.22)
    play.feed(VoiceStopped(t=ended_t, t_known=play.t, segment=segment, has_other=has_other))
    play.run(3.0)
    return next(effect.turn for effect in play.effects if isinstance(effect, SaveTurn))


def test_words_beside_somebody_else_s_are_less_certain_and_the_stretch_is_kept() -> None:
    alone, beside = answered(has_other=False), answered(has_other=True)
    assert alone.others == ()
    (span,) = beside.others
    assert span.end_t - span.start_t == pytest.approx(3.1)
    assert [word.text for word in beside.words] == [word.text for word in alone.words]
    for word, other in zip(alone.words, beside.words, strict=True):
        assert word.certainty is not None
        assert other.certainty == pytest.approx(word.certainty * 0.7)
    assert beside.recogniser_certainty is not None
    assert alone.recogniser_certainty is not None
    assert beside.recogniser_certainty < alone.recogniser_certainty


def test_a_note_of_a_song_is_no_word() -> None:
    play = Play()
    play.to_question()
    segment = play.voice_on()
    play.run(0.1)
    play.voice_off("oh")
    play.run(1.0)
    assert play.state.answer is not None
    assert play.state.answer.words == ()
    assert [s.n for s in play.state.answer.segments] == [segment]


def test_a_message_from_before_has_no_other_voice() -> None:
    old = {"type": "voice_stopped", "t": 1.0, "t_known": 1.2, "segment": 0}
    assert not msgspec.convert(old, VoiceStopped).has_other
    assert VoiceStarted(t=0.0, t_known=0.1, segment=0).stream == "live"


# --- while the candidate looks at their own picture ------------------------------------------------


def looking(play: Room, *, is_on: bool = True) -> None:
    play.feed(SelfShown(t=play.t, t_known=play.t, is_on=is_on))


def test_a_candidate_who_looks_at_their_picture_is_not_hurried_on() -> None:
    play = Room()
    play.to_check()
    looking(play)
    play.run(SAY_S + checking.CAP_S + 10.0)
    hidden_t = play.t
    looking(play, is_on=False)
    play.run(checking.TELL_S + 1.0)
    assert play.state.phase == "greeting"
    assert play.state.phase_since_t - hidden_t >= checking.SETTLE_S


def test_continue_goes_on_from_the_picture_at_once() -> None:
    play = Room()
    play.to_check()
    looking(play)
    play.feed(Continue())
    assert play.state.phase == "greeting"
    before = play.state
    looking(play, is_on=False)
    assert play.state.checks is before.checks


def test_a_picture_that_was_left_on_does_not_hold_the_booth() -> None:
    play = Room()
    play.to_check()
    looking(play)
    play.run(checking.SHOWN_S + checking.TELL_S + 1.0)
    assert play.state.phase == "greeting"


def test_nobody_looks_any_more_after_core_has_died() -> None:
    play = Room()
    play.to_check()
    looking(play)
    play.feed(CoreResumed(t=play.t, t_known=play.t))
    assert play.state.checks.shown_since_t is None
