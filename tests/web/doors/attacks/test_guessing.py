"""Who guesses passwords, tokens and addresses, a thousand times."""

import asyncio
import base64
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from sdgui.web.doors import auth
from sdgui.web.doors.auth import BasicAuth, Failures, Patience
from tests.web.conftest import BROWSER, Site, open_site

NAME, PASSWORD = "ann", "open: sesame"
GUESSES = 200
"""Of each kind: a thousand and more in all."""


@dataclass
class Waits:
    """Waits no time at all, and remembers how long it should have been."""

    asked: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("guessed"), (NAME, PASSWORD)) as site:
        yield site


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    """What every door waits."""
    waits, has_waited = Waits(), Patience.has_waited

    async def at_once(self: Patience, name: bytes) -> bool:
        self.wait = waits
        return await has_waited(self, name)

    monkeypatch.setattr(Patience, "has_waited", at_once)
    return waits


def basic(name: str, password: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"}


Guess = Callable[[httpx.Client, str], httpx.Response]
GUESSED: dict[str, tuple[Guess, int]] = {
    "password": (lambda client, guess: client.get("/status", headers=basic(NAME, guess)), 401),
    "owner's token": (lambda client, guess: client.get(f"/?token={guess}"), 403),
    "owner's token of a program": (
        lambda client, guess: client.get("/me", headers={"authorization": f"Bearer {guess}"}),
        401,
    ),
    "invitation": (lambda client, guess: client.get(f"/?i={guess}"), 403),
    "address of a link": (lambda client, guess: client.get(f"/d/{guess:0>22}"), 404),
    "picture of a link": (lambda client, guess: client.get(f"/d/{guess:0>22}/0.png"), 404),
}


def right_ones(site: Site) -> dict[str, tuple[str, int]]:
    """What opens each, and with which answer."""
    gate = site.app.state.gate
    invitation = gate.keys.invitation(gate.book.invite("for ben").id)
    named = site.client(headers={**BROWSER, **basic(NAME, PASSWORD)})
    asked = {"prompt": "a boat", "steps": 2}
    job = named.post("/gradio_api/call/v2/dream", json=asked).json()["event_id"]
    named.get(f"/gradio_api/call/dream/{job}")  # to its end
    [tile] = named.get(f"/dreams/{job}").json()["tiles"]
    asked = {"kind": "picture", "pictures": [tile["picture"]], "shows": {}}
    link = named.post("/links", json=asked).json()["id"]
    token = gate.keys.token
    return {
        "password": (PASSWORD, 200),
        "owner's token": (token, 303),
        "owner's token of a program": (token, 200),
        "invitation": (invitation, 303),
        "address of a link": (link, 200),
        "picture of a link": (link, 200),
    }


def test_a_thousand_guesses_are_slowed_and_who_knows_is_let_in_at_once(
    guarded: Site, waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = guarded.client()
    right = right_ones(guarded)
    for what, (guess, refusal) in GUESSED.items():
        waits.asked.clear()
        client.cookies.clear()
        known, opened = right[what]
        assert guess(client, known).status_code == opened, what
        client.cookies.clear()
        answers = [guess(client, f"{i:x}").status_code for i in range(GUESSES)]
        assert set(answers) == {refusal}, what
        assert len(waits.asked) > 150, what
        assert waits.asked == sorted(waits.asked), what
        assert waits.asked[-1] == 10, what
        waits.asked.clear()
        assert guess(client, known).status_code == opened, what
        assert waits.asked == [], what
    # Nobody waits where failures are not counted.
    monkeypatch.setattr(Failures, "add", lambda self, digest, now: 0.0)
    for guess, refusal in GUESSED.values():
        assert {guess(client, f"{i:x}").status_code for i in range(50)} == {refusal}
    assert waits.asked == []


def test_as_much_is_compared_whoever_is_named_and_whatever_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that how long it takes tells neither a name nor the beginning of a password."""
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return hmac.compare_digest(one, other)

    class Counting:
        compare_digest = staticmethod(compare)
        digest = staticmethod(hmac.digest)

    monkeypatch.setattr(auth, "hmac", Counting)

    async def nothing(*_: object) -> None:
        return None

    door = BasicAuth(nothing, {"ann": "a", "ben": "b", "cleo": "c"})
    told = {b"ann:a": "ann", b"cleo:c": "cleo", b"ann:x": None, b"": None, b"x" * 10_000: None}
    for given, name in told.items():
        compared.clear()
        assert door._name_of(given) == name
        assert compared == [(32, 32)] * 3
