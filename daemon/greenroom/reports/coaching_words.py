"""The wordings of the written coaching. Tones differ in their frames alone: what is praised, and what is missing, is
the same for all four.

Frames come in fours and what is put into them in threes, so that twelve answers of one report can have the same
strength or the same gap, and no two sentences are alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from greenroom.records import Style

Three = tuple[str, str, str]
Four = tuple[str, str, str, str]
Place = Literal["beginning", "opening", "setting", "step", "unreasoned", "general", "end"]
"""Where in an answer something would go: before its first sentence; in place of it; after its circumstances, its last
step, a step without a reason; in its most general sentence; after its last one."""
PARTICULARS = "particulars"
"""What a sentence tells whose words do not fit any story."""


class Advice(NamedTuple):
    """What is missing, as something to do, and where it would go."""

    place: Place
    phrases: Three


PRAISES: Mapping[str, Three] = {
    "circumstances": ("it sets the scene", "it tells the circumstances", "one knows what the situation was"),
    "aim": ("it says what had to be reached", "one knows what you were after", "it names the aim"),
    "a step": ("it says what was done", "that is a step one can follow", "it tells the doing and not only the idea"),
    "an end": ("it says how it turned out", "one learns what came of it", "it brings the story to its end"),
    "a look back": ("it looks back at what happened", "it says what you took from it", "you looked again at it"),
    "a reason": ("it says why", "the reason is given with it", "one can follow the thinking"),
    "a risk or limit": ("it names what could stand in the way", "it is open about a limit", "it does not hide a risk"),
    "a condition": ("it says what things depend on", "it sees more than one way it can go", "it leaves room for more"),
    "a step of a plan": ("it says what you would do", "somebody could take this step", "it is a plan, not an attitude"),
    "a motive": ("it says what draws you", "it names a motive", "one learns what you are after"),
    "what comes next": ("it says what comes next", "it looks ahead", "one sees where you want to go from here"),
    "a check": ("it says how one would know", "there is a check in it", "it looks whether it is right"),
    "a number": ("it puts a number on it", "one could check it", "a number is easy to remember"),
    "an example": ("it gives an example", "it goes from the general to a case", "there is a case behind it"),
    "what was said": ("it tells what was said", "one hears people speak", "it brings in somebody's words"),
    PARTICULARS: ("it names what one could have seen", "it would not fit any story", "one could ask about it"),
}  # fmt: skip
"""By what the sentence tells (``Evidence.tells``)."""

PRAISE_FRAMES: Mapping[Style, Four] = {
    "supportive": (
        "I liked {quote}: {praise}.",
        "Please keep {quote}, because {praise}.",
        "What stayed with me is {quote}: {praise}.",
        "It was good to hear {quote}, since {praise}.",
    ),
    "neutral": (
        "A strength is {quote}: {praise}.",
        "What counted here is {quote}, because {praise}.",
        "The answer rests on {quote}: {praise}.",
        "Keep {quote}, since {praise}.",
    ),
    "cold": (
        "Good: {quote}, {praise}.",
        "One thing holds, {quote}: {praise}.",
        "Noted, {quote}: {praise}.",
        "{quote} will do: {praise}.",
    ),
    "pressure": (
        "This would stand, {quote}: {praise}.",
        "Hold on to {quote} when you are pressed: {praise}.",
        "Solid ground is {quote}, because {praise}.",
        "Hard to argue with, {quote}: {praise}.",
    ),
}
STEP_FRAMES: Mapping[Style, Four] = {
    "supportive": (
        "{Where} there is room for one sentence more: {advice}.",
        "I would have liked to hear more {where}: {advice}.",
        "A small thing to try {where}: {advice}.",
        "Next time, {where}, {advice}.",
    ),
    "neutral": (
        "{Where}, one thing is missing: {advice}.",
        "The next step belongs {where}: {advice}.",
        "To raise this answer, {where}, {advice}.",
        "Next time, {where}: {advice}.",
    ),
    "cold": (
        "{Where}: {advice}.",
        "Missing {where}: {advice}.",
        "There is a gap {where}; {advice}.",
        "Not enough {where}: {advice}.",
    ),
    "pressure": (
        "{Where} I would ask on, so be there first: {advice}.",
        "A hard interviewer stops you {where}; {advice}.",
        "Expect to be pressed {where}: {advice}.",
        "It does not hold yet {where}: {advice}.",
    ),
}
NO_STRENGTH_FRAMES: Mapping[Style, Four] = {
    "supportive": (
        "I name no strength here yet, because {why}; that can change with one more try.",
        "There is no sentence I can hold up this time: {why}, and that is what practice is for.",
        "Let us go straight to what helps, as {why}.",
        "It is early days for this one: {why}.",
    ),
    "neutral": (
        "No strength is named here: {why}.",
        "This answer has no strength to show yet, because {why}.",
        "For the strength there is no quote: {why}.",
        "Only a next step this time, as {why}.",
    ),
    "cold": (
        "No strength: {why}.",
        "Nothing to quote here, as {why}.",
        "I pass over the strengths, because {why}.",
        "Only work to do here: {why}.",
    ),
    "pressure": (
        "Nothing here would stand yet: {why}.",
        "No strength to lean on this time, because {why}.",
        "You can give more than this; as it is, {why}.",
        "I found no hold here: {why}.",
    ),
}
NO_STRENGTHS: Three = (
    "no rule found a sentence for it", "no sentence stood out by the rubric", "the rules saw nothing to point at",
)  # fmt: skip
TOP_FRAMES: Mapping[Style, Four] = {
    "supportive": (
        "I would change nothing: {why}.",
        "Tell it like this again, because {why}.",
        "There is nothing to add here, as {why}.",
        "Enjoy this one: {why}.",
    ),
    "neutral": (
        "No next step here: {why}.",
        "The answer can stay as it is, because {why}.",
        "There is nothing to raise, as {why}.",
        "Keep it so: {why}.",
    ),
    "cold": (
        "Nothing missing: {why}.",
        "No objection, as {why}.",
        "Leave it, because {why}.",
        "Done: {why}.",
    ),
    "pressure": (
        "I have nothing to press on: {why}.",
        "This one holds, because {why}.",
        "No gap to attack here, as {why}.",
        "I would have to let this pass: {why}.",
    ),
}
TOPS: Three = (
    "all that the rubric asks is there", "no criterion asks for more", "the rubric has nothing left to add",
)  # fmt: skip
ADVICES: Mapping[str, Advice] = {
    "Say when and where it was.": Advice("beginning", (
        "say when and where it was", "tell where you were, and when", "set the scene in one sentence")),
    "Say what you had to reach.": Advice("setting", (
        "say what you had to reach", "name what you were meant to achieve", "tell what the aim was")),
    "Say what you did, one step after the other.": Advice("step", (
        "say what you did, one step after the other", "tell what you did first, and what came next",
        "add the steps that you took")),
    "Say how it turned out.": Advice("step", (
        "say how it turned out", "tell what came of it", "finish with the result")),
    "Tell one or two steps more: what exactly did you do?": Advice("step", (
        "tell one or two steps more", "say what exactly you did next", "go on with what you did then")),
    "Say what you would do first, and then.": Advice("setting", (
        "say what you would do first, and then", "give a first step and a second", "tell how you would begin")),
    "Go on: what would you do after that?": Advice("step", (
        "go on to what you would do after that", "give the step that follows", "tell what comes next in your plan")),
    "Say why you would do it in this way.": Advice("unreasoned", (
        "say why you would do it in this way", "give the reason for this step", "add what speaks for it")),
    "Say what you would look after once it is over.": Advice("end", (
        "say what you would look after once it is over", "tell how you would check that it worked",
        "add what you would keep an eye on afterwards")),
    "Be more exact: what would you say, whom would you ask?": Advice("general", (
        "be more exact about whom you would ask", "say the words that you would use", "name who would do what")),
    "Say what draws you to it.": Advice("beginning", (
        "say what draws you to it", "begin with what attracts you", "name what it is that you want there")),
    "Tell when it began.": Advice("setting", (
        "tell when it began", "say where the wish comes from", "add the moment when it started")),
    "Name two things that you have done towards this work.": Advice("step", (
        "name two things that you have done towards this work", "tell what you did toward it",
        "add deeds to the wish")),
    "Say what your next step is, and why now.": Advice("end", (
        "say what your next step is, and why now", "tell what you would do next", "end with where it leads")),
    "Say since when, or how often.": Advice("general", (
        "say since when, or how often", "give a date or a number", "add how long or how many times")),
    "Say what it is about: name the thing or the task.": Advice("beginning", (
        "say what it is about", "name the thing or the task", "tell in one sentence what this is for")),
    "Say what you do or did first, and then.": Advice("setting", (
        "say what you do first, and then", "give a first step and a second", "tell how you begin")),
    "Say why you do it in this way.": Advice("unreasoned", (
        "say why you do it in this way", "give the reason for this step", "add what speaks for it")),
    "Say how you know that it is right.": Advice("end", (
        "say how you know that it is right", "tell how you checked it", "add the test that it passed")),
    "Go on: what comes after that?": Advice("step", (
        "go on to what comes after that", "give the step that follows", "tell what you do next")),
    "Name things, people, places, times: what would one have seen?": Advice("general", (
        "name what one would have seen", "put a person, a thing or a time in", "say who, what and when")),
    "Be exact: name what you would use, whom you would ask, and by when.": Advice("general", (
        "name what you would use, and whom you would ask", "say by when you would do it, and with whom",
        "put a name, a thing or a time into the plan")),
    "Be exact: name the tools, the parts and the numbers.": Advice("general", (
        "name the tools, the parts and the numbers", "say exactly which one, and how much",
        "put in the term or the figure that an expert would use")),
    "You were asked to explain it: do so, step by step.": Advice("opening", (
        "explain it, step by step", "answer what was asked first", "start with what it is, or how it begins")),
    "You were asked what you would do: say it.": Advice("opening", (
        "say what you would do", "answer with what you would do", "start with your first step")),
    "You were asked why: say it of yourself.": Advice("opening", (
        "say why, of yourself", "answer the why first", "start with your own reason")),
    "You were asked for one case: tell one.": Advice("opening", (
        "tell one case", "go to one time when it happened", "start with a single day or project")),
    "Come back to the words of the question.": Advice("opening", (
        "come back to the words of the question", "take up what was asked", "let the question be heard in it")),
    "Say why, by something particular: because, so that.": Advice("unreasoned", (
        "say why", "go on with “because”", "give the reason behind it")),
    "Say what you took from it.": Advice("end", (
        "say what you took from it", "end with what you learned", "add one sentence of looking back")),
    "Say where its limits are, or what doing it has taught you.": Advice("end", (
        "say where its limits are", "tell what doing it has taught you", "add when it would not work")),
    "Say what you do differently since then.": Advice("end", (
        "say what you do differently since then", "tell what changed for you", "add where it shows today")),
    "Say what could go wrong, or what you still lack.": Advice("end", (
        "say what could go wrong", "name a risk, or what you still lack", "add one doubt that you have")),
    "Say what you would do about it.": Advice("end", (
        "say what you would do about it", "tell how you would meet the risk", "add what you would do then")),
}  # fmt: skip
"""By what the rubric says is lacking (``CriterionScore.lacks``)."""

WHERE: Mapping[Place, str] = {
    "beginning": "before {quote}", "opening": "where you begin with {quote}", "setting": "after {quote}",
    "step": "after {quote}", "unreasoned": "after {quote}", "general": "where you say {quote}", "end": "after {quote}",
}  # fmt: skip
