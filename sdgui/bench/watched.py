"""A dream of the whole app that somebody watches on the same machine."""

import json
import time

from sdgui.bench.client import AppClient
from sdgui.bench.generation import asked_by, check_all_came
from sdgui.bench.server import AppProcess
from sdgui.bench.viewers import Viewer
from sdgui.spec import PictureSpec


class WatchedWay:
    """As `AppWay`, with the page of the same visitor open beside it; a fresh visitor each time."""

    def __init__(self, app: AppProcess, specs: tuple[PictureSpec, ...], viewer: Viewer) -> None:
        self._app = app
        self._specs = specs
        self._viewer = viewer
        self.previews: list[int] = []
        """How many the page has fetched, each of all pictures; one number a call."""

    def __call__(self) -> float:
        """Seconds from the request until every PNG has arrived; opening and closing the page is outside."""
        client = AppClient(self._app.url)
        with self._viewer.open(client) as page:
            begun = time.perf_counter()
            event = client.begin(**asked_by(self._specs))
            while not json.loads(client.get("/dreams?limit=1"))["dreams"]:
                time.sleep(0.005)
            page.look()
            files = client.finish(event)
            took = time.perf_counter() - begun
            check_all_came(files, self._specs)
            self.previews.append(page.count_previews(len(files)))
        return took
