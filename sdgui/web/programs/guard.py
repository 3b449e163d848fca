"""Calls of programs, judged before Gradio sees them: it answers a wrong name with a fault of its own."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import gradio as gr
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.written_values import shown

_CALL = re.compile(r"/gradio_api/call/(?P<named>v2/)?(?P<endpoint>[^/]+)/?")


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The parameters of one endpoint, all in order, and those that have no default."""

    names: tuple[str, ...]
    needed: tuple[str, ...]


def endpoints_of(page: gr.Blocks) -> dict[str, Parameters]:
    """What each endpoint that is offered to programs takes."""
    offered = page.get_api_info()["named_endpoints"]
    return {
        path.removeprefix("/"): Parameters(
            names=tuple(one["parameter_name"] for one in endpoint["parameters"]),
            needed=tuple(
                one["parameter_name"]
                for one in endpoint["parameters"]
                if not one["parameter_has_default"]
            ),
        )
        for path, endpoint in offered.items()
    }


class ProgramCalls:
    """Middleware: refuses, in one sentence, calls of endpoints that are not there and parameters that do not fit."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Parameters]) -> None:
        self.app = app
        self.endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what can be called; of the values themselves the endpoints judge."""
        called = _CALL.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if called is None or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        parameters = self.endpoints.get(called["endpoint"])
        if parameters is None:
            there = ", ".join(f"/{name}" for name in self.endpoints)
            fault: str | None = (
                f"There is no endpoint called “{shown(called['endpoint'])}”. Choose one of: {there}."
            )
            status = HTTPStatus.NOT_FOUND
        else:
            body = await _whole(receive)
            if body is None:  # the client has left
                return
            fault = (_named if called["named"] else _in_order)(body, parameters)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            receive = _again(body, receive)
        if fault is None:
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"detail": fault}, status)(scope, receive, send)


def _named(body: bytes, parameters: Parameters) -> str | None:
    """What is wrong with parameters that are given by name, or None."""
    given = _read(body)
    if not isinstance(given, dict):
        return "The parameters must be one JSON object of names and values."
    listed = ", ".join(parameters.names)
    for name in given:
        if name not in parameters.names:
            return f"There is no parameter called “{shown(name)}”. These can be given: {listed}."
    for name in parameters.needed:
        if name not in given:
            return f"The parameter “{name}” is missing. These can be given: {listed}."
    return None


def _in_order(body: bytes, parameters: Parameters) -> str | None:
    """What is wrong with parameters that are given in their order, or None."""
    given = _read(body)
    values = given.get("data") if isinstance(given, dict) else None
    if not isinstance(values, list):
        return "The parameters must be a JSON object with a list of values called data."
    if len(values) != len(parameters.names):
        listed = ", ".join(parameters.names)
        return (
            f"The list called data needs {len(parameters.names)} values, in this order: {listed}."
        )
    return None


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # not JSON, or nested without end
        return None


async def _whole(receive: Receive) -> bytes | None:
    """The body of a request, whose length others limit; None where it breaks off."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, and then whatever else comes."""
    told = False

    async def receive_again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
