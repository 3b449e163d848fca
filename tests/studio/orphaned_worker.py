"""Lets a worker process begin a batch that hears of nothing, says who it is, and waits to be killed."""

import sys
import threading
import time

from sdgui.events import Batch
from sdgui.ports import Emit, IsCancelled
from sdgui.studio.process_worker import ProcessWorker
from tests.fake_engine import PATIENCE, FakeEngine
from tests.studio.test_queue import tasks


class BusyEngine(FakeEngine):
    """Is in the middle of something long, as a step of a large model is."""

    def run(self, batch: Batch, emit: Emit, is_cancelled: IsCancelled) -> None:
        emit_first = FakeEngine()
        emit_first.warm("demo", emit)
        time.sleep(2 * PATIENCE)


def main() -> None:
    worker = ProcessWorker(BusyEngine)

    def tell(event: object) -> None:
        print(worker.pid, flush=True)

    threading.Thread(
        target=worker.run, args=(Batch(tasks=tasks("a", 1)), tell, lambda task: False)
    ).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
