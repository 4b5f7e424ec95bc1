"""QR codes as rows of modules, for whoever draws them."""

from __future__ import annotations


def qr_rows(url: str) -> tuple[str, ...]:
    """Rows of '1' (dark) and '0' (light) without the quiet zone, error correction M."""
    import segno

    code = segno.make(url, error="m", micro=False, boost_error=False)
    return tuple("".join("1" if module else "0" for module in row) for row in code.matrix)
