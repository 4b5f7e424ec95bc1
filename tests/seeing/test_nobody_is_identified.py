"""The booth looks at faces and knows nobody: no face recognition among its models, in its code or in its tables."""

from __future__ import annotations

import re
from pathlib import Path

import greenroom
from greenroom.events import NeutralLearned
from greenroom.models.manifest import Manifest
from greenroom.records import Analysis, SessionRecord, TurnRecord
from greenroom.storage.tables import Base

PACKAGE = Path(greenroom.__file__).parent
RECOGNITION = re.compile(
    r"arcface|facenet|insightface|deepface|face_recognition|dlib|vggface|sface|facerecognizer|face.?embedd"
    r"|embedd.{0,20}face|face.?id\b|faceprint|identif(y|ies|ication) of (a )?(face|person)"
    r"|speaker.?embedd|x.?vector|ecapa", re.IGNORECASE)


def test_no_model_recognises_faces_or_voices() -> None:
    for model in Manifest.load().models:
        told = " ".join((model.name, model.engine, model.capability, *(file.path for file in model.files)))
        assert not RECOGNITION.search(told), told


def test_no_code_computes_an_embedding_of_a_face() -> None:
    sources = [path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts]
    assert len(sources) > 150
    found = {str(path): match[0] for path in sources if (match := RECOGNITION.search(path.read_text("utf-8")))}
    assert found == {}


def test_no_table_has_a_place_for_a_face() -> None:
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    assert len(columns) > 20
    assert not [name for name in columns if re.search(r"face|mesh|embed|vector|landmark|gaze|biometr", name)]


def test_no_record_that_is_kept_has_a_place_for_a_face() -> None:
    for kept in (SessionRecord, TurnRecord, Analysis):
        assert not [name for name in kept.__struct_fields__ if re.search(r"face|mesh|embed|landmark", name)]
    assert "neutral" in NeutralLearned.__struct_fields__, "which the journal holds until the session is closed"
