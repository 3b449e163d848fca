"""What somebody reads whose browser runs no scripts: all of the page is drawn by them, and nothing would be seen."""

import re

_BODY = re.compile(rb"<body[^>]*>", re.IGNORECASE)
_STYLE = (
    b"color:CanvasText;color-scheme:light dark;font:17px/1.5 system-ui,sans-serif;"
    b"margin:20vh auto 0;max-width:30em;padding:24px"
)
_WORDS = (
    b'<noscript><main style="' + _STYLE + b'">'
    b'<h1 style="font-size:20px">sdgui needs JavaScript here</h1>'
    b"<p>This page is drawn by scripts of this server alone, which your browser does not run. Allow them for it, and "
    b"reload. Pages of pictures that somebody sent you can be seen without.</p></main></noscript>"
)


def with_words(document: bytes) -> bytes:
    """The document with a sentence for those who would see nothing; as it is where it has no body."""
    return _BODY.sub(lambda found: found[0] + _WORDS, document, count=1)
