"""Guests: the owner's panel, and what a guest's page is told. It has no tab."""

from sdgui.web.capability import Capability

SHARE = Capability(
    name="share",
    title="",
    styles=("share/share.css", "share/guest.css", "share/other-browsers.css"),
    # Its routes need the doors and the link, which the server has: it adds them.
    routes=lambda studio, store, heavy: (),
)
