"""The words of a model, as a file gives them."""

from typing import Any

import pytest

from sdgui.vocabulary import read_vocabulary

TOLD = {"things": [["boat", "ship"]], "colours": [], "places": [["at sea"]], "styles": []}


def test_words_are_read_as_they_are_told() -> None:
    read = read_vocabulary(TOLD)
    assert read.things == (("boat", "ship"),) and read.others == ()
    assert read_vocabulary(read.told()) == read


@pytest.mark.parametrize("things", [["boat"], [["boat", 1]], [[""]], [None], None])
def test_what_is_no_list_of_words_is_refused(things: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        read_vocabulary({**TOLD, "things": things})
