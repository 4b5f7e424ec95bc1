"""Who may import whom: the shape of the package, read from its sources."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCES = Path(__file__).parents[1] / "daemon"
PACKAGE = "greenroom"

VOCABULARY = ("errors", "scores", "records", "events", "requests", "ports", "settings")
"""Each may import those before it; everything may import them (pure modules all but the settings)."""
LEAVES = frozenset({"timeline", "tasks", "log", "networks", "systemd", "temporary"})
"""Stand beside the vocabulary; know the errors and nothing else of the package."""

PURE = frozenset({
    "errors", "scores", "records", "events", "requests", "ports",
    "hearing.agreement", "hearing.camera", "hearing.expressions", "hearing.hallucination", "hearing.glances",
    "hearing.in_view", "hearing.movement", "hearing.scenes",
    "hearing.fillers", "hearing.heard", "hearing.levels", "hearing.loudness", "hearing.measures", "hearing.pauses",
    "hearing.pitch", "hearing.prosody", "hearing.rates", "hearing.segmenter", "hearing.summary", "hearing.syllables",
    "hearing.turn_features", "hearing.turn_melody", "hearing.wording",
    "hearing.nearness", "hearing.room", "hearing.sight", "hearing.sound_kinds", "hearing.stating", "hearing.visible",
    "seeing.alignment", "seeing.bodies", "seeing.calibration", "seeing.detections", "seeing.doubt",
    "seeing.efficientdet", "seeing.expression", "seeing.eye_contact", "seeing.framing", "seeing.gaze", "seeing.hands",
    "seeing.posture",
    "seeing.head_pose", "seeing.learning", "seeing.observe", "seeing.pacing", "seeing.presence", "seeing.regions",
    "seeing.smoothing", "seeing.stamps", "seeing.still_header", "seeing.stillness",
    "voice.clauses", "voice.estimating", "voice.playout", "voice.signs", "voice.silences", "voice.visemes",
    "language.asked", "language.bert", "language.clause_ends", "language.cohesion", "language.cues",
    "language.complaints", "language.general_words", "language.negations", "language.plain_reasons",
    "language.sentiment", "language.unsure",
    "language.meaning", "language.model_reading", "language.onnx_graph",
    "language.plain_words", "language.plausible", "language.reading",
    "language.reading_words", "language.relevance", "language.safetensors", "language.scripted", "language.sentences",
    "language.topics", "language.wordpiece",
    "interview.adapting", "interview.anchors", "interview.answering", "interview.asking", "interview.barge_in",
    "interview.checking", "interview.context", "interview.cue_signs", "interview.cue_words", "interview.cueing",
    "interview.ending", "interview.endpointing", "interview.feedback", "interview.grading", "interview.refusing",
    "interview.requesting", "interview.rubric", "interview.scoring", "interview.faults", "interview.gaze_checking",
    "language.conversation", "language.grammar",
    "language.breaker", "language.chat_format", "language.event_stream", "language.obeying",
    "interview.addressed",
    "interview.following_up", "language.dialogue", "language.fitness", "language.prompts", "language.unsayable",
    "documents.lines", "interview.document_lines", "interview.document_use", "interview.own_questions",
    "interview.pack_lines",
    "interview.private_lines",
    "interview.tailoring",
    "interview.misheard",
    "interview.left_sessions", "interview.machine", "interview.notices", "interview.personas", "interview.planning",
    "interview.effects", "interview.recording",
    "interview.questions", "interview.reopening", "interview.rereading", "language.retelling",
    "interview.repertoire",
    "interview.speculating", "interview.state", "interview.text_cues", "interview.turns", "interview.weighing",
    "interview.replies", "interview.wishes",
    "telemetry.captions", "telemetry.exposition", "telemetry.figures", "telemetry.latency", "telemetry.meters",
    "telemetry.screen", "telemetry.streamed", "telemetry.tally",
    "storage.summary",
    "reports.analysis", "reports.baseline", "reports.builder", "reports.findings", "reports.plots", "reports.pooling",
    "reports.judged", "reports.levels", "reports.retries", "reports.study", "reports.room", "reports.schema",
    "reports.document", "reports.origins", "reports.reread", "reports.scored", "reports.to_score", "reports.sight",
    "reports.whole",
    "reports.coached", "reports.coaching", "reports.coaching_words", "reports.cued", "reports.letter",
    "reports.letter_words", "reports.quoting", "reports.refusal_words",
    "server.protocol", "server.stream_protocol",
    "models.manifest",
    "devices.channel_levels", "devices.drawn_capture", "devices.echo_check", "devices.frame_clock",
    "devices.picture_health", "devices.reference", "devices.ring", "devices.v4l2",
    "workers.restarts", "workers.segments",
    "world.candidate", "world.echo_path", "world.motion", "world.noises", "world.room", "world.scene", "world.script",
    "world.shot", "world.visitor",
})  # fmt: skip
"""Functions of data: time and chance are in the data, so the same calls give the same results."""
IMPURE = frozenset({
    "asyncio", "concurrent", "datetime", "http", "logging", "multiprocessing", "os", "queue", "random", "secrets",
    "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading",
    "time", "uuid",
})  # fmt: skip
PURE_LIBRARIES = frozenset({"numpy", "msgspec"})

ANYWHERE = frozenset({"numpy", "msgspec"})
HOMES: dict[str, dict[str, str]] = {
    "onnxruntime": {"networks": ""},
    "piper": {"voice.synthesizer_piper": ""},
    "onnx": {"voice.synthesizer_piper": ""},
    "pocketsphinx": {
        "hearing.recogniser_sphinx": "", "hearing.aligner_sphinx": "another search: it knows what was said",
        "hearing.sentence_end_ngram": "its model of language alone, whatever recogniser there is",
    },
    "faster_whisper": {"hearing.recogniser_whisper": ""},
    "ctranslate2": {"hearing.recogniser_whisper": ""},
    "parselmouth": {
        "hearing.pitch_praat": "",
        "voice.intonation_praat": "changes the pitch of the booth's own voice; the other measures that of candidates",
    },
    "pyloudnorm": {"hearing.loudness_lufs": ""},
    "mediapipe": {"seeing.face_mediapipe": ""},
    "ai_edge_litert": {"seeing.network_litert": "", "hearing.sounds_yamnet": "listens; the first one looks"},
    "espeakng_loader": {"voice.synthesizer_espeak": ""},
    "livekit": {"devices.echo": ""},
    "pyaudio": {"devices.sound": "", "world.listen": "plays the virtual room aloud; the world knows no devices"},
    "cv2": {
        "devices.opencv_capture": "",
        "seeing.self_view": "the candidate's own picture; the first one takes pictures",
        "seeing.network_litert": "crops and turns pictures for networks",
        "world.eyeballs": "draws the candidate",
        "world.face_paint": "draws the candidate",
        "world.portrait": "draws the candidate",
        "world.spoiling": "spoils pictures of the candidate",
        "world.studio": "puts the drawn candidate into other frames",
        "bench.vision": "spoils drawn pictures",
    },
    "soxr": {"devices.resampler": "", "voice.levelling": "whole clips at once; the other is for streams",
             "bench.voices": "voices that the booth does not have",
             "server.speech": "the rate that OpenAI's clients expect"},
    "soundfile": {"world.render": ""},
    "zeroconf": {"server.discovery": ""},
    "ifaddr": {"server.discovery": "zeroconf's own list of interfaces"},
    "systemd": {"systemd": ""},
    "pypdf": {"documents.pages_pypdf": ""},
    "segno": {"reports.qr": ""},
    "jinja2": {"reports.page": "", "telemetry.admin_page": "the page for staff is no report"},
    "markupsafe": {"reports.page": "jinja2's type for text that is safe already"},
    "aiohttp": {"server": "", "bench.telemetry": "is many clients",
                "language.chat_server": "asks another server; the first one is asked"},
    "sqlalchemy": {"storage": ""},
    "alembic": {"storage": ""},
    "av": {"hearing.decoder_av": "", "seeing.decoder_av": "pictures; the other one decodes sound"},
    "rich": {
        "cli_demo": "", "cli_analyze": "a command prints", "cli_doctor": "a command prints",
        "cli_models": "a command prints", "cli_devices": "a command prints", "cli_score": "a command prints",
        "cli_packs": "a command prints",
    },
    "psutil": {"bench.vision": ""},
    "llama_cpp": {
        "language.llama_weights": "", "language.llama_context": "what is computed; the first one has what is loaded",
    },
}
"""Library, then the modules or packages that may import it; every home after the first has a reason."""
MODELS_AND_DEVICES = frozenset({
    "onnxruntime", "cv2", "pyaudio", "livekit", "pocketsphinx", "espeakng_loader", "ai_edge_litert", "soundfile",
    "av", "soxr", "parselmouth", "ctranslate2", "faster_whisper", "mediapipe", "onnx", "piper", "llama_cpp",
})  # fmt: skip
LAZY = (MODELS_AND_DEVICES | {"pyloudnorm", "zeroconf", "ifaddr", "systemd", "segno", "pypdf"}) & HOMES.keys()
"""Imported where they are used, so that the module that is their home can be imported without them."""

ROOTS = (
    "__main__", "app", "core", "handover", "preparing", "streams", "starting", "stopping", "parent", "cli", "cli_",
    "workers.roots", "world.__main__", "bench.",
)  # fmt: skip
WORKERS = frozenset({"workers.audio", "workers.vision", "workers.hearing", "workers.voice", "workers.language",
                     "workers.analysis"})

CROSSINGS: dict[str, dict[str, str]] = {
    "devices.channel_levels": {"hearing.loudness": "one way of telling levels"},
    "devices.echo_check": {"hearing.loudness": "one way of telling levels"},
    "devices.virtual": {"world": "attaches to the virtual booth: its messages, its room, its picture"},
    "interview.checking": {"hearing.room": "judges the room by what the check heard"},
    "hearing.aligner_sphinx": {"language.clause_ends": "words as the recogniser's dictionary has them"},
    "hearing.sentence_end_ngram": {"language.clause_ends": "words as the model of language has them"},
    "hearing.heard": {"language.clause_ends": "reads words as the turn's cues do"},
    "hearing.pauses": {"language.clause_ends": "tells an open clause by the same words as the end of a turn"},
    "hearing.wording": {"language.clause_ends": "reads words as the turn's cues do"},
    "interview.cue_signs": {
        "hearing.prosody": "the same pace as the live meters",
        "hearing.room": "what a soft voice is",
        "language": "whether an answer tells a case and a result; pure",
    },
    "interview.gaze_checking": {"seeing.calibration": "where the points are"},
    "interview.evidence": {
        "hearing.heard": "an answer as the measures take it",
        "hearing.loudness_lufs": "weighs its sound",
        "hearing.measures": "hands an answer's sound and faces to the measures",
        "hearing.pitch": "takes the pitch that came late",
    },
    "interview.following_up": {"language": "chooses a follow-up, and judges how it is worded; pure"},
    "interview.document_lines": {"language.unsayable": "what no interviewer says; pure"},
    "interview.own_questions": {"language.unsayable": "what no interviewer says; pure"},
    "interview.tailoring": {"language": "compares lines with questions by their words; pure"},
    "interview.refusing": {"language": "whether words are an answer; pure"},
    "interview.rereading": {"language.retelling": "what a candidate's words in order may say; pure"},
    "interview.rubric": {"language": "what an answer tells; pure"},
    "interview.context": {"language": "looks at sentences; pure"},
    "interview.second_reading": {"language.scripted": "whether there is a model that could read"},
    "interview.state": {"language.scripted": "whether there is a model that words follow-ups"},
    "interview.misheard": {"language": "what an answer tells by its sure words; pure"},
    "interview.scoring": {"language": "reads the answer; pure"},
    "interview.wishes": {"language.plain_words": "words as scores compare them"},
    "interview.text_cues": {"language.clause_ends": "whether a clause is open, as the pauses tell it"},
    "interview.clips": {"voice.clauses": "cuts a script before it is asked of the synthesiser"},
    "interview.speech": {
        "voice.clauses": "cuts a text before it is asked of the synthesiser",
        "voice.visemes": "turns phonemes into mouth shapes for the screens",
    },
    "reports.coaching": {
        "interview.grading": "which answers a score is of",
        "interview.scoring": "the sentences that a score points at",
        "language.reading": "what a sentence tells, where something is missing",
        "language.sentences": "what a sentence is",
    },
    "reports.builder": {"interview.document_use": "one wording, on screens and in the report"},
    "reports.cued": {"interview.cueing": "the words that were shown"},
    "reports.letter": {"interview.feedback": "one wording, spoken and written"},
    "reports.quoting": {"language": "cuts a sentence where it tells what it is quoted for; pure"},
    "reports.pooling": {"hearing.summary": "one way of pooling, for turn and session"},
    "reports.whole": {"hearing.summary": "what can be pooled"},
    "reports.document": {"interview.tailoring": "what may be asked about a document is published"},
    "reports.findings": {
        "interview.feedback": "one wording, spoken and written",
        "language.cues": "numbers and results in an answer, the same words the follow-ups look for",
    },
    "seeing.decoder_av": {"hearing.decoder_av": "opens files in one way"},
    "server.uploads": {"storage.files": "names what keeps a file from being written"},
    "server.connection": {"telemetry.hub": "a client's queue"},
    "server.http": {"telemetry.hub": "passes the hub to connections"},
    "server.booth": {
        "reports.document": "what is read in a document is published",
        "reports.scored": "scores are published in one form",
        "reports.sight": "what is seen in a picture is published",
    },
    "server.routes": {
        "documents.lines": "takes as many bytes as are read",
        "reports.document": "what is read in a document is published",
        "reports.scored": "scores are published in one form",
        "reports.to_score": "what is scored comes in one form",
        "reports.sight": "what is seen in a picture is published",
        "telemetry.exposition": "the media type of metrics",
        "telemetry.hub": "asks for the snapshot",
    },
    "telemetry.admin_page": {"reports.page": "one style for all pages that are one file"},
    "telemetry.captions": {"interview.state": "the words of an answer", "server.protocol": "makes public messages"},
    "telemetry.display": {
        "interview.speech": "the mouth's shapes",
        "interview.state": "what the machine shows",
        "server.protocol": "makes public messages",
    },
    "telemetry.figures": {
        "interview.endpointing": "the names of its tiers",
        "server.protocol": "what the screens show",
    },
    "telemetry.hub": {"server.protocol": "encodes public messages"},
    "telemetry.latency": {
        "interview.endpointing": "how sure a silence was",
        "interview.text_cues": "the names of its categories",
    },
    "telemetry.meters": {
        "hearing.prosody": "the same pace live as in the report",
        "hearing.visible": "the same medians live as in the report",
    },
    "server.wire_types": {"reports.document": "the phone asks for it over HTTP"},
    "server.stream_protocol": {
        "reports.analysis": "what is measured of a stream is published as that of a recording",
        "reports.sight": "what is seen in a picture is published in one form",
    },
    "telemetry.self_views": {
        "seeing.framing": "how the candidate may sit better",
        "server.protocol": "makes public messages",
    },
    "telemetry.streamed": {
        "reports.analysis": "makes what is published",
        "reports.sight": "makes what is published",
        "server.protocol": "makes public messages",
        "server.stream_protocol": "makes public messages",
    },
    "telemetry.tally": {
        "interview.endpointing": "the names of its tiers",
        "interview.state": "what became of wordings",
    },
    "telemetry.screen": {"interview": "reads the machine's state", "server.protocol": "makes public messages"},
    "workers.audio": {
        "devices": "chooses sound device, echo canceller and reference",
        "hearing.vad": "chooses the voice detector",
        "voice.playout": "what is being said",
    },
    "workers.capture": {
        "devices.echo": "cleans the microphone",
        "devices.reference": "what the loudspeaker played",
        "hearing.loudness": "levels",
        "hearing.nearness": "whose voice it is, by its level",
        "hearing.segmenter": "voice from probabilities",
    },
    "workers.echo_checking": {"devices": "measures the echo and chooses its canceller"},
    "workers.analysis": {
        "documents.reading": "reads the documents of others",
        "hearing": "chooses detector, rule for fillers and pitch tracker",
        "seeing.decoder_av": "opens the pictures of others",
    },
    "workers.encoders": {"language": "chooses the sentence encoder", "models": "finds the weights"},
    "workers.effort": {
        "devices.heat": "asks how hot the box is",
        "devices.pressure": "asks whether others wait for a processor",
        "seeing.pacing": "tells it what looking costs",
    },
    "workers.ending": {
        "hearing.turn_features": "how much the turn model sees",
        "hearing.turn_melody": "how far the voice fell",
    },
    "workers.hearing": {
        "hearing.fillers": "the rule for filled pauses",
        "hearing.pitch_praat": "chooses the pitch tracker",
        "hearing.sentence_end_ngram": "chooses the model of sentence ends",
        "hearing.sounds_yamnet": "chooses the classifier of sounds",
        "hearing.turn_smart": "chooses the turn model",
        "models": "finds the weights",
    },
    "workers.handed_in": {"storage.files": "names what keeps a file from being written"},
    "workers.measuring": {"hearing": "hands sound and words to the measures"},
    "workers.streaming": {"hearing": "voice from probabilities, levels; what a recording needs"},
    "workers.pictures": {
        "hearing.decoder_av": "the longest stream is as long as the longest recording",
        "hearing.sight": "hands what was seen to the measures",
        "seeing.decoder_av": "opens the pictures of others",
        "seeing.still_header": "how they are stored; pure",
    },
    "workers.grading": {
        "interview.scoring": "one way of scoring, for the booth's answers and for others",
        "language": "reads the answer; pure",
    },
    "workers.graders": {"interview.questions": "the packs, whose questions are compared"},
    "workers.model_reader": {
        "interview.scoring": "what a model points at is part of a score",
        "language": "what is asked, and how far it is believed; pure",
    },
    "workers.language": {
        "language": "what a model is told; pure",
        "models.fingerprint": "whose weights they are",
    },
    "workers.remote_language": {
        "interview.scoring": "which sentences are the answer; pure",
        "language": "what a model is told; pure",
    },
    "workers.second_reading": {
        "interview.scoring": "an answer that was read is scored anew; pure",
        "language": "what a model is asked and what it means; pure",
        "models.fingerprint": "whose weights they are",
    },
    "workers.language_models": {"language": "chooses the language model", "models": "finds the weights"},
    "workers.recorded": {
        "hearing": "chooses the decoder; the rest is pure",
        "seeing.decoder_av": "chooses the decoder",
    },
    "workers.recognisers": {"hearing": "chooses the recogniser", "models": "finds the weights"},
    "workers.speaking": {"voice.clauses": "cuts a text as the interviewer says it"},
    "workers.synthesisers": {"models": "finds the voices", "voice": "chooses the synthesiser"},
    "workers.bodies": {"models": "finds the weights", "seeing": "chooses what looks beside the face"},
    "workers.scenery": {"seeing": "judges what is found beside the face"},
    "workers.faces": {"models": "finds the weights", "seeing": "chooses the face finder"},
    "workers.vision": {"devices.camera": "chooses the camera", "seeing": "all of it but the self-view is pure"},
    "workers.voice": {
        "voice.levelling": "brings clips to the booth's rate and loudness",
        "voice.silences": "takes the silence off their ends",
    },
    "workers.watching": {
        "hearing.decoder_av": "how long a recording may be",
        "hearing.sight": "what is told of a whole video",
        "seeing": "judges what the face finder finds",
    },
    "world.demo_figures": {"reports.schema": "holds the report against the truth"},
    "world.recording": {"storage.files": "names what keeps a file from being written"},
    "world.eyeballs": {"seeing.head_pose": "turns the eyes about the axes that are read back"},
    "world.portrait": {"seeing.head_pose": "turns the head about the axes that are read back"},
    "world.shot": {"seeing.head_pose": "the truth is told in the frame in which it is read"},
    "world.stage": {"seeing.calibration": "where the points are that the candidate is asked to look at"},
    "world.studio": {"seeing.head_pose": "the truth is told in the frame in which it is read"},
}
"""What a module that is no root may import from other packages, and what for."""


class Import(NamedTuple):
    name: str
    is_lazy: bool
    """Inside a function."""
    is_for_types: bool
    """Under ``if TYPE_CHECKING``."""


def imports_of(tree: ast.AST, known: frozenset[str]) -> Iterator[Import]:
    """Every import; ``from package import module`` counts as an import of the module."""

    waiting: list[tuple[ast.AST, bool, bool]] = [(tree, False, False)]
    while waiting:
        node, is_lazy, is_for_types = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, is_lazy, is_for_types) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield Import(full if full in known else str(node.module), is_lazy, is_for_types)
        is_lazy |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types |= isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        waiting += [(child, is_lazy, is_for_types) for child in ast.iter_child_nodes(node)]


@cache
def files() -> dict[str, Path]:
    """Modules by their name in the package, "" for the package itself."""
    found: dict[str, Path] = {}
    for path in sorted((SOURCES / PACKAGE).rglob("*.py")):
        parts = path.relative_to(SOURCES / PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def package() -> dict[str, tuple[Import, ...]]:
    """The imports of every module. Our own modules appear as ``.name``."""
    known = frozenset(f"{PACKAGE}.{name}".rstrip(".") for name in files())
    return {
        name: tuple(
            one._replace(name=one.name.removeprefix(PACKAGE)) if one.name.split(".")[0] == PACKAGE else one
            for one in imports_of(ast.parse(path.read_text()), known)
        )
        for name, path in files().items()
    }


def ours(module: str) -> set[str]:
    """Modules of the package that a module imports when it runs, lazily or not."""
    found = {one.name[1:] for one in package()[module] if one.name.startswith(".") and not one.is_for_types}
    assert found <= files().keys(), f"{module} imports from a package what it should import from a module"
    return found


def libraries(module: str) -> list[tuple[str, Import]]:
    """Imports of what is neither ours nor in the standard library, with the library's name."""
    outside = [(one.name.split(".")[0], one) for one in package()[module] if one.name and not one.name.startswith(".")]
    return [(name, one) for name, one in outside if name not in sys.stdlib_module_names]


