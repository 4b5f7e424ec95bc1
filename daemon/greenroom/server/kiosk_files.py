"""The built pages: which file a path means and what the browser may do with it."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from greenroom.errors import NotFound

PAGES = frozenset({"kiosk", "phone"})
HASHED = re.compile(r"-[0-9A-Za-z]{8}\.\w+$")
FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
"""Nothing else is served, so a stray file in the folder stays where it is."""


def packaged() -> Path:
    """Where a built package keeps the pages."""
    return Path(str(files("greenroom"))) / "assets" / "clients"


class PageFiles:
    """Files of ``<folder>/kiosk`` and ``<folder>/phone``."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = (folder or packaged()).resolve()

    def find(self, page: str, name: str) -> Path:
        """The file behind ``/<page>/<name>``; raises ``NotFound``, also for anything outside the page's folder."""
        root = (self._folder / page).resolve()
        if page not in PAGES or "\0" in name:
            raise NotFound("no such page")
        if not (root / "index.html").is_file():
            raise NotFound(f"the {page} page is not built", fix="run `npm install && npm run build` in clients/")
        path = (root / (name or "index.html")).resolve()
        if not path.is_relative_to(root) or path.suffix not in MEDIA or not path.is_file():
            raise NotFound("no such file")
        return path


def headers_for(path: Path) -> dict[str, str]:
    """Names with a content hash never change; everything else is asked for again."""
    return {
        "Cache-Control": FOR_EVER if HASHED.search(path.name) else ASK_AGAIN,
        "Content-Type": MEDIA[path.suffix],
    }
