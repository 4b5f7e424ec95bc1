from __future__ import annotations

import msgspec

from greenroom.events import (
    AnalysisDone,
    FaceObservation,
    JobKey,
    LevelReading,
    PicturePassed,
    PictureRefused,
    PictureSeen,
    StreamHeard,
    Utterance,
    VoiceStarted,
    VoiceStopped,
)
from greenroom.records import Analysis, EngineInfo, Word
from greenroom.reports.sight import FrameGaze, FramePose
from greenroom.server.stream_protocol import (
    StreamFace,
    StreamGauges,
    StreamMeasures,
    StreamPictureRefused,
    StreamVoice,
    StreamWord,
    StreamWords,
)
from greenroom.telemetry.streamed import Streamed

NAME = "stream-1"


def level(t: float) -> LevelReading:
    return LevelReading(t=t, t_known=t, mic_dbfs=-20.0, speaker_dbfs=-100.0, noise_dbfs=-60.0, speech_probability=0.9,
                        stream=NAME)


def test_voice_and_words_are_told_as_they_come() -> None:
    streamed = Streamed()
    assert streamed.feed(VoiceStarted(t=1.0, t_known=1.1, segment=0, stream=NAME)) == (
        StreamVoice(t=1.0, is_voice=True),)
    words = (Word(text="hello", start_t=1.0, end_t=1.4, certainty=0.8),)
    said = Utterance(t=1.5, t_known=1.6, job=JobKey(0), segment=0, words=words, is_final=False, stream=NAME)
    assert streamed.feed(said) == (StreamWords(
        t=1.5, segment=0, is_final=False, ends_in_filler=False,
        words=(StreamWord(text="hello", start_s=1.0, end_s=1.4, certainty=0.8),)),)
    assert streamed.feed(VoiceStopped(t=1.5, t_known=1.7, segment=0, stream=NAME)) == (
        StreamVoice(t=1.5, is_voice=False),)
    assert streamed.feed(StreamHeard(t=2.0, t_known=2.0, stream=NAME)) == ()


def test_live_values_come_twice_a_second_of_sound_and_only_those_of_sound() -> None:
    streamed = Streamed()
    streamed.feed(VoiceStarted(t=0.1, t_known=0.2, segment=0, stream=NAME))
    told = [message for n in range(1, 31) for message in streamed.feed(level(n / 10))]
    assert [message.t for message in told if isinstance(message, StreamGauges)] == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    last = told[-1]
    assert isinstance(last, StreamGauges)
    assert last.gauges.mic_dbfs == -20.0
    assert last.gauges.loudness_dbfs == -20.0
    assert last.gauges.talk_s == 3.0 - 0.1
    assert last.gauges.eye_contact is msgspec.UNSET, "left out, not null"


def test_a_picture_is_told_as_the_report_of_a_single_one() -> None:
    face = FaceObservation(t=1.5, t_known=1.5, frame=3, faces=1, yaw_deg=12.34567, pitch_deg=-1.0, roll_deg=0.0,
                           is_blinking=True, box=(0.25, 0.25, 0.5, 0.5), brightness=0.51239, reason="eyes closed")
    seen = PictureSeen(t=1.5, t_known=1.5, stream=NAME, width_px=640, height_px=480, face=face, skipped=2,
                       engine=EngineInfo(capability="face", name="drawn"), is_calibrated=True)
    assert Streamed().feed(seen) == (StreamFace(
        t=1.5, width_px=640, height_px=480, faces=1,
        head_pose=FramePose(yaw_deg=12.346, pitch_deg=-1.0, roll_deg=0.0), gaze=FrameGaze(yaw_deg=None, pitch_deg=None),
        eye_contact=None, is_blinking=True, box=(0.25, 0.25, 0.5, 0.5), brightness=0.512, coverage=0.333,
        reason="eyes closed", is_calibrated=True, skipped=2),)


def test_a_picture_that_is_refused_is_told_with_what_to_do_and_one_that_is_passed_over_is_not() -> None:
    streamed = Streamed()
    refused = PictureRefused(t=1.5, t_known=1.5, stream=NAME, code="picture", message="no picture", fix="send one")
    assert streamed.feed(refused) == (StreamPictureRefused(t=1.5, code="picture", message="no picture: send one"),)
    assert streamed.feed(PicturePassed(t=1.6, t_known=1.6, stream=NAME)) == ()


def test_the_end_brings_the_published_analysis() -> None:
    analysis = Analysis(duration_s=2.0, source="stream", words=(), voice=(), measures=(), series=(), engines=())
    (message,) = Streamed().feed(AnalysisDone(t=2.0, t_known=2.0, stream=NAME, analysis=analysis))
    assert isinstance(message, StreamMeasures)
    assert (message.analysis.schema, message.analysis.file) == ("greenroom-analysis", "stream")
