"""A script of a few words with recordings made of tones, so that every sample is known."""

from __future__ import annotations

import numpy as np

from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.script import Clip, Composer, Piece, Script, clip_name, parse_script, recordings
from greenroom.world.stage import Stage

VOICE = "rms"
SECONDS_PER_WORD = 0.3

SCRIPT: Script = parse_script(
    {
        "voices": {"tiny": VOICE},
        "lines": {
            "check": ["this is my voice"],
            "start": ["start"],
            "again": ["as I said"],
            "unknown": ["I do not know"],
        },
        "behaviours": [
            {"nth": 1, "kind": "unfinished", "wait_s": 3.0},
            {"nth": 2, "kind": "filler", "say": "um", "wait_s": 3.0},
            {"nth": 3, "kind": "thinking", "say": "let me think", "wait_s": 3.0},
            {"nth": 4, "kind": "interruption", "say": "oh yes", "after_s": 1.5},
        ],
        "follow_ups": {"role": [["that was me"]], "clarify": [["step by step"]]},
        "particular": {"tiny-a:why": ["just because"]},
        "answers": {
            f"tiny-{letter}": [f"{letter} is my answer", "it is short because ...", "it must be", "and that is all"]
            for letter in "abcde"
        },
    }
)
INTENTS = {"tiny-a:who": "role", "tiny-a:why": "numbers"}
QUESTIONS = tuple(f"question:tiny-{letter}" for letter in "abcde")


def clips() -> dict[str, Clip]:
    found = {}
    for voice, parts in recordings(SCRIPT):
        for n, text in enumerate(parts):
            name = clip_name(voice, Piece(text, parts, n))
            samples = round(len(text.split()) * SECONDS_PER_WORD * SAMPLE_RATE_HZ)
            found[name] = Clip(name=name, voice=voice, text=text, samples=samples, sha256="")
    return found


def composer(seed: int = 1) -> Composer:
    return Composer(SCRIPT, clips(), INTENTS, voice=VOICE, seed=seed)


def tone(name: str) -> Pcm:
    """A tone of constant loudness, -26 dBFS."""
    n = np.arange(clips()[name].samples)
    samples: Pcm = np.round(32768 * 0.05 * np.sqrt(2) * np.sin(2 * np.pi * 200 * n / SAMPLE_RATE_HZ)).astype(np.int16)
    return samples


def speech(samples: int, seed: int = 0, level: int = 3000) -> Pcm:
    """What an interviewer sounds like to a room: loud noise."""
    noise: Pcm = (np.random.default_rng(seed).standard_normal(samples) * level).clip(-32768, 32767).astype(np.int16)
    return noise


class Booth:
    """A stage with everything it recorded, and an interviewer who speaks in noise."""

    def __init__(self, seed: int = 1, slice_samples: int = 512, start_t: float = 0.0) -> None:
        self.recorded: list[tuple[Pcm, Pcm]] = []
        self.slice = slice_samples
        self.stage = Stage(composer(seed), tone, seed, self._record, voice_name=VOICE, start_t=start_t)

    def _record(self, speaker: Pcm, microphone: Pcm) -> None:
        self.recorded.append((speaker, microphone))

    def say(self, cue: str, seconds: float) -> None:
        self._go_on(round(seconds * SAMPLE_RATE_HZ), cue)

    def listen(self, seconds: float) -> None:
        self._go_on(round(seconds * SAMPLE_RATE_HZ), "")

    def listen_to_answer(self) -> None:
        """Until the candidate has begun and finished."""
        before = sum(answer.is_complete for answer in self.stage.log.answers)
        while sum(answer.is_complete for answer in self.stage.log.answers) == before:
            self.listen(0.1)
            assert self.stage.t < 1000, "the candidate never finished"

    @property
    def speaker(self) -> Pcm:
        return np.concatenate([speaker for speaker, _ in self.recorded])

    @property
    def microphone(self) -> Pcm:
        return np.concatenate([microphone for _, microphone in self.recorded])

    def _go_on(self, samples: int, cue: str) -> None:
        said = speech(samples) if cue else np.zeros(samples, np.int16)
        for start in range(0, samples, self.slice):
            self.stage.advance(said[start : start + self.slice], cue)
