"""``python -m greenroom`` and the ``greenroom`` command."""

from __future__ import annotations

import sys


def main() -> int:
    from greenroom.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
