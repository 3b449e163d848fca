"""A process that uses a store until it is killed: `python -m tests.storage.saving_process <what> <folder>`."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from sdgui.storage import DiskStore
from sdgui.storage.database import Database
from tests.storage.samples import delete_for_good, job, pixels


def kill_myself(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def hold(store: DiskStore) -> None:
    print("held", flush=True)
    sys.stdin.read()


def save_for_ever(store: DiskStore) -> None:
    while True:
        dream = job(4, created=time.time())
        store.add_job(dream)
        for task in dream.tasks:
            store.save_picture(task.id, pixels(task), {"device": "cpu"})
            print(task.id, flush=True)


def die_before_the_row(store: DiskStore) -> None:
    dream = job(1)
    store.add_job(dream)
    Database.mark_stored = kill_myself  # type: ignore[method-assign]
    print(dream.tasks[0].id, flush=True)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {"device": "cpu"})


def die_before_the_rename(store: DiskStore) -> None:
    dream = job(1)
    store.add_job(dream)
    Path.replace = kill_myself  # type: ignore[method-assign]
    print(dream.tasks[0].id, flush=True)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})


def die_before_the_files_are_removed(store: DiskStore) -> None:
    dream = job(1)
    store.add_job(dream)
    store.save_picture(dream.tasks[0].id, pixels(dream.tasks[0]), {})
    Path.unlink = kill_myself  # type: ignore[method-assign]
    print(dream.tasks[0].id, flush=True)
    delete_for_good(store, dream.tasks[0].id, dream.visitor)


if __name__ == "__main__":
    globals()[sys.argv[1]](DiskStore(Path(sys.argv[2])))
