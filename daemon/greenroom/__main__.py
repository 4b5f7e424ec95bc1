"""``python -m greenroom`` and the ``greenroom`` command."""

from __future__ import annotations

import sys


def main() -> int:
    try:
        from greenroom.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # while modules load; later `run` itself sees to it
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
