"""The picker is told of every LoRA by its name, with what does not fit and why, and never of a path."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sdgui.adapter_info import AdapterInfo
from sdgui.engine.adapters.shelf import Shelf
from sdgui.engine.collection.collection import Collection
from sdgui.engine.model_files import HashCache
from tests.engine.adapters.test_shelf import INK, KOHYA, WIDTH, WORDS, low_rank, write
from tests.studio.conftest import OneModel
from tests.web.conftest import Site, open_site

pytestmark = pytest.mark.quick


class WithShelf(OneModel):
    """Knows one model, and what lies in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.info = replace(self.info, text_widths=(WIDTH,))
        self.shelf = Shelf(Collection((folder,), None), HashCache(None))

    def adapters(self) -> tuple[AdapterInfo, ...]:
        return self.shelf.all()


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("models")
    tags = json.dumps({"x": {"<b>ink</b>": 3}})
    write(folder / "deep" / "ink.safetensors", INK, {"ss_tag_frequency": tags})
    write(folder / "Big.safetensors", low_rank(KOHYA, 2048))
    write(folder / "bad-hands.safetensors", WORDS)
    with open_site(tmp_path_factory.mktemp("site"), models=WithShelf(folder)) as site:
        yield site


def test_what_fits_comes_first_and_the_rest_says_why_not(shelved: Site) -> None:
    reply = shelved.visitor().get("/adapters", params={"model": "demo"})
    told = reply.json()["adapters"]
    assert [(one["name"], one["kind"], one["misfit"] is None) for one in told] == [
        ("bad-hands", "embedding", True),
        ("ink", "LoRA", True),
        ("Big", "LoRA", False),
    ]
    assert told[1] == {
        "name": "ink",
        "kind": "LoRA",
        "base_model": "Stable Diffusion 1.x",
        "trigger_words": ["<b>ink</b>"],
        "vectors": 0,
        "misfit": None,
    }
    assert told[0]["vectors"] == 3
    assert "is made for Stable Diffusion XL" in told[2]["misfit"]
    assert "/" not in reply.text.replace("<\\/b>", "").replace("</b>", "")


def test_of_a_model_that_is_not_offered_nothing_is_told(shelved: Site) -> None:
    assert shelved.visitor().get("/adapters", params={"model": "/etc"}).status_code == 422


def test_where_there_are_none_there_is_nothing_to_pick(site: Site) -> None:
    assert site.visitor().get("/adapters").json() == {"adapters": []}
