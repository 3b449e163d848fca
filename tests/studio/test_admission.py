"""Who may have what they ask for."""

from dataclasses import replace

import pytest

from sdgui.errors import UserError
from sdgui.people import Allowance, Policy, Role
from sdgui.spec import DreamRequest
from sdgui.studio.admission import admit
from tests.fake_engine import FakeEngine
from tests.people import who
from tests.studio.conftest import House
from tests.studio.test_queue import SPEC


@pytest.mark.parametrize(
    ("allowance", "said"),
    [
        (Allowance(dreams=False), "not dream"),
        (Allowance(waiting=3), "2 of your pictures are waiting"),
        (Allowance(pictures=1), "1 pictures at once"),
        (Allowance(pixels=64 * 32), "as large as this"),
        (Allowance(steps=3), "3 steps"),
    ],
)
def test_what_is_not_allowed_is_refused_in_a_sentence(allowance: Allowance, said: str) -> None:
    with pytest.raises(UserError, match=said):
        admit(allowance, [SPEC, SPEC], waiting=2)


def test_without_limits_everything_is_admitted() -> None:
    admit(Allowance(), [replace(SPEC, width=4096, steps=150)] * 400, waiting=0)


def test_a_guest_has_an_allowance_of_their_own(house: House, engine: FakeEngine) -> None:
    studio = house.open(engine)
    studio.policy = Policy(guest=Allowance(pictures=1))
    asked = DreamRequest(prompt="a", count=2)
    with pytest.raises(UserError):
        studio.submit(asked, who("ann", Role.GUEST))
    assert studio.submit(asked, who("ann", Role.OWNER))
