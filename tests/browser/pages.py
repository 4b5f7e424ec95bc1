"""Waiting for a page. ``Page.wait_for_function`` needs eval, which the pages' policy forbids."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Error, Page


def until(page: Page, expression: str, arg: Any = None, within_s: float = 5.0) -> None:
    """Returns when a JavaScript expression or function is true; raises ``TimeoutError``.

    A page that is being replaced by the next document is asked again.
    """
    deadline = time.monotonic() + within_s
    while not _is_true(page, expression, arg):
        if time.monotonic() > deadline:
            raise TimeoutError(expression)
        page.wait_for_timeout(20)


def _is_true(page: Page, expression: str, arg: Any) -> bool:
    try:
        return bool(page.evaluate(expression, arg))
    except Error as error:
        if "Execution context was destroyed" in error.message:
            return False
        raise
