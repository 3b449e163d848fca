"""A library whose hub is a small real one on this machine."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.library.library import OwnersLibrary
from sdgui.storage.whole_file import write_whole
from tests.engine.small_hub import SmallHub

MODEL = "someone/tiny-model"
UNET = "unet/diffusion_pytorch_model.safetensors"

Open = Callable[..., OwnersLibrary]


@pytest.fixture
def hub(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    folder = tmp_path / "hub" / MODEL
    shutil.copytree(tiny_folder, folder)
    # Large enough to be received in several parts.
    monkeypatch.setattr("sdgui.engine.library.fetching._CHUNK", 10_000)
    with SmallHub(tmp_path / "hub") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield hub


@pytest.fixture
def open_library(tmp_path: Path, tiny_folder: Path) -> Iterator[Open]:
    """Opens the library of one folder, as a program that starts does; all are closed in the end."""
    opened: list[OwnersLibrary] = []
    (tmp_path / "outputs").mkdir()

    def open_(
        *, default: str = "demo", is_said: bool = False, models_dirs: tuple[Path, ...] = ()
    ) -> OwnersLibrary:
        hub_cache = tmp_path / "hub_cache"
        embedded = {"demo": tiny_folder}
        catalog = Catalog(
            default, embedded=embedded, others=(), hub_cache=hub_cache, models_dirs=models_dirs
        )
        library = OwnersLibrary(
            *(catalog, tmp_path / "outputs", write_whole),
            embedded=frozenset(embedded),
            is_said=is_said,
            models_dirs=models_dirs,
            hub_cache=hub_cache,
        )
        library.catalog = catalog  # type: ignore[attr-defined]
        catalog.collection.start()
        catalog.collection.wait()
        library.start()
        opened.append(library)
        return library

    yield open_
    for library in opened:
        library.close()
