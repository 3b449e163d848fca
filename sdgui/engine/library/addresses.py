"""What the owner pastes to have a model looked up: an id, or an address of the hub, of which only the id is taken."""

from urllib.parse import urlsplit

from sdgui.engine.hub import endpoint, is_hub_id
from sdgui.errors import UserError
from sdgui.written_values import shown

USUAL = "huggingface.co"


def hub_id(text: str) -> str:
    """The id in a text; UserError where it is neither an id nor an address of the hub.

    No address is ever asked: what is looked up is the id, at the one hub that is set.
    """
    text = text.strip()
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    host = (parts.hostname or "").removeprefix("www.")
    own = urlsplit(endpoint() or "").hostname
    if host in {USUAL, "hf.co", own} - {None}:
        text = "/".join(parts.path.strip("/").split("/")[:2])
    elif "://" in text:
        raise UserError(
            f"Models are fetched from {own or USUAL} only, and “{shown(host)}” is another place.",
            "Download the file yourself, and put it into a folder of models.",
        )
    if not is_hub_id(text):
        raise UserError(
            f"“{shown(text)}” is no model's id.",
            f"Write it as owner/name, or paste the address of its page on {own or USUAL}.",
        )
    return text
