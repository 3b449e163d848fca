"""The routes that programs call, in front of Gradio's own: a call is taken into the studio before it is answered.

Gradio's queue would hold a call in memory, and others back, until it is done; here only following it costs something,
and a call is its job: its id is the job's, so that it can be followed again after its stream, or the server, has ended.
"""

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from sdgui.errors import UserError
from sdgui.people import Who
from sdgui.ports import Store
from sdgui.web.doors.faults import answer_of
from sdgui.web.doors.visitors import who_of
from sdgui.web.programs.arguments import by_name, in_order, read_json
from sdgui.web.programs.calls import Call, Sessions, Told, follow_job, only, refused
from sdgui.web.programs.endpoints import Begun, Endpoint
from sdgui.web.programs.job_news import origin_of
from sdgui.web.programs.messages import (
    CALL_BEAT,
    SESSION_BEAT,
    SESSION_END,
    call_message,
    session_message,
)
from sdgui.web.shared.dreams.stream import event_stream
from sdgui.web.shared.dreams.submission import OUR_FAULT
from sdgui.web.shared.gallery.pictures import Id
from sdgui.written_values import shown

if TYPE_CHECKING:
    from sdgui.studio.studio import Studio

log = logging.getLogger(__name__)

_PREFIX = "/gradio_api"
_LONGEST_NAME = 64
_REMEMBERED = 1024
"""Jobs of which it is remembered what was worth knowing of what was asked."""

SessionName = Annotated[str, Query(alias="session_hash", min_length=1, max_length=_LONGEST_NAME)]


def program_routes(
    studio: "Studio",
    store: Store,
    endpoints: Mapping[str, Endpoint],
    numbers: Mapping[int, Endpoint],
) -> APIRouter:
    """Routes for gradio_client, which calls endpoints by their numbers, and for programs without it."""
    routes = APIRouter(prefix=_PREFIX)
    calls = _Calls(studio, store)
    studio.adopted.append(calls.adopt)

    async def call(
        request: Request, endpoint: str, read: Callable[[Any, Any], dict[str, Any]]
    ) -> Response:
        if (called := endpoints.get(endpoint)) is None:
            return _not_found(_no_endpoint(endpoint, endpoints))
        given = await read_json(request)
        try:
            begun = await calls.begin(called, read(called.signature, given), who_of(request))
        except UserError as fault:
            return answer_of(fault)
        return _taken(begun.job.id)

    @routes.post("/call/v2/{endpoint}")
    @routes.post("/call/v2/{endpoint}/")
    async def call_by_name(request: Request, endpoint: str) -> Response:
        """Takes a call whose arguments are given by name; its id follows it."""
        return await call(request, endpoint, by_name)

    @routes.post("/call/{endpoint}")
    @routes.post("/call/{endpoint}/")
    async def call_in_order(request: Request, endpoint: str) -> Response:
        """Takes a call whose arguments are given in their order; its id follows it."""
        return await call(request, endpoint, in_order)

    @routes.get("/call/v2/{endpoint}/{event}")
    @routes.get("/call/{endpoint}/{event}")
    async def follow(request: Request, endpoint: str, event: Id) -> Response:
        """News of one call, from wherever it is to its end, as often as it is asked."""
        if (called := endpoints.get(endpoint)) is None:
            return _not_found(_no_endpoint(endpoint, endpoints))
        begun = await calls.find(event, who_of(request))
        if begun is None:
            return _not_found("There is no such call here.")
        told = follow_job(called, begun, origin_of(request))
        return event_stream((call_message(one) async for one in told), CALL_BEAT)

    @routes.post("/queue/join")
    async def join(request: Request) -> Response:
        """Takes a call of gradio_client, which is told in its session what came of it, a refusal too."""
        given = await read_json(request)
        number = given.get("fn_index") if isinstance(given, dict) else None
        called = numbers.get(number) if isinstance(number, int) else None
        if called is None:
            return _not_found("There is no such endpoint here.")
        session = given.get("session_hash")
        if not isinstance(session, str) or not 0 < len(session) <= _LONGEST_NAME:
            fault = UserError("The call says no session.", "Send its name as session_hash.")
            return answer_of(fault)
        return _taken(await calls.join(called, given, who_of(request), session, origin_of(request)))

    @routes.get("/queue/data")
    async def session(request: Request, name: SessionName) -> Response:
        """News of all calls of a session, until all have ended."""
        key = (who_of(request).visitor, name)
        if not calls.sessions.of(key):
            return _not_found("No call of this session is under way.")
        return event_stream(_session_messages(calls.sessions, key), SESSION_BEAT)

    @routes.post("/cancel")
    async def cancel(request: Request) -> dict[str, bool]:
        """Stops the dream of a call; pictures that are finished stay."""
        given = await read_json(request)
        event = given.get("event_id") if isinstance(given, dict) else None
        if isinstance(event, str):
            await run_in_threadpool(studio.cancel, event, who_of(request))
        return {"success": True}

    @routes.post("/reset")
    async def reset() -> dict[str, bool]:
        """Nothing: gradio_client asks for it after it has cancelled a call."""
        return {"success": True}

    return routes