def is_within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def is_root(module: str) -> bool:
    return any(module == root or (root[-1] in "._" and module.startswith(root)) for root in ROOTS)


def folder(module: str) -> str:
    return module.rpartition(".")[0].split(".")[0]


def modules() -> list[str]:
    return [name for name in files() if name]


def test_the_lists_name_modules_that_exist() -> None:
    listed = {*VOCABULARY, *LEAVES, *PURE, *WORKERS, *CROSSINGS, *(home for homes in HOMES.values() for home in homes)}
    assert sorted(name for name in listed if not any(is_within(module, name) for module in modules())) == []


def test_the_vocabulary_stands_in_order() -> None:
    for place, name in enumerate(VOCABULARY):
        assert ours(name) <= set(VOCABULARY[:place]), name
    for name in LEAVES:
        assert ours(name) <= {"errors"}, name


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure_modules_import_nothing_that_acts(module: str) -> None:
    used = {one.name.split(".")[0] for one in package()[module] if one.name and not one.name.startswith(".")}
    assert sorted(used & IMPURE) == []
    assert {name for name, _ in libraries(module)} <= PURE_LIBRARIES
    assert sorted(ours(module) - PURE) == []


def test_a_library_has_its_home() -> None:
    astray = [
        f"{module} imports {library}"
        for module in modules()
        for library, _ in libraries(module)
        if library not in ANYWHERE and not any(is_within(module, home) for home in HOMES.get(library, {}))
    ]
    assert astray == []


