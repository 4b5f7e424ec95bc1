"""The interviewer's voice as core drives it: clauses to the synthesiser, samples to the loudspeaker, words heard.

Playout is never more than 400 ms ahead of what has been heard. Without a voice the text stays on the screen for as
long as reading it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from greenroom.events import SAMPLE_RATE_HZ, JobKey, LineSpoken, PlayoutStarted, SpeechClip
from greenroom.interview.clips import PATIENCE_S, Clip, Clips
from greenroom.ports import WorkerPort
from greenroom.records import EngineInfo, Phoneme, SpokenLine, Style
from greenroom.requests import CutPlayout, PausePlayout, Play, ResumePlayout
from greenroom.voice import clauses, visemes

AHEAD_S = 0.4
OVER_S = 0.001
"""A clause that has less than this to go is over: what is heard is told to the sample."""
PIECE_S = 0.2
READING_WORDS_S = 3.0
MIN_READING_S = 2.0
VOICE_PATIENCE_S = PATIENCE_S
"""A synthesiser that has said nothing by then is not waited for: the text is shown instead."""
DRIFT_S = 0.02
"""A loudspeaker that had nothing to play is behind by more: the mouth is told anew."""


class Part(Struct):
    """A clause of a text and the silence ahead of it."""

    text: str
    breath_s: float
    clip: Clip = field(default_factory=Clip)

    @property
    def duration_s(self) -> float:
        """As far as it has arrived."""
        return self.breath_s + self.clip.duration_s if self.clip.pcm or self.clip.is_whole else 0.0

    @property
    def breath_bytes(self) -> int:
        return 2 * round(self.breath_s * SAMPLE_RATE_HZ)

    @property
    def size(self) -> int:
        """Bytes, as far as it has arrived."""
        return self.breath_bytes + len(self.clip.pcm)

    def piece(self, offset: int, size: int) -> bytes:
        """At most ``size`` bytes from ``offset`` on."""
        silence = bytes(max(min(self.breath_bytes - offset, size), 0))
        begin = max(offset - self.breath_bytes, 0)
        return silence + bytes(self.clip.pcm[begin : begin + size - len(silence)])

    def spoken(self) -> clauses.SpokenClause:
        later = tuple(Phoneme(ipa=p.ipa, start_s=p.start_s + self.breath_s) for p in self.clip.phonemes)
        return clauses.SpokenClause(self.text, self.duration_s, later)


class Text(Struct):
    """A text to be said, cut into clauses."""

    style: Style
    parts: tuple[Part, ...]
    requested: int = 0
    @property
    def whole(self) -> str:
        return "".join(part.text for part in self.parts)


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
    zero_t: float = 0.0
    """When the first sample would have been heard, had nothing held the rest up since."""
    tracked: int = 0
    shown: int = 0
    read_until_t: float | None = None
    """Set when there is no sound: the text counts as said by then."""
    fed_t: float = 0.0
    """When the loudspeaker was last given sound."""
    is_broken: bool = False
    """The synthesiser owed the rest for too long; it was only shown."""
    is_paused: bool = False
    """Nobody knows when the next sample will be heard."""


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
        self._clips = Clips(voice)
        self._now: Saying | None = None
        self._ending: dict[JobKey, Saying] = {}
        self._t = 0.0
        self.has_voice = True
        """False once the synthesiser is lost for good."""

    # --- what the machine wants ---

    def rehearse(self, texts: Sequence[str], style: Style) -> None:
        self._clips.rehearse(texts, style)

    def prepare(self, text: str, style: Style) -> None:
        """Have the first clause ready that is not."""
        for clause in clauses.split(text):
            if not self._clips.want(style, clause).is_whole:
                break

    def say(self, job: JobKey, cue: str, text: str, style: Style, now_t: float) -> None:
        self._now = Saying(job=job, cue=cue, text=_text(text, style), asked_t=now_t, fed_t=now_t)
        self._pump()

    def pause(self, job: JobKey) -> None:
        if self._now is not None and self._now.job == job:
            self._now.is_paused = True
        self._audio.send(PausePlayout(job=job))
        self._mouth(None)

    def resume(self, job: JobKey) -> None:
        """From the beginning of the word that the pause broke off."""
        saying = self._now
        from_s = None
        if saying is not None and saying.job == job:
            saying.is_paused = False
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
        clip, saying = self._clips.take(event), self._now
        if clip is not None and saying is not None and any(part.clip is clip for part in saying.text.parts):
            self._pump()
            if saying.started_t is not None and not saying.is_paused:
                self._track(saying)

    def refused(self, key: str) -> None:
        """A clause cannot be said: with the next tick it is not waited for."""
        self._clips.refuse(key)

    def started(self, job: JobKey, t: float) -> None:
        saying = self._now
        if saying is not None and saying.job == job:
            saying.started_t = saying.zero_t = t
            self._track(saying)
            self._caption(saying)

    def ready_t(self, job: JobKey) -> float | None:
        """When the first sound of what is being said was there; None when there was none."""
        saying = self._now
        return None if saying is None or saying.job != job else saying.text.parts[0].clip.ready_t

    def heard(self, job: JobKey, t: float, heard_s: float) -> None:
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s = heard_s
            self._move(saying, t - heard_s)
            self._caption(saying)
            self._pump()

    def paused(self, job: JobKey, heard_s: float) -> None:
        """The loudspeaker is silent."""
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s = heard_s

    def resumed(self, job: JobKey, t: float, heard_s: float) -> None:
        """Sound goes on after a pause."""
        saying = self._now
        if saying is not None and saying.job == job:
            saying.heard_s, saying.tracked = heard_s, 0
            saying.zero_t = t - heard_s
            self._track(saying)

    def ended(self, job: JobKey, t: float, heard_s: float, *, was_cut: bool) -> None:
        saying = self._ending.pop(job, None)
        if saying is None and self._now is not None and self._now.job == job:
            saying, self._now = self._now, None
        if saying is None:
            return
        saying.heard_s = heard_s
        was_cut = was_cut or saying.is_broken
        if not was_cut:
            self._show(saying.text.whole)
        self._feed(LineSpoken(t=t, t_known=t, job=job, line=_line(saying, t, was_cut=was_cut)))

    def voice_is_gone(self, *, is_lost: bool) -> None:
        """``is_lost``: nobody starts it again."""
        self.has_voice = self.has_voice and not is_lost
        self._clips.voice_is_gone()

    def voice_is_back(self, engines: Sequence[EngineInfo]) -> None:
        """Ask again for what the synthesiser owed."""
        self.has_voice = True
        self._clips.voice_is_back(" ".join(f"{one.name} {one.version} {one.detail}" for one in engines))

    def forget(self) -> None:
        """The session is over."""
        self._clips.forget()

    def sound_is_gone(self) -> None:
        """The audio worker died: what it was playing is lost."""
        self._now = None
        self._ending.clear()
        self._mouth(None)

    def tick(self, t: float) -> None:
        """Without a voice, texts are shown for as long as reading takes."""
        saying, self._t = self._now, t
        self._clips.tick(t)
        if saying is None:
            return
        if saying.sent_s and self._is_stuck(saying):
            self._break(saying)
        elif saying.read_until_t is None and not saying.sent_s and self._is_hopeless(saying):
            self._give_up(saying)
            words = len(saying.text.whole.split())
            saying.started_t, saying.read_until_t = t, t + max(MIN_READING_S, words / READING_WORDS_S)
            self._show(saying.text.whole)
            self._feed(PlayoutStarted(t=t, t_known=t, job=saying.job, cue=saying.cue))
        elif saying.read_until_t is not None and t >= saying.read_until_t:
            self._now = None
            self._feed(LineSpoken(t=t, t_known=t, job=saying.job, line=_line(saying, t, was_cut=False)))

    # --- inside ---

    def _is_hopeless(self, saying: Saying) -> bool:
        """There is no sound yet, and it is not waited for any longer."""
        parts = saying.text.parts[saying.clause : saying.clause + 1]
        return not self.has_voice or any(part.clip.is_refused for part in parts) \
            or self._t - saying.asked_t > VOICE_PATIENCE_S

    def _is_stuck(self, saying: Saying) -> bool:
        """All that there is was sent, and the synthesiser does not bring the rest."""
        if saying.clause >= len(saying.text.parts):
            return False
        part = saying.text.parts[saying.clause]
        is_owed = not part.clip.is_whole and saying.offset >= part.size
        patience_s = VOICE_PATIENCE_S if self.has_voice else AHEAD_S
        return is_owed and (part.clip.is_refused or self._t - saying.fed_t > patience_s)

    def _break(self, saying: Saying) -> None:
        """End the sound where it is; the whole text is on the screen."""
        self._give_up(saying)
        saying.is_broken, saying.clause = True, len(saying.text.parts)
        self._show(saying.text.whole)
        self._audio.send(Play(job=saying.job, cue=saying.cue, pcm=b"", is_last=True))

    def _give_up(self, saying: Saying) -> None:
        for part in saying.text.parts:
            if not part.clip.is_whole:
                self._clips.give_up(part.clip)

    def _request(self, text: Text, until: int) -> None:
        while text.requested < min(until, len(text.parts)):
            part = text.parts[text.requested]
            part.clip = self._clips.want(text.style, part.text)
            text.requested += 1

    def _pump(self) -> None:
        """Send what fits into the 400 ms ahead of what has been heard."""
        saying = self._now
        if saying is None or saying.read_until_t is not None:
            return
        text = saying.text
        self._request(text, saying.clause + 2)
        size = 2 * round(PIECE_S * SAMPLE_RATE_HZ)
        while saying.clause < len(text.parts) and saying.sent_s - saying.heard_s < AHEAD_S:
            part = text.parts[saying.clause]
            pcm = part.piece(saying.offset, size)
            if not pcm and not part.clip.is_whole:
                return
            saying.offset += len(pcm)
            saying.sent_s += len(pcm) / (2 * SAMPLE_RATE_HZ)
            saying.fed_t = self._t
            is_over = part.clip.is_whole and saying.offset >= part.size
            is_last = is_over and saying.clause + 1 == len(text.parts)
            self._audio.send(Play(job=saying.job, cue=saying.cue, pcm=pcm, is_last=is_last))
            if is_over:
                saying.clause, saying.offset = saying.clause + 1, 0
                self._request(text, saying.clause + 2)
                if saying.started_t is not None:
                    self._track(saying)

    def _move(self, saying: Saying, zero_t: float) -> None:
        """The loudspeaker had nothing to play for a while: all that is still to be heard comes later."""
        if abs(zero_t - saying.zero_t) > DRIFT_S:
            saying.zero_t, saying.tracked = zero_t, 0
            self._track(saying)

    def _track(self, saying: Saying) -> None:
        """Send the mouth shapes of every whole clause that has not had them."""
        parts = saying.text.parts
        begin_s = sum(part.duration_s for part in parts[: saying.tracked])
        while saying.tracked < len(parts) and parts[saying.tracked].clip.is_whole:
            part = parts[saying.tracked]
            at_ms, shapes = visemes.track(part.clip.phonemes, part.clip.duration_s)
            if begin_s + part.duration_s > saying.heard_s + OVER_S:
                self._mouth(Mouth(saying.job, saying.zero_t + begin_s + part.breath_s, at_ms, shapes))
            begin_s += part.duration_s
            saying.tracked += 1

    def _caption(self, saying: Saying) -> None:
        """Show clauses as they begin to be heard."""
        begin_s, shown = 0.0, 0
        for part in saying.text.parts:
            if begin_s > saying.heard_s + PIECE_S or (shown and not part.clip.pcm):
                break
            shown += 1
            begin_s += part.duration_s
        if shown > saying.shown:
            saying.shown = shown
            self._show("".join(part.text for part in saying.text.parts[:shown]))


def _text(text: str, style: Style) -> Text:
    pieces = clauses.split(text)
    breaths = [0.0, *(clauses.breath_s(piece) for piece in pieces[:-1])]
    return Text(style, tuple(Part(*each) for each in zip(pieces, breaths, strict=True)))


def _line(saying: Saying, t: float, *, was_cut: bool) -> SpokenLine:
    text = saying.text.whole
    spoken = _spoken(saying)
    if saying.read_until_t is not None:
        heard = "" if was_cut else text
    else:
        heard = clauses.heard_text(spoken, saying.heard_s) if was_cut else text
    started_t = saying.started_t if saying.started_t is not None else t
    return SpokenLine(cue=saying.cue, text=text, heard_text=heard, start_t=started_t, end_t=t, was_cut=was_cut)


def _spoken(saying: Saying) -> list[clauses.SpokenClause]:
    """The clauses whose sound is there."""
    return [part.spoken() for part in saying.text.parts if part.clip.is_whole]