class _Calls:
    """Takes calls, and finds them again."""

    def __init__(self, studio: "Studio", store: Store) -> None:
        self._studio = studio
        self._store = store
        self._notices: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self.sessions = Sessions()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def begin(self, endpoint: Endpoint, asked: dict[str, Any], who: Who) -> Begun:
        """The job that was queued, durably; UserError when it cannot be, and the log has any other fault."""
        try:
            begun = await run_in_threadpool(endpoint.begin, asked, who)
        except UserError:
            raise
        except Exception as error:
            log.exception("a call could not be taken")
            raise OUR_FAULT from error
        if begun.notices:
            self._notices[begun.job.id] = begun.notices
            while len(self._notices) > _REMEMBERED:
                self._notices.popitem(last=False)
        return begun

    async def find(self, job: str, who: Who) -> Begun | None:
        """A job of the visitor as it is now, None when there is none."""
        record = await run_in_threadpool(self._store.job, job, who.visitor)
        if record is None:
            return None
        return Begun(job=record, notices=self._notices.get(job, ()))

    async def join(
        self, endpoint: Endpoint, given: Any, who: Who, session: str, origin: str
    ) -> str:
        """The id of a call that its session tells of."""
        self._loop = asyncio.get_running_loop()
        try:
            begun = await self.begin(endpoint, in_order(endpoint.signature, given), who)
        except UserError as fault:
            told = refused(fault)
            call = Call(id=secrets.token_hex(16), follow=lambda: only(told))
        else:
            job = begun.job.id
            call = Call(id=job, follow=lambda: self._follow(endpoint, job, who, origin))
        self.sessions.add((who.visitor, session), call)
        return call.id

    def adopt(self, visitor: str, into: str) -> None:
        """What was one visitor's is another's; from any thread."""
        if self._loop is not None:  # else there was no session yet
            with suppress(RuntimeError):  # it is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self.sessions.adopt, visitor, into)

    async def _follow(
        self, endpoint: Endpoint, job: str, who: Who, origin: str
    ) -> AsyncIterator[Told]:
        whose = self.sessions.whose(job)
        try:
            begun = await self.find(job, who if whose is None else replace(who, visitor=whose))
        except UserError as fault:  # the list cannot be read now
            yield refused(fault)
            return
        if begun is None:  # removed meanwhile
            yield refused(UserError("That dream is not here any more."))
            return
        async for told in follow_job(endpoint, begun, origin):
            yield told


async def _session_messages(sessions: Sessions, key: tuple[str, str]) -> AsyncIterator[str]:
    told_before: set[str] = set()
    async for call, told in sessions.listen(key):
        yield session_message(call, told, is_first=call not in told_before)
        told_before.add(call)
    yield SESSION_END


def _taken(event: str) -> Response:
    return JSONResponse({"event_id": event})


def _not_found(sentence: str) -> Response:
    return JSONResponse({"detail": sentence}, HTTPStatus.NOT_FOUND)


def _no_endpoint(name: str, endpoints: Mapping[str, Endpoint]) -> str:
    there = ", ".join(f"/{one}" for one in endpoints)
    return f"There is no endpoint called “{shown(name)}”. Choose one of: {there}."
