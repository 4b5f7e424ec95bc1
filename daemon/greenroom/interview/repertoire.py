"""Everything of the script that the interviewer may say in one session."""

from __future__ import annotations

from greenroom.interview.personas import NOTICES, PERSONAS, SPOKEN_NOTICES, hint_of
from greenroom.records import Plan, Style


def repertoire(plan: Plan, style: Style) -> tuple[str, ...]:
    """Texts as they are said, what is said soonest first; all of them out of the packs and personas.

    A text is cut into other clauses where it opens than where it follows a preface: it is here both ways. Which preface
    that is makes no difference to what follows.
    """
    persona = PERSONAS[style]
    opening, *others = (question.text for question in plan.questions)
    hooks = [hook.text for question in plan.questions for hook in question.follow_ups]
    preface = persona.acknowledgements[0]
    said = [
        persona.check_instruction,
        persona.gaze_instruction,
        persona.greeting,
        opening,
        *persona.acknowledgements,
        *(f"{preface} {text}" for text in (*others, persona.closing)),
        *persona.reprompts,
        persona.skipped,
        *persona.repeat_prefaces,
        persona.resumed,
        *(NOTICES[code] for code in sorted(SPOKEN_NOTICES)),
        *(f"{preface} {text}" for text in (opening, *hooks)),
        *others,
        *hooks,
        persona.closing,
        *(f"{before} {hint}" for hint in dict.fromkeys(hint_of(question) for question in plan.questions)
          for before in (persona.encouragement, persona.no_answer)),
        *(f"{persona.rephrase_preface} {question.rephrased}" for question in plan.questions if question.rephrased),
        persona.stopping,
    ]
    return tuple(dict.fromkeys(said))
