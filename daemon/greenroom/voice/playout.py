"""What the loudspeaker plays: PCM of jobs in order, with pause, resume and cut, and events exact to the sample.

Pure: time enters as ``heard_t``, the time at which the first sample of a ``take`` is heard.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from greenroom.errors import CommandRefused
from greenroom.events import (
    SAMPLE_RATE_HZ,
    JobKey,
    PlayoutCut,
    PlayoutFinished,
    PlayoutPaused,
    PlayoutProgress,
    PlayoutResumed,
    PlayoutStarted,
)
from greenroom.ports import Pcm

PlayoutEvent = PlayoutStarted | PlayoutProgress | PlayoutPaused | PlayoutResumed | PlayoutFinished | PlayoutCut

REWIND_S = 1.5
"""Kept of what was heard, so that a word that was broken off can be said again: longer than any word."""
QUEUE_SAMPLES = round((1.0 + REWIND_S) * SAMPLE_RATE_HZ)
"""1 s and what is said again, all jobs together; core keeps to 400 ms."""
FADE_SAMPLES = SAMPLE_RATE_HZ * 20 // 1000
PROGRESS_SAMPLES = SAMPLE_RATE_HZ // 10
REMEMBERED_JOBS = 64
"""Ended jobs whose late PCM is dropped."""
_KEPT_SAMPLES = round(REWIND_S * SAMPLE_RATE_HZ)


class Playout:
    """The queue in front of the loudspeaker. Events collect in ``events`` until ``drain``.

    Of each job: Started, then Paused and Resumed in turn, and at the end Finished or Cut. Samples that fade count as
    heard; silence because PCM did not come in time does not.
    """

    def __init__(self) -> None:
        self._jobs: deque[_Job] = deque()
        self._ended: deque[JobKey] = deque(maxlen=REMEMBERED_JOBS)
        self._events: list[PlayoutEvent] = []

    @property
    def queued_samples(self) -> int:
        return sum(job.queued for job in self._jobs)

    @property
    def cue(self) -> str:
        """What is being said now, also in the middle of a pause; empty when nothing is."""
        return self._jobs[0].cue if self._jobs else ""

    def append(self, job: JobKey, cue: str, pcm: Pcm, is_last: bool) -> None:
        """Queue PCM of a job; that of an ended job is dropped. Raises ``CommandRefused`` when the queue is full."""
        if job in self._ended:
            return
        if self.queued_samples + pcm.size > QUEUE_SAMPLES:
            raise CommandRefused("the playout queue is full", fix="stay 400 ms ahead of PlayoutProgress")
        entry = self._find(job)
        if entry is None:
            entry = _Job(job, cue)
            self._jobs.append(entry)
        if entry.is_cut:
            return
        if pcm.size:
            entry.pieces.append(pcm)
            entry.queued += pcm.size
        entry.is_complete = entry.is_complete or is_last

    def pause(self, job: JobKey) -> None:
        """Fade out and hold; nothing when the job is not here."""
        if (entry := self._find(job)) is not None:
            entry.wants_hold = True

    def resume(self, job: JobKey, from_s: float | None = None) -> None:
        """Go on where the pause began, or from an earlier moment of the job; without a pause nothing is repeated."""
        if (entry := self._find(job)) is not None:
            entry.wants_hold = False
            entry.resume_at = None if from_s is None else round(from_s * SAMPLE_RATE_HZ)

    def cut(self, job: JobKey, now_t: float) -> None:
        """Fade out and forget the job; one that is not being heard ends at once, at ``now_t``."""
        if job in self._ended:
            return
        entry = self._find(job)
        if entry is not None and entry is self._jobs[0] and entry.has_started and not entry.is_held:
            entry.is_cut = True
            return
        self._ended.append(job)
        heard = 0
        if entry is not None:
            heard = entry.heard
            self._jobs.remove(entry)
        self._events.append(PlayoutCut(t=now_t, t_known=now_t, job=job, heard_s=heard / SAMPLE_RATE_HZ))

    def take(self, samples: int, heard_t: float) -> tuple[Pcm, str]:
        """The next samples for the loudspeaker, silence where there is nothing to say, and the cue at their end."""
        out = np.zeros(samples, np.int16)
        done = 0
        while done < samples and self._jobs:
            step = self._step(self._jobs[0], out[done:], heard_t + done / SAMPLE_RATE_HZ)
            if not step.goes_on:
                break
            done += step.samples
        return out, self.cue

    def halt(self, now_t: float) -> None:
        """The loudspeaker is gone: wishes that would end in a fade come true at once."""
        if self._jobs and self._jobs[0].is_cut:
            self._end_cut(self._jobs[0], now_t)
        elif self._jobs and self._jobs[0].wants_hold and not self._jobs[0].is_held:
            self._hold(self._jobs[0], now_t)

    def clear(self) -> None:
        """Drop everything without an event."""
        self._jobs.clear()
        self._ended.clear()
        self._events.clear()

    def drain(self) -> list[PlayoutEvent]:
        """Events since the last call, in order of ``t``; ``t_known`` equals ``t``."""
        events, self._events = self._events, []
        return events

    def _find(self, job: JobKey) -> _Job | None:
        return next((entry for entry in self._jobs if entry.key == job), None)

    def _step(self, job: _Job, out: Pcm, t: float) -> _Step:
        """Play on until something changes; ``out`` has room for at least one sample."""
        # A fade that has begun ends, also when the pause is taken back meanwhile.
        is_fading = job.is_cut or (not job.is_held and (job.wants_hold or job.fade_out > 0))
        if is_fading and (job.fade_out == FADE_SAMPLES or job.queued == 0 or not job.has_started):
            if job.is_cut:
                self._end_cut(job, t)
            elif job.queued == 0 and job.is_complete:
                self._finish(job, job.last_heard_t if job.has_started else t)
            else:
                self._hold(job, t)
            return _Step(0, True)
        if job.is_held and job.wants_hold:
            return _Step(0, False)
        if job.is_held:
            job.rewind()
        if job.queued == 0:
            if not job.is_complete:
                return _Step(0, False)
            self._finish(job, job.last_heard_t if job.has_started else t)
            return _Step(0, True)
        if job.is_held:
            self._go_on(job, t)
        return _Step(self._play(job, out, t, is_fading), True)

    def _play(self, job: _Job, out: Pcm, t: float, is_fading: bool) -> int:
        if not job.has_started:
            job.has_started = True
            self._events.append(PlayoutStarted(t=t, t_known=t, job=job.key, cue=job.cue))
            if job.is_resumed_early:
                self._events.append(PlayoutResumed(t=t, t_known=t, job=job.key, heard_s=0.0))
        to_progress = PROGRESS_SAMPLES - job.heard % PROGRESS_SAMPLES
        limit = min(out.size, to_progress)
        if is_fading:
            limit = min(limit, FADE_SAMPLES - job.fade_out)
        if job.fade_in < FADE_SAMPLES:
            limit = min(limit, FADE_SAMPLES - job.fade_in)
        pcm = job.pop(limit)
        played: npt.NDArray[np.float64] | Pcm = pcm
        if job.fade_in < FADE_SAMPLES:
            played = played * _ramp(job.fade_in, pcm.size)
            job.fade_in += pcm.size
        if is_fading:
            played = played * (1.0 - _ramp(job.fade_out, pcm.size))
            job.fade_out += pcm.size
        out[: pcm.size] = played
        job.heard += pcm.size
        end_t = job.last_heard_t = t + pcm.size / SAMPLE_RATE_HZ
        if job.heard % PROGRESS_SAMPLES == 0:
            self._events.append(PlayoutProgress(t=end_t, t_known=end_t, job=job.key, heard_s=job.heard_s,
                                                queued_s=job.queued / SAMPLE_RATE_HZ))
        if job.queued == 0 and job.is_complete and not job.is_cut:
            self._finish(job, end_t)
        return int(pcm.size)

    def _hold(self, job: _Job, t: float) -> None:
        job.is_held = True
        job.fade_out = 0
        self._events.append(PlayoutPaused(t=t, t_known=t, job=job.key, heard_s=job.heard_s))

    def _go_on(self, job: _Job, t: float) -> None:
        job.is_held = False
        if not job.has_started:
            job.is_resumed_early = True
            return
        job.fade_in = 0
        self._events.append(PlayoutResumed(t=t, t_known=t, job=job.key, heard_s=job.heard_s))

    def _finish(self, job: _Job, t: float) -> None:
        self._leave(job)
        self._events.append(PlayoutFinished(t=t, t_known=t, job=job.key, heard_s=job.heard_s))

    def _end_cut(self, job: _Job, t: float) -> None:
        self._leave(job)
        self._events.append(PlayoutCut(t=t, t_known=t, job=job.key, heard_s=job.heard_s))

    def _leave(self, job: _Job) -> None:
        self._jobs.remove(job)
        self._ended.append(job.key)


class _Step(NamedTuple):
    samples: int
    goes_on: bool
    """False: silence for the rest of the take."""


class _Job:
    """One job's PCM and how much of it was heard."""

    def __init__(self, key: JobKey, cue: str) -> None:
        self.key = key
        self.cue = cue
        self.pieces: deque[Pcm] = deque()
        self.queued = 0
        self.heard = 0
        self.last_heard_t = 0.0
        self.is_complete = False
        self.has_started = False
        self.wants_hold = self.is_held = self.is_cut = self.is_resumed_early = False
        self.fade_in = FADE_SAMPLES
        self.fade_out = 0
        self.resume_at: int | None = None
        self._recent: Pcm = np.zeros(0, np.int16)

    @property
    def heard_s(self) -> float:
        return self.heard / SAMPLE_RATE_HZ

    def pop(self, limit: int) -> Pcm:
        """At most ``limit`` samples, all from one piece."""
        piece = self.pieces.popleft()
        if piece.size > limit:
            self.pieces.appendleft(piece[limit:])
            piece = piece[:limit]
        self.queued -= piece.size
        self._recent = np.concatenate((self._recent, piece))[-_KEPT_SAMPLES:]
        return piece

    def rewind(self) -> None:
        """Put what was heard since ``resume_at``, as far as it is kept, in front of what is queued."""
        at, self.resume_at = self.resume_at, None
        back = 0 if at is None else min(max(self.heard - at, 0), self.heard, self._recent.size)
        if back:
            again, self._recent = self._recent[-back:], self._recent[:-back]
            self.pieces.appendleft(again)
            self.queued += back
            self.heard -= back


def _ramp(start: int, size: int) -> npt.NDArray[np.float64]:
    return np.arange(start, start + size) / FADE_SAMPLES
