"""The sensor check: is there a microphone, a face, light, and a voice the recogniser can adapt to?"""

from __future__ import annotations

import math

import msgspec

from greenroom.events import (
    ChannelLearned,
    DeviceChanged,
    FaceObservation,
    LevelReading,
    NeutralLearned,
    RoomHeard,
    SelfShown,
)
from greenroom.hearing import room
from greenroom.interview import asking, gaze_checking
from greenroom.interview.effects import HearRoom, LearnFace, LearnVoice
from greenroom.interview.state import Answer, Checks, CheckState, Draft

MAX_LEVELS = 400
"""40 s: the check with an instruction that is said twice. The oldest go."""
MIN_WORDS = 4
MIN_VOICE_S = 1.5
QUIET_S = 0.8
SETTLE_S = 1.0
"""How long a finished list stays on the screen."""
TELL_S = 4.0
"""The same when it says what is wrong with the sound: time to read it and to move."""
CAP_S = 20.0
SHOWN_S = 60.0
"""A candidate who looks at their own picture is not hurried on; one who has gone leaves it on."""
NEUTRAL_MIN_FACES = 1


def _set(draft: Draft, **changes: object) -> None:
    draft.set(checks=msgspec.structs.replace(draft.state.checks, **changes))


def level(draft: Draft, event: LevelReading) -> None:
    """Judge the room anew, and have its quiet stretches listened to once there are enough of them."""
    state, levels = draft.state, (*draft.state.checks.levels, event)[-MAX_LEVELS:]
    voices, sentence = _voices(state.answer)
    known = state.room.sounds if state.room is not None else None
    found = room.read(levels, voices, sentence, state.now_t, known)
    heard: CheckState = "fix" if found.verdict != "good" else "checking" if found.noise_dbfs is None else "good"
    draft.set(room=found)
    _set(draft, levels=levels, microphone=heard)
    if state.checks.has_asked_room:
        return
    quiet = room.quiet_spans(levels, voices, state.now_t)
    if sum(b - a for a, b in quiet) >= room.QUIET_S:
        _set(draft, has_asked_room=True)
        draft.do(HearRoom(spans=quiet))


def _voices(answer: Answer | None) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """All VAD segments, and those of them with words."""
    segments = answer.segments if answer is not None else ()
    spans = [((s.from_t, math.inf if s.to_t is None else s.to_t), bool(s.words)) for s in segments]
    return [span for span, _ in spans], [span for span, has_words in spans if has_words]


def room_heard(draft: Draft, event: RoomHeard) -> None:
    if draft.state.room is not None:
        draft.set(room=msgspec.structs.replace(draft.state.room, sounds=event.sounds))


def face(draft: Draft, event: FaceObservation) -> None:
    if event.trouble == "no_engine":
        _set(draft, camera="absent", light="absent")
        return
    light: CheckState = "fix" if event.trouble in {"too_dark", "too_bright"} else "good"
    if draft.state.checks.light != light:
        _set(draft, light=light)
    if event.faces >= NEUTRAL_MIN_FACES and not draft.state.checks.has_asked_face:
        _set(draft, has_asked_face=True)
        draft.do(LearnFace())


def face_learned(draft: Draft, event: NeutralLearned) -> None:
    if event.is_good:
        draft.set(neutral=event.neutral)
    if draft.state.phase == "sensor_check":
        _set(draft, camera="good" if event.is_good else "fix")


def device(draft: Draft, event: DeviceChanged) -> None:
    """A device went, or came and is looked at again."""
    names = {"camera": ("camera", "light"), "microphone": ("microphone", "voice")}.get(event.device.kind, ())
    if event.device.state != "ok":
        _set(draft, **dict.fromkeys(names, "absent"))
    elif any(getattr(draft.state.checks, name) == "absent" for name in names):
        _set(draft, **dict.fromkeys(names, "checking"), has_asked_face=False, settled_t=None)


def self_shown(draft: Draft, event: SelfShown) -> None:
    _set(draft, shown_since_t=event.t if event.is_on else None, settled_t=None)


def begin(missing: tuple[str, ...]) -> Checks:
    """The list as it begins when these kinds of devices are not there."""
    camera: CheckState = "absent" if "camera" in missing else "checking"
    microphone: CheckState = "absent" if "microphone" in missing else "checking"
    return Checks(microphone=microphone, voice=microphone, camera=camera, light=camera)


def voice_learned(draft: Draft, event: ChannelLearned) -> None:
    draft.set(channel=event.mean)
    if draft.state.phase == "sensor_check":
        _set(draft, voice="good")


def timers(draft: Draft) -> None:
    state = draft.state
    answer, checks = state.answer, state.checks
    if state.phase != "sensor_check" or state.speaking is not None or answer is None or state.deaf_since_t is not None:
        return
    said = [s for s in answer.segments if s.words]
    if (checks.asked_voice_t is None and not answer.has_voice and said and len(answer.words) >= MIN_WORDS
            and answer.quiet_since_t is not None and state.now_t - answer.quiet_since_t >= QUIET_S):
        first, last = said[0], said[-1]
        if last.to_t is not None and last.to_t - first.from_t >= MIN_VOICE_S:
            _set(draft, asked_voice_t=state.now_t)
            draft.do(LearnVoice(from_t=first.from_t, to_t=last.to_t))
    opened_t = answer.opened_t if answer.opened_t is not None else state.now_t
    is_late = state.now_t - opened_t >= CAP_S
    is_decided = is_late or not _open(draft.state.checks)
    if is_decided and checks.settled_t is None:
        _set(draft, settled_t=state.now_t)
    is_held = checks.shown_since_t is not None and state.now_t - checks.shown_since_t < SHOWN_S
    wait_s = TELL_S if checks.microphone == "fix" else SETTLE_S
    if not is_held and checks.settled_t is not None and state.now_t - checks.settled_t >= wait_s:
        go_on(draft)


def go_on(draft: Draft) -> None:
    """To what comes after the check."""
    if gaze_checking.is_possible(draft.state):
        gaze_checking.begin(draft)
    else:
        asking.greet(draft)


def _open(checks: Checks) -> bool:
    return "checking" in (checks.microphone, checks.camera, checks.voice, checks.light)
