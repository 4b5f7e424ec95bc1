"""What holds for all tests."""

from __future__ import annotations

import signal

from hypothesis import settings

# Machines are busy: how long an example takes says nothing.
settings.register_profile("greenroom", deadline=None)
settings.load_profile("greenroom")


def pytest_configure() -> None:
    """Whoever starts the tests in the background has Ctrl-C ignored, and children inherit that: tests press it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
