"""A link as a QR code: for the terminal and for the page."""

import io

import segno


def for_terminal(link: str) -> str:
    """The code in half blocks, dark on light whatever the terminal's colours are."""
    out = io.StringIO()
    segno.make_qr(link, error="l").terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")


def as_svg(link: str) -> bytes:
    """The code as an SVG with a light ground, as large as it is shown."""
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(
        out, kind="svg", border=2, dark="#000", light="#fff", xmldecl=False, omitsize=True
    )
    return out.getvalue()
