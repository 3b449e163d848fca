"""A site in a process of its own that dies at a named moment, as by `kill -9`: nothing is closed or written on the way.

All of them come from one process that has imported everything.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from sdgui.storage.database import Database
from tests.fake_engine import PATIENCE
from tests.web.conftest import open_site

_READY = multiprocessing.get_context("forkserver")
_READY.set_forkserver_preload([__name__])


class Moment(StrEnum):
    """When it dies."""

    BEFORE_THE_LIST = "a dream is taken, and the list does not have it"
    BEHIND_THE_LIST = "the list has it, and nobody was answered"
    BEFORE_THE_PICTURE = "a picture's file is whole, and the list does not say so"


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _and_die(act: Callable[..., object]) -> Callable[..., None]:
    def done(*told: Any, **said: Any) -> None:
        act(*told, **said)
        _die()

    return done


def _serve(folder: Path, moment: Moment, told: Connection) -> None:
    match moment:
        case Moment.BEFORE_THE_LIST:
            Database.add_job = _die  # type: ignore[method-assign]
        case Moment.BEHIND_THE_LIST:
            Database.add_job = _and_die(Database.add_job)  # type: ignore[method-assign]
        case Moment.BEFORE_THE_PICTURE:
            Database.mark_stored = _die  # type: ignore[method-assign]
    with open_site(folder) as site:
        told.send(site.url)
        threading.Event().wait()


@contextmanager
def dying_site(folder: Path, moment: Moment) -> Iterator[tuple[str, ForkServerProcess]]:
    """Where it answers, and its process, which is gone in any case when the block ends."""
    told, here = _READY.Pipe(duplex=False)
    process = _READY.Process(target=_serve, args=(folder, moment, here), daemon=True)
    process.start()
    try:
        assert told.poll(PATIENCE)
        yield told.recv(), process
    finally:
        process.kill()
        process.join(PATIENCE)
