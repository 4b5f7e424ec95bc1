"""The candidate's recorded voice: rendering it with flite, and reading the recordings."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import tomllib
from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from greenroom.errors import EngineError, EngineUnavailable, StorageError
from greenroom.events import SAMPLE_RATE_HZ
from greenroom.ports import Pcm
from greenroom.world.script import Clip, Piece, Script, clip_name, parse_script, recordings

FOLDER = Path(__file__).parent
VOICES = FOLDER / "voices"
LEVEL_DBFS = -26.0
"""Root mean square of every recording: what a candidate half a metre from the microphone gives."""
GRID_SAMPLES = 160
"""Parts of one recording are cut at multiples of this, so that played one after the other they are whole again."""
_EDGE_DBFS = -45.0
"""Everything before the first and after the last sample over this is trimmed."""
_ROUNDS = 4
"""Trimming moves the level and the level moves the edges; they settle within so many rounds."""
_STEP = 8
"""Samples are multiples of this: 80 dB below full scale, far under the room's noise, and a third smaller as FLAC."""
_FILLER_STRETCH = 2.2
"""A filled pause lasts about half a second and hardly moves in pitch."""
_KEPT_CLIPS = 16


def load_script() -> Script:
    """The script that comes with the booth."""
    return parse_script(tomllib.loads((FOLDER / "script.toml").read_text(encoding="utf-8")))


def load_index(folder: Path = VOICES) -> dict[str, Clip]:
    """Every recording by name. Raises ``StorageError`` when there is no whole index."""
    path = folder / "index.json"
    try:
        clips = msgspec.json.decode(path.read_bytes(), type=list[Clip])
    except (OSError, msgspec.MsgspecError) as error:
        raise StorageError(f"{path} cannot be read: {error}", fix="run scripts/render_voices.py") from error
    return {clip.name: clip for clip in clips}


class ClipReader:
    """Samples of a recording by name; keeps the last few."""

    def __init__(self, folder: Path = VOICES) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, Pcm] = OrderedDict()

    def __call__(self, name: str) -> Pcm:
        """Raises ``StorageError`` when the recording is missing or broken."""
        if name not in self._kept:
            self._kept[name] = self._read(name)
            if len(self._kept) > _KEPT_CLIPS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]

    def _read(self, name: str) -> Pcm:
        import soundfile

        path = self._folder / f"{name}.flac"
        try:
            pcm, rate_hz = soundfile.read(path, dtype="int16")
        except (OSError, soundfile.SoundFileError) as error:
            raise StorageError(f"{path} cannot be read: {error}", fix="run scripts/render_voices.py") from error
        if rate_hz != SAMPLE_RATE_HZ or pcm.ndim != 1:
            raise StorageError(f"{path} is not mono at {SAMPLE_RATE_HZ} Hz", fix="run scripts/render_voices.py")
        samples: Pcm = pcm
        return samples


def render_all(script: Script, folder: Path, tell: Callable[[str], None]) -> list[Clip]:
    """Render what the script needs, drop what it does not, write the index. ``tell`` gets a line per new recording.

    Raises ``EngineUnavailable`` without flite, ``EngineError`` when it fails.
    """
    import soundfile

    folder.mkdir(parents=True, exist_ok=True)
    clips: list[Clip] = []
    for voice, parts in recordings(script):
        pieces = [Piece(text, parts, n) for n, text in enumerate(parts)]
        tell(f"{voice}: {' '.join(parts)}")
        for piece, pcm in zip(pieces, _render(voice, pieces), strict=True):
            name = clip_name(voice, piece)
            soundfile.write(folder / f"{name}.flac", pcm, SAMPLE_RATE_HZ, subtype="PCM_16", compression_level=1.0)
            digest = hashlib.sha256(pcm.astype("<i2").tobytes()).hexdigest()
            clips.append(Clip(name=name, voice=voice, text=piece.text, samples=len(pcm), sha256=digest))
    wanted = {clip.name for clip in clips}
    for path in folder.glob("*.flac"):
        if path.stem not in wanted:
            path.unlink()
    clips.sort(key=lambda clip: clip.name)
    (folder / "index.json").write_bytes(msgspec.json.format(msgspec.json.encode(clips), indent=1) + b"\n")
    return clips


def _render(voice: str, pieces: list[Piece]) -> list[Pcm]:
    """One recording, cut at the ends of its parts' last sounds."""
    stretch = _FILLER_STRETCH if pieces[0].is_filler else 1.0
    sound, phones = flite(voice, " ".join(piece.text for piece in pieces), stretch)
    for _ in range(_ROUNDS):
        start, end = _edges(sound)
        sound = sound * (10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(sound[start:end] ** 2)))
    cuts = [start]
    counted = 0
    for piece in pieces[:-1]:
        _, alone = flite(voice, piece.text, 1.0)
        counted += len(alone)
        cuts.append(start + round((phones[counted - 1] * SAMPLE_RATE_HZ - start) / GRID_SAMPLES) * GRID_SAMPLES)
    cuts.append(end)
    quantised = np.round(sound * 32768 / _STEP) * _STEP
    pcm = np.clip(quantised, -32768, 32767).astype(np.int16)
    return [pcm[a:b] for a, b in pairwise(cuts)]


def _edges(sound: npt.NDArray[np.float64]) -> tuple[int, int]:
    loud = np.flatnonzero(np.abs(sound) > 10 ** (_EDGE_DBFS / 20))
    return int(loud[0]), int(loud[-1]) + 1


def flite(voice: str, text: str, stretch: float) -> tuple[npt.NDArray[np.float64], list[float]]:
    """Samples from -1 to 1, and the end times in seconds of all sounds except pauses. Stretched speech has hardly any
    melody. Raises ``EngineUnavailable`` without flite, ``EngineError`` when it fails."""
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        command = ["flite", "-voice", voice, "--setf", f"duration_stretch={stretch}"]
        if stretch != 1.0:
            command += ["--setf", "int_f0_target_stddev=2.0"]
        try:
            command += ["-psdur", "-t", text, "-o", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        except FileNotFoundError as error:
            raise EngineUnavailable("flite is not installed", fix="apt-get install flite") from error
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise EngineError(f"flite failed on `{text}`") from error
        sound, rate_hz = soundfile.read(path)
    if rate_hz != SAMPLE_RATE_HZ:
        raise EngineError(f"voice {voice} has {rate_hz} Hz", fix="use a voice of 16 kHz: rms or slt")
    phones = [entry.rsplit(":", 1) for entry in done.stdout.split()]
    return sound, [float(end) for name, end in phones if name != "pau"]
