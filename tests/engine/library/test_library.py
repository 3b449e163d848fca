"""What the owner's library tells of models, and what it remembers."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file

from sdgui.engine.catalog import Catalog
from sdgui.engine.collection.collection import SECONDS, Collection
from sdgui.engine.library.library import OwnersLibrary
from sdgui.engine.library.removal import remove_from
from sdgui.errors import UserError
from sdgui.library import Card, Checking
from sdgui.storage.whole_file import write_whole
from tests.engine.checkpoints.writing import write, write_single_file, write_sparse
from tests.engine.collection.test_collection import Clock
from tests.engine.library.conftest import MODEL, Open
from tests.engine.library.test_downloads import fetched, names
from tests.engine.safety.checker_files import write_checker
from tests.engine.small_hub import SmallHub


def test_the_model_inside_is_told_and_stays(open_library: Open) -> None:
    library = open_library()
    [card] = library.cards()
    assert (card.model, card.family_title, card.place) == (
        *("demo", "Stable Diffusion 1.x"),
        "inside the app",
    )
    assert card.bytes > card.memory_bytes > 0 and not card.removable
    with pytest.raises(UserError, match="inside the app stays"):
        library.remove("demo")


def test_a_folder_that_was_not_fetched_here_is_not_removed(
    open_library: Open, epsilon_folder: Path
) -> None:
    (epsilon_folder / "README.md").write_text('---\nlicense: "mit"\n---\n')
    library = open_library(default=str(epsilon_folder))
    card = library.cards()[0]
    assert (card.title, card.licence, card.removable) == ("epsilon", "mit", False)
    assert card.place.endswith("/epsilon") and not card.place.startswith("the hub")
    with pytest.raises(UserError, match="was not fetched here"):
        library.remove(str(epsilon_folder))
    assert (epsilon_folder / "model_index.json").is_file()


def test_a_model_that_cannot_be_read_is_told_with_the_reason(
    open_library: Open, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    library = open_library(default=str(tmp_path / "empty"))
    assert library.cards()[0].fault.startswith("There is no model at")


def test_the_safety_checker_of_a_model_is_told_with_what_becomes_of_it(
    tiny_folder: Path, tmp_path: Path
) -> None:
    folder = write_checker(shutil.copytree(tiny_folder, tmp_path / "checked"))

    def told(*, checks: bool = True) -> Card:
        catalog = Catalog(str(folder))
        return OwnersLibrary(catalog, tmp_path, write_whole, checks=checks).cards()[0]

    [without] = OwnersLibrary(Catalog(str(tiny_folder)), tmp_path, write_whole).cards()
    weights = folder / "safety_checker" / "model.safetensors"
    assert without.checker is Checking.NONE
    assert (told().checker, told(checks=False).checker) == (Checking.ACTIVE, Checking.OFF)
    assert told().bytes > without.bytes + weights.stat().st_size
    weights.rename(weights.with_name("pytorch_model.bin"))
    assert told().checker is Checking.UNREADABLE
    assert told().checker_fault.endswith("as it is not there in safetensors.")


def test_a_removed_model_frees_its_bytes_and_is_gone(
    hub: SmallHub, open_library: Open, tmp_path: Path
) -> None:
    library = fetched(open_library())
    [size] = [card.bytes for card in library.cards() if card.model == MODEL]
    library.set_default(MODEL)
    assert library.removal(MODEL) == size
    assert library.remove(MODEL) == size
    assert names(library) == ["demo"]
    assert not any(path.is_file() for path in (tmp_path / "hub_cache").glob("models--*/**/*"))
    assert names(open_library()) == ["demo"]


def test_the_default_is_remembered(hub: SmallHub, open_library: Open) -> None:
    library = fetched(open_library())
    assert library.set_default(MODEL) == ""
    assert names(library) == [MODEL, "demo"]
    assert names(open_library()) == [MODEL, "demo"]


def test_a_model_that_the_command_line_names_goes_before_the_remembered_one(
    hub: SmallHub, open_library: Open
) -> None:
    fetched(open_library()).set_default(MODEL)
    said = open_library(is_said=True)
    assert names(said) == ["demo", MODEL]
    assert "without --model" in said.set_default(MODEL)
    assert names(said) == ["demo", MODEL]


def test_a_default_that_is_gone_gives_way(
    hub: SmallHub, open_library: Open, tmp_path: Path
) -> None:
    fetched(open_library()).set_default(MODEL)
    for snapshot in (tmp_path / "hub_cache").glob("models--*/snapshots/*"):
        (snapshot / "model_index.json").unlink()
    assert names(open_library()) == ["demo"]


def test_a_default_in_the_models_folders_is_so_once_it_is_found_and_not_while_it_is_gone(
    tmp_path: Path, tiny_folder: Path
) -> None:
    """As after an update of the app, which looks through the folders anew."""
    clock = Clock()
    root = tmp_path / "models"
    shutil.copytree(tiny_folder, root / "mine")
    (tmp_path / "models.json").write_text('{"version": 1, "default": "mine"}')
    catalog = Catalog("demo", embedded={"demo": tiny_folder}, models_dirs=(root,))
    catalog.collection = Collection((root,), None, clock=clock)
    OwnersLibrary(catalog, tmp_path, write_whole, models_dirs=(root,)).start()
    assert catalog.names() == ("demo",)
    catalog.collection.start()
    catalog.collection.wait()
    assert catalog.names() == ("mine", "demo")
    shutil.rmtree(root / "mine")
    clock.now += SECONDS
    catalog.names()  # has the folders looked through again
    catalog.collection.wait()
    assert catalog.names() == ("demo",)


def test_only_a_model_that_is_here_can_be_the_default(open_library: Open) -> None:
    with pytest.raises(UserError, match="no model called"):
        open_library().set_default("some/other")


@pytest.mark.parametrize(
    "content",
    [
        *("", "{", "[]", '{"version": 9}', '{"version": 1, "fetched": {"a/b": 3}}'),
        '{"version": 1, "fetched": {"a/b": {"files": []}}}',
        '{"version": 1, "downloads": {"a/b": {"files": []}}}',
        '{"version": 1, "fetched": {"../b": {"commit": "", "title": "", "family_title": "", "files": {}}}}',
    ],
)
def test_a_damaged_file_of_decisions_keeps_nobody_from_dreaming(
    open_library: Open, tmp_path: Path, content: str
) -> None:
    (tmp_path / "outputs" / "models.json").write_text(content)
    library = open_library()
    assert names(library) == ["demo"]
    library.set_default("demo")
    kept = json.loads((tmp_path / "outputs" / "models.json").read_text())
    assert (kept["version"], kept["default"]) == (1, "demo")


# Addresses


@pytest.mark.parametrize(
    "text",
    [
        "owner/name",
        " owner/name ",
        "https://huggingface.co/owner/name",
        "https://huggingface.co/owner/name/tree/main?x=1#y",
        "http://www.huggingface.co/owner/name/",
        "huggingface.co/owner/name",
        "hf.co/owner/name",
        "https://hub.example:8/owner/name",
    ],
)
def test_an_address_of_the_hub_is_read_as_the_id_in_it(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sdgui.engine.library.addresses import hub_id

    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example:8")
    assert hub_id(text) == "owner/name"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("https://civitai.com/models/1", "Models are fetched from huggingface.co only"),
        ("http://169.254.169.254/latest/meta", "another place"),
        ("file:///etc/passwd", "another place"),
        ("https://huggingface.co.evil.example/a/b", "another place"),
        ("https://user@evil.example/huggingface.co/a", "another place"),
        ("name", "is no model's id"),
        ("../../etc/passwd", "is no model's id"),
        ("https://huggingface.co/owner", "is no model's id"),
        ("http://[", "another place"),
        ("", "is no model's id"),
    ],
)
def test_anything_else_is_no_model(text: str, message: str) -> None:
    from sdgui.engine.library.addresses import hub_id

    with pytest.raises(UserError, match=message):
        hub_id(text)


# Models in the owner's folders


def test_a_model_in_the_owners_folder_is_told_and_removed_from_there(
    open_library: Open, tiny_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "models"
    shutil.copytree(tiny_folder, folder / "mine" / "tiny")
    (folder / "old.ckpt").write_bytes(b"pickle")
    library = open_library(models_dirs=(folder,))
    cards = {card.title: card for card in library.cards()}
    tiny = cards["tiny"]
    assert (tiny.place, tiny.removable, tiny.family_title) == (
        *("models/mine", True),
        "Stable Diffusion 1.x",
    )
    library.corrected(tiny.model)  # read by now, and told no other way
    assert [card.place for card in library.cards() if card.title == "tiny"] == ["models/mine"]
    assert library.removal(tiny.model) == library.remove(tiny.model) > 1_000_000
    assert not (folder / "mine" / "tiny").exists() and (folder / "old.ckpt").exists()
    assert "tiny" not in {card.title for card in library.cards()}


def test_what_a_link_leads_to_is_not_removed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "models"
    outside.mkdir()
    folder.mkdir()
    (outside / "a.safetensors").write_bytes(b"abc")
    (folder / "a.safetensors").symlink_to(outside / "a.safetensors")
    (folder / "linked").symlink_to(outside)
    assert remove_from((folder,), folder / "a.safetensors") == 0
    assert not (folder / "a.safetensors").is_symlink()
    for path in (folder / "linked" / "a.safetensors", outside / "a.safetensors", folder):
        with pytest.raises(UserError, match="does not lie in a folder of models itself"):
            remove_from((folder,), path)
    assert (outside / "a.safetensors").read_bytes() == b"abc"


def test_licences_of_what_lies_in_the_models_folders_are_told_before_it_is_used(
    open_library: Open, tiny_folder: Path, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(tiny_folder, models / "whole")
    (models / "whole" / "LICENSE.txt").write_text("x")
    write_single_file("sd1", tmp_path / "made")
    tensors = load_file(tmp_path / "made" / "model.safetensors")
    write(models / "one.safetensors", tensors, {"modelspec.license": "<b>mine"})
    write_sparse(models / "alone.safetensors", {"layers.0.adaLN_modulation.0.weight": [1]})
    library = open_library(models_dirs=(models,))
    cards = {card.model: card for card in library.cards()}
    assert cards["whole"].licence == "see LICENSE.txt"
    assert cards["one"].licence == "<b>mine"
    assert "transformer of Z-Image alone" in cards["alone"].fault
    library.corrected("one")
    cards = {card.model: card for card in library.cards()}
    assert (cards["one"].hash != "", cards["one"].licence) == (True, "<b>mine")
