"""The page's own scripts, styles and pictures: they lie with the Python of their capability and are served by name."""

from os import stat_result
from pathlib import Path
from typing import Any

from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles

ROOT = Path(__file__).parent
"""The rooms are the folders below: one per capability, and one for what they share."""

_SERVED = {".js", ".css", ".png", ".webp", ".ico"}


def served_files() -> dict[str, Path]:
    """What a browser may have of the rooms, by the address below /sdgui/. Python and templates are not among it."""
    found = (path for path in sorted(ROOT.rglob("*")) if path.suffix in _SERVED)
    return {path.relative_to(ROOT).as_posix(): path for path in found if path.is_file()}


class Rooms(StaticFiles):
    """Serves exactly these files; browsers ask each time whether they have changed."""

    def __init__(self) -> None:
        super().__init__(directory=ROOT)
        self._files = served_files()

    def lookup_path(self, path: str) -> tuple[str, stat_result | None]:
        file = self._files.get(path)
        if file is None:
            return "", None
        return str(file), file.stat()

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response
