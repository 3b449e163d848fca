"""A worker at work: its engine, called from a thread of its own, and what it says handed on."""

import logging
import queue
import threading
from collections.abc import Callable

from sdgui.errors import UserError
from sdgui.events import Loading
from sdgui.ports import Engine
from sdgui.studio.faults import NOT_LOADED
from sdgui.studio.happenings import BatchOver, Happening, NotWarmed, WorkerReady, WorkerSaid
from sdgui.studio.running_batch import RunningBatch

log = logging.getLogger(__name__)


class WorkerThread:
    """Loads the first model, then makes the batches that it is given; all that happens goes to `tell`."""

    def __init__(
        self,
        number: int,
        engine: Engine,
        *,
        model: str,
        tell: Callable[[Happening], None],
        is_closing: Callable[[], bool],
    ) -> None:
        self._number = number
        self._engine = engine
        self._model = model
        self._tell = tell
        self._is_closing = is_closing
        self._inbox: queue.SimpleQueue[RunningBatch | str | tuple[str, ...] | None] = (
            queue.SimpleQueue()
        )
        self._thread = threading.Thread(
            target=self._live, name=f"sdgui-worker-{number}", daemon=True
        )

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def begin(self, running: RunningBatch) -> None:
        """Gives it a batch."""
        self._inbox.put(running)

    def warm_up(self, model: str) -> None:
        """Has it load a model ahead."""
        self._inbox.put(model)

    def free(self, models: tuple[str, ...]) -> None:
        """Has it free models, and measure its memory."""
        self._inbox.put(models)

    def leave(self) -> None:
        """No batch comes any more."""
        self._inbox.put(None)

    def join(self, timeout: float) -> None:
        """Waits for the thread to end."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def close(self) -> None:
        """Closes the engine, also under a call."""
        self._engine.close()

    def _live(self) -> None:
        self._warm(self._model)
        self._tell(WorkerReady(worker=self._number))
        while (asked := self._inbox.get()) is not None:
            if isinstance(asked, RunningBatch):
                self._run(asked)
                continue
            if isinstance(asked, str):
                self._warm(asked)
            else:
                self._free(asked)
            self._tell(WorkerReady(worker=self._number))

    def _hear(self, event: object) -> None:
        self._tell(WorkerSaid(worker=self._number, event=event))  # type: ignore[arg-type]

    def _warm(self, model: str) -> None:
        self._hear(Loading(model=model))
        try:
            self._engine.warm(model, self._hear)
            return
        except UserError as told:
            fault = told
        except Exception:
            if not self._is_closing():  # which ends the worker in the middle of its loading
                log.exception("the model %s could not be loaded", model)
            fault = NOT_LOADED
        log.log(logging.INFO if self._is_closing() else logging.ERROR, "%s", fault)
        self._tell(NotWarmed(worker=self._number, fault=fault))

    def _free(self, models: tuple[str, ...]) -> None:
        try:
            self._engine.free(models, self._hear)
        except Exception:
            if not self._is_closing():
                log.exception("models could not be freed")

    def _run(self, running: RunningBatch) -> None:
        fault, broken = None, False
        try:
            self._engine.run(
                running.batch,
                self._hear,
                lambda task: self._is_closing() or running.owner(task) is None,
            )
        except UserError as told:
            fault = told
        except Exception:
            if not self._is_closing():
                log.exception("a worker broke")
            broken = True
        self._tell(BatchOver(worker=self._number, fault=fault, broken=broken))
