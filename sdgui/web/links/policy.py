"""What a page for strangers may do: nothing but what stands within it, and what it is given here."""

from sdgui.web.doors.page_policy import source_of


def policy_of(style: str, script: str = "", *, sends: bool = False, listens: bool = False) -> str:
    """The content security policy of a page with this style and script within it; `sends`: it has forms that come here,
    `listens`: its script asks here."""
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            f"style-src {source_of(style)}",
            "script-src " + (source_of(script) if script else "'none'"),
            *(("connect-src 'self'",) if listens else ()),
            "base-uri 'none'",
            "form-action " + ("'self'" if sends else "'none'"),
            "frame-ancestors 'none'",
        )
    )
