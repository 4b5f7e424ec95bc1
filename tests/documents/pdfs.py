"""PDFs written by hand, whole ones and hostile ones."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def written(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    """Objects by number with their table; object 1 is the root."""
    out = bytearray(b"%PDF-1.4\n")
    places = dict[int, int]()
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    return bytes(out + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, table))


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n" % (len(data), extra) + data + b"\nendstream"


def shown(lines: Sequence[str]) -> bytes:
    """The content of a page with these lines."""
    texts = b" ".join(b"(" + line.encode("latin-1").replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj T*"
                      for line in lines)
    return b"BT /F1 12 Tf 50 700 Td 14 TL " + texts + b" ET"


def page(content: int, parent: int = 2) -> bytes:
    return (b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
            b"/Resources<</Font<</F1 3 0 R>>>>>>" % (parent, content))


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF with these lines on its pages."""
    objects = {1: CATALOG, 3: FONT}
    kids = []
    for n, lines in enumerate(pages):
        at = 4 + 2 * n
        objects[at], objects[at + 1] = page(at + 1), stream(shown(lines))
        kids.append(b"%d 0 R" % at)
    objects[2] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return written(objects)


def with_content(content: bytes, extra: bytes = b"") -> bytes:
    """One page with this stream."""
    return written({1: CATALOG, 2: b"<</Type/Pages/Kids[4 0 R]/Count 1>>", 3: FONT, 4: page(5),
                    5: stream(content, extra)})


def bomb(unpacked: int = 400_000_000, times: int = 1) -> bytes:
    """A page that unpacks to so many bytes, packed ``times`` times over."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(unpacked // 1_000_000)) + packer.flush()
    for _ in range(times - 1):
        packed = zlib.compress(packed, 9)
    return with_content(packed, b"/Filter[%s]" % b" ".join([b"/FlateDecode"] * times))


def busy() -> bytes:
    """A page that shows a letter half a million times."""
    letters = b"BT /F1 12 Tf " + b"(a)Tj T* " * 500_000 + b"ET"
    return with_content(zlib.compress(letters, 9), b"/Filter/FlateDecode")


def deep_arrays(depth: int = 100_000) -> bytes:
    return written({1: b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * depth + b"]" * depth + b">>",
                    2: b"<</Type/Pages/Kids " + b"[" * depth + b"]" * depth + b"/Count 1>>"})


def recursive_tree() -> bytes:
    """A page tree that is its own child."""
    return written({1: CATALOG, 2: b"<</Type/Pages/Kids[2 0 R 2 0 R 4 0 R]/Count 3>>",
                    4: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R 4 0 R]/Count 2>>"})


def recursive_form() -> bytes:
    """A drawing that draws itself, twice."""
    form = stream(b"/X Do /X Do", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>")
    front = (b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R"
             b"/Resources<</Font<</F1 3 0 R>>/XObject<</X 6 0 R>>>>>>")
    return written({1: CATALOG, 2: b"<</Type/Pages/Kids[4 0 R]/Count 1>>", 3: FONT, 4: front,
                    5: stream(b"/X Do"), 6: form})


def many_pages(count: int = 10_000) -> bytes:
    """One page, named so often."""
    return written({1: CATALOG, 2: b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"4 0 R " * count, count), 3: FONT,
                    4: page(5), 5: stream(shown(["A page of text that is shown again and again"]))})


def looping_tables() -> bytes:
    """A table of objects that names itself as the one before."""
    whole = pdf(["Some text, although the tables turn in circles"])
    at = whole.rindex(b"xref\n0")
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % at)


def locked() -> bytes:
    """Encrypted with a password that is not empty (Standard handler, revision 3)."""
    whole = pdf(["Locked away"])
    keys = (b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O <%s>/U <%s>>>/ID[<%s><%s>]"
            % (b"1f" * 32, b"2e" * 32, b"3d" * 16, b"3d" * 16))
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R" + keys)
