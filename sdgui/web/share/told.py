"""What the terminal is told of sharing."""

from sdgui.web.doors.roles import TOKEN
from sdgui.web.share.qr_code import for_terminal
from sdgui.web.share.tunnel import LinkState

SEEN_PASSWORDS = (
    "Everybody on this machine can read the passwords of --auth in its list of processes; "
    "--auth-file and SDGUI_AUTH keep them."
)


HELD = "The queue is held, as it was left: nothing is dreamt until you let it go on, under Guests."


def owners_link(here: str, token: str) -> str:
    """The link that makes a browser the owner's."""
    return f"As its owner you open {here}/?{TOKEN}={token} once in each browser."


def told_of_link(link: LinkState, *, token: str = "", coloured: bool = False) -> str:
    """How the public link stands, with a code to be scanned where it is there; with a `token` also how its owner comes
    from elsewhere. `coloured` for a terminal."""
    if link.state != "on":
        return link.sentence
    code = for_terminal(link.address, coloured=coloured)
    owners = f"\nOn a phone its owner opens {link.address}/?{TOKEN}={token} once." if token else ""
    return f"{link.sentence}\n{code}{owners}"
