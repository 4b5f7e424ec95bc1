"""``greenroom bench measures``: rates and pauses of answers whose truth is known, from true and recognised words."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from greenroom import settings as configuration
from greenroom.bench.printing import Line, tell
from greenroom.bench.spoken import Spoken, answers, f1
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.hearing import prosody
from greenroom.hearing.heard import Answer
from greenroom.hearing.measures import answer_measures
from greenroom.hearing.prosody import Interval
from greenroom.hearing.recogniser_sphinx import SphinxRecogniser
from greenroom.hearing.recording import voice_events, voice_spans
from greenroom.hearing.vad import MODEL_FILE, SileroVad
from greenroom.ports import Pcm, Recogniser, VoiceDetector
from greenroom.records import Word
from greenroom.workers.segments import BLOCK_SAMPLES as FEED_SAMPLES
from greenroom.workers.segments import PREROLL_S, TAIL_S

LEARN_S = 8.0
TRUE_LIMIT, MEDIAN_LIMIT, WORST_LIMIT, F1_LIMIT = 0.01, 0.05, 0.12, 0.95
NAMES = ("speaking_rate_wpm", "articulation_rate_wpm", "speaking_rate_spm", "articulation_rate_spm")


@dataclass(frozen=True)
class Taken:
    """What the booth measured of one answer."""

    spoken: Spoken
    from_true_words: dict[str, float]
    from_recognised: dict[str, float]
    pauses: tuple[Interval, ...]


def take(spoken: Spoken, detector: VoiceDetector, recogniser: Recogniser) -> Taken:
    """Detector, recogniser and measures over one answer, as in the booth."""
    voice = voices(spoken.pcm, detector)
    start = round(voice[0][0] * SAMPLE_RATE_HZ) if voice else 0
    recogniser.learn_channel(spoken.pcm[start : start + round(LEARN_S * SAMPLE_RATE_HZ)])
    return Taken(
        spoken,
        _measured(spoken.words, voice),
        _measured(words(spoken.pcm, voice, recogniser), voice),
        tuple(prosody.pauses_between(voice)),
    )


def voices(pcm: Pcm, detector: VoiceDetector) -> list[Interval]:
    """VAD segments."""
    return voice_spans([event for _, events in voice_events(pcm, detector) for event in events])


def words(pcm: Pcm, voice: Iterable[Interval], recogniser: Recogniser) -> tuple[Word, ...]:
    """Recognised segment by segment, with the sound before and after it that the hearing worker adds."""
    heard: list[Word] = []
    before_t = 0.0
    for start_t, end_t in voice:
        from_t = max(before_t, start_t - PREROLL_S)
        sound = pcm[round(from_t * SAMPLE_RATE_HZ) : round((end_t + TAIL_S) * SAMPLE_RATE_HZ)]
        recogniser.open(from_t)
        for start in range(0, sound.size, FEED_SAMPLES):
            recogniser.feed(sound[start : start + FEED_SAMPLES])
        heard += recogniser.close()
        before_t = end_t
    return tuple(heard)


def _measured(said: tuple[Word, ...], voice: list[Interval]) -> dict[str, float]:
    answer = Answer(question_end_t=0.0, words=said, voice_spans=tuple(voice), pcm_runs=(), faces=(),
                    ended_t=voice[-1][1] if voice else 0.0)
    return {measure.name: measure.value for measure in answer_measures(answer) if measure.value is not None}


def truth(spoken: Spoken) -> dict[str, float]:
    syllables = sum(word.syllables or 0 for word in spoken.words)
    per_word = syllables / len(spoken.words)
    rates = spoken.speaking_wpm, spoken.articulation_wpm
    return dict(zip(NAMES, (*rates, *(rate * per_word for rate in rates)), strict=True))


def errors(taken: Iterable[Taken], name: str, *, is_recognised: bool) -> list[float]:
    """Relative errors of a rate; 1 where it was not told."""
    found: list[float] = []
    for one in taken:
        value = (one.from_recognised if is_recognised else one.from_true_words).get(name, 0.0)
        found.append(abs(value / truth(one.spoken)[name] - 1))
    return found


def pause_f1(taken: Iterable[Taken]) -> tuple[float, int]:
    """F1 of the pauses within 0.1 s at both ends, and how many there are in truth."""
    counts = [f1(one.pauses, one.spoken.pauses) for one in taken]
    hits, found, true = (sum(column) for column in zip(*counts, strict=True))
    return 2 * hits / max(1, found + true), true


def _lines() -> Iterator[Line]:
    model = configuration.load().booth.models_dir / "silero-vad-v6" / MODEL_FILE
    detector, recogniser = SileroVad(model), SphinxRecogniser()
    taken: list[Taken] = []
    yield "voice  tempo  true wpm  measured  articulation  measured  pauses", True
    for spoken in answers():
        one = take(spoken, detector, recogniser)
        taken.append(one)
        heard = one.from_recognised
        yield (f"{spoken.voice:<5}  {spoken.tempo:5.2f}  {spoken.speaking_wpm:8.1f}  {heard.get(NAMES[0], 0):8.1f}  "
               f"{spoken.articulation_wpm:12.1f}  {heard.get(NAMES[1], 0):8.1f}  "
               f"{len(one.pauses)} of {len(spoken.pauses)}"), True
    for name in NAMES:
        exact = max(errors(taken, name, is_recognised=False))
        found = errors(taken, name, is_recognised=True)
        median, worst = statistics.median(found), max(found)
        is_good = median <= MEDIAN_LIMIT and worst <= WORST_LIMIT and (exact <= TRUE_LIMIT or name != NAMES[0])
        yield (f"{name}: from true words off by at most {exact:.2%}; from the recogniser median {median:.1%} "
               f"(limit {MEDIAN_LIMIT:.0%}), worst {worst:.1%} (limit {WORST_LIMIT:.0%})"), is_good
    value, count = pause_f1(taken)
    yield f"pauses: F1 {value:.3f} of {count} within 0.1 s (limit {F1_LIMIT})", value >= F1_LIMIT


def run() -> int:
    """Print the figures; 1 when one is over its limit."""
    return tell(_lines())
