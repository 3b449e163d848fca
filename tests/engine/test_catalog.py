"""What is known of models without torch, and what is refused."""

import json
import shutil
import struct
from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from sdgui.emphasis import PromptLength
from sdgui.engine.catalog import Catalog
from sdgui.errors import UserError
from tests.engine.tiny_model import write_defaults


@pytest.fixture
def folder(tiny_folder: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(tiny_folder, tmp_path / "model"))


def refused(folder: Path | str) -> UserError:
    with pytest.raises(UserError) as caught:
        Catalog(str(folder)).describe(str(folder))
    return caught.value


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_sizes_come_from_the_configs(folder: Path) -> None:
    info = Catalog(str(folder)).describe(str(folder))
    assert (info.width, info.height, info.size_step) == (128, 128, 8)
    assert (info.min_size, info.max_size) == (64, 256)
    assert (info.token_limit, info.family, info.title) == (77, "sd1", "model")
    assert info.memory_bytes > 1_000_000


def test_sdgui_json_gives_title_and_defaults(folder: Path) -> None:
    write_defaults(
        folder,
        title="Tiny",
        width=96,
        height=64,
        steps=9,
        guidance=2.5,
        sampler="UniPC",
        examples=["a cat"],
    )
    info = Catalog(str(folder)).describe(str(folder))
    assert (info.title, info.width, info.height, info.steps) == ("Tiny", 96, 64, 9)
    assert (info.guidance, info.sampler, info.examples) == (2.5, "UniPC", ("a cat",))


def test_names_begin_with_the_default(folder: Path) -> None:
    assert Catalog("demo", embedded={"demo": folder}).names() == ("demo",)
    catalog = Catalog(str(folder), embedded={"demo": folder}, others=("demo", "a/b"))
    assert catalog.names() == (str(folder), "demo", "a/b")


def test_a_visitor_cannot_name_another_model(folder: Path) -> None:
    catalog = Catalog("demo", embedded={"demo": folder})
    assert catalog.describe("demo").ref.id == "demo"
    for name in (str(folder), "/etc", "owner/model", "demo/../demo", "x" * 9999):
        with pytest.raises(UserError, match="no model called") as caught:
            catalog.describe(name)
        assert len(caught.value.message) < 200


def test_the_hash_follows_content_and_not_place(folder: Path, tiny_folder: Path) -> None:
    hashes = [Catalog(str(path)).describe(str(path)).ref.hash for path in (folder, tiny_folder)]
    assert hashes[0] == hashes[1]
    catalog = Catalog(str(folder))
    before = catalog.describe(str(folder)).ref.hash
    change_json(folder / "vae" / "config.json", scaling_factor=0.25)
    assert catalog.describe(str(folder)).ref.hash != before


def test_what_does_not_decide_pixels_is_not_in_the_hash(folder: Path) -> None:
    catalog = Catalog(str(folder))
    before = catalog.describe(str(folder)).ref.hash
    write_defaults(folder, title="Other")
    (folder / "judge").mkdir()
    (folder / "judge" / "model.safetensors").write_bytes(b"x")
    info = catalog.describe(str(folder))
    assert (info.ref.hash, info.title) == (before, "Other")


def test_hashes_are_kept_between_runs(folder: Path, tmp_path: Path) -> None:
    first = Catalog(str(folder), cache_dir=tmp_path / "cache").describe(str(folder))
    known = json.loads((tmp_path / "cache" / "hashes.json").read_text())
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    assert known[str(weights.resolve())][0] == weights.stat().st_size
    again = Catalog(str(folder), cache_dir=tmp_path / "cache").describe(str(folder))
    assert again == first


def test_a_damaged_cache_is_an_empty_cache(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "hashes.json").write_text("[1, 2")
    Catalog(str(folder), cache_dir=tmp_path).describe(str(folder))


def test_a_cache_folder_that_cannot_be_written_does_no_harm(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Catalog(str(folder), cache_dir=tmp_path / "file" / "cache").describe(str(folder))


@pytest.mark.parametrize("name", ["/no/such/folder", "nowhere", "a/b/c", "./x", "~/nothing", ""])
def test_a_missing_folder(name: str) -> None:
    assert "There is no model at" in refused(name).message


def test_a_name_with_nul() -> None:
    assert "no model" in refused("mod\0el").message


def test_a_file_is_no_model(folder: Path) -> None:
    assert "is a file" in refused(folder / "model_index.json").message


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    assert "model_index.json" in refused(tmp_path).hint


def test_the_embedded_model_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="missing from this installation"):
        Catalog("demo", embedded={"demo": tmp_path / "none"}).describe("demo")


@pytest.mark.parametrize("kind", ["KandinskyPipeline", ["evil", "Pipeline"], None, 3])
def test_other_kinds_are_named(folder: Path, kind: object) -> None:
    change_json(folder / "model_index.json", _class_name=kind)
    error = refused(folder)
    assert "kind that does not work" in error.message
    assert "Stable Diffusion 1.x" in error.hint


@pytest.mark.parametrize("part", ["unet", "vae", "text_encoder", "tokenizer"])
@pytest.mark.parametrize(
    "value", [["my_code", "UNet2DConditionModel"], ["diffusers", "Other"], None]
)
def test_parts_of_other_code_are_refused(folder: Path, part: str, value: object) -> None:
    change_json(folder / "model_index.json", **{part: value})
    assert part in refused(folder).message


