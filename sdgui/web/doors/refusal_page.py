"""The page on which somebody reads why they are not let in, or not served: one sentence, also on a phone."""

from html import escape

from sdgui.errors import come_again
from sdgui.web.doors.page_policy import source_of
from sdgui.web.inlined import script_of

_STYLE = (
    ":root{color-scheme:dark light;--bg:#0f1013;--text:#e9eaee;--dim:#9aa1ad;--line:#2a2e37}"
    "@media (prefers-color-scheme:light){:root{--bg:#f7f8fa;--text:#15171c;--dim:#586071;--line:#d5d9e0}}"
    "body{background:var(--bg);color:var(--text);display:grid;"
    "font:17px/1.5 Inter,system-ui,-apple-system,'Segoe UI',sans-serif;margin:0;min-height:100vh;place-content:center}"
    "main{max-width:30em;overflow-wrap:anywhere;padding:24px}"
    ".logo{color:var(--dim);font-size:15px;font-weight:700;margin:0 0 12px}"
    "h1{font-size:inherit;font-weight:500;margin:0 0 20px;text-wrap:pretty}"
    "a{border:1px solid var(--line);border-radius:10px;color:inherit;display:inline-block;font-size:15px;"
    "padding:10px 16px;text-decoration:none}"
    ".sr-only-live{clip-path:inset(50%);height:1px;overflow:hidden;position:absolute;white-space:nowrap;width:1px}"
)


_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; "
)
_OVER = "You can come in now."


def refusal_page(sentence: str, seconds: int = 0) -> str:
    """The page that says this, whole and as plain text; nothing is fetched. Where it ends with when to come again, in
    so many `seconds`, they are counted down, and nothing else runs."""
    said, script = _counted(sentence, seconds)
    counts = f'<script type="module">{script}</script>' if script else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>sdgui</title><style>{_STYLE}</style></head>'
        f'<body><main><p class="logo" translate="no">sdgui</p><h1>{said}</h1>'
        f'<a href="">Try again</a></main>{counts}</body></html>'
    )


def policy_of_refusal(sentence: str, seconds: int = 0) -> tuple[bytes, bytes]:
    """The header that lets that page do what it does, and no more."""
    _, script = _counted(sentence, seconds)
    runs = f"script-src {source_of(script)}; sandbox allow-scripts" if script else "sandbox"
    return (b"content-security-policy", f"{_POLICY}{runs}".encode())


def _counted(sentence: str, seconds: int) -> tuple[str, str]:
    """The sentence as HTML, and the script that counts in it; "" where there is nothing to count."""
    when = come_again(seconds)
    if seconds <= 0 or not sentence.endswith(when):
        return escape(sentence), ""
    said = escape(sentence.removesuffix(when))
    count = f'countDown(document.querySelector("#when"), {seconds}, "{_OVER}");'
    return (
        f'{said}<span id="when" role="status">{when}</span>',
        script_of("shared/dom/come-again.js") + count,
    )
