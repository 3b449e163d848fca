"""What goes wrong is answered in one sentence: what was asked amiss, what is out of order here, and our own faults."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdgui.errors import NotYetSaved, OutOfOrder, TooSoon, UserError
from sdgui.people import Role
from sdgui.studio.faults import NOT_SAVED_HERE
from sdgui.web.doors.asgi import path_of
from sdgui.written_values import shown

log = logging.getLogger(__name__)

OUR_FAULT = "Something went wrong on our side; the server's log has the details."


def answer_in_sentences(app: FastAPI) -> None:
    """Has an app, ours or Gradio's, answer each fault with one sentence in the shape of FastAPI's own errors."""
    app.add_exception_handler(UserError, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(Exception, _at_fault)


async def _refused(request: Request, fault: Exception) -> Response:
    """What a person can mend: what was asked cannot be, or not now, with a full disk for example."""
    who = getattr(request.state, "who", None)
    if isinstance(fault, NotYetSaved) and who is not None and who.role is Role.GUEST:
        return _told(str(NOT_SAVED_HERE), HTTPStatus.SERVICE_UNAVAILABLE)
    assert isinstance(fault, UserError)
    return answer_of(fault)


def answer_of(fault: UserError) -> Response:
    """What a route answers to what cannot be; where it can be later with the seconds, in a field and as Retry-After."""
    if isinstance(fault, TooSoon):
        told = {"detail": str(fault), "seconds": fault.seconds}
        return JSONResponse(told, HTTPStatus.TOO_MANY_REQUESTS, {"retry-after": str(fault.seconds)})
    is_ours = isinstance(fault, OutOfOrder)
    return _told(
        str(fault), HTTPStatus.SERVICE_UNAVAILABLE if is_ours else HTTPStatus.UNPROCESSABLE_ENTITY
    )


async def _misunderstood(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    return _told(sentence_of(fault.errors()), HTTPStatus.UNPROCESSABLE_ENTITY)


async def _at_fault(request: Request, fault: Exception) -> Response:
    """Any other fault; it is raised again after this answer."""
    _log(request.scope, fault)
    request.state.is_logged = True
    return _told(OUR_FAULT, HTTPStatus.INTERNAL_SERVER_ERROR)


def _log(scope: Scope, fault: Exception) -> None:
    log.error("a request failed: %s %s", scope["method"], shown(path_of(scope)), exc_info=fault)


def _told(sentence: str, status: HTTPStatus) -> Response:
    return JSONResponse({"detail": sentence}, status)


def sentence_of(errors: Sequence[Mapping[str, Any]]) -> str:
    """The first of pydantic's errors in words (https://docs.pydantic.dev/latest/errors/validation_errors/)."""
    first = errors[0]
    if first["type"] == "json_invalid":
        return "The request is not JSON that can be read."
    name = shown(".".join(str(part) for part in first["loc"][1:]))
    if not name:
        return "The request lacks what it is to say."
    match first["type"]:
        case "missing":
            return f"“{name}” is missing."
        case "extra_forbidden":
            return f"There is nothing called “{name}” to be set here."
        case "string_pattern_mismatch":
            return f"“{name}” is not of a form that is known here."
    said = str(first["msg"])
    return f"“{name}” cannot be so: {said[:1].lower()}{said[1:]}."


class Faults:
    """Middleware around all others: what nobody caught is logged once, and answered where nothing was yet."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; no fault of it goes further."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False
        state = scope.setdefault("state", {})

        async def send_noting(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except ClientDisconnect:  # who has left needs no answer
            return
        except Exception as fault:
            if not state.get("is_logged"):
                _log(scope, fault)
            if not has_started:
                told = _told(OUR_FAULT, HTTPStatus.INTERNAL_SERVER_ERROR)
                await told(scope, receive, send)
