"""What is shown to whoever asks for it: without cookie, name and password, for its address is the key."""

import re
from collections.abc import Callable, Sequence

from starlette.types import Scope

ForStrangers = Callable[[Scope], bool]
"""Whether a request is for something that anybody may see."""


def nothing_for_strangers(scope: Scope) -> bool:
    """Nothing is."""
    return False


def for_strangers(paths: Sequence[str]) -> ForStrangers:
    """What is read at one of these paths is; regular expressions of whole paths, decoded, behind the root path."""
    shapes = tuple(map(re.compile, paths))

    def is_for_strangers(scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return False
        path = path_behind_root(scope)
        return any(shape.fullmatch(path) for shape in shapes)

    return is_for_strangers


def path_behind_root(scope: Scope) -> str:
    """The path of a request, decoded, without the root path that a proxy may have left before it."""
    path: str = scope["path"]
    root = scope.get("root_path", "")
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path
