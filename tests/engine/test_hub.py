"""Models by hub id, against a real HTTP server: download, progress, a broken connection, no network."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.engine import TorchEngine
from sdgui.engine.hub import is_hub_id
from sdgui.errors import UserError
from sdgui.events import Decoded, Loaded, Loading, TaskFailed, WorkerEvent
from sdgui.model_info import SafetyChecker
from tests.engine.conftest import of_type
from tests.engine.safety.checker_files import write_checker
from tests.engine.small_hub import COMMIT, SmallHub
from tests.engine.test_loading import run_one, spec_of

MODEL = "someone/tiny-model"
UNET = "unet/diffusion_pytorch_model.safetensors"


@pytest.fixture
def hub(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHub]:
    folder = tmp_path / "hub" / MODEL
    shutil.copytree(tiny_folder, folder)
    # What real repositories hold besides: other formats, single files, a safety checker.
    (folder / "v1-5-pruned.ckpt").write_bytes(b"pickle")
    (folder / "v1-5-pruned.safetensors").write_bytes(b"large")
    (folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    (folder / "safety_checker").mkdir()
    (folder / "safety_checker" / "model.safetensors").write_bytes(b"other")
    with SmallHub(tmp_path / "hub") as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield hub


def make_catalog(tmp_path: Path) -> Catalog:
    return Catalog(MODEL, cache_dir=tmp_path / "cache", hub_cache=tmp_path / "hub_cache")


def test_describing_fetches_no_weights_and_gives_the_hash_of_the_files(
    hub: SmallHub, tmp_path: Path, tiny_folder: Path
) -> None:
    info = make_catalog(tmp_path).describe(MODEL)
    local = Catalog(str(tiny_folder)).describe(str(tiny_folder))
    assert (info.ref.hash, info.width) == (local.ref.hash, local.width)
    assert not hub.downloads(".safetensors")


def test_tokens_are_counted_before_weights_are_fetched(hub: SmallHub, tmp_path: Path) -> None:
    assert make_catalog(tmp_path).count_tokens(MODEL, "cat") == 3
    assert not hub.downloads(".safetensors")


def test_a_model_is_fetched_with_progress_and_dreamt_with(hub: SmallHub, tmp_path: Path) -> None:
    catalog = make_catalog(tmp_path)
    engine = TorchEngine(catalog, "cpu")
    events = run_one(engine, spec_of(catalog, MODEL))
    engine.close()
    assert of_type(events, Decoded)
    fractions = [one.fraction for one in of_type(events, Loading) if one.fraction is not None]
    assert len(fractions) >= 3
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert of_type(events, Loaded)
    fetched = {path for method, path, _ in hub.log if method == "GET" and "/resolve/" in path}
    assert not [path for path in fetched if path.endswith((".bin", ".ckpt")) or "v1-5" in path]
    assert not [path for path in fetched if "safety_checker" in path]


def test_a_safety_checker_that_the_model_names_is_fetched_with_it_and_before_it(
    hub: SmallHub, tmp_path: Path
) -> None:
    folder = tmp_path / "hub" / MODEL
    shutil.rmtree(folder / "safety_checker")
    write_checker(folder)
    hub.failing = "safety_checker/model.safetensors"
    with pytest.raises(UserError):
        make_catalog(tmp_path).locate(MODEL)
    hub.failing = None
    # What was broken off is not taken for a model without a checker.
    located = make_catalog(tmp_path).locate(MODEL)
    assert located.info.checker == SafetyChecker()
    assert located.checker is not None
    assert all((located.source.folder / file).is_file() for file in located.checker.files)
    assert located.info.ref.hash == Catalog(str(folder)).describe(str(folder)).ref.hash


def test_a_fetched_model_needs_no_hub_any_more(
    hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_catalog(tmp_path)
    first.locate(MODEL)
    hub.log.clear()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    later = make_catalog(tmp_path)
    assert later.describe(MODEL) == first.describe(MODEL)
    assert COMMIT in str(later.locate(MODEL).source.folder)
    assert hub.log == []


def test_a_broken_connection_is_taken_up_where_it_broke(
    hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The client keeps whole chunks, of 10 MB; the tiny model must have several.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1000)
    hub.break_once = UNET
    catalog = make_catalog(tmp_path)
    located = catalog.locate(MODEL)
    first, second = hub.downloads(UNET)
    size = (located.source.folder / UNET).stat().st_size
    assert (first, second) == (None, f"bytes={size // 2 // 1000 * 1000}-")
    assert located.info == catalog.describe(MODEL)


def test_a_download_that_failed_goes_on_with_what_is_missing(hub: SmallHub, tmp_path: Path) -> None:
    catalog = make_catalog(tmp_path)
    engine = TorchEngine(catalog, "cpu")
    spec = spec_of(catalog, MODEL)
    hub.failing = "text_encoder/model.safetensors"
    (failed,) = of_type(run_one(engine, spec), TaskFailed)
    assert failed.message == f"The hub could not serve “{MODEL}” (status 500)."
    hub.failing = None
    assert of_type(run_one(engine, spec), Decoded)
    engine.close()
    assert len(hub.downloads(UNET)) == 1


def test_an_interrupted_download_is_not_taken_for_the_model(hub: SmallHub, tmp_path: Path) -> None:
    hub.failing = "text_encoder/model.safetensors"
    with pytest.raises(UserError):
        make_catalog(tmp_path).locate(MODEL)
    hub.failing = None
    events: list[WorkerEvent] = []
    engine = TorchEngine(make_catalog(tmp_path), "cpu")
    engine.warm(MODEL, events.append)
    engine.close()
    assert of_type(events, Loaded)


def test_no_network_is_one_plain_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(UserError) as caught:
        make_catalog(tmp_path).describe(MODEL)
    assert caught.value.message.startswith("The hub cannot be reached")
    assert "the model inside" in caught.value.hint


def test_a_model_that_is_not_on_the_hub(hub: SmallHub, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no model called “some/other” on the hub"):
        Catalog("some/other", hub_cache=tmp_path).describe("some/other")


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("owner/name", True),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", True),
        ("a.b/c_d-1.5", True),
        ("owner", False),
        ("owner/", False),
        ("/name", False),
        ("a/b/c", False),
        ("../name", False),
        ("./name", False),
        ("~/name", False),
        ("owner/na me", False),
        ("owner/na..me", False),
        ("owner/ü", False),
    ],
)
def test_what_has_the_form_of_a_hub_id(name: str, fits: bool) -> None:
    assert is_hub_id(name) is fits


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (401, "", "wants to know who asks"),
        (401, "RepoNotFound", "There is no model called"),
        (403, "GatedRepo", "only given to people who accepted its terms"),
        (403, "", "does not let you have"),
        (404, "RepoNotFound", "There is no model called"),
        (429, "", "asked too often"),
        (500, "", "could not serve .*status 500"),
        (200, "", "could not be understood"),
    ],
)
def test_each_refusal_of_the_hub_is_its_own_sentence(
    hub: SmallHub, tmp_path: Path, status: int, code: str, message: str
) -> None:
    hub.failing, hub.status, hub.error_code = MODEL, status, code
    with pytest.raises(UserError, match=message):
        make_catalog(tmp_path).describe(MODEL)


def test_a_hub_that_answers_nothing_is_one_plain_sentence(hub: SmallHub, tmp_path: Path) -> None:
    hub.dumb = True
    with pytest.raises(UserError, match="The hub cannot be reached"):
        make_catalog(tmp_path).describe(MODEL)


def test_offline_is_said_without_a_try(
    hub: SmallHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="The hub cannot be reached"):
        make_catalog(tmp_path).describe(MODEL)
    assert hub.log == []


def test_a_file_that_is_not_what_the_hub_says_is_not_kept(hub: SmallHub, tmp_path: Path) -> None:
    hub.spoilt = UNET
    with pytest.raises(UserError, match="arrived damaged"):
        make_catalog(tmp_path).locate(MODEL)
    hub.spoilt = None
    located = make_catalog(tmp_path).locate(MODEL)
    assert located.info.ref.hash == make_catalog(tmp_path).describe(MODEL).ref.hash
    assert len(hub.downloads(UNET)) == 2
