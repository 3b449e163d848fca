"""A program that dreams over HTTP with nothing but the standard library, so that no client's own time is measured."""

import json
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError


class AppClient:
    """One visitor of a running app, who uses its endpoints."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._cookies = CookieJar()
        # The bench speaks to this machine alone, whatever proxy the environment names.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def dream(self, **asked: object) -> list[bytes]:
        """The finished PNGs, fetched; RuntimeError when the dream fails."""
        return self.finish(self.begin(**asked))

    def begin(self, **asked: object) -> str:
        """Asks for a dream; by what name `finish` knows it."""
        begin = urllib.request.Request(
            f"{self.url}/gradio_api/call/v2/dream",
            data=json.dumps(asked).encode(),
            headers={"content-type": "application/json"},
        )
        with self._opener.open(begin) as answer:
            event: str = json.load(answer)["event_id"]
        return event

    def finish(self, event: str) -> list[bytes]:
        """The PNGs of a dream, fetched once it has ended; RuntimeError when it fails."""
        files, _, _ = _outcome(self.stream(f"/gradio_api/call/v2/dream/{event}"))
        return [self._fetch(file["url"]) for file in files]

    def get(self, path: str) -> bytes:
        """What is there; nothing where there is nothing any more."""
        try:
            return self._fetch(self.url + path)
        except HTTPError as fault:
            if fault.code != 404:
                raise
            return b""

    def stream(self, path: str) -> Iterator[str]:
        """The lines of an answer as they come."""
        with self._opener.open(self.url + path) as answer:
            for line in answer:
                yield line.decode().rstrip("\n")

    def cookie(self) -> tuple[str, str]:
        """Name and value of what the server knows this visitor by, which comes with the page."""
        if not len(self._cookies):
            self.get("/")
        (cookie,) = self._cookies
        return cookie.name, cookie.value or ""

    def dream_by_page(self, prompt: str) -> None:
        """One small picture as the page asks for it, followed to its end; RuntimeError when it fails."""
        values = {
            **{"prompt": prompt, "negative_prompt": "", "aspect": "W×H", "width": 64, "height": 64},
            **{"count": 1, "steps": 1, "guidance": 4, "seed": "", "sampler": "Euler"},
        }
        begin = urllib.request.Request(
            f"{self.url}/dreams",
            data=json.dumps({"values": values}).encode(),
            headers={"content-type": "application/json"},
        )
        with self._opener.open(begin) as answer:
            told = json.load(answer)
        if "job" not in told:
            raise RuntimeError(told["error"])
        with self._opener.open(f"{self.url}/watch") as stream:
            stream.read()
        with self._opener.open(f"{self.url}/dreams/{told['job']}") as answer:
            [tile] = json.load(answer)["tiles"]
        if tile["state"] != "done":
            raise RuntimeError(tile["fault"])
        self._fetch(f"{self.url}/thumb/{tile['picture']}")

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