def test_every_further_home_has_a_reason_and_is_lived_in() -> None:
    for library, homes in HOMES.items():
        assert all(list(homes.values())[1:]), f"{library}: why more than one home?"
        for home in homes:
            assert any(
                library == name for module in modules() if is_within(module, home) for name, _ in libraries(module)
            ), f"{home} does not import {library}"


def test_libraries_of_devices_and_models_are_imported_where_they_are_used() -> None:
    eager = [
        f"{module}: {one.name}"
        for module in modules()
        for library, one in libraries(module)
        if library in LAZY and not (one.is_lazy or one.is_for_types)
    ]
    assert eager == []


def test_nothing_but_a_root_imports_a_root_or_a_worker() -> None:
    astray = [
        f"{module} imports {other}"
        for module in modules()
        if not is_root(module)
        for other in ours(module)
        if is_root(other) or other in WORKERS
    ]
    assert astray == []


def test_between_packages_only_what_is_listed() -> None:
    astray = [
        f"{module} imports {other}"
        for module in modules()
        if not is_root(module)
        for other in ours(module)
        if folder(other) not in {"", folder(module)}
        and not any(is_within(other, allowed) for allowed in CROSSINGS.get(module, {}))
    ]
    assert astray == []


def test_every_listed_crossing_is_used_and_has_a_reason() -> None:
    for module, allowed in CROSSINGS.items():
        for place, reason in allowed.items():
            assert reason, f"{module} to {place}: what for?"
            assert any(is_within(other, place) for other in ours(module)), f"{module} no longer imports {place}"


def test_public_messages_know_nothing_of_the_inside() -> None:
    assert ours("server.protocol") == set()


def test_there_is_no_import_cycle() -> None:
    try:
        list(TopologicalSorter({module: ours(module) for module in modules()}).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SOURCES, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_core_loads_no_library_of_models_or_devices() -> None:
    loaded = python("import sys, greenroom.app; print(*sys.modules, sep='\\n')").splitlines()
    assert "greenroom.app" in loaded
    assert sorted(MODELS_AND_DEVICES & set(loaded)) == []
    assert sorted(WORKERS & {name.removeprefix("greenroom.") for name in loaded}) == []


def test_every_module_can_be_imported_without_the_libraries_that_it_loads_late() -> None:
    passive = (module for module in modules() if not module.endswith("__main__") and "migrations" not in module)
    names = [f"{PACKAGE}.{module}" for module in passive]
    python(f"""
import importlib, sys
for library in {sorted(LAZY)!r}:
    sys.modules[library] = None
for name in {names!r}:
    importlib.import_module(name)
""")
