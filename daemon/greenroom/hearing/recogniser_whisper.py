"""Whisper on CTranslate2, through faster-whisper: a window of sound heard again as it grows, and once more at its end.

Whisper knows no streaming: it hears up to 30 s at once and costs the same for every length. So the sound of a segment
is a window that is heard again after every ``every_s`` of new sound (``agreement`` says which words have settled and
moves the window on), and at the end once more with a wider search and the terms that may well be said.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from greenroom.errors import EngineError, EngineUnavailable, ModelMissing
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing.agreement import CUT_S, Agreement
from greenroom.hearing.hallucination import LOOP_RATIO, NO_SPEECH, POOR_LOGPROB, Hypothesis, believed
from greenroom.ports import Pcm
from greenroom.records import EngineInfo, Word

WEIGHTS = "model.bin"
TOKENIZER = "tokenizer.json"
LADDER = (0.0, 0.2)
"""Temperatures: a hypothesis that is a loop, or hardly likely, gets one more try; Whisper's own four cost seconds."""
TOKENS_PER_S, TOKENS_MORE, MAX_TOKENS = 8, 16, 200
"""More than the fastest speech has; a loop ends here. With the longest hints they fill Whisper's 448 places."""
MAX_THREADS = 4


class Way(NamedTuple):
    """How a machine of a profile runs Whisper."""

    device: str
    compute_type: str
    every_s: float
    """New sound after which the window is heard again."""
    beam: int
    """Of the last hypothesis; those before have 1."""
    latency_s: float


WAYS = {
    "lean": Way("cpu", "int8", 1.0, 1, 1.2),
    "cpu": Way("cpu", "int8", 1.0, 5, 1.2),
    "gpu": Way("cuda", "float16", 0.5, 5, 0.25),
}
"""By profile. Latencies: tiny takes 1.14 s in Moonshine's table and turbo 0.21 s on an RTX 4090; base costs twice as
much as tiny and is for CPUs that are twice as fast."""


class Whisper:
    """Weights in memory, for all streams of a process; hears one window at a time."""

    def __init__(self, folder: Path, way: Way) -> None:
        """Raises ``ModelMissing`` without the weights in ``folder``, ``EngineUnavailable`` without library or GPU."""
        for file in (WEIGHTS, TOKENIZER):
            if not (folder / file).is_file():
                raise ModelMissing(f"{folder.name}: no {file} in {folder}", fix=f"greenroom models pull {folder.name}")
        # Neither the hub nor the makers of ONNX Runtime, which the library loads, are to hear of it.
        os.environ["HF_HUB_OFFLINE"] = os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        if way.device == "cuda":
            os.environ.setdefault("CT2_CUDA_ALLOCATOR", "cub_caching")  # the other one keeps what it ever took
        try:
            import ctranslate2
            import faster_whisper
        except ImportError as error:
            raise EngineUnavailable(
                "faster-whisper is not installed", fix="pip install 'greenroom[whisper]'") from error
        if way.device == "cuda" and ctranslate2.get_cuda_device_count() == 0:
            raise EngineUnavailable("there is no GPU that CTranslate2 can use",
                                    fix='install the NVIDIA driver and CUDA 12, or set booth.profile to "cpu"')
        ctranslate2.set_random_seed(1)
        threads = max(1, min(MAX_THREADS, (os.cpu_count() or 1) - 1))
        try:
            self._model: Any = faster_whisper.WhisperModel(
                str(folder), device=way.device, compute_type=way.compute_type, cpu_threads=threads,
                local_files_only=True)
        except Exception as error:  # runtime and tokeniser raise classes of their own, or RuntimeError, ValueError
            raise EngineUnavailable(f"{folder.name} cannot be loaded: {error}",
                                    fix=f"greenroom models pull {folder.name}, then greenroom doctor") from error
        self.way = way
        place = f"{threads} CPU thread{'s' if threads > 1 else ''}" if way.device == "cpu" else way.device
        self.info = EngineInfo(
            capability="recogniser", name="faster-whisper", version=str(faster_whisper.__version__),
            detail=f"{folder.name.removeprefix('whisper-')}, {way.compute_type} on {place}")

    def hear(self, pcm: Pcm, t: float, *, beam: int, hints: tuple[str, ...] = ()) -> tuple[Word, ...]:
        """The words of at most 30 s of sound whose first sample is at ``t``."""
        seconds = pcm.size / SAMPLE_RATE_HZ
        segments, _ = self._model.transcribe(
            pcm.astype(np.float32) / 32768.0, language="en", beam_size=beam, best_of=1, temperature=LADDER,
            compression_ratio_threshold=LOOP_RATIO, log_prob_threshold=POOR_LOGPROB, no_speech_threshold=NO_SPEECH,
            condition_on_previous_text=False, word_timestamps=True, without_timestamps=True, vad_filter=False,
            max_new_tokens=min(MAX_TOKENS, TOKENS_MORE + round(TOKENS_PER_S * seconds)),
            hotwords=", ".join(hints) or None,
        )
        # Without time tokens all words are in one segment. Another would be the end of the sound, heard once more.
        segment = next(iter(segments), None)
        if segment is None:
            return ()
        words = tuple(
            Word(text=word.word.strip(), start_t=round(t + float(word.start), 3), end_t=round(t + float(word.end), 3),
                 certainty=round(min(1.0, max(0.0, float(word.probability))), 3))
            for word in segment.words
        )
        said = Hypothesis(words, segment.no_speech_prob, segment.avg_logprob, segment.compression_ratio)
        return believed(said, t, t + seconds)


