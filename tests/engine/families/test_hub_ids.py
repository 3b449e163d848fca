"""A family of several parts and shards by its hub id, against a real HTTP server."""

from pathlib import Path

import pytest

from sdgui.bench.random_models.tiny_families import MODELS
from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.events import Decoded
from sdgui.spec import DreamRequest
from tests.engine.conftest import of_type
from tests.engine.small_hub import SmallHub
from tests.engine.test_loading import run_one

ID = "someone/tiny-klein"


def test_a_model_in_shards_is_described_fetched_and_dreamt_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "hub" / ID
    MODELS["flux2-klein"]().save_pretrained(folder, max_shard_size="100KB")
    shards = {path.name for path in folder.rglob("*-of-*.safetensors")}
    assert len(shards) >= 4
    (folder / "flux-2-klein-4b.safetensors").write_bytes(b"the same again, in one file")
    with SmallHub(tmp_path / "hub") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        catalog = Catalog(ID, cache_dir=tmp_path / "cache", hub_cache=tmp_path / "hub_cache")
        info = catalog.describe(ID)
        assert (info.family, info.steps) == ("flux2_klein", 4)
        assert not hub.downloads(".safetensors")
        asked = DreamRequest(prompt="a cat", seed=1, width=64, height=64, steps=1)
        (spec,) = asked.resolve(info, lambda: 0)
        engine = TorchEngine(catalog, "cpu")
        assert of_type(run_one(engine, spec), Decoded)
        engine.close()
        fetched = {path.rpartition("/")[2] for _, path, _ in hub.log}
    assert shards <= fetched
    assert "flux-2-klein-4b.safetensors" not in fetched
