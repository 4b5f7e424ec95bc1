"""Listening to an answer: voice, words, and the moment when the turn is over."""

from __future__ import annotations

import msgspec

from greenroom.events import (
    AnswerGraded,
    AudioGap,
    JobKey,
    Utterance,
    VoiceStarted,
    VoiceStopped,
)
from greenroom.interview import (
    adapting,
    asking,
    feedback,
    following_up,
    personas,
    recording,
    reopening,
    replies,
    speculating,
    text_cues,
    turns,
    weighing,
    wishes,
)
from greenroom.interview.effects import CloseEars, OpenEars, SaveTurn
from greenroom.interview.endpointing import Tier
from greenroom.interview.state import ESSENTIAL, Answer, Draft, Segment
from greenroom.records import EndedBy, Span

PROMPTS: dict[Tier, int] = {"hold": turns.MAX_PROMPTS, "filler": 1}
"""Gentle words before a turn is taken from who asked for time, or began to think aloud."""
NO_WORD_S = 0.25
"""A shorter VAD segment is a note of a song or a squeak: a single word ("a", "two", "sick") makes 0.32 s and more."""
MAX_WORDLESS = 64
"""Segments of one answer in which there is no word; the oldest go."""


def voice_started(draft: Draft, event: VoiceStarted) -> None:
    state, answer = draft.state, draft.state.answer
    if answer is None or state.phase == "paused":
        return
    weighing.went_on(draft, event.t)
    speculating.throw_away(draft)
    answer = draft.state.answer or answer
    job = JobKey(answer.turn, answer.revision + 1, state.generation)
    segment = Segment(n=event.segment, job=job, from_t=event.t)
    draft.answer(segments=(*_bounded(answer.segments), segment), has_voice=True, revision=job.revision, choice=None,
                 soft_end_t=None, final_t=None)
    draft.do(OpenEars(job=job, segment=segment.n, from_t=segment.from_t))


