"""An engine in a process of its own: the page stays quick while torch is imported, and a crash is survived."""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.ports import Emit, Engine, IsCancelled

log = logging.getLogger(__name__)

POLL = 0.02
"""Seconds between two looks at whether a running batch was cancelled."""

GRACE = 5.0
"""Seconds that an idle process has to end by itself."""


class WorkerDied(Exception):
    """The process ended in the middle of its work; the next call starts a new one."""


class WorkerBroke(Exception):
    """The engine raised what it should never raise; its process is ended, and the next call starts a new one."""


class ProcessWorker:
    """Implements `ports.Engine` by an engine that `make_engine` (picklable) makes in a spawned process."""

    def __init__(self, make_engine: Callable[[], Engine]) -> None:
        self._make_engine = make_engine
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._ending = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The id of the process, None before its first use."""
        return None if self._process is None else self._process.pid

    def warm(self, model: str, emit: Emit) -> None:
        """See `ports.Engine.warm`."""
        self._ask(("warm", model), emit, None, ())

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        """See `ports.Engine.run`; WorkerDied when the process ended, WorkerBroke when its engine raised."""
        self._ask(("run", batch), emit, is_cancelled, tuple(task.id for task in batch.tasks))

    def free(self, models: Sequence[str], emit: Emit) -> None:
        """See `ports.Engine.free`; a process that has ended has freed them."""
        if self._process is not None and self._process.is_alive():
            self._ask(("free", tuple(models)), emit, None, ())

    def close(self) -> None:
        """Ends the process, also under a call that waits for it; kills it when it does not go by itself."""
        with self._ending:
            if self._pipe is not None:
                self._pipe.close()
            if self._process is not None:
                self._process.join(timeout=GRACE)
                if self._process.is_alive():
                    self._process.kill()
                    self._process.join()
            self._process = self._pipe = None

    def _ask(
        self,
        request: tuple[str, object],
        emit: Emit,
        is_cancelled: IsCancelled | None,
        tasks: tuple[str, ...],
    ) -> None:
        process, pipe = self._started()
        told: set[str] = set()
        try:
            pipe.send(request)
            while True:
                if is_cancelled is not None:
                    for task in tasks:
                        if task not in told and is_cancelled(task):
                            told.add(task)
                            pipe.send(("cancel", task))
                if not pipe.poll(POLL):
                    continue
                kind, value = pipe.recv()
                if kind != "event":
                    break
                emit(value)
        except (EOFError, OSError) as fault:
            self.close()
            raise WorkerDied(f"the worker process ended (exit code {process.exitcode})") from fault
        except Exception:
            self.close()  # what it still has to say of this must not answer the next request
            raise
        if isinstance(value, UserError):
            raise value
        if kind == "fault":
            self.close()  # a lost device, for example, comes back in a new process only
            raise WorkerBroke(value)

    def _started(self) -> "tuple[BaseProcess, Connection[Any, Any]]":
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self.close()
            here, there = self._context.Pipe()
            process = self._context.Process(
                target=_serve, args=(self._make_engine, there), name="sdgui-worker", daemon=True
            )
            process.start()
            there.close()
            self._process, self._pipe = process, here
        return self._process, self._pipe


def _serve(make_engine: Callable[[], Engine], pipe: "Connection[Any, Any]") -> None:
    """The life of the process: answers requests until its parent goes away, which ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then closes us
    parent = _Parent(pipe)
    engine: Engine | None = None
    while (request := parent.next_request()) is not None:
        kind, value = request
        try:
            if engine is None:
                engine = make_engine()
            if kind == "warm":
                engine.warm(value, parent.emit)
            elif kind == "free":
                engine.free(value, parent.emit)
            else:
                engine.run(value, parent.emit, parent.is_cancelled)
        except UserError as fault:
            parent.answer("fault", fault)
        except Exception as fault:
            log.exception("the engine failed")
            parent.answer("fault", f"{type(fault).__name__}: {fault}")
        else:
            parent.answer("done", None)
    if engine is not None:
        engine.close()
    os._exit(
        0
    )  # to take down an interpreter with torch in it takes seconds, which the server's end would wait for


class _Parent:
    """The parent as its process sees it; listened to in a thread of its own, to hear of a stop while a batch runs."""

    def __init__(self, pipe: "Connection[Any, Any]") -> None:
        self._pipe = pipe
        self._requests: list[tuple[str, Any]] = []
        self._cancelled: set[str] = set()
        self._is_idle = True
        self._is_gone = False
        self._arrived = threading.Condition()
        self._sending = threading.Lock()
        threading.Thread(target=self._listen, daemon=True, name="sdgui-listener").start()

    def next_request(self) -> tuple[str, Any] | None:
        """Waits for the next request and its value; None once the parent is gone."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._requests or self._is_gone)
            if self._is_gone:
                return None
            self._is_idle = False
            return self._requests.pop(0)

    def is_cancelled(self, task: str) -> bool:
        """Whether nobody wants the picture of this task any more."""
        return task in self._cancelled

    def emit(self, event: object) -> None:
        """Tells the parent of an event."""
        self.send("event", event)

    def answer(self, kind: str, value: object) -> None:
        """Tells the parent what became of its request; there is nothing to do any more."""
        with self._arrived:
            self._is_idle = True
        self.send(kind, value)

    def send(self, kind: str, value: object) -> None:
        """Tells the parent anything."""
        with (
            self._sending,
            contextlib.suppress(OSError),
        ):  # the parent is gone: so are we in a moment
            self._pipe.send((kind, value))

    def _listen(self) -> None:
        """Ends the process with its parent, at once: whatever it is in the middle of is for nobody any more. Only one
        that is idle may clean up behind itself."""
        parent = multiprocessing.parent_process()
        ends: list[Any] = [self._pipe, *([] if parent is None else [parent.sentinel])]
        try:
            while self._pipe in wait(ends):
                self._hear(*self._pipe.recv())
        except (EOFError, OSError):
            pass
        finally:
            with self._arrived:
                self._is_gone = True
                self._arrived.notify()
            if self._is_idle:
                threading.Event().wait(GRACE)
            os._exit(0)

    def _hear(self, kind: str, value: Any) -> None:
        with self._arrived:
            if kind == "cancel":
                self._cancelled.add(value)
            else:
                # A word that came after its batch had ended must not meet the same task when it is asked for again.
                self._cancelled.clear()
                self._requests.append((kind, value))
                self._arrived.notify()
