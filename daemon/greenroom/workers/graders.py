"""Chooses what scores answers."""

from __future__ import annotations

from greenroom.interview.questions import load_packs
from greenroom.settings import Settings
from greenroom.workers.encoders import load_encoder
from greenroom.workers.grading import Grader


def load_grader(settings: Settings) -> Grader:
    """With the encoder of the models folder where there is one. Raises ``SettingsError`` for a malformed pack."""
    return Grader(load_encoder(settings), [question.text for pack in load_packs().values()
                                           for question in pack.questions])
