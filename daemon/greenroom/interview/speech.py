"""The interviewer's voice as core drives it: clauses to the synthesiser, samples to the loudspeaker, words heard.

Playout is never more than 400 ms ahead of what has been heard. Without a voice the text stays on the screen for as
long as reading it takes.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct, field

from greenroom.events import SAMPLE_RATE_HZ, JobKey, LineSpoken, PlayoutStarted, SpeechClip
from greenroom.ports import WorkerPort
from greenroom.records import Phoneme, SpokenLine, Style
from greenroom.requests import CutPlayout, PausePlayout, Play, ResumePlayout, Synthesize
from greenroom.voice import clauses, visemes

AHEAD_S = 0.4
PIECE_S = 0.2
PREPARED = 8
"""Texts whose sound is kept; a question is about 6 s, so this is some 1.5 MB."""
READING_WORDS_S = 3.0
MIN_READING_S = 2.0
VOICE_PATIENCE_S = 6.0
"""A synthesiser that has said nothing by then is not waited for: the text is shown instead."""


class Clip(Struct):
    """The sound of one clause, as far as it has arrived."""

    pcm: bytearray = field(default_factory=bytearray)
    phonemes: tuple[Phoneme, ...] = ()
    is_whole: bool = False

    @property
    def duration_s(self) -> float:
        return len(self.pcm) / (2 * SAMPLE_RATE_HZ)


class Text(Struct):
    """A text to be said, cut into clauses."""

    key: str
    style: Style
    clauses: tuple[str, ...]
    clips: list[Clip]
    requested: int = 0
    ready_t: float | None = None
    """When its first sound came."""


class Saying(Struct):
    """The job on the loudspeaker."""

    job: JobKey
    cue: str
    text: Text
    asked_t: float
    sent_s: float = 0.0
    heard_s: float = 0.0
    clause: int = 0
    offset: int = 0
    started_t: float | None = None
    tracked: int = 0
    shown: int = 0
    read_until_t: float | None = None
    """Set when there is no sound: the text counts as said by then."""
    fed_t: float = 0.0
    """When the loudspeaker was last given sound."""
    is_broken: bool = False
    """The synthesiser owed the rest for too long; it was only shown."""


class Mouth(Struct, frozen=True):
    """Mouth shapes of one clause; ``t0`` is when its first sample is heard."""

    job: JobKey
    t0: float
    at_ms: tuple[int, ...]
    shapes: str


class Speech:
    """``feed`` takes events that this makes itself; ``show`` the text heard so far; ``mouth`` the shapes."""

    def __init__(self, voice: WorkerPort, audio: WorkerPort, *, feed: Callable[[PlayoutStarted | LineSpoken], None],
                 show: Callable[[str], None], mouth: Callable[[Mouth | None], None]) -> None:
        self._voice = voice
        self._audio = audio
        self._feed = feed
        self._show = show
        self._mouth = mouth
        self._texts: OrderedDict[str, Text] = OrderedDict()
        self._now: Saying | None = None
        self._ending: dict[JobKey, Saying] = {}
        self._t = 0.0
        self.has_voice = True
        """False once the synthesiser is lost for good."""

    # --- what the machine wants ---

    def prepare(self, text: str, style: Style) -> None:
        self._request(self._text(text, style), 1)

    def say(self, job: JobKey, cue: str, text: str, style: Style, now_t: float) -> None:
        self._now = Saying(job=job, cue=cue, text=self._text(text, style), asked_t=now_t, fed_t=now_t)
        self._pump()

    def pause(self, job: JobKey) -> None:
        self._audio.send(PausePlayout(job=job))
        self._mouth(None)

    def resume(self, job: JobKey) -> None:
        """From the beginning of the word that the pause broke off."""
        saying = self._now
        from_s = None
        if saying is not None and saying.job == job:
            from_s = clauses.resume_s(_spoken(saying), saying.heard_s)
        self._audio.send(ResumePlayout(job=job, from_s=from_s))

    def cut(self, job: JobKey, now_t: float) -> None:
        saying = self._now
        self._mouth(None)
        if saying is None or saying.job != job:
            return
        self._now = None
        if saying.read_until_t is not None or not saying.sent_s:
            self._feed(LineSpoken(t=now_t, t_known=now_t, job=job, line=_line(saying, now_t, was_cut=True)))
            return
        self._ending[job] = saying
        self._audio.send(CutPlayout(job=job))

    # --- what the workers say ---

    def clip(self, event: SpeechClip) -> None:
        text = self._texts.get(event.key)
        if text is None or event.clause >= len(text.clips) or text.clips[event.clause].is_whole:
            return
        clip = text.clips[event.clause]
        clip.pcm += event.pcm
        if event.clause == 0 and text.ready_t is None:
            text.ready_t = event.t_known
        if event.is_last:
            clip.phonemes, clip.is_whole = event.phonemes, True
        if self._now is not None and self._now.text is text:
            self._pump()

    def started(self, job: JobKey, t: float) -> None:
        saying = self._now
        if saying is not None and saying.job == job:
            saying.started_t = t
            self._track(saying, t)
            self._caption(saying)

    def ready_t(self, job: JobKey) -> float | None:
        """When the first sound of what is being said was there; None when there was none."""
        saying = self._now
        return None if saying is None or saying.job != job else saying.text.ready_t

    def heard(self, job: JobKey, heard_s: float) -> None:
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s = heard_s
            self._caption(saying)
            self._pump()

    def paused(self, job: JobKey, heard_s: float) -> None:
        """The loudspeaker is silent."""
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s = heard_s

    def resumed(self, job: JobKey, t: float, heard_s: float) -> None:
        """Sound goes on: the mouth's clock has moved by the pause."""
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s, saying.tracked = heard_s, 0
            self._track(saying, t - heard_s)

    def ended(self, job: JobKey, t: float, heard_s: float, *, was_cut: bool) -> None:
        saying = self._ending.pop(job, None)
        if saying is None and self._now is not None and self._now.job == job:
            saying, self._now = self._now, None
        if saying is None:
            return
        saying.heard_s = heard_s
        was_cut = was_cut or saying.is_broken
        if not was_cut:
            self._show("".join(saying.text.clauses))
        self._feed(LineSpoken(t=t, t_known=t, job=job, line=_line(saying, t, was_cut=was_cut)))

    def voice_is_back(self) -> None:
        """Ask again for what the synthesiser owed."""
        self.has_voice = True
        for text in self._texts.values():
            for n, clip in enumerate(text.clips[: text.requested]):
                if not clip.is_whole:
                    clip.pcm.clear()
                    text.ready_t = None if n == 0 else text.ready_t
                    self._ask(text, n)
        if self._now is not None and not self._now.text.clips[self._now.clause].is_whole:
            self._now.offset = min(self._now.offset, len(self._now.text.clips[self._now.clause].pcm))

    def sound_is_gone(self) -> None:
        """The audio worker died: what it was playing is lost."""
        self._now = None
        self._ending.clear()
        self._mouth(None)

    def tick(self, t: float) -> None:
        """Without a voice, texts are shown for as long as reading takes."""
        saying, self._t = self._now, t
        if saying is None:
            return
        if saying.sent_s and self._is_stuck(saying):
            self._break(saying)
        elif saying.read_until_t is None and not saying.sent_s \
                and (not self.has_voice or t - saying.asked_t > VOICE_PATIENCE_S):
            words = sum(len(clause.split()) for clause in saying.text.clauses)
            saying.started_t, saying.read_until_t = t, t + max(MIN_READING_S, words / READING_WORDS_S)
            self._show("".join(saying.text.clauses))
            self._feed(PlayoutStarted(t=t, t_known=t, job=saying.job, cue=saying.cue))
        elif saying.read_until_t is not None and t >= saying.read_until_t:
            self._now = None
            self._feed(LineSpoken(t=t, t_known=t, job=saying.job, line=_line(saying, t, was_cut=False)))

    # --- inside ---

    def _is_stuck(self, saying: Saying) -> bool:
        """All that there is was sent, and the synthesiser does not bring the rest."""
        if saying.clause >= len(saying.text.clips):
            return False
        clip = saying.text.clips[saying.clause]
        is_owed = not clip.is_whole and saying.offset >= len(clip.pcm)
        return is_owed and self._t - saying.fed_t > (VOICE_PATIENCE_S if self.has_voice else AHEAD_S)

    def _break(self, saying: Saying) -> None:
        """End the sound where it is; the whole text is on the screen."""
        saying.is_broken, saying.clause = True, len(saying.text.clips)
        self._texts.pop(saying.text.key, None)
        self._show("".join(saying.text.clauses))
        self._audio.send(Play(job=saying.job, cue=saying.cue, pcm=b"", is_last=True))

    def _text(self, text: str, style: Style) -> Text:
        key = hashlib.sha256(f"{style}\n{text}".encode()).hexdigest()[:16]
        found = self._texts.get(key)
        if found is None:
            pieces = clauses.split(text)
            found = self._texts[key] = Text(key=key, style=style, clauses=pieces, clips=[Clip() for _ in pieces])
            while len(self._texts) > PREPARED:
                self._texts.popitem(last=False)
        self._texts.move_to_end(key)
        return found

    def _request(self, text: Text, until: int) -> None:
        while text.requested < min(until, len(text.clauses)):
            self._ask(text, text.requested)
            text.requested += 1

    def _ask(self, text: Text, clause: int) -> None:
        self._voice.send(Synthesize(key=text.key, clause=clause, text=text.clauses[clause], style=text.style))

    def _pump(self) -> None:
        """Send what fits into the 400 ms ahead of what has been heard."""
        saying = self._now
        if saying is None or saying.read_until_t is not None:
            return
        text = saying.text
        self._request(text, saying.clause + 2)
        piece = 2 * round(PIECE_S * SAMPLE_RATE_HZ)
        while saying.clause < len(text.clips) and saying.sent_s - saying.heard_s < AHEAD_S:
            clip = text.clips[saying.clause]
            part = bytes(clip.pcm[saying.offset : saying.offset + piece])
            if not part and not clip.is_whole:
                return
            saying.offset += len(part)
            saying.sent_s += len(part) / (2 * SAMPLE_RATE_HZ)
            saying.fed_t = self._t
            is_over = clip.is_whole and saying.offset >= len(clip.pcm)
            is_last = is_over and saying.clause + 1 == len(text.clips)
            self._audio.send(Play(job=saying.job, cue=saying.cue, pcm=part, is_last=is_last))
            if is_over:
                saying.clause, saying.offset = saying.clause + 1, 0
                self._request(text, saying.clause + 2)
                if saying.started_t is not None:
                    self._track(saying, saying.started_t)

    def _track(self, saying: Saying, t0: float) -> None:
        """Send the mouth shapes of every whole clause that has not had them."""
        begin_s = sum(clip.duration_s for clip in saying.text.clips[: saying.tracked])
        while saying.tracked < len(saying.text.clips) and saying.text.clips[saying.tracked].is_whole:
            clip = saying.text.clips[saying.tracked]
            at_ms, shapes = visemes.track(clip.phonemes, clip.duration_s)
            if begin_s + clip.duration_s > saying.heard_s:
                self._mouth(Mouth(saying.job, t0 + begin_s, at_ms, shapes))
            begin_s += clip.duration_s
            saying.tracked += 1

    def _caption(self, saying: Saying) -> None:
        """Show clauses as they begin to be heard."""
        begin_s, shown = 0.0, 0
        for clip in saying.text.clips:
            if begin_s > saying.heard_s + PIECE_S or (shown and not clip.pcm):
                break
            shown += 1
            begin_s += clip.duration_s
        if shown > saying.shown:
            saying.shown = shown
            self._show("".join(saying.text.clauses[:shown]))


def _line(saying: Saying, t: float, *, was_cut: bool) -> SpokenLine:
    text = "".join(saying.text.clauses)
    spoken = _spoken(saying)
    if saying.read_until_t is not None:
        heard = "" if was_cut else text
    else:
        heard = clauses.heard_text(spoken, saying.heard_s) if was_cut else text
    started_t = saying.started_t if saying.started_t is not None else t
    return SpokenLine(cue=saying.cue, text=text, heard_text=heard, start_t=started_t, end_t=t, was_cut=was_cut)


def _spoken(saying: Saying) -> list[clauses.SpokenClause]:
    """The clauses whose sound is there."""
    return [clauses.SpokenClause(c, clip.duration_s, clip.phonemes)
            for c, clip in zip(saying.text.clauses, saying.text.clips, strict=True) if clip.is_whole]