class WhisperRecogniser:
    """One segment at a time on weights that others use, too; the same calls in the same order give the same words."""

    def __init__(self, whisper: Whisper) -> None:
        self._whisper = whisper
        self.latency_s = whisper.way.latency_s
        self._is_open = False
        self._hints: tuple[str, ...] = ()
        self._window: list[Pcm] = []
        self._t = 0.0
        """Of the window's first sample."""
        self._samples = self._heard_samples = 0
        """In the window, and how many of them the last hypothesis knew."""
        self._agreement = Agreement()

    @property
    def info(self) -> EngineInfo:
        return self._whisper.info

    def open(self, t: float, hints: tuple[str, ...] = ()) -> None:
        """Begin a segment at ``t``; an open one is thrown away."""
        self._is_open, self._hints = True, hints
        self._window, self._t = [], t
        self._samples = self._heard_samples = 0
        self._agreement = Agreement(window_t=t)

    def feed(self, pcm: Pcm) -> None:
        if not self._is_open:
            raise EngineError("the recogniser has no open segment")
        self._window.append(pcm)
        self._samples += pcm.size
        if self._samples > CUT_S * SAMPLE_RATE_HZ:
            self._hear()

    def partial(self) -> tuple[Word, ...]:
        """Words so far; heard anew only when there is enough new sound."""
        if self._is_open and self._samples - self._heard_samples >= self._whisper.way.every_s * SAMPLE_RATE_HZ:
            self._hear()
        return self._agreement.words if self._is_open else ()

    def close(self) -> tuple[Word, ...]:
        if not self._is_open:
            return ()
        last: tuple[Word, ...] = ()
        if self._samples:
            last = self._whisper.hear(self._sound(), self._t, beam=self._whisper.way.beam, hints=self._hints)
        # A wider search that finds nothing does not outweigh words that were heard twice.
        words = self._agreement.closed(last) if last else self._agreement.committed
        self.open(0.0)
        self._is_open = False
        return words

    def learn_channel(self, pcm: Pcm) -> tuple[float, ...]:  # noqa: ARG002 - this engine knows all voices
        return ()

    def set_channel(self, mean: tuple[float, ...]) -> None:
        """Nothing is learned, so there is nothing to take back."""

    def _hear(self) -> None:
        """One more hypothesis, and the window moved on where it has become too long."""
        sound = self._sound()
        end_t = self._t + sound.size / SAMPLE_RATE_HZ
        self._agreement = self._agreement.heard(self._whisper.hear(sound, self._t, beam=1)).moved(end_t)
        gone = min(sound.size, max(0, round((self._agreement.window_t - self._t) * SAMPLE_RATE_HZ)))
        self._window = [sound[gone:].copy()] if gone else [sound]
        self._t += gone / SAMPLE_RATE_HZ
        self._samples = self._heard_samples = sound.size - gone

    def _sound(self) -> Pcm:
        return np.concatenate(self._window)
