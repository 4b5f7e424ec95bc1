"""What the interviewer says next."""

from __future__ import annotations

import msgspec

from greenroom.events import JobKey
from greenroom.interview import feedback, personas, speculating
from greenroom.interview.effects import (
    CloseEars,
    CutSpeech,
    FinishSession,
    OpenEars,
    Prepare,
    Rehearse,
    Say,
    SetListening,
)
from greenroom.interview.repertoire import repertoire
from greenroom.interview.state import Answer, Choice, Draft, InterviewState, Purpose, Speaking
from greenroom.records import FollowUpHook, Question, Span, SpokenLine


def say(draft: Draft, cue: str, text: str, purpose: Purpose) -> JobKey:
    """Begin to speak under a new job; what is being said is cut."""
    silence(draft)
    state = draft.state
    job = JobKey(turn=state.turn, revision=0, generation=state.generation + 1)
    draft.set(generation=job.generation, barge_in=None,
              speaking=Speaking(job=job, cue=cue, text=text, purpose=purpose))
    draft.do(Say(job=job, cue=cue, text=text, style=state.style))
    return job


def silence(draft: Draft) -> None:
    """Stop what is being said."""
    if draft.state.speaking is not None:
        draft.do(CutSpeech(job=draft.state.speaking.job))
        draft.set(speaking=None, barge_in=None)


def question(state: InterviewState) -> Question | None:
    """The question of the plan that is being dealt with."""
    if state.plan is None or state.position >= len(state.plan.questions):
        return None
    return state.plan.questions[state.position]


def check(draft: Draft) -> None:
    draft.set(turn=0, answer=None)
    draft.enter("sensor_check")
    job = say(draft, "check", personas.PERSONAS[draft.state.style].check_instruction, "check")
    draft.set(answer=Answer(turn=0, job=job, cue="check", text=personas.CHECK_SENTENCE))


def greet(draft: Draft) -> None:
    draft.do(SetListening(is_open=True))  # with the candidate's level, which is known from here on
    draft.enter("greeting")
    text = personas.PERSONAS[draft.state.style].greeting
    if draft.state.is_half_duplex:
        text = joined(text, personas.NOTICES["half-duplex"])
    job = say(draft, "greeting", text, "greeting")
    draft.set(answer=Answer(turn=0, job=job, cue="greeting"))
    prepare_next(draft, position=0)


def ask(draft: Draft, position: int, preface: str) -> None:
    """Ask a question of the plan, or close when there is none left."""
    draft.set(position=position, is_follow_up=False, probed=())
    asked = question(draft.state)
    if asked is None:
        close(draft, preface)
        return
    _ask(draft, f"question:{asked.id}", asked, asked.text, preface, is_follow_up=False)


def follow_up(draft: Draft, choice: Choice, preface: str) -> None:
    asked = question(draft.state)
    if asked is None:
        close(draft, preface)
        return
    draft.set(probed=(*draft.state.probed, choice.hook_id))
    _ask(draft, f"follow_up:{asked.id}:{choice.hook_id}", asked, choice.text, preface, is_follow_up=True)
    draft.answer(worded_by=choice.worded_by)


def again(draft: Draft, position: int) -> None:
    """A question once more from its beginning, as a turn of its own, with what to look to this time."""
    draft.set(position=position)
    asked = question(draft.state)
    if asked is None:
        return
    draft.set(is_follow_up=False, probed=tuple(hook.id for hook in asked.follow_ups), again=None)
    _ask(draft, f"retry:{asked.id}", asked, asked.text, _target(draft.state, asked), is_follow_up=False)


def _target(state: InterviewState, asked: Question) -> str:
    """What to change, of all that could be: the weakest of the first time."""
    persona = personas.PERSONAS[state.style]
    before = [grade for grade in state.grades if grade.question_id == asked.id]
    weakest = feedback.weakest_of(feedback.averages(before[-1:]))
    if weakest is None:
        return persona.again
    return f"{persona.again} This time, {feedback.next_step_in(weakest, [asked.kind])}."


def _ask(draft: Draft, cue: str, asked: Question, text: str, preface: str, *, is_follow_up: bool) -> None:
    turn = draft.state.turn + 1
    draft.set(turn=turn, is_follow_up=is_follow_up)
    draft.enter("thinking")
    job = say(draft, cue, joined(preface, text), "ask")
    draft.set(answer=Answer(turn=turn, job=job, cue=cue, question_id=asked.id, text=text, kind=asked.kind,
                            hooks=_hooks_left(draft.state, asked)))


def _hooks_left(state: InterviewState, asked: Question) -> tuple[FollowUpHook, ...]:
    """Follow-ups that may still be asked; as many to a question as the persona asks."""
    if len(state.probed) >= personas.PERSONAS[state.style].depth:
        return ()
    return tuple(hook for hook in asked.follow_ups if hook.id not in state.probed)


