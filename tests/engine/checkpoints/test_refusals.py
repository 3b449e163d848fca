"""What is no checkpoint, or none that works, is told in one true sentence from its header alone."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sdgui.engine.catalog import Catalog
from sdgui.errors import UserError
from tests.engine.checkpoints.shapes import REAL, REAL_SD1, real_shapes
from tests.engine.checkpoints.writing import write_raw, write_sparse

UNET = "model.diffusion_model."
Shapes = dict[str, Sequence[int]]


@pytest.fixture
def refused(tmp_path: Path) -> Any:
    """The error of a file with these tensors."""

    def get(shapes: Shapes, **more: Any) -> UserError:
        return refused_file(write_sparse(tmp_path / "x.safetensors", shapes, **more))

    return get


def refused_file(file: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        Catalog(str(file)).look(str(file))
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    return caught.value


LORA = {"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": [4, 320]}
OTHERS: dict[str, tuple[Shapes, str]] = {
    "kohya": (LORA, "is a LoRA, not a model"),
    "peft": ({"unet.mid_block.to_k.lora_A.weight": [4, 320]}, "is a LoRA"),
    "old": ({"unet.mid_block.processor.to_k_lora.down.weight": [4, 320]}, "is a LoRA"),
    "loha": ({"lora_unet_x.hada_w1_a": [4, 4]}, "is a LoRA"),
    "dora": ({**LORA, "lora_unet_mid_block.dora_scale": [320, 1]}, "is a DoRA"),
    "peft dora": ({"unet.to_k.lora_magnitude_vector": [320]}, "is a DoRA"),
    "a1111's embedding": ({"emb_params": [3, 768]}, "is an embedding"),
    "diffusers' embedding": ({"<cat>": [1, 768]}, "is an embedding"),
    "xl's embedding": ({"clip_l": [2, 768], "clip_g": [2, 1280]}, "is an embedding"),
    "vae": ({"decoder.conv_in.weight": [512, 4, 3, 3]}, "is a VAE"),
    "controlnet": ({"control_model.input_blocks.0.0.weight": [320, 4, 3, 3]}, "is a ControlNet"),
    "diffusers' controlnet": (
        {"controlnet_cond_embedding.conv_in.weight": [16, 3, 3, 3]},
        "is a ControlNet",
    ),
    "ip-adapter": ({"image_proj.norm.weight": [768]}, "is an adapter for pictures"),
    "t5": ({"encoder.block.0.layer.0.SelfAttention.q.weight": [64, 64]}, "is a text encoder"),
    "upscaler": ({"conv_first.weight": [64, 3, 3, 3]}, "is an upscaler"),
    "a unet of a folder": (
        {"down_blocks.0.resnets.0.norm1.weight": [320], "conv_in.weight": [320, 4, 3, 3]},
        "is one part of a model in diffusers' layout",
    ),
    "a unet alone": ({"input_blocks.0.0.weight": [320, 4, 3, 3]}, "is one part of a model"),
    "nonsense": ({"a": [3, 4, 5]}, "Nothing known here"),
    "nothing": ({}, "Nothing known here"),
}


@pytest.mark.parametrize(("shapes", "said"), OTHERS.values(), ids=OTHERS)
def test_what_is_taken_for_a_checkpoint_is_called_by_its_name(
    refused: Any, shapes: Shapes, said: str
) -> None:
    assert said in refused(shapes).message


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        (9, "inpainting"),
        (8, "by an instruction"),
        (5, "depth"),
        (7, "enlarging"),
        (6, "6 channels"),
    ],
)
def test_unets_that_want_more_than_noise(refused: Any, channels: int, said: str) -> None:
    shapes = real_shapes("sd1", unet=replace(REAL_SD1, into=channels))
    assert said in refused(shapes).message


def test_the_refiner(refused: Any) -> None:
    shapes = {
        name.replace("embedders.1.", "embedders.0."): shape
        for name, shape in real_shapes("sdxl").items()
        if "embedders.0." not in name
    }
    assert "XL's refiner" in refused(shapes).message


@pytest.mark.parametrize("mark", ["scaled_fp8", f"{UNET}middle_block.1.proj_in.scale_weight"])
def test_scaled_fp8(refused: Any, mark: str) -> None:
    shapes = {**real_shapes("sd1"), mark: [1]}
    assert "scaled fp8" in refused(shapes, dtype="F8_E4M3").message


def test_weights_in_numbers_that_are_not_read(refused: Any) -> None:
    assert "weights as U8" in refused(real_shapes("sd1"), dtype="U8").message


def test_a_model_that_predicts_in_another_way(refused: Any) -> None:
    assert "EDM's way" in refused({**real_shapes("sdxl"), "edm_mean": [4]}).message


@pytest.mark.parametrize(
    ("family", "without", "said"),
    [
        ("sd1", "cond_stage_model.", "has no text encoder"),
        ("sdxl", "conditioner.", "lacks both its text encoders"),
        ("sdxl", "conditioner.embedders.0.", "lacks one of its two text encoders"),
        ("sd1", "first_stage_model.", "has no VAE"),
        ("sd1", f"{UNET}middle_block.2.in_layers.2.bias", "middle_block.2.in_layers.2.bias is"),
        ("sdxl", f"{UNET}output_blocks.4.1.", "and 45 more is missing"),
        ("sd2", "cond_stage_model.model.ln_final.weight", "ln_final.weight is missing"),
    ],
)
def test_what_is_missing_is_named(refused: Any, family: str, without: str, said: str) -> None:
    shapes = {
        name: shape for name, shape in real_shapes(family).items() if not name.startswith(without)
    }
    assert said in refused(shapes).message


def test_a_tensor_that_does_not_fit_is_named(refused: Any) -> None:
    name = f"{UNET}middle_block.0.in_layers.2.weight"
    message = refused({**real_shapes("sd1"), name: [1280, 640, 3, 3]}).message
    assert f"{name} is 1280 × 640 × 3 × 3" in message


def test_a_unet_of_another_make(refused: Any) -> None:
    shapes = real_shapes("sdxl")
    distilled = {name: one for name, one in shapes.items() if "middle_block.1." not in name}
    assert "of a make that is not known" in refused(distilled).message


def test_variations_of_pictures(refused: Any) -> None:
    unet = replace(REAL["sd2"]["unet"], added=2048)
    assert "variations of a picture" in refused(real_shapes("sd2", unet=unet)).message


def test_a_file_cut_short(tmp_path: Path) -> None:
    file = write_sparse(tmp_path / "x.safetensors", real_shapes("sd1"))
    size = file.stat().st_size
    with file.open("r+b") as cut:
        cut.truncate(size // 2)
    assert f"says that it has {size:,} bytes, and {size // 2:,} are there" in (
        refused_file(file).message
    )
    with file.open("r+b") as cut:
        cut.truncate(1000)
    assert "cut short" in refused_file(file).message


def entry(start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"dtype": "F32", "shape": [(end - start) // 4], "data_offsets": [start, end], **more}


LIES: dict[str, tuple[bytes, str]] = {
    "overlap": (json.dumps({"a": entry(0, 8), "b": entry(4, 12)}).encode(), "another tensor is"),
    "gap": (json.dumps({"a": entry(0, 4), "b": entry(8, 12)}).encode(), "nothing is said of"),
    "longer": (json.dumps({"a": entry(0, 4)}).encode(), "longer than its tensors"),
    "shape": (json.dumps({"a": entry(0, 12, shape=[4])}).encode(), "as large as its shape"),
    "type": (json.dumps({"a": entry(0, 12, dtype="F99")}).encode(), "of a type that is not"),
    "negative": (json.dumps({"a": entry(0, 12, shape=[-3])}).encode(), "the size of a is none"),
    "huge": (json.dumps({"a": entry(0, 12, shape=[2**60])}).encode(), "the size of a is none"),
    "fraction": (json.dumps({"a": entry(0, 12, shape=[3.0])}).encode(), "the size of a is none"),
    "no place": (json.dumps({"a": {"dtype": "F32"}}).encode(), "does not say where a is"),
    "no entry": (b'{"a": 3}', "does not say where a is"),
    "twice": (b'{"a": 1, "a": 2}', "names a twice"),
    "no json": (b"{nonsense", "it is no JSON"),
    "not a number": (b'{"a": NaN}', "it is no JSON"),
    "deep": (b'{"a":' * 100_000, "it is no JSON"),
}


@pytest.mark.parametrize(("header", "said"), LIES.values(), ids=LIES)
def test_a_header_that_lies(tmp_path: Path, header: bytes, said: str) -> None:
    error = refused_file(write_raw(tmp_path / "x.safetensors", header, 12))
    assert "does not hold together" in error.message
    assert said in error.message


def test_a_header_of_100_megabytes_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes((100 * 2**20).to_bytes(8, "little") + b"{")
    with file.open("r+b") as large:
        large.truncate(200 * 2**20)
    assert "a header of 104,857,600 bytes" in refused_file(file).message


@pytest.mark.parametrize("content", [b"", b"{", b"PK\x03\x04" * 9, b"\x80\x04K\x01." * 9])
def test_what_is_no_safetensors_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(content)
    assert "is not a safetensors file" in refused_file(file).message


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin", ".pth", ".CKPT", ".Pt", ".pkl"])
def test_pickles_are_never_opened(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"x{suffix}"
    file.write_bytes(b"x")
    file.chmod(0)
    assert "never opened here" in refused_file(file).message