@pytest.mark.parametrize("suffix", [".bin", ".ckpt", ".pt", ".SafeTensors.bin"])
def test_only_safetensors_are_loaded(folder: Path, suffix: str) -> None:
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(suffix))
    assert "only safetensors are loaded" in refused(folder).message


def test_a_pickle_by_the_name_of_safetensors_is_refused(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"\x80\x04K\x01." * 99)
    assert "is not a safetensors file" in refused(folder).message


@pytest.mark.parametrize(
    "header",
    [b"", b"{}", b"[]", b'{"a": 1}', b'{"a": {}}', b"{nonsense", b'{"a":' * 100_000],
    ids=lambda header: header[:10].decode(),
)
def test_a_damaged_header_is_refused(folder: Path, header: bytes) -> None:
    content = struct.pack("<Q", len(header)) + header + b"rest"
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(content)
    assert "safetensors" in refused(folder).message


WEIGHT = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
LIES = {
    "larger than its bytes": {"a": {**WEIGHT, "shape": [3]}},
    "of no known type": {"a": {**WEIGHT, "dtype": "PICKLE"}},
    "over another": {"a": WEIGHT, "b": {**WEIGHT, "data_offsets": [4, 12]}},
    "not all of the file": {"a": {**WEIGHT, "shape": [1], "data_offsets": [4, 8]}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies_about_its_tensors_is_refused(folder: Path, lie: str) -> None:
    header = json.dumps(LIES[lie]).encode()
    end = max(one["data_offsets"][1] for one in LIES[lie].values())
    content = struct.pack("<Q", len(header)) + header + b"\0" * end
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(content)
    assert "safetensors" in refused(folder).message


@pytest.mark.parametrize("length", [100_000, 50 * 2**20, 2**63])
def test_a_header_that_is_too_deep_or_too_long_is_refused_at_once(
    folder: Path, length: int
) -> None:
    with (folder / "vae" / "diffusion_pytorch_model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", length) + b"{" * 100_000)
        file.truncate(2**30)  # apparent bytes: nothing is on the disk
    assert "is not a safetensors file" in refused(folder).message


def test_weights_cut_short_are_noticed(folder: Path) -> None:
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])
    assert "cut short" in refused(folder).message


def test_missing_weights_are_named(folder: Path) -> None:
    (folder / "text_encoder" / "model.safetensors").unlink()
    assert "weights of text_encoder are missing" in refused(folder).message


def test_shards_must_lie_in_the_folder(folder: Path) -> None:
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(folder / "elsewhere.safetensors")
    index = folder / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}))
    assert "points out of the model's folder" in refused(folder).message


@pytest.mark.parametrize("file", ["model_index.json", "vae/config.json", "unet/config.json"])
@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{", "null", '{"block_out_channels": 3}', '{"sample_size": [1e999, 1]}'),
        *("[" * 100_000, '{"a":' * 100_000),
    ],
    ids=lambda content: content[:30],
)
def test_damaged_settings_are_one_sentence(folder: Path, file: str, content: str) -> None:
    (folder / file).write_text(content)
    assert refused(folder).message.endswith(".")


def test_an_inpainting_model_is_refused(folder: Path) -> None:
    change_json(folder / "unet" / "config.json", in_channels=9)
    assert "inpainting" in refused(folder).message


def test_a_prediction_that_no_sampler_knows_is_refused(folder: Path) -> None:
    change_json(folder / "scheduler" / "scheduler_config.json", prediction_type="sample")
    assert "predicts sample" in refused(folder).message


PROMPTS = ["", "a red car", "A  RED\ncar!!", "cat's 12 cats", "🦕 é ü ñ", "日本語 عربى", "x" * 500]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_are_counted_as_transformers_does(folder: Path, prompt: str) -> None:
    reference = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    catalog = Catalog(str(folder))
    assert catalog.count_tokens(str(folder), prompt) == len(reference(prompt).input_ids)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_tokens_are_counted_from_vocab_and_merges_too(folder: Path, prompt: str) -> None:
    reference = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    stored = folder / "tokenizer" / "tokenizer.json"
    model = json.loads(stored.read_text())["model"]
    (folder / "tokenizer" / "vocab.json").write_text(json.dumps(model["vocab"]))
    merges = "\n".join(" ".join(pair) for pair in model["merges"])
    (folder / "tokenizer" / "merges.txt").write_text(f"#version: 0.2\n{merges}\n")
    stored.unlink()
    catalog = Catalog(str(folder))
    assert catalog.count_tokens(str(folder), prompt) == len(reference(prompt).input_ids)


@pytest.mark.parametrize(
    ("prompt", "tokens", "chunks"),
    [
        ("", 0, 1),
        ("(red:1.3) cat", 2, 1),
        ("cat " * 75, 75, 1),
        ("cat " * 76, 76, 2),
        ("cat " * 150, 150, 2),
        ("cat " * 74 + ", red", 76, 2),
        ("BREAK red BREAK cat BREAK", 2, 3),
    ],
)
def test_a_prompt_with_emphasis_is_measured_in_chunks(
    folder: Path, prompt: str, tokens: int, chunks: int
) -> None:
    measured = Catalog(str(folder)).measure_prompt(str(folder), prompt)
    assert measured == PromptLength(tokens=tokens, chunks=chunks, room=75)
