"""Counts how often the files of a model are opened, by whatever library: what is told by Linux (inotify(7))."""

import ctypes
import os
import struct
from pathlib import Path
from typing import Any

_IN_OPEN = 0x20
_EVENT = struct.Struct("iIII")


class Opened:
    """While it is entered, notes each opening of a file of these folders; `weights` are those of safetensors."""

    def __init__(self, *folders: Path) -> None:
        self._folders = [inner for folder in folders for inner in (folder, *folder.glob("*/"))]
        self._c = ctypes.CDLL(None, use_errno=True)
        self._descriptor = -1
        self.weights: list[str] = []

    def __enter__(self) -> "Opened":
        self._descriptor = self._c.inotify_init1(os.O_NONBLOCK)
        watched = {
            self._c.inotify_add_watch(self._descriptor, os.fsencode(folder), _IN_OPEN): folder
            for folder in self._folders
        }
        assert -1 not in watched
        self._watched = watched
        return self

    def __exit__(self, *_: Any) -> None:
        try:
            while True:
                self._note(os.read(self._descriptor, 2**16))
        except BlockingIOError:
            pass
        finally:
            os.close(self._descriptor)

    def _note(self, told: bytes) -> None:
        while told:
            watch, _mask, _cookie, length = _EVENT.unpack_from(told)
            name = told[_EVENT.size : _EVENT.size + length].rstrip(b"\0").decode()
            told = told[_EVENT.size + length :]
            if name.endswith(".safetensors"):
                self.weights.append(str(self._watched[watch] / name))
