"""An engine in a process of its own: the page stays quick while torch is imported, and a crash is survived."""

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from sdgui.errors import UserError
from sdgui.events import Batch
from sdgui.ports import Emit, Engine, IsCancelled

log = logging.getLogger(__name__)

POLL = 0.02
"""Seconds between two looks at whether a running batch was cancelled."""


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

    def close(self) -> None:
        """Ends the process, also under a call that waits for it; kills it when it does not go by itself."""
        with self._ending:
            if self._pipe is not None:
                self._pipe.close()
            if self._process is not None:
                self._process.join(timeout=5)
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
    """The life of the process: answers requests until its parent goes away."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then closes us
    requests: list[tuple[str, Any]] = []
    cancelled: set[str] = set()
    arrived = threading.Condition()
    closing = threading.Event()

    def listen() -> None:
        while True:
            try:
                kind, value = pipe.recv()
            except (EOFError, OSError):
                kind, value = "close", None
            with arrived:
                if kind == "cancel":
                    cancelled.add(value)
                else:
                    # A word that came after its batch had ended must not meet the same task when it is asked for again.
                    cancelled.clear()
                    if kind == "close":
                        closing.set()
                    requests.append((kind, value))
                    arrived.notify()
            if kind == "close":
                return

    threading.Thread(target=listen, daemon=True, name="sdgui-listener").start()
    engine: Engine | None = None
    sending = threading.Lock()

    def send(kind: str, value: object) -> None:
        with sending:
            try:
                pipe.send((kind, value))
            except OSError:
                closing.set()

    def emit(event: object) -> None:
        send("event", event)

    def is_cancelled(task: str) -> bool:
        return closing.is_set() or task in cancelled

    while True:
        with arrived:
            arrived.wait_for(lambda: requests)
            kind, value = requests.pop(0)
        if kind == "close":
            break
        try:
            if engine is None:
                engine = make_engine()
            if kind == "warm":
                engine.warm(value, emit)
            else:
                engine.run(value, emit, is_cancelled)
        except UserError as fault:
            send("fault", fault)
        except Exception as fault:
            log.exception("the engine failed")
            send("fault", f"{type(fault).__name__}: {fault}")
        else:
            send("done", None)
    if engine is not None:
        engine.close()
