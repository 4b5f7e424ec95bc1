"""Every failure the booth can name: a small tree, each class with a stable ``code``."""

from __future__ import annotations


class GreenroomError(Exception):
    """Base of all expected failures.

    ``message`` says what is wrong in one line; ``fix`` says what to do about it.
    ``code`` never changes once published: clients and scripts switch on it.
    """

    code = "internal"
    exit_status = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        line = f"{self.code}: {self.message}"
        return f"{line} Fix: {self.fix}" if self.fix else line


class RelayedError(GreenroomError):
    """What another process said of a failure, with the code that it gave."""

    def __init__(self, code: str, message: str, *, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.code = code


class SettingsError(GreenroomError):
    """A setting is unknown, of the wrong type or out of range."""

    code = "settings"
    exit_status = 2


class UsageError(GreenroomError):
    """A command was given an option or a value that it does not know."""

    code = "usage"
    exit_status = 2


class ModelError(GreenroomError):
    """Something is wrong with model weights."""

    code = "model"


class ModelMissing(ModelError):
    """Weights that an engine needs are not in the model folder."""

    code = "model-missing"


class ModelCorrupt(ModelError):
    """Weights do not have the size or sha256 that the manifest states."""

    code = "model-corrupt"


class ModelUnavailable(ModelError):
    """No source of a model answered with the right bytes."""

    code = "model-unavailable"


class DeviceError(GreenroomError):
    """A microphone, loudspeaker or camera cannot be used."""

    code = "device"


class DeviceMissing(DeviceError):
    """No such device is plugged in."""

    code = "device-missing"


class DeviceLost(DeviceError):
    """A device that was working stopped answering."""

    code = "device-lost"


class EngineError(GreenroomError):
    """An engine cannot be loaded or failed while it worked."""

    code = "engine"


class EngineUnavailable(EngineError):
    """The library or weights of an engine are not installed."""

    code = "engine-unavailable"


class LanguageModelError(EngineError):
    """A language model cannot be used, or not now; most of these are of one on another server."""

    code = "language-model"


class LanguageModelUnreachable(LanguageModelError):
    """The server cannot be connected to, is busy, or the connection broke."""

    code = "language-model-unreachable"


class LanguageModelSlow(LanguageModelError):
    """The model took longer than the interview can wait."""

    code = "language-model-slow"


class LanguageModelRefused(LanguageModelError):
    """The server does not do what it is asked: another key, another model, another address."""

    code = "language-model-refused"


class LanguageModelInvalid(LanguageModelError):
    """The server answers with something that is no answer, or without end."""

    code = "language-model-invalid"


class RecordingError(GreenroomError):
    """A file is no recording that can be read."""

    code = "recording"


class RecordingTooLong(RecordingError):
    """A recording is longer, or larger, than the booth takes."""

    code = "recording-too-long"


class ScoreInputError(GreenroomError):
    """What is to be scored is not in the form that is scored."""

    code = "score-input"


class DocumentError(GreenroomError):
    """A file is no job description or CV that can be read."""

    code = "document"


class DocumentTooLong(DocumentError):
    """A document has more bytes, pages, lines or characters than the booth reads, or takes too long to read."""

    code = "document-too-long"


class DocumentEncrypted(DocumentError):
    """A document needs a password."""

    code = "document-encrypted"


class DocumentEmpty(DocumentError):
    """A document has no text: it is empty, or a picture of a text."""

    code = "document-empty"


class PictureError(GreenroomError):
    """A file is no picture that can be read."""

    code = "picture"


class PictureTooLarge(PictureError):
    """A picture has more pixels or bytes than the booth takes."""

    code = "picture-too-large"


class PictureOutOfOrder(PictureError):
    """A picture of a stream is not newer than the one before it."""

    code = "picture-out-of-order"


class TextTooLong(GreenroomError):
    """A text is longer, to read or to hear, than the booth says at once."""

    code = "text-too-long"


class JobsFull(GreenroomError):
    """As many jobs wait as may wait."""

    code = "jobs-full"


class LinkError(GreenroomError):
    """The connection between core and a worker broke or carried something malformed."""

    code = "link"


class WorkerLost(GreenroomError):
    """A worker died or hung more often than it may be restarted."""

    code = "worker-lost"


class StorageError(GreenroomError):
    """The database or a file cannot be written or read."""

    code = "storage"


class DiskFull(StorageError):
    """There is no room left where the booth keeps its state."""

    code = "disk-full"


class StateBusy(StorageError):
    """Another core keeps its sessions in the same folder."""

    code = "state-busy"


class PortBusy(GreenroomError):
    """Another program listens on the address that the server wants."""

    code = "port-busy"


class ProtocolError(GreenroomError):
    """A client sent something that is not a message of the public protocol."""

    code = "protocol"


class AccessDenied(GreenroomError):
    """The connection's principal, Host or Origin does not allow this."""

    code = "access"


class NotFound(GreenroomError):
    """What was asked for does not exist."""

    code = "not-found"


class CommandRefused(GreenroomError):
    """The command makes no sense in the present phase."""

    code = "command-refused"
