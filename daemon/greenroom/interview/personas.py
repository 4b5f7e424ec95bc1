"""What the interviewer says besides the questions, for each style."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from greenroom.interview.questions import CHECK_SENTENCE as CHECK_SENTENCE  # noqa: PLC0414 - part of what is said
from greenroom.records import Style

INTERVIEWER = "Ada"

NoticeCode = Literal[
    "hearing-lost",
    "vision-lost",
    "voice-lost",
    "language-lost",
    "audio-lost",
    "camera-lost",
    "microphone-lost",
    "speaker-lost",
    "core-restarted",
    "hearing-back",
    "half-duplex",
    "disk-full",
    "voice-restarting",
    "vision-restarting",
    "language-restarting",
    "audio-gone",
    "hearing-gone",
    "still-there",
]


class Persona(Struct, frozen=True, kw_only=True):
    """The wordings of one style. Where there are several, they are used in turn."""

    greeting: str
    check_instruction: str
    check_thanks: str
    gaze_instruction: str
    acknowledgements: tuple[str, ...]
    reprompts: tuple[str, ...]
    repeat_prefaces: tuple[str, ...]
    skipped: str
    resumed: str
    closing: str


PERSONAS: dict[Style, Persona] = {
    "supportive": Persona(
        greeting=f"Hello, I am {INTERVIEWER}. Take all the time you need, and stop whenever you like. "
        "When you are ready, say start, or press the button.",
        check_instruction="First, let me hear how you sound. Please read the sentence on the screen aloud.",
        check_thanks="Thank you, I hear you well.",
        gaze_instruction="Now please follow the dot with your eyes, for ten seconds.",
        acknowledgements=("Thank you.", "Thank you for that.", "Thanks, that is helpful.", "Good, thank you."),
        reprompts=(
            "Take your time.",
            "There is no hurry. Start wherever you like.",
            "You can also skip this one, if you prefer.",
        ),
        repeat_prefaces=("Of course.", "Gladly, once more."),
        skipped="No problem. Let us go on.",
        resumed="Welcome back. Please go on.",
        closing="That was my last question, thank you for practising with me. Your report is on the screen now.",
    ),
    "neutral": Persona(
        greeting=f"Hello, I am {INTERVIEWER}. I will ask you a few questions, one after the other. "
        "To begin, say start, or press the button.",
        check_instruction="Please read the sentence on the screen aloud, so that I can set my ears.",
        check_thanks="Thank you.",
        gaze_instruction="Please follow the dot with your eyes, for ten seconds.",
        acknowledgements=("Thank you.", "All right.", "I see."),
        reprompts=("Take your time.", "Please begin when you are ready.", "You may also skip the question."),
        repeat_prefaces=("Once more.", "Again, then."),
        skipped="All right, the next one.",
        resumed="Please go on.",
        closing="That was the last question. You find your report on the screen.",
    ),
    "cold": Persona(
        greeting=f"I am {INTERVIEWER}. We have a few questions to get through. Say start, or press the button.",
        check_instruction="Read the sentence on the screen aloud.",
        check_thanks="Good.",
        gaze_instruction="Follow the dot with your eyes.",
        acknowledgements=("Right.", "Noted.", "Next."),
        reprompts=("Take your time.", "I am waiting for your answer.", "Skip it, or begin."),
        repeat_prefaces=("I said:", "Again:"),
        skipped="Next, then.",
        resumed="Go on.",
        closing="We are done. The report is on the screen.",
    ),
}

NOTICES: dict[NoticeCode, str] = {
    "hearing-lost": "I lost my hearing for a moment. Please say the last sentence again.",
    "hearing-back": "I hear you again. Please go on.",
    "audio-lost": "I lost my hearing for a moment. Please say the last sentence again.",
    "vision-lost": "Camera is off. The interview goes on without it.",
    "camera-lost": "Camera is off. The interview goes on without it.",
    "voice-lost": "My voice is off. Please read the questions on the screen.",
    "language-lost": "I will ask the questions as they are written, without follow-ups.",
    "microphone-lost": "The microphone is unplugged. Please call the staff.",
    "speaker-lost": "The loudspeaker is unplugged. Please read the questions on the screen.",
    "core-restarted": "The booth has restarted. Your finished answers are safe.",
    "half-duplex": "Please wait until I have finished before you speak.",
    "voice-restarting": "One moment, I am finding my voice again.",
    "vision-restarting": "The camera is starting again. The interview goes on.",
    "language-restarting": "One moment, I am collecting my thoughts.",
    "audio-gone": "The sound of this booth has failed. Please call the staff.",
    "hearing-gone": "The booth cannot hear any more. Please call the staff.",
    "still-there": "Are you still there? Touch the screen or press any key to stay.",
    "disk-full": "The booth cannot save any more. Please call the staff.",
}
"""What the screen says, by stable code."""

SPOKEN_NOTICES: frozenset[NoticeCode] = frozenset({"hearing-lost", "hearing-back", "audio-lost", "core-restarted"})
"""Those that the interviewer also says aloud, because somebody in the middle of an answer does not read."""


def in_turn(choices: tuple[str, ...], n: int) -> str:
    """The wording for the ``n``-th time, beginning with 0; the last ones repeat from the first."""
    return choices[n % len(choices)]


def acknowledgement(style: Style, n: int) -> str:
    return in_turn(PERSONAS[style].acknowledgements, n)


def reprompt(style: Style, n: int) -> str:
    """For the ``n``-th silence on one question; the last wording, which offers to skip, stays."""
    choices = PERSONAS[style].reprompts
    return choices[min(max(n, 0), len(choices) - 1)]


def repetition(style: Style, n: int, question: str) -> str:
    """A question asked again."""
    return f"{in_turn(PERSONAS[style].repeat_prefaces, n)} {question}"
