"""The texts inside of a picture's file, by their names, without decoding a pixel.

PNG: https://www.w3.org/TR/png-3/ (tEXt, zTXt, iTXt, eXIf); JPEG: ITU-T T.81 annex B, with Exif 2.32 in APP1; WebP:
https://developers.google.com/speed/webp/docs/riff_container. What is damaged is read as far as it goes.
"""

import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

MAX_TEXT = 4 * 2**20
"""Bytes of one text, also after it was inflated; a longer one is not read."""
_MAX_TEXTS = 8 * 2**20
_MOST_PARTS = 50_000
"""Chunks or segments of one file that are looked at."""
_MAX_EXIF = MAX_TEXT
_MOST_TAGS = 200

_PNG = b"\x89PNG\r\n\x1a\n"
USER_COMMENT = "UserComment"
"""The name that the comment of Exif has among the texts."""
_EXIF_POINTER, _USER_COMMENT = 0x8769, 0x9286
_NAMED = {0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model"}


@dataclass
class Texts:
    """What was found: the size in pixels that the header claims, and texts by name; of equal names the first.

    `is_picture`: it begins as a PNG, JPEG or WebP. `too_long`: some text was longer than what is read.
    """

    is_picture: bool = False
    size: tuple[int, int] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    too_long: bool = False
    _bytes: int = 0

    def add(self, name: str, text: str) -> None:
        """Adds a text unless there is one of its name, or there are too many."""
        self._bytes += len(text)
        if self._bytes > _MAX_TEXTS:
            self.too_long = True
        elif text:
            self.texts.setdefault(name, text)


def read_texts(file: BinaryIO) -> Texts:
    """The texts of a PNG, JPEG or WebP that can be sought in; whatever the bytes are, it raises nothing but OSError."""
    found = Texts()
    start = file.read(12)
    if start.startswith(_PNG):
        found.is_picture = True
        file.seek(len(_PNG))
        _read_png(file, found)
    elif start.startswith(b"\xff\xd8\xff"):
        found.is_picture = True
        file.seek(2)
        _read_jpeg(file, found)
    elif start[:4] == b"RIFF" and start[8:] == b"WEBP":
        found.is_picture = True
        _read_webp(file, found)
    return found


def _read_png(file: BinaryIO, found: Texts) -> None:
    for _ in range(_MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return
        if kind not in (b"IHDR", b"tEXt", b"zTXt", b"iTXt", b"eXIf") or length > MAX_TEXT:
            found.too_long |= kind in (b"tEXt", b"zTXt", b"iTXt")
            file.seek(length + 4, 1)
            continue
        content = file.read(length)
        file.seek(4, 1)
        if kind == b"IHDR" and len(content) >= 8:
            width, height = struct.unpack(">II", content[:8])
            found.size = width, height
        elif kind == b"eXIf":
            _read_exif(content, found)
        elif kind != b"IHDR":
            _read_png_text(kind, content, found)


def _read_png_text(kind: bytes, content: bytes, found: Texts) -> None:
    name, _, rest = content.partition(b"\0")
    called = name.decode("latin-1")
    if kind == b"tEXt":
        # Latin-1 by the standard, though some programs write UTF-8 here.
        found.add(called, _utf8(rest) or rest.decode("latin-1"))
    elif kind == b"zTXt":
        inflated = _inflate(rest[1:], found)
        found.add(called, _utf8(inflated) or inflated.decode("latin-1"))
    else:
        packed, rest = rest[:1], rest[2:]
        _language, _, rest = rest.partition(b"\0")
        _translated, _, text = rest.partition(b"\0")
        if packed == b"\x01":
            text = _inflate(text, found)
        found.add(called, text.decode("utf-8", "replace"))


def _inflate(packed: bytes, found: Texts) -> bytes:
    """What was packed by zlib; nothing where it is damaged, or more than is read."""
    inflating = zlib.decompressobj()
    try:
        text = inflating.decompress(packed, MAX_TEXT)
    except zlib.error:
        return b""
    if inflating.unconsumed_tail:
        found.too_long = True
        return b""
    return text


def _utf8(text: bytes) -> str | None:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _read_jpeg(file: BinaryIO, found: Texts) -> None:
    for _ in range(_MOST_PARTS):
        head = file.read(2)
        while head[1:] == b"\xff" and head[:1] == b"\xff":  # filling
            head = b"\xff" + file.read(1)
        if len(head) < 2 or head[0] != 0xFF or head[1] in (0xD9, 0xDA):
            return
        marker = head[1]
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            continue
        told = file.read(2)
        if len(told) < 2 or (length := struct.unpack(">H", told)[0]) < 2:
            return
        content = file.read(length - 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and len(content) >= 5:
            height, width = struct.unpack(">HH", content[1:5])
            found.size = width, height
        elif marker == 0xE1 and content.startswith(b"Exif\0\0"):
            _read_exif(content[6:], found)


def _read_webp(file: BinaryIO, found: Texts) -> None:
    for _ in range(_MOST_PARTS):
        head = file.read(8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        padded = length + length % 2
        if kind == b"EXIF" and length <= _MAX_EXIF:
            content = file.read(padded)
            _read_exif(content.removeprefix(b"Exif\0\0"), found)
            continue
        begin = file.read(min(padded, 10))
        file.seek(padded - len(begin), 1)
        size = _webp_size(kind, begin)
        found.size = found.size if size is None else size


def _webp_size(kind: bytes, begin: bytes) -> tuple[int, int] | None:
    if kind == b"VP8X" and len(begin) >= 10:
        return int.from_bytes(begin[4:7], "little") + 1, int.from_bytes(begin[7:10], "little") + 1
    if kind == b"VP8L" and len(begin) >= 5 and begin[0] == 0x2F:
        bits = int.from_bytes(begin[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(begin) >= 10 and begin[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", begin[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _read_exif(content: bytes, found: Texts) -> None:
    """The few texts of an Exif block; TIFF 6.0, section 2."""
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None or len(content) < 8:
        return
    (first,) = struct.unpack(f"{order}I", content[4:8])
    tags = _tags(content, order, first)
    for tag, name in _NAMED.items():
        if tag in tags:
            found.add(name, tags[tag].split(b"\0")[0].decode("utf-8", "replace"))
    pointer = tags.get(_EXIF_POINTER, b"")
    if len(pointer) == 4:
        tags |= _tags(content, order, struct.unpack(f"{order}I", pointer)[0])
    if (comment := tags.get(_USER_COMMENT)) is not None:
        found.add(USER_COMMENT, _comment(comment, order))


def _tags(content: bytes, order: str, at: int) -> dict[int, bytes]:
    """The values of one directory, as bytes; of types that hold texts or pointers only."""
    found: dict[int, bytes] = {}
    if at + 2 > len(content):
        return found
    (count,) = struct.unpack(f"{order}H", content[at : at + 2])
    for i in range(min(count, _MOST_TAGS)):
        entry = content[at + 2 + 12 * i : at + 14 + 12 * i]
        if len(entry) < 12:
            break
        tag, kind, number = struct.unpack(f"{order}HHI", entry[:8])
        length = number * {1: 1, 2: 1, 4: 4, 7: 1}.get(kind, 0)
        if length <= 4:
            found[tag] = entry[8 : 8 + length]
        else:
            (offset,) = struct.unpack(f"{order}I", entry[8:])
            found[tag] = content[offset : offset + length]
    return found


def _comment(value: bytes, order: str) -> str:
    """The text of a UserComment: 8 bytes say how it is written, and programs differ in the order of UTF-16's bytes."""
    code, text = value[:8], value[8:]
    if not code.startswith(b"UNICODE"):
        text = value if code.strip(b"\0") not in (b"ASCII", b"", b"JIS") else text
        return (_utf8(text) or text.decode("latin-1")).strip("\0 ")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return text.decode("utf-16", "replace").strip("\0 ")
    # Most of what is written is ASCII: its zeros stand before it in one order, and behind it in the other.
    before, behind = text[0:4000:2].count(0), text[1:4000:2].count(0)
    if before == behind:
        before += order == ">"
    if not before and not behind and (plain := _utf8(text)) is not None:
        return plain.strip("\0 ")
    return text.decode("utf-16-be" if before > behind else "utf-16-le", "replace").strip("\0 ")
