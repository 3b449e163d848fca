"""What is shown to whoever asks for it, and the little that they may say of it: without cookie, name and password, for
its address is the key."""

import re
from collections.abc import Callable, Sequence

from starlette.types import Scope

from sdgui.web.doors.asgi import path_of

ForStrangers = Callable[[Scope], bool]
"""Whether a request is for something that anybody may see."""


def nothing_for_strangers(scope: Scope) -> bool:
    """Nothing is."""
    return False


def for_strangers(paths: Sequence[str], told: Sequence[str] = ()) -> ForStrangers:
    """What is read at one of these `paths` is, and what is posted to one of `told`; regular expressions of whole paths,
    decoded, behind the root path."""
    read = tuple(map(re.compile, paths))
    posted = tuple(map(re.compile, told))
    shapes_of = {"GET": read, "HEAD": read, "POST": posted}

    def is_for_strangers(scope: Scope) -> bool:
        if scope["type"] != "http":
            return False
        path = path_of(scope)
        return any(shape.fullmatch(path) for shape in shapes_of.get(scope["method"], ()))

    return is_for_strangers
