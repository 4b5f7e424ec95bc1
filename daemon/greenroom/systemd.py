"""What the service manager is told: READY, STATUS, WATCHDOG and STOPPING over the notify socket.

Every function does nothing where no service manager listens (``NOTIFY_SOCKET`` is not set), so that callers need not
ask. A lost message never disturbs the booth.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping


def ready(status: str = "") -> None:
    """The process is warm and does its work."""
    _notify("READY=1", _status(status))


def status(text: str) -> None:
    """One line that `systemctl status` shows."""
    _notify(_status(text))


def watchdog() -> None:
    """The process is alive; call it only when everything it looks after has shown life."""
    _notify("WATCHDOG=1")


def stopping(status: str = "") -> None:
    """The orderly stop has begun."""
    _notify("STOPPING=1", _status(status))


def watchdog_period_s(environ: Mapping[str, str] = os.environ) -> float | None:
    """How often to call ``watchdog``: half of what the service manager allows, or None when it does not watch us."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    allowed_us = environ.get("WATCHDOG_USEC", "")
    return int(allowed_us) / 2e6 if allowed_us.isdigit() and int(allowed_us) > 0 else None


def _status(text: str) -> str:
    return f"STATUS={' '.join(text.split())}" if text else ""


def _notify(*lines: str) -> None:
    if not os.environ.get("NOTIFY_SOCKET"):
        return
    # mypy takes the project's folder of units for the library of that name
    from systemd import daemon  # type: ignore[attr-defined]

    with contextlib.suppress(OSError):
        daemon.notify("\n".join(line for line in lines if line))
