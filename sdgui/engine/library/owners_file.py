"""What the owner decided about models, in one small file of the output folder that is there whole or not at all."""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdgui.errors import UserError, plain_no_room

log = logging.getLogger(__name__)

NAME = "models.json"
_VERSION = 1
_PARTS: dict[str, type] = {"default": str, "fetched": dict, "downloads": dict, "corrections": dict}
"""What it holds, each of these kinds."""

Write = Callable[[Path, bytes], None]
"""Writes a file durably, whole or not at all."""


class OwnersFile:
    """Its parts by name; one that cannot be read is set aside and begun anew, for models are dreamt with without."""

    def __init__(self, file: Path, write: Write) -> None:
        self._file = file
        self._write = write
        self._lock = threading.Lock()
        self._parts = self._read()

    def get(self, part: str) -> Any:
        """One part as it stands: a copy, empty where nothing was kept."""
        with self._lock:
            return json.loads(json.dumps(self._parts.get(part, _PARTS[part]())))

    def change(self, part: str, change: Callable[[Any], Any]) -> None:
        """Replaces a part by what `change` makes of it, durably; UserError when that cannot be kept."""
        with self._lock:
            now = json.loads(json.dumps(self._parts.get(part, _PARTS[part]())))
            parts = {**self._parts, part: change(now)}
            content = {"version": _VERSION, **parts}
            try:
                with plain_no_room("what you decided about models could not be kept"):
                    self._write(self._file, json.dumps(content, indent=1).encode())
            except OSError as error:
                raise UserError(
                    f"{self._file.name} cannot be written ({error.strerror}).",
                    "Check the permissions of the output folder.",
                ) from error
            self._parts = parts

    def put(self, part: str, name: str, value: Any) -> None:
        """Keeps one entry of a part; errors as of `change`."""
        self.change(part, lambda entries: {**entries, name: value})

    def drop(self, part: str, name: str) -> None:
        """Keeps a part without one entry; errors as of `change`."""
        self.change(part, lambda entries: {key: one for key, one in entries.items() if key != name})

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or told.get("version") != _VERSION:
            aside = self._file.with_name(f"{NAME}.unreadable")
            log.warning("%s could not be read, and was set aside as %s", self._file, aside.name)
            try:
                self._file.replace(aside)
            except OSError as error:
                log.warning("it could not even be moved: %s", error)
            return {}
        return {
            name: told[name] for name, kind in _PARTS.items() if isinstance(told.get(name), kind)
        }