def say_again(draft: Draft, cue: str, text: str) -> None:
    """The question of the present answer once more; what was said so far stays, and a voice that is on goes on."""
    answer = draft.state.answer
    if answer is None:
        return
    job = say(draft, cue, text, "ask")
    draft.enter("thinking")
    speculating.throw_away(draft)
    draft.answer(job=job, opened_t=None, choice=None, revision=answer.revision + 1, final_t=None,
                 soft_end_t=None, late_s=None, done_t=None, ended_by="silence")


def repeat(draft: Draft) -> None:
    """The question of the present answer once more, because the candidate asked for it."""
    answer = draft.state.answer
    if answer is not None and answer.question_id:
        text = personas.repetition(draft.state.style, answer.prompts, answer.text)
        say_again(draft, f"repeat:{answer.question_id}", text)


def reprompt(draft: Draft) -> None:
    answer = draft.state.answer
    if answer is None:
        return
    text = personas.reprompt(draft.state.style, answer.prompts)
    draft.answer(prompts=answer.prompts + 1, prompted_t=draft.state.now_t)
    say(draft, "reprompt", text, "reprompt")


def close(draft: Draft, preface: str = "") -> None:
    draft.set(answer=None)
    draft.enter("closing")
    say(draft, "closing", joined(preface, closing_text(draft.state)), "closing")


def closing_text(state: InterviewState) -> str:
    """Two sentences on the answers, as far as they are scored by then, and the farewell."""
    return joined(feedback.spoken(state.style, state.grades), personas.PERSONAS[state.style].closing)


def finish(draft: Draft, *, is_complete: bool) -> None:
    """Stop listening and make the report."""
    draft.set(speaking=None, answer=None, barge_in=None, taken=None)
    draft.do(SetListening(is_open=False))
    draft.enter("report")
    draft.do(FinishSession(is_complete=is_complete))


def rehearse(draft: Draft) -> None:
    """Have the sound of the whole script ready when there is time."""
    state = draft.state
    if state.plan is not None:
        draft.do(Rehearse(texts=repertoire(state.plan, state.style), style=state.style))


def prepare_next(draft: Draft, position: int) -> None:
    """Have the sound of a question ready."""
    state = draft.state
    if state.plan is None:
        return
    preface = personas.acknowledgement(state.style, state.turn) if state.turn else ""
    text = state.plan.questions[position].text if position < len(state.plan.questions) else closing_text(state)
    prepare(draft, joined(preface, text))


def prepare(draft: Draft, text: str) -> None:
    """Have the sound of a text ready that will probably be said after the present answer."""
    draft.answer(prepared=text)
    draft.do(Prepare(text=text, style=draft.state.style))


def spoken(draft: Draft, job: JobKey, line: SpokenLine) -> None:
    """A job is over: keep what was heard and listen."""
    state = draft.state
    draft.set(lines=(*state.lines, line))
    answer = state.answer
    if answer is not None and answer.job == job and answer.question is None:
        draft.answer(question=line)
    elif answer is not None and answer.question is not None and line.end_t > line.start_t:
        aside = Span(start_t=line.start_t, end_t=line.end_t, label="the interviewer spoke")
        draft.answer(asides=(*answer.asides, aside))
    speaking = state.speaking
    if speaking is None or speaking.job != job:
        return
    draft.set(speaking=None, barge_in=None)
    match speaking.purpose:
        case "closing":
            finish(draft, is_complete=question(draft.state) is None)
        case "ask":
            draft.answer(opened_t=line.end_t)
            draft.enter("listening")
        case "check" | "greeting":
            draft.answer(opened_t=line.end_t)
        case "reprompt" | "notice":
            draft.answer(prompted_t=line.end_t)


def close_ears(draft: Draft, to_t: float) -> None:
    """What is being said ends here, as far as it is listened to: its words up to then are the last."""
    answer = draft.state.answer
    if answer is None or not answer.has_voice or not answer.segments:
        return
    to_t = max(to_t, answer.segments[-1].from_t)
    last = msgspec.structs.replace(answer.segments[-1], to_t=to_t)
    draft.answer(segments=(*answer.segments[:-1], last), has_voice=False, quiet_since_t=to_t)
    draft.do(CloseEars(job=last.job, segment=last.n, to_t=to_t))


def reopen_ears(draft: Draft) -> None:
    """After a restart of the recogniser: give it again every segment whose words are not final."""
    answer = draft.state.answer
    if answer is None:
        return
    unheard = [segment for segment in answer.segments if not segment.is_final]
    for segment in unheard:
        draft.do(OpenEars(job=segment.job, segment=segment.n, from_t=segment.from_t,
                          is_again=segment is unheard[0]))
        if segment.to_t is not None:
            draft.do(CloseEars(job=segment.job, segment=segment.n, to_t=segment.to_t))
    if unheard:
        draft.answer(reopened_t=draft.state.now_t)


def joined(preface: str, text: str) -> str:
    return f"{preface} {text}".strip()
