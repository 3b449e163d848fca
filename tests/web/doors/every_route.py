"""Every route that there is, and whose it is. A new one gets its line here, in the table where it belongs:

- `OWNERS`: the owner's alone, with a body that the owner may send;
- `MAKERS`: of what somebody made, with how it is asked for and how one sees that it was given;
- `EVERYBODYS`: anybody's who was let in, as it tells and takes nothing of anybody else;
- `STRANGERS`: shown to whoever has its address, without cookie and password;
- `OF_STRANGERS`: what a page of those asks, without cookie and password, but from no other site.

A name in braces, in a path, a query or a body, stands for what `Belongings` has of that name.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.routing import Mount

Route = tuple[str, str]
"""Method and path."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back; of an event stream its first message."""

    status: int
    text: str
    headers: httpx.Headers

    @property
    def json(self) -> Any:
        return json.loads(self.text)


Given = Callable[[Reply, str], bool]
"""Whether what was asked for was given; with the picture's and the dream's ids, which only its maker is told."""


def ok(reply: Reply, ids: str) -> bool:
    return reply.status < 300


def tells(reply: Reply, ids: str) -> bool:
    return reply.status == 200 and any(one in reply.text for one in ids.split())


def says(name: str) -> Given:
    """It answers, and says something other than nothing under this name."""
    return lambda reply, ids: reply.status == 200 and bool(reply.json.get(name))


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a route is asked: what stands behind its path, its body, which dream is its `job`; and how one sees that it
    has given something. `is_named` is whether the request names what it wants: then what is another's and what is
    nobody's are answered alike. Gradio's own clients take one and the same answer of some, `is_silent`: what they have
    done is seen at what they were asked to do it with.
    """

    query: str = ""
    body: Any = None
    job: str = "job"
    given: Given = ok
    is_named: bool = True
    is_silent: bool = False


MODEL = {"model": "demo"}
IDS = {"pictures": ["{picture}"]}
OWNERS: Mapping[Route, Any] = {
    ("GET", "/models"): None,
    ("PUT", "/models/default"): MODEL,
    ("POST", "/models/corrected"): MODEL,
    ("PUT", "/models/corrected"): MODEL,
    ("POST", "/models/remove"): MODEL,
    ("POST", "/models/look-up"): {"text": "someone/model"},
    ("GET", "/models/downloads"): None,
    ("POST", "/models/downloads"): MODEL,
    ("POST", "/models/downloads/pause"): MODEL,
    ("POST", "/models/downloads/cancel"): MODEL,
    ("PUT", "/models/token"): {"token": ""},
    ("POST", "/memory/free"): {"models": ["demo"]},
    ("GET", "/me/browsers"): None,
    ("GET", "/me/browsers/{browser}/{number}"): None,
    ("POST", "/me/browsers"): {"browsers": ["nobody"]},
    ("GET", "/share"): None,
    ("GET", "/share/qr"): None,
    ("PUT", "/share/limits"): {},
    ("PUT", "/share/words"): {"words": []},
    ("POST", "/share/link"): {"on": False},
    ("POST", "/share/queue"): {"paused": False},
    ("DELETE", "/share/queue/{job}"): None,
    ("POST", "/share/people/{person}"): {"do": "unblock"},
    ("POST", "/share/invitations"): {"note": "for ann"},
    ("DELETE", "/share/invitations/{invitation}"): None,
    ("GET", "/share/pictures"): None,
    ("POST", "/share/pictures"): {"pictures": ["nothing"], "do": "hide"},
    ("GET", "/share/picture/{picture}"): None,
    ("GET", "/share/thumb/{picture}"): None,
    ("GET", "/share/live/{job}"): None,
    ("DELETE", "/share/reports/{picture}"): None,
    ("POST", "/history/imports"): {"folder": "/nowhere"},
    ("DELETE", "/history/imports/{number}"): None,
}

MAKERS: Mapping[Route, Way] = {
    ("GET", "/dreams"): Way(given=tells, is_named=False),
    ("GET", "/dreams/{job}"): Way(),
    ("DELETE", "/dreams/{job}"): Way(),
    ("GET", "/sheets"): Way(given=tells, is_named=False),
    ("GET", "/kept"): Way(given=tells, is_named=False),
    ("GET", "/watch"): Way(given=tells, is_named=False),
    ("POST", "/cancel"): Way(given=says("cancelled"), is_named=False),
    ("POST", "/jobs/{job}/cancel"): Way(job="running", given=says("cancelled")),
    ("POST", "/jobs/{job}/continue"): Way(job="stopped", given=says("continued")),
    ("GET", "/jobs/{job}/sheet.html"): Way(),
    ("GET", "/jobs/{job}/sheet.png"): Way(),
    ("GET", "/jobs/{job}/sheet.zip"): Way(),
    ("GET", "/picture/{picture}"): Way(),
    ("GET", "/picture/{picture}/{name}"): Way(),
    ("GET", "/picture/{picture}/facts"): Way(),
    ("PUT", "/picture/{picture}/mark"): Way(body={"mark": "kept"}),
    ("DELETE", "/picture/{picture}"): Way(),
    ("GET", "/thumb/{picture}"): Way(),
    ("GET", "/live/{job}/{strip}"): Way(job="running"),
    ("GET", "/unsaved/{job}/{index}"): Way(job="unsaved"),
    ("GET", "/compare/difference"): Way(query="?a={picture}&b={other}"),
    ("GET", "/compare/difference.png"): Way(query="?a={picture}&b={other}"),
    ("GET", "/history/sections"): Way(given=says("total"), is_named=False),
    ("GET", "/history/pictures"): Way(query="?section=all", given=tells, is_named=False),
    ("GET", "/history/ids"): Way(query="?section=all", given=tells, is_named=False),
    ("GET", "/history/facets"): Way(given=says("models"), is_named=False),
    ("PUT", "/history/marks"): Way(body=IDS | {"mark": "kept"}),
    ("PUT", "/history/ratings"): Way(body=IDS | {"rating": 5}),
    ("POST", "/history/zip"): Way(body=IDS),
    ("GET", "/history/zip/{token}/{name}"): Way(),
    ("POST", "/history/wall"): Way(body={"pictures": ["{picture}", "{other}"]}),
    ("POST", "/bin"): Way(body=IDS),
    ("POST", "/bin/restore"): Way(body={"undo": "{undo}"}),
    ("POST", "/bin/empty"): Way(given=says("pictures"), is_named=False),
    ("POST", "/reuse"): Way(body={"job": "{job}", "index": 0}, given=says("values")),
    ("POST", "/sheets/refine"): Way(body=IDS | {"values": "{values}"}, given=says("job")),
    ("POST", "/sheets/vary"): Way(
        body={"picture": "{picture}", "values": "{values}"}, given=says("job")
    ),
    ("POST", "/links"): Way(body=IDS | {"kind": "picture"}),
    ("GET", "/links"): Way(given=tells, is_named=False),
    ("DELETE", "/links/{link}"): Way(),
    ("GET", "/links/news"): Way(given=tells, is_named=False),
    ("PUT", "/links/{choice}/marks"): Way(body={"marks": {"{picture}": "kept"}}),
    ("DELETE", "/links/{choice}/people/{place}"): Way(),
    ("GET", "/gradio_api/call/{endpoint}/{event}"): Way(),
    ("GET", "/gradio_api/call/v2/{endpoint}/{event}"): Way(),
    ("GET", "/gradio_api/queue/data"): Way(query="?session_hash={session}"),
    ("POST", "/gradio_api/cancel"): Way(body={"event_id": "{running}"}, is_silent=True),
}

EVERYBODYS: Mapping[Route, Way] = {
    ("GET", "/adapters"): Way(),
    ("GET", "/manifest.json"): Way(),
    ("GET", "/me"): Way(),
    ("POST", "/me/told"): Way(),
    ("POST", "/me/sign-out"): Way(given=lambda reply, ids: reply.status == 404),
    ("POST", "/me/bring"): Way(given=lambda reply, ids: reply.status == 404),
    ("GET", "/memory"): Way(),
    ("GET", "/model"): Way(query="?name=demo"),
    ("GET", "/models/choices"): Way(),
    ("POST", "/models/switch"): Way(body=MODEL),
    ("GET", "/revision"): Way(),
    ("GET", "/status"): Way(),
    ("GET", "/tokens"): Way(query="?prompt=a+cat"),
    ("GET", "/history/imports"): Way(),
    ("POST", "/read-picture"): Way(given=says("hint")),
    ("POST", "/links/asked"): Way(body={"asked": {"steps": "9"}, "model": "demo"}),
    ("POST", "/dreams"): Way(body={"values": "{values}"}, given=says("job")),
    ("POST", "/sheets"): Way(body={"values": "{wall}"}, given=says("job")),
    ("POST", "/sheets/plan"): Way(body={"values": "{values}"}, given=says("cells")),
    ("POST", "/gradio_api/call/{endpoint}"): Way(body={"data": "{data}"}),
    ("POST", "/gradio_api/call/{endpoint}/"): Way(body={"data": "{data}"}),
    ("POST", "/gradio_api/call/v2/{endpoint}"): Way(body={"prompt": "a cat"}),
    ("POST", "/gradio_api/call/v2/{endpoint}/"): Way(body={"prompt": "a cat"}),
    ("POST", "/gradio_api/queue/join"): Way(
        body={"data": "{data}", "fn_index": "{fn_index}", "session_hash": "own"}
    ),
    ("POST", "/gradio_api/reset"): Way(body={}),
}

STRANGERS: Mapping[str, Way] = {
    "/d/{link}": Way(),
    "/d/{link}/": Way(),
    "/d/{link}/preview.jpg": Way(),
    "/d/{link}/report": Way(),
    "/d/{link}/{number}.jpg": Way(),
    "/d/{link}/{number}.png": Way(),
    "/oembed": Way(query="?url={address}"),
}
"""By path: each is asked with GET and HEAD."""
TOLD_BY_STRANGERS = frozenset({("POST", "/d/{link}/report")})
"""The little that they may say, in forms."""

OF_STRANGERS = (
    ("POST", "/d/{choice}/marks"),
    ("POST", "/d/{choice}/name"),
    ("GET", "/d/{choice}/news"),
)
"""What the pages of links alone ask, of strangers too."""


def routes_of(routes: Any) -> Iterator[Route]:
    """Method and path of every route of ours; Gradio's own have a test that names those that are open."""
    for route in routes:
        if hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)
        elif not isinstance(route, Mount):
            yield from ((method, route.path) for method in route.methods)


def filled(said: Any, stands: Callable[[str], Any]) -> Any:
    """A path, query or body, with what stands for the names in it."""
    if isinstance(said, dict):
        return {filled(name, stands): filled(value, stands) for name, value in said.items()}
    if isinstance(said, list):
        return [filled(one, stands) for one in said]
    if not isinstance(said, str):
        return said
    if (whole := re.fullmatch(r"{(\w+)}", said)) is not None:
        return stands(whole[1])
    return re.sub(r"{(\w+)}", lambda m: str(stands(m[1])), said)


def ask(client: httpx.Client, method: str, path: str, body: Any = None, **sent: str) -> Reply:
    """What comes back; `sent` are headers, with underscores."""
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    with client.stream(method, path, json=body, headers=headers) as reply:
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            text = next(reply.iter_lines(), "")
        else:
            text = reply.read().decode("utf-8", "replace")
        return Reply(status=reply.status_code, text=text, headers=reply.headers)
