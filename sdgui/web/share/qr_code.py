"""A link as a QR code: for the terminal and for the page."""

import io

import segno

_DARK_ON_LIGHT = "\x1b[97;40m"
"""White blocks on black, whatever the terminal's own colours are (ECMA-48, Select Graphic Rendition)."""
_PLAIN = "\x1b[0m"


def for_terminal(link: str, *, coloured: bool) -> str:
    """The code in half blocks; where they are not `coloured`, it is meant for light letters on a dark ground."""
    out = io.StringIO()
    segno.make_qr(link, error="l").terminal(out, border=2, compact=True)
    lines = out.getvalue().splitlines()
    return "\n".join(f"{_DARK_ON_LIGHT}{line}{_PLAIN}" if coloured else line for line in lines)


def as_svg(link: str) -> bytes:
    """The code as an SVG with a light ground, as large as it is shown."""
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(
        out, kind="svg", border=2, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()
