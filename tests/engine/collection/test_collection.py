"""Models folders as others lay them out: what lies there by its content, under names that are no paths."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.engine.collection import collection as collection_module
from sdgui.engine.collection.collection import Collection
from sdgui.errors import UserError
from sdgui.inventory import FileKind, ModelFile
from tests.engine.checkpoints.shapes import real_shapes
from tests.engine.checkpoints.writing import write_raw, write_sparse

LORA = {"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": [4, 320]}
Look = Callable[..., Collection]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Folders of four programs, with things in the wrong ones."""
    root = tmp_path / "models"
    write_sparse(root / "Stable-diffusion" / "dream.safetensors", real_shapes("sd1"))
    write_sparse(root / "checkpoints" / "xl" / "big.safetensors", real_shapes("sdxl"))
    write_sparse(
        root / "Stable-diffusion" / "style.safetensors",
        LORA,
        metadata={
            "modelspec.trigger_phrase": "sks, in style, sks",
            "modelspec.title": "A style",
            "ss_base_model_version": "sd_v1",
        },
    )
    write_sparse(root / "loras" / "words.safetensors", {"emb_params": [2, 768]})
    write_sparse(root / "vae" / "v.safetensors", {"decoder.conv_in.weight": [512, 4, 3, 3]})
    write_sparse(root / "unet" / "z.safetensors", {"layers.0.adaLN_modulation.0.weight": [64, 256]})
    (root / "loras" / "old.ckpt").write_bytes(pickle.dumps("never opened"))
    (root / "loras" / "notes.txt").write_text("nothing")
    write_raw(root / "loras" / "broken.safetensors", b"{nonsense", 9)
    return root


@pytest.fixture
def look(root: Path, tmp_path: Path) -> Look:
    """Looks through folders, to the end."""

    def get(*folders: Path, file: str = "models.json", **more: object) -> Collection:
        made = Collection(folders or (root,), tmp_path / "cache" / file, **more)  # type: ignore[arg-type]
        made.start()
        made.wait()
        return made

    return get


def by_name(collection: Collection) -> dict[str, ModelFile]:
    return {file.name: file for file in collection.inventory().files}


def test_files_are_told_by_what_they_are(look: Look) -> None:
    found = by_name(look())
    assert {name: file.kind for name, file in found.items()} == {
        "big": FileKind.MODEL,
        "dream": FileKind.MODEL,
        "style": FileKind.LORA,
        "words": FileKind.EMBEDDING,
        "v": FileKind.VAE,
        "z": FileKind.TRANSFORMER,
        "old": FileKind.OTHER,
        "broken": FileKind.OTHER,
    }
    assert (found["dream"].family, found["big"].family) == ("sd1", "sdxl")
    assert found["big"].bytes > 6_000_000_000
    style = found["style"]
    assert (style.title, style.trigger_words) == ("A style", ("sks", "in style"))
    assert style.base_model == "sd_v1"
    assert "never opened" in found["old"].fault
    assert "does not hold together" in found["broken"].fault


def test_only_models_without_a_fault_can_be_chosen(look: Look, root: Path) -> None:
    inpainting = {**real_shapes("sd1")}
    inpainting["model.diffusion_model.input_blocks.0.0.weight"] = (320, 9, 3, 3)
    write_sparse(root / "inpaint.safetensors", inpainting)
    collection = look()
    assert collection.names() == ("big", "dream")
    assert "inpainting" in by_name(collection)["inpaint"].fault


def test_a_folder_in_diffusers_layout_is_one_model(
    look: Look, root: Path, tiny_folder: Path
) -> None:
    shutil.copytree(tiny_folder, root / "diffusers" / "tiny")
    found = by_name(look())
    assert (found["tiny"].kind, found["tiny"].family) == (FileKind.MODEL, "sd1")
    assert "diffusion_pytorch_model" not in found


def test_two_of_one_name_are_both_reachable(look: Look, root: Path) -> None:
    write_sparse(root / "other" / "dream.safetensors", real_shapes("sd2"))
    write_sparse(root / "other" / "more" / "DREAM.safetensors", real_shapes("sd2"))
    collection = look()
    names = ("dream (Stable-diffusion)", "dream (other)", "DREAM (more)")
    assert set(names) < set(collection.names())
    assert len({collection.path_of(name) for name in names}) == 3


def test_who_has_a_name_keeps_it(look: Look, root: Path) -> None:
    assert "dream" in look().names()
    write_sparse(root / "a" / "dream.safetensors", real_shapes("sd2"))
    collection = look()
    assert {"dream", "dream (a)"} < set(collection.names())
    assert collection.path_of("dream") == root / "Stable-diffusion" / "dream.safetensors"


def test_names_that_are_taken_are_given_to_none(look: Look, root: Path) -> None:
    write_sparse(root / "demo.safetensors", real_shapes("sd1"))
    names = look(reserved=frozenset({"demo"})).names()
    assert "demo" not in names
    assert "demo (models)" in names


