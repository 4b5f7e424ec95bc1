"""What holds for all tests."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Whoever starts the tests in the background has Ctrl-C ignored, and children inherit that: tests press it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
