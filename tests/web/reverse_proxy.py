"""A small reverse proxy: what stands below a path of its own comes from a server behind it, as a real one's would."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from sdgui.settings import Settings
from sdgui.web.doors.listen import listen
from tests.fake_engine import PATIENCE

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host"}


@contextmanager
def reverse_proxy(behind: str, prefix: str) -> Iterator[str]:
    """The address below which what is behind is found; the prefix is taken off, and everything else is elsewhere."""
    client = httpx.AsyncClient(base_url=behind, trust_env=False, verify=False, timeout=PATIENCE)
    started = threading.Event()

    async def pass_on(request: Request) -> Response:
        path = request.url.path
        if not path.startswith(f"{prefix}/"):
            # What browsers ask of the top for every page.
            is_usual = path in ("/manifest.json", "/favicon.ico")
            return PlainTextResponse("{}", 200 if is_usual else 404)
        told = [(k, v) for k, v in request.headers.items() if k not in _HOP_BY_HOP]
        told += [
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", request.headers["host"]),
            ("x-forwarded-proto", "http"),
        ]
        query = f"?{request.url.query}" if request.url.query else ""
        asked = client.build_request(
            request.method,
            f"{path.removeprefix(prefix)}{query}",
            headers=told,
            content=await request.body(),
        )
        reply = await client.send(asked, stream=True)
        answer = StreamingResponse(reply.aiter_raw(), reply.status_code)
        answer.raw_headers = [
            (k.lower(), v) for k, v in reply.headers.raw if k.lower().decode() not in _HOP_BY_HOP
        ]
        return answer

    methods = ["GET", "HEAD", "POST", "PUT", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", pass_on, methods=methods)])
    sock = listen(Settings(port=0))
    config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)

    def run() -> None:
        async def main() -> None:
            serving = asyncio.ensure_future(server.serve(sockets=[sock]))
            started.set()
            await serving
            await client.aclose()

        asyncio.run(main())

    thread = threading.Thread(target=run)
    thread.start()
    assert started.wait(PATIENCE)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}{prefix}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
