"""The page on which somebody reads why they are not let in, or not served: one sentence, also on a phone."""

from html import escape

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
)


def refusal_page(sentence: str) -> str:
    """The page that says this, whole and as plain text; nothing in it runs or is fetched."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>sdgui</title><style>{_STYLE}</style></head>'
        f'<body><main><p class="logo" translate="no">sdgui</p><h1>{escape(sentence)}</h1>'
        '<a href="">Try again</a></main></body></html>'
    )