def _bounded(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    old = [segment for segment in segments if not segment.words][:-MAX_WORDLESS]
    return tuple(segment for segment in segments if segment not in old) if old else segments


def voice_stopped(draft: Draft, event: VoiceStopped) -> None:
    answer = draft.state.answer
    if answer is None or not answer.segments or answer.segments[-1].n != event.segment:
        return
    last = msgspec.structs.replace(answer.segments[-1], to_t=event.t, has_other=event.has_other)
    draft.answer(segments=(*answer.segments[:-1], last), has_voice=False, quiet_since_t=event.t,
                 soft_end_t=event.t_known, late_s=event.late_s)
    draft.do(CloseEars(job=last.job, segment=last.n, to_t=event.t))


def heard(draft: Draft, event: Utterance) -> None:
    """Words of one segment; the final of the last one begins the speculation."""
    before = draft.state.answer
    answer = None if before is None else _with_words(before, event)
    if answer is before or answer is None:
        _heard_late(draft, event)
        return
    draft.set(answer=answer)
    if event.is_final and answer.segments[-1].job == event.job and not answer.has_voice:
        draft.answer(final_t=event.t_known)
        if draft.state.phase in ("listening", "asking"):
            _speculate(draft)


def _with_words(answer: Answer, event: Utterance) -> Answer:
    """The same answer when no segment of it waits for these words."""
    mine = next((s for s in answer.segments if (s.n, s.job) == (event.segment, event.job)), None)
    if mine is None or mine.is_final:
        return answer
    told = msgspec.structs.replace(mine, words=() if is_no_word(mine) else event.words, is_final=event.is_final,
                                   ends_in_filler=event.ends_in_filler)
    if told == mine:
        return answer
    segments = tuple(told if segment is mine else segment for segment in answer.segments)
    return msgspec.structs.replace(answer, segments=segments)


def _heard_late(draft: Draft, event: Utterance) -> None:
    """Words of the turn that was taken before they came: it has them when it is given back, and is saved with them."""
    taken, last = draft.state.taken, draft.state.last_turn
    if taken is None or last is None:
        return
    answer = _with_words(taken.answer, event)
    if answer is taken.answer:
        return
    draft.set(taken=msgspec.structs.replace(taken, answer=answer))
    if event.is_final and last.turn == answer.turn:
        full = recording.record(answer, last.committed_t, last.ended_by, said="")
        turn = msgspec.structs.replace(last, words=full.words, started_t=full.started_t, pauses=full.pauses,
                                       others=full.others, recogniser_certainty=full.recogniser_certainty)
        if turn != last:
            draft.set(last_turn=turn)
            draft.do(SaveTurn(turn=turn))


def is_no_word(segment: Segment) -> bool:
    """Too short for whatever was recognised in it, and in the sound around it."""
    return segment.to_t is not None and segment.to_t - segment.from_t < NO_WORD_S


def _speculate(draft: Draft) -> None:
    """Prepare what comes next while the candidate may still go on."""
    state, answer = draft.state, draft.state.answer
    if answer is None or not answer.words or weighing.weigh(state, answer)[0] == "hold":
        return
    if not following_up.choose(draft):
        asking.prepare_next(draft, state.position + 1)


def graded(draft: Draft, event: AnswerGraded) -> None:
    """An answer was scored; again when its follow-up was answered, too."""
    others = tuple(one for one in draft.state.grades if one.turn != event.turn)
    plan = draft.state.plan
    kind = next((one.kind for one in (plan.questions if plan is not None else ()) if one.id == event.question_id), None)
    draft.set(grades=(*others, feedback.grade(event.turn, event.question_id, event.score, kind)))
    _adapt(draft, event)


def _adapt(draft: Draft, event: AnswerGraded) -> None:
    """Let the score decide how hard the next question is, unless that is about to be said."""
    state, upcoming = draft.state, draft.state.position + 1
    if state.plan is None or upcoming >= len(state.plan.questions):
        return
    if state.answer is not None and state.answer.prepared.endswith(state.plan.questions[upcoming].text):
        return
    plan = adapting.adapted(state.plan, upcoming, event.question_id, event.turn, event.score)
    if plan != state.plan:
        draft.set(plan=plan)
        asking.rehearse(draft)


def timers(draft: Draft) -> None:
    """Everything that only time decides while listening."""
    state, answer = draft.state, draft.state.answer
    now_t = state.now_t
    if answer is None or state.phase != "listening" or not ESSENTIAL.isdisjoint(state.lost):
        return
    if answer.done_t is not None:
        if _has_finals(answer) or now_t > _final_due_t(answer, answer.done_t, turns.DONE_GRACE_S):
            commit(draft, answer.ended_by)
        return
    if state.speaking is not None or state.deaf_since_t is not None:
        return
    if is_noise(answer, now_t):
        answer = _without_noise(draft, answer)
    # A voice need not have a segment: one that began in a pause, or went on after the Done button.
    elif answer.has_voice or state.voice is not None:
        return
    if not answer.words:
        _await_first_word(draft, answer)
        return
    quiet_t = max(answer.quiet_since_t or 0.0, answer.prompted_t or 0.0, answer.opened_t or 0.0)
    if not _has_finals(answer) and now_t < _final_due_t(answer, quiet_t):
        return
    words = [word.text for word in answer.words]
    if text_cues.is_done_phrase(words):
        commit(draft, "silence")
        return
    if text_cues.asks_repeat(words):
        draft.answer(segments=())
        asking.repeat(draft)
        return
    if text_cues.asks_skip(words):
        commit(draft, "skip")
        return
    if _meet_wish(draft, words, now_t - quiet_t):
        return
    if not weighing.is_judged(state, answer, quiet_t):
        return
    tier, ending = weighing.weigh(state, answer)
    if now_t - quiet_t < ending.wait_s:
        return
    if len(words) < turns.SHORT_WORDS and now_t - (answer.opened_t or 0.0) < turns.JUST_ASKED_S:
        return
    if answer.prompts < PROMPTS.get(tier, 0):
        asking.reprompt(draft)
        return
    commit(draft, "cap" if tier in ("incomplete", "filler", "hold") else "silence")


def _meet_wish(draft: Draft, words: list[str], quiet_s: float) -> bool:
    """Whether the candidate asked for something instead of answering. Nobody is asked to wait for their wish longer
    than it takes to be sure that it is one."""
    wish = wishes.wish(words)
    if wish is None or draft.state.phase != "listening":
        return False
    if quiet_s < wishes.WAIT_S[wish]:
        return True
    if wish == "stop" and len(words) > wishes.MAX_WORDS:
        save(draft, "end")
    if not replies.respond(draft, wish):
        commit(draft, "skip")
    return True


def is_noise(answer: Answer, now_t: float) -> bool:
    """So long has nobody said a word that whatever is heard, or waits to be recognised, is none."""
    if answer.opened_t is None:
        return False
    since_t = max(answer.opened_t, _said_until_t(answer) or 0.0, answer.prompted_t or 0.0, answer.reopened_t or 0.0)
    return now_t - since_t >= turns.WORDLESS_S


def _said_until_t(answer: Answer) -> float | None:
    """The end of the last words; a noise may go on in their segment."""
    last = next((segment for segment in reversed(answer.segments) if segment.words), None)
    if last is None:
        return None
    return last.words[-1].end_t if last.to_t is None else last.to_t


def _without_noise(draft: Draft, answer: Answer) -> Answer:
    """The answer ends with its words."""
    said_t = _said_until_t(answer)
    asking.close_ears(draft, draft.state.now_t)
    if answer.quiet_since_t != said_t:
        draft.answer(quiet_since_t=said_t)
    return draft.state.answer or answer


def _final_due_t(answer: Answer, since_t: float, grace_s: float = turns.FINAL_GRACE_S) -> float:
    """Until when final words are waited for."""
    again_t = -turns.REPLAY_GRACE_S if answer.reopened_t is None else answer.reopened_t
    return max(since_t + grace_s, again_t + turns.REPLAY_GRACE_S)


def _has_finals(answer: Answer) -> bool:
    return all(segment.is_final for segment in answer.segments)


def _await_first_word(draft: Draft, answer: Answer) -> None:
    now_t = draft.state.now_t
    if now_t - max(answer.opened_t or 0.0, answer.prompted_t or 0.0) < turns.FIRST_WORD_S:
        return
    # A sound without words puts nothing off, but one that has just ended may still turn out to have some.
    if not _has_finals(answer) and now_t < _final_due_t(answer, answer.quiet_since_t or 0.0):
        return
    if answer.prompts < turns.MAX_PROMPTS:
        asking.reprompt(draft)
    else:
        commit(draft, "lost")


def end(draft: Draft, ended_by: EndedBy) -> None:
    """The candidate ends the turn by hand: wait only for the words that are on their way."""
    answer = draft.state.answer
    if answer is None or answer.done_t is not None:
        return
    now_t = draft.state.now_t
    if answer.has_voice:
        asking.close_ears(draft, now_t)
        draft.answer(soft_end_t=now_t, late_s=None)
    draft.answer(done_t=now_t, ended_by=ended_by)
    draft.enter("listening")


def commit(draft: Draft, ended_by: EndedBy) -> None:
    """The turn is over: go on and save it."""
    state, answer = draft.state, draft.state.answer
    if answer is None:
        return
    before = draft.state
    is_by_itself = ended_by in ("silence", "cap")
    if is_by_itself:
        weighing.taken(draft)
        answer = draft.state.answer or answer
    persona = personas.PERSONAS[state.style]
    preface = persona.skipped if ended_by == "skip" else personas.acknowledgement(state.style, state.turn)
    choice = answer.choice
    if choice is not None and choice.text and ended_by in ("silence", "done", "cap"):
        asking.follow_up(draft, choice, preface)
    else:
        asking.ask(draft, state.position + 1, preface)
    _save(draft, answer, ended_by, said="" if draft.state.speaking is None else draft.state.speaking.text)
    reopening.remember(draft, before, may_return=is_by_itself)


def save(draft: Draft, ended_by: EndedBy) -> None:
    """Keep the words of an answer after which nothing more is asked."""
    answer = draft.state.answer
    if answer is not None and answer.question_id and answer.words:
        _save(draft, answer, ended_by, said="")


def _save(draft: Draft, answer: Answer, ended_by: EndedBy, *, said: str) -> None:
    """``said`` is what the interviewer says after it; empty when nothing is."""
    turn = recording.record(answer, draft.state.now_t, ended_by, said)
    draft.set(last_turn=turn, turns=draft.state.turns + 1)
    if turn.words and not turn.cue.startswith("follow_up:"):
        plan = draft.state.plan
        known = () if plan is None else plan.questions
        draft.set(again=next((n for n, one in enumerate(known) if one.id == turn.question_id), None))
    draft.do(SaveTurn(turn=turn))


def sound_missing(draft: Draft, event: AudioGap) -> None:
    """Samples of the answer are lost: its measures leave the stretch out, and the report shows it."""
    answer = draft.state.answer
    if answer is not None and answer.question_id:
        gap = Span(start_t=event.t, end_t=event.t + event.length_s, label=event.reason)
        draft.answer(gaps=recording.with_gap(answer.gaps, gap))
