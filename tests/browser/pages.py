"""Waiting for a page. ``Page.wait_for_function`` needs eval, which the pages' policy forbids."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page


def until(page: Page, expression: str, arg: Any = None, within_s: float = 5.0) -> None:
    """Returns when a JavaScript expression or function is true; raises ``TimeoutError``."""
    deadline = time.monotonic() + within_s
    while not page.evaluate(expression, arg):
        if time.monotonic() > deadline:
            raise TimeoutError(expression)
        page.wait_for_timeout(20)
