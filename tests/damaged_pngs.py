"""Ways in which a PNG on the disk can be no picture any more."""

import struct
import zlib
from pathlib import Path


def chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says to be an RGB picture of this size, whatever it holds."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def bomb(file: Path) -> None:
    """Claims 50,000 × 50,000 pixels."""
    file.write_bytes(png(50_000, 50_000, chunk(b"IDAT", zlib.compress(bytes(10_000)))))


def smaller_bomb(file: Path) -> None:
    """Claims 13,000 × 13,000 pixels, of which Pillow alone would only warn."""
    file.write_bytes(png(13_000, 13_000, chunk(b"IDAT", zlib.compress(bytes(10_000)))))


def text_bomb(file: Path) -> None:
    """Holds 64 MiB of text in 64 KiB."""
    text = chunk(b"zTXt", b"sdgui\0\0" + zlib.compress(bytes(2**26)))
    file.write_bytes(png(64, 48, text))


def cut(file: Path) -> None:
    """Ends in the middle."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def no_pixels(file: Path) -> None:
    """Has a header and nothing else."""
    file.write_bytes(png(64, 48))


def broken_header(file: Path) -> None:
    """Has a header that is too short."""
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0"))


def garbage(file: Path) -> None:
    """Is none."""
    file.write_bytes(b"garbage" * 99)


def empty(file: Path) -> None:
    """Has no bytes."""
    file.write_bytes(b"")


DAMAGES = (bomb, smaller_bomb, text_bomb, cut, no_pixels, broken_header, garbage, empty)