def test_what_is_known_is_not_read_again(
    look: Look, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = look().inventory()
    seen: list[str] = []
    real = collection_module.look_at
    monkeypatch.setattr(
        collection_module, "look_at", lambda place: (seen.append(place.path.name), real(place))[1]
    )
    assert look().inventory().files == first.files
    assert seen == []
    write_sparse(root / "loras" / "words.safetensors", {"emb_params": [3, 1024]})
    look()
    assert seen == ["words.safetensors"]


@pytest.mark.parametrize("content", ["", "[1", "[]", '{"form": 3}', '{"form": [1, "x"]}'])
def test_a_damaged_memory_is_none(look: Look, tmp_path: Path, content: str) -> None:
    expected = look().names()
    (tmp_path / "cache" / "models.json").write_text(content)
    assert look().names() == expected


def test_every_damaged_entry_makes_it_none(look: Look, tmp_path: Path) -> None:
    expected = look().names()
    file = tmp_path / "cache" / "models.json"
    told = json.loads(file.read_text())
    next(iter(told["finds"].values()))[1]["name"] = 7
    file.write_text(json.dumps(told))
    assert look().names() == expected


def test_a_link_that_leads_back_is_gone_through_once(look: Look, root: Path) -> None:
    (root / "loras" / "back").symlink_to(root, target_is_directory=True)
    (root / "nowhere.safetensors").symlink_to(root / "nothing")
    assert look().names() == ("big", "dream")


def test_a_linked_folder_is_looked_into(look: Look, root: Path, tmp_path: Path) -> None:
    write_sparse(tmp_path / "away" / "far.safetensors", real_shapes("sd1"))
    (root / "linked").symlink_to(tmp_path / "away", target_is_directory=True)
    assert "far" in look().names()


def test_a_folder_without_permission_is_told(
    look: Look, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    real = os.scandir

    def scandir(folder: Path) -> object:
        if Path(folder).name == "loras":
            raise PermissionError(13, "Permission denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", scandir)  # whoever runs the tests may read everything
    collection = look()
    assert collection.inventory().faults == ("“loras” cannot be read (Permission denied).",)
    assert collection.names() == ("big", "dream")


def test_what_comes_and_goes_is_noticed_after_a_while(look: Look, root: Path) -> None:
    clock = Clock()
    collection = look(clock=clock)
    (root / "checkpoints" / "xl" / "big.safetensors").unlink()
    write_sparse(root / "new.safetensors", real_shapes("sd2"))
    assert collection.names() == ("big", "dream")
    clock.now += collection_module.SECONDS
    collection.names()
    collection.wait()
    assert collection.names() == ("dream", "new")


@pytest.fixture
def catalog(root: Path, tmp_path: Path, tiny_folder: Path) -> Catalog:
    catalog = Catalog(
        "demo", embedded={"demo": tiny_folder}, cache_dir=tmp_path / "cache", models_dirs=(root,)
    )
    catalog.collection.start()
    catalog.collection.wait()
    return catalog


def test_the_catalog_offers_what_lies_there_and_takes_no_paths(
    catalog: Catalog, root: Path
) -> None:
    assert catalog.names() == ("demo", "big", "dream")
    info = catalog.look("dream")
    assert (info.ref.id, info.title, info.family, info.width) == ("dream", "dream", "sd1", 512)
    for name in (str(root / "Stable-diffusion" / "dream.safetensors"), "../dream", "style", "v"):
        with pytest.raises(UserError, match="no model called"):
            catalog.look(name)
    assert {file.name for file in catalog.inventory().files} > {"style", "dream"}


def test_the_page_is_told_at_once_of_those_only_that_were_looked_at(catalog: Catalog) -> None:
    assert catalog.at_hand() == ("demo",)
    catalog.look("dream")
    assert catalog.at_hand() == ("demo", "dream")


def test_another_process_finds_the_same_models(catalog: Catalog, tmp_path: Path) -> None:
    worker: Catalog = pickle.loads(pickle.dumps(catalog))
    assert worker._recognise("dream").found.info.family == "sd1"


def test_without_a_cache_another_process_looks_for_itself(root: Path, tiny_folder: Path) -> None:
    worker = Catalog("demo", embedded={"demo": tiny_folder}, models_dirs=(root,))
    assert worker._recognise("dream").found.info.family == "sd1"


def test_a_model_may_be_named_at_the_start(root: Path, tmp_path: Path) -> None:
    catalog = Catalog("dream", cache_dir=tmp_path / "cache", models_dirs=(root,))
    assert catalog.look("dream").family == "sd1"
    assert catalog.names()[0] == "dream"


def test_a_model_that_goes_between_the_click_and_its_use_is_one_sentence(
    catalog: Catalog, root: Path
) -> None:
    (root / "Stable-diffusion" / "dream.safetensors").unlink()
    with pytest.raises(UserError, match="is no longer where it was"):
        catalog.look("dream")


def test_a_model_that_changes_is_seen_as_it_is_now(catalog: Catalog, root: Path) -> None:
    assert catalog.look("dream").family == "sd1"
    write_sparse(root / "Stable-diffusion" / "dream.safetensors", real_shapes("sd2"))
    assert catalog.look("dream").family == "sd2"
