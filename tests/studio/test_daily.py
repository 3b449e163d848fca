"""What is done once a day."""

import threading

from sdgui.studio.daily import Daily
from tests.fake_engine import PATIENCE


def test_it_is_done_at_once_and_again_though_it_failed() -> None:
    done, calls = threading.Event(), []

    def act() -> None:
        calls.append(1)
        if len(calls) == 3:
            done.set()
        raise ValueError("no")

    daily = Daily(act, day=0.0)
    daily.start()
    assert done.wait(PATIENCE)
    daily.close()
    assert not daily._thread.is_alive()
