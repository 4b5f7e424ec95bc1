"""Scores answers with what there is: rules always, and the meaning of sentences where an encoder is installed."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.interview import scoring
from greenroom.interview.scoring import Pointed
from greenroom.language import meaning
from greenroom.language.sentences import split
from greenroom.ports import SentenceEncoder
from greenroom.records import AnswerToScore, EngineInfo
from greenroom.scores import AnswerScore
from greenroom.workers.model_reader import ModelReader

MAX_SENTENCES = 60
"""Of an answer, whose meaning is looked at: more than ten minutes."""
MOST_COMPARED = 5000
"""Characters of a question that are looked at."""


class Grader:
    """The same answer gets the same score from the same readers, whatever else was scored before.

    ``questions`` are those of the packs, with which the one that was asked is compared.
    """

    def __init__(self, encoder: SentenceEncoder | None, questions: Sequence[str],
                 reader: ModelReader | None = None) -> None:
        """``reader``: a language model that points at sentences, which takes seconds for each answer."""
        self._encoder = encoder
        self._reader = reader
        self._questions = tuple(dict.fromkeys(questions))
        self._others: meaning.Vectors | None = None

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        return () if self._encoder is None else (self._encoder.info,)

    def warm_up(self) -> None:
        """So that the first answer does not wait. Raises ``EngineError``."""
        if self._encoder is not None and self._questions:
            self._others = self._encoder.encode(self._questions)

    def grade(self, given: AnswerToScore, pointed: Pointed | None = None) -> AnswerScore:
        """``pointed``: what a model has read already. Raises ``EngineError`` when the encoder fails."""
        answer = scoring.to_score(given)
        by_words = scoring.score(answer)
        is_alone = self._encoder is None and self._reader is None and pointed is None
        if is_alone or by_words.reason not in (None, "off_question"):
            return by_words  # nothing that anybody else could change
        rank, reader = None, scoring.BY_WORDS
        if self._encoder is not None and given.question.strip():
            info = self._encoder.info
            rank = self._rank(self._encoder, given.question, by_words.text)
            reader = f"relevance by words and {info.name} {info.version}".strip()
        if self._reader is not None and pointed is None:
            pointed = self._reader.read(answer.kind, answer.question, scoring.sentences_of(answer))
        return scoring.score(answer, rank, reader, pointed)

    def _rank(self, encoder: SentenceEncoder, question: str, text: str) -> float | None:
        if self._others is None:
            self.warm_up()
        others = self._others
        if others is None:
            return None
        kept = [n for n, other in enumerate(self._questions) if other != question]
        asked = encoder.encode([question[:MOST_COMPARED]])
        said = encoder.encode([sentence.text for sentence in split(text)[:MAX_SENTENCES]])
        return meaning.rank(asked, others[kept], said)
