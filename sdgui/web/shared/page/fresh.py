"""The page as the models are now: Gradio builds it once, and models come and go."""

import threading
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from sdgui.web.doors.asgi import path_of


class FreshPage:
    """Middleware before Gradio's app: whoever opens the page gets the models that there are.

    `config` is what Gradio hands out, and `stamp` another one once that is stale; `head` makes the document's head, and
    `choices` what the control of the model offers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        config: dict[str, Any],
        stamp: Callable[[], object],
        head: Callable[[], str],
        choices: Callable[[], dict[str, Any]],
    ) -> None:
        self.app = app
        self._config = config
        self._stamp_now = stamp
        self._head = head
        self._choices = choices
        self._stamp = stamp()
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, once the page is as it should be."""
        if scope["type"] == "http" and path_of(scope) == "/" and self._is_stale():
            await run_in_threadpool(self._refresh)
        await self.app(scope, receive, send)

    def _is_stale(self) -> bool:
        return self._stamp_now() != self._stamp

    def _refresh(self) -> None:
        with self._lock:
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return
            self._config["head"] = self._head()
            for component in self._config["components"]:
                if component["props"].get("elem_id") == "model-value":
                    component["props"].update(self._choices())
            self._stamp = stamp
