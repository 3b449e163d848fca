"""Every route there is, asked by a guest and by the owner."""

from collections.abc import Iterator

import pytest

from tests.people import who
from tests.web.conftest import Site, open_site
from tests.web.doors.every_route import (
    EVERYBODYS,
    MAKERS,
    OF_STRANGERS,
    OWNERS,
    STRANGERS,
    TOLD_BY_STRANGERS,
    ask,
    filled,
    routes_of,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("open"), share=True) as site:
        yield site


def place(path: str, **parts: str) -> str:
    return str(filled(path, lambda name: parts.get(name, "0")))


def test_every_route_is_known_and_it_is_known_whose_it_is(site: Site) -> None:
    shown = [(method, path) for path in STRANGERS for method in ("GET", "HEAD")]
    known = [*OWNERS, *MAKERS, *EVERYBODYS, *shown, *TOLD_BY_STRANGERS, *OF_STRANGERS]
    assert len(known) == len(set(known)) > 80
    assert set(routes_of(site.app.routes)) == set(known)


@pytest.mark.parametrize(("method", "path"), OWNERS)
def test_what_is_the_owner_s_is_refused_to_guests_unless_they_count_as_the_owner(
    site: Site, method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = OWNERS[method, path]
    allowed = ask(site.owner(), method, place(path), body)
    of_something = (
        "{person}",
        "{invitation}",
        "{number}",
        "/thumb/{picture}",
        "/picture/{picture}",
    )
    of_something_said = ("POST/share/pictures", "POST/me/browsers")
    if path.endswith(of_something) or method + path in of_something_said:
        assert allowed.status == 404  # there is none: the doors let it through
    else:
        assert allowed.status < 300 or allowed.status == 422, allowed.text  # in words of its own
    guests = (site.client(), site.visitor())
    for guest in guests:
        refused = ask(guest, method, place(path), body)
        assert refused.status == 403 and "Only the owner" in refused.text
    monkeypatch.setattr(site.app.state.gate, "is_open", False)
    for guest in guests:
        assert ask(guest, method, place(path), body).status == allowed.status


@pytest.mark.usefixtures("nobody_waits")  # links that never were are asked for
def test_no_route_lets_a_guest_at_what_is_another_s(site: Site) -> None:
    owner, guest = site.owner(), site.visitor()
    job = site.dream(owner, "a secret boat", count=2)
    site.engine.go.clear()
    running = site.begin(owner, "a secret cat")
    assert site.engine.began.acquire(timeout=30)
    picture = job.tasks[0].id
    before = owner.get(f"/dreams/{job.id}").text
    ids = {"pictures": [picture], "dreams": [job.id], "picture": picture, "job": job.id}
    named = {"event": running.id, "endpoint": "dream", "picture": picture}
    leaked = []
    for method, path in sorted(routes_of(site.app.routes)):
        if path.startswith("/read-picture"):
            continue  # it reads what is sent with it
        for one in (job.id, running.id):
            for body in (None,) if method == "GET" else (ids, {"pictures": [picture]}, {}):
                told = ask(guest, method, place(path, job=one, **named), body)
                is_known = told.status < 500 and "secret" not in told.text
                is_given = method == "GET" and "{picture}" in path and told.status == 200
                if is_given or not is_known:
                    leaked.append((method, path, told.status))
    assert leaked == []
    assert owner.get(f"/dreams/{job.id}").text == before
    assert site.studio.active_jobs(who(running.visitor)) == (running.id,)
    owner.post("/cancel")
