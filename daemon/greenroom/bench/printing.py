"""How benchmarks print: line by line, as figures come in."""

from __future__ import annotations

import sys
from collections.abc import Iterable

Line = tuple[str, bool]
"""What to print, and whether it is as it should be."""


def tell(lines: Iterable[Line]) -> int:
    """Print each line at once; the exit status: 1 when one of them is not as it should be."""
    is_good = True
    for line, is_line_good in lines:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        is_good = is_good and is_line_good
    return 0 if is_good else 1
