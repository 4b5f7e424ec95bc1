"""What the interviewer says besides the questions, for each style."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from greenroom.interview.questions import CHECK_SENTENCE as CHECK_SENTENCE  # noqa: PLC0414 - part of what is said
from greenroom.records import Question, QuestionKind, Style

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
    rephrase_preface: str
    no_answer: str
    """Before a hint, to who asks for the answer."""
    encouragement: str
    """Before a hint, to who has none."""
    aside: str
    """Before the question again, to who talks of something else."""
    warning: str
    enough: str
    """To abuse, at first and at last."""
    again: str
    """Before a question that the candidate wants to answer once more."""
    stopping: str
    """To who cannot or does not want to go on: nothing is held against them."""
    patience: float = 1.0
    """By which the silence that ends an answer is multiplied."""
    depth: int = 1
    """Follow-ups to one question, at most."""


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
        rephrase_preface="Let me put it in other words.",
        no_answer="I would rather hear yours, but here is a hint.",
        encouragement="That is all right, many people need a moment here.",
        aside="That is a fair question, but let us keep to the interview.",
        warning="I would like us to stay kind to each other. Once more:",
        enough="I think we had better stop here. You are welcome to come back another time.",
        again="Gladly, the same question again.",
        stopping="Of course, we stop here. You did well to say so, and nothing of this counts against you.",
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
        rephrase_preface="In other words:",
        no_answer="I cannot give you the answer, but I can give you a hint.",
        encouragement="That is fine. A hint may help.",
        aside="Let us stay with the interview.",
        warning="Please stay polite. The question was:",
        enough="I end the interview here.",
        again="The same question again.",
        stopping="All right, we stop here. What you have answered is kept, and nothing counts against you.",
    ),
    "pressure": Persona(
        greeting=f"{INTERVIEWER}. I press on purpose today, as some interviewers do; it is practice and nothing else. "
        "Say start, or press the button.",
        check_instruction="Read the sentence on the screen aloud, please.",
        check_thanks="Good.",
        gaze_instruction="Follow the dot with your eyes.",
        acknowledgements=("Go on.", "And then?", "I am not convinced yet.", "Let us see."),
        reprompts=("I am waiting.", "Time is short. Begin.", "Skip it, or begin."),
        repeat_prefaces=("Listen again:", "Once more, then:"),
        skipped="Next one.",
        resumed="Go on.",
        closing="That was pressure on purpose, and you stood it. The report is on the screen.",
        rephrase_preface="Simpler, then.",
        no_answer="In a real one nobody would tell you. One hint, because this is practice.",
        encouragement="Then think faster, and think of this.",
        aside="You do not ask here. I do.",
        warning="Careful now. The question again:",
        enough="We end here.",
        again="Again, from the start.",
        stopping="Stop, of course. The pressure is over, you are safe here, and nothing of this counts against you.",
        patience=0.8,
        depth=2,
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
        rephrase_preface="Differently, then.",
        no_answer="No, the answer has to be yours. One hint.",
        encouragement="Then think of this.",
        aside="That is not what we are here for.",
        warning="Not in this tone. Again:",
        enough="This interview is over.",
        again="Again, then.",
        stopping="Very well, we stop here. Nothing of this counts against you.",
        patience=0.9,
        depth=2,
    ),
}

KIND_HINTS: dict[QuestionKind, str] = {
    "behavioural": "Think of one time: where it was, what you did, and how it ended.",
    "situational": "Say what you would do first, whom you would ask, and how you would know that it worked.",
    "technical": "Say how you go about it, step by step, and how you check that it is right.",
    "motivation": "Say what draws you to it, and one thing that you have done for it.",
}
"""What a good answer has in it, for questions without a hint of their own."""

NOTICES: dict[NoticeCode, str] = {
    "hearing-lost": "I lost my hearing for a moment. Please say the last sentence again.",
    "hearing-back": "I hear you again. Please go on.",
    "audio-lost": "I lost my hearing for a moment. Please say the last sentence again.",
    "vision-lost": "Camera is off. The interview goes on without it.",
    "camera-lost": "Camera is off. The interview goes on without it.",
    "voice-lost": "My voice is off. Please read the questions on the screen.",
    "language-lost": "I ask my follow-ups as they are written.",
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


def hint_of(question: Question) -> str:
    """What a good answer to it has, without one being given."""
    return question.hint or KIND_HINTS[question.kind]
