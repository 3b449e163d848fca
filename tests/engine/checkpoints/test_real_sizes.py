"""Recognition at the sizes of the published models, on files of which only the header is there."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
import transformers

from sdgui.engine.catalog import Catalog
from sdgui.engine.checkpoints.single_file import SingleFile
from sdgui.engine.model_files import HashCache
from tests.engine.checkpoints.shapes import REAL_SD1, REAL_VAE, real_shapes
from tests.engine.checkpoints.writing import write_sparse

CROSS, PLAIN = "CrossAttn{}Block2D", "{}Block2D"
UNETS: dict[str, dict[str, Any]] = {
    "sd1": {
        "sample_size": 64,
        "in_channels": 4,
        "block_out_channels": [320, 640, 1280, 1280],
        "layers_per_block": 2,
        "cross_attention_dim": 768,
        "attention_head_dim": 8,
        "down_block_types": [CROSS.format("Down")] * 3 + [PLAIN.format("Down")],
        "up_block_types": [PLAIN.format("Up")] + [CROSS.format("Up")] * 3,
        "transformer_layers_per_block": 1,
        "use_linear_projection": False,
    },
    "sd2": {
        "sample_size": 96,
        "cross_attention_dim": 1024,
        "attention_head_dim": [5, 10, 20, 20],
        "use_linear_projection": True,
    },
    "sdxl": {
        "sample_size": 128,
        "block_out_channels": [320, 640, 1280],
        "cross_attention_dim": 2048,
        "attention_head_dim": [5, 10, 20],
        "down_block_types": [PLAIN.format("Down")] + [CROSS.format("Down")] * 2,
        "up_block_types": [CROSS.format("Up")] * 2 + [PLAIN.format("Up")],
        "transformer_layers_per_block": [1, 2, 10],
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816,
    },
}
"""As the publishers' own configs have it."""
ENCODERS: dict[str, dict[str, dict[str, Any]]] = {
    "sd1": {
        "text_encoder": {
            "hidden_size": 768,
            "num_hidden_layers": 12,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "hidden_act": "quick_gelu",
            "max_position_embeddings": 77,
            "vocab_size": 49408,
        }
    },
    "sd2": {
        "text_encoder": {
            "hidden_size": 1024,
            "num_hidden_layers": 23,
            "num_attention_heads": 16,
            "intermediate_size": 4096,
            "hidden_act": "gelu",
        }
    },
    "sdxl": {
        "text_encoder": {"hidden_size": 768, "num_hidden_layers": 12, "hidden_act": "quick_gelu"},
        "text_encoder_2": {
            "hidden_size": 1280,
            "num_hidden_layers": 32,
            "num_attention_heads": 20,
            "intermediate_size": 5120,
            "hidden_act": "gelu",
            "projection_dim": 1280,
        },
    },
}
SCHEDULERS = {
    "sd1": ("PNDMScheduler", "epsilon"),
    "sd2": ("DDIMScheduler", "v_prediction"),
    "sdxl": ("EulerDiscreteScheduler", "epsilon"),
}
PARAMETERS = {"sd1": 859_520_964, "sd2": 865_910_724, "sdxl": 2_567_463_684}
"""Of the UNets, as they are published."""


@pytest.fixture(params=tuple(UNETS))
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def single(family: str, tmp_path: Path) -> SingleFile:
    file = write_sparse(tmp_path / "real.safetensors", real_shapes(family))
    assert file.stat().st_blocks * 512 < 2_000_000 < 2_000_000_000 < file.stat().st_size
    return SingleFile("real", file, HashCache(None))


def subset(config: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    return {name: config.get(name) for name in expected}


def test_configs_are_those_of_the_published_models(single: SingleFile, family: str) -> None:
    unet = json.loads(single.text("unet/config.json"))
    assert subset(unet, UNETS[family]) == UNETS[family]
    for part, expected in ENCODERS[family].items():
        config = json.loads(single.text(f"{part}/config.json"))
        assert subset(config, expected) == expected
    vae = json.loads(single.text("vae/config.json"))
    assert vae["block_out_channels"] == [128, 256, 512, 512]
    assert vae["scaling_factor"] == (0.13025 if family == "sdxl" else 0.18215)
    scheduler = json.loads(single.text("scheduler/scheduler_config.json"))
    assert (scheduler["_class_name"], scheduler["prediction_type"]) == SCHEDULERS[family]


def test_the_tensors_are_those_that_the_modules_have(single: SingleFile, family: str) -> None:
    source = single.source(None, None)
    for name, part in source.parts.items():
        library, kind = part.kind
        config = json.loads((source.folder / name / "config.json").read_text())
        with torch.device("meta"):
            if library == "diffusers":
                module = getattr(diffusers, kind).from_config(config)
            else:
                model = getattr(transformers, kind)
                module = model(model.config_class(**config))
        expected = {key: tuple(one.shape) for key, one in module.state_dict().items()}
        assert {one.name: one.shape for one in part.tensors} == expected
        if name == "unet":
            assert sum(one.numel() for one in module.parameters()) == PARAMETERS[family]


def test_what_is_said_of_the_published_models(family: str, tmp_path: Path) -> None:
    file = str(write_sparse(tmp_path / "real.safetensors", real_shapes(family)))
    info = Catalog(file).look(file)
    size = {"sd1": 512, "sd2": 768, "sdxl": 1024}[family]
    assert (info.family, info.width, info.height, info.size_step) == (family, size, size, 8)
    assert info.memory_bytes > 1_900_000_000


def test_the_last_layer_of_vit_h_may_be_left_out(tmp_path: Path) -> None:
    shapes = real_shapes("sd2")
    less = {name: one for name, one in shapes.items() if ".resblocks.23." not in name}
    file = write_sparse(tmp_path / "less.safetensors", less)
    config = json.loads(SingleFile("less", file, HashCache(None)).text("text_encoder/config.json"))
    assert config["num_hidden_layers"] == 23


def test_attention_of_the_vae_is_read_in_both_forms(tmp_path: Path) -> None:
    shapes = real_shapes("sd1", unet=REAL_SD1, vae=replace(REAL_VAE, square=False))
    assert shapes["first_stage_model.encoder.mid.attn_1.q.weight"] == (512, 512)
    SingleFile("flat", write_sparse(tmp_path / "flat.safetensors", shapes), HashCache(None))
