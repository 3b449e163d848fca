"""A program that dreams over HTTP with nothing but the standard library, so that no client's own time is measured."""

import json
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any


class AppClient:
    """One visitor of a running app, who uses its endpoints."""

    def __init__(self, url: str) -> None:
        self._url = url
        # The bench speaks to this machine alone, whatever proxy the environment names.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def dream(self, **asked: object) -> list[bytes]:
        """The finished PNGs, fetched; RuntimeError when the dream fails."""
        begin = urllib.request.Request(
            f"{self._url}/gradio_api/call/v2/dream",
            data=json.dumps(asked).encode(),
            headers={"content-type": "application/json"},
        )
        with self._opener.open(begin) as answer:
            event = json.load(answer)["event_id"]
        with self._opener.open(f"{self._url}/gradio_api/call/v2/dream/{event}") as stream:
            files, _, _ = _outcome(line.decode().rstrip("\n") for line in stream)
        return [self._fetch(file["url"]) for file in files]

    def _fetch(self, url: str) -> bytes:
        with self._opener.open(url) as answer:
            content: bytes = answer.read()
            return content


def _outcome(lines: Iterator[str]) -> Any:
    """What an endpoint yields last, from its server-sent events."""
    kind = ""
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data" and kind == "error":
            raise RuntimeError(value)
        elif name == "data" and kind == "complete":
            return json.loads(value)
    raise RuntimeError("the server ended without a word")
