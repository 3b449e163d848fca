"""LoRAs and learnt words are told from their headers, found by name, and refused each with its own sentence."""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from sdgui.adapter_info import AdapterInfo, AdapterKind, misfit
from sdgui.adapters import Lora
from sdgui.engine.adapters.asked import asked_adapters, check_loras, fitting_words
from sdgui.engine.adapters.recognise import recognise_adapter
from sdgui.engine.adapters.shelf import Shelf
from sdgui.engine.collection.collection import Collection
from sdgui.engine.model_files import HashCache
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from tests.samples import DEMO

pytestmark = pytest.mark.quick

Shapes = Mapping[str, tuple[int, ...]]
WIDTH = 768
SD1 = ModelInfo(
    **{**{name: getattr(DEMO, name) for name in DEMO.__dataclass_fields__}, "text_widths": (WIDTH,)}
)


def low_rank(stem: str, into: int, *, down: str = "lora_down", up: str = "lora_up") -> Shapes:
    return {f"{stem}.{down}.weight": (4, into), f"{stem}.{up}.weight": (320, 4)}


KOHYA = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
PEFT = "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"
INK = low_rank(KOHYA, WIDTH)
WORDS = {"emb_params": (3, WIDTH)}


def write(path: Path, shapes: Shapes, metadata: Mapping[str, str] | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: np.zeros(shape, np.float16) for name, shape in shapes.items()}
    save_file(tensors, path, dict(metadata or {}))
    return path


def recognised(path: Path, shapes: Shapes, **metadata: str) -> AdapterInfo:
    found = recognise_adapter("ink", write(path, shapes, metadata))
    assert found is not None
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "models" / "ink.safetensors"


@pytest.mark.parametrize(
    ("shapes", "families"),
    [
        (INK, ("sd1",)),
        (low_rank(KOHYA, 1024), ("sd2",)),
        (low_rank(KOHYA, 2048), ("sdxl",)),
        (low_rank("lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_k", 640), ("sdxl",)),
        (low_rank("lora_te2_text_model_encoder_layers_0_self_attn_k_proj", 1280), ()),
        (low_rank(PEFT, WIDTH, down="lora_A", up="lora_B"), ("sd1",)),
        (low_rank(f"{PEFT}.processor", 2048, down="lora.down", up="lora.up"), ("sdxl",)),
        (low_rank(KOHYA, 16), ()),
        (
            low_rank("transformer.single_transformer_blocks.0.attn.to_q", 3072),
            ("flux1", "flux2_klein", "chroma"),
        ),
        (
            low_rank("lora_unet_double_blocks_0_img_attn_qkv", 3072),
            ("flux1", "flux2_klein", "chroma"),
        ),
        (low_rank("transformer.transformer_blocks.0.img_mlp.net.2", 3072), ("qwen_image",)),
        (low_rank("diffusion_model.layers.0.attention.to_q", 3840), ("z_image",)),
        (low_rank("lora_unet_joint_blocks_0_x_block_attn_qkv", 1536), ("sd3",)),
        (low_rank("transformer.transformer_blocks.0.attn1.to_q", 2240), ("sana",)),
    ],
)
def test_the_family_is_told_by_names_and_sizes(
    file: Path, shapes: Shapes, families: tuple[str, ...]
) -> None:
    found = recognised(file, shapes)
    assert (found.kind, found.families, found.fault) == (AdapterKind.LORA, families, "")


def test_metadata_tell_what_calls_it_and_what_it_was_trained_on(file: Path) -> None:
    tags = json.dumps({"ink": {"ink style": 40, "boat": 30, "rare": 2}, "more": {"boat": 5}})
    found = recognised(file, INK, ss_tag_frequency=tags, ss_base_model_version="sd_v1")
    assert found.trigger_words == ("ink style", "boat")
    assert found.base_model == "sd_v1"
    said = recognised(file, INK, **{"modelspec.trigger_phrase": "ink style, by hand"})
    assert said.trigger_words == ("ink style", "by hand")
    assert recognised(file, INK, ss_tag_frequency="[" * 100_000).trigger_words == ()


@pytest.mark.parametrize(
    ("shapes", "sentence"),
    [
        ({**INK, f"{KOHYA}.dora_scale": (320, 1)}, "is a DoRA"),
        ({f"{KOHYA}.hada_w1_a": (320, 4)}, "is a LoHa"),
        ({f"{KOHYA}.lokr_w1": (4, 4)}, "is a LoKr"),
        ({f"{KOHYA}.diff": (320, 320)}, "is a full difference"),
        ({f"{KOHYA}.lora_down.weight": (4, 768)}, "half of its matrices are missing"),
    ],
)
def test_what_is_no_plain_lora_has_its_own_sentence(
    file: Path, shapes: Shapes, sentence: str
) -> None:
    assert sentence in recognised(file, shapes).fault


@pytest.mark.parametrize(
    ("shapes", "widths", "families", "vectors"),
    [
        (WORDS, (768,), ("sd1",), 3),
        ({"<ink>": (768,)}, (768,), ("sd1",), 1),
        ({"clip_l": (2, 768), "clip_g": (2, 1280)}, (768, 1280), ("sdxl",), 2),
    ],
)
def test_learnt_words_are_told_by_their_tensors(
    file: Path, shapes: Shapes, widths: tuple[int, ...], families: tuple[str, ...], vectors: int
) -> None:
    found = recognised(file, shapes)
    assert found.kind is AdapterKind.EMBEDDING
    assert (found.widths, found.families, found.vectors) == (widths, families, vectors)


def test_a_checkpoint_is_neither(file: Path) -> None:
    path = write(file, {"model.diffusion_model.out.2.weight": (4, 320, 3, 3)})
    assert recognise_adapter("ink", path) is None


def test_what_is_made_for_another_family_or_size_says_so() -> None:
    def said(**known: object) -> str:
        fault = misfit(AdapterInfo(name="ink", kind=AdapterKind.LORA, **known), SD1)  # type: ignore[arg-type]
        return "" if fault is None else fault.message

    assert said(families=("sdxl",), made_for="Stable Diffusion XL") == (
        f"The LoRA “ink” is made for Stable Diffusion XL, which “{SD1.title}” is not."
    )
    assert "expects a text encoder of 2048 channels" in said(states=2048)
    assert said(states=WIDTH) == said() == ""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "models").mkdir()
    return Shelf(Collection((tmp_path / "models",), None), HashCache(None))


def refused(shelf: Shelf, prompt: str, negative: str = "") -> str:
    with pytest.raises(UserError) as fault:
        asked_adapters(shelf, SD1, prompt, negative)
    return fault.value.message


def test_tags_become_what_they_name_in_any_case_and_order(shelf: Shelf, file: Path) -> None:
    write(file, INK)
    write(file.with_name("Oil paint.safetensors"), {**INK, f"{KOHYA}.alpha": ()})
    write(file.with_name("bad-hands.safetensors"), WORDS)
    asked = asked_adapters(shelf, SD1, "a<lora:oil paint:0.5:1><lora:INK:-2> boat", "Bad-Hands, x")
    assert [(one.ref.id, one.weight) for one in asked] == [
        ("Oil paint", 1.0),
        ("ink", -2.0),
        ("bad-hands", 1.0),
    ]
    assert isinstance(asked[0], Lora) and asked[0].text_encoder_weight == 0.5
    other = asked_adapters(shelf, SD1, "a<lora:ink:-2><lora:Oil paint:te=0.5:unet=1>", "bad-hands")
    assert asked == other


def test_what_cannot_be_dreamt_is_refused_and_never_left_out(shelf: Shelf, file: Path) -> None:
    assert refused(shelf, "<lora:ink:1>") == "There is no LoRA called “ink” here."
    write(file, INK)
    assert refused(shelf, "<lora:ink:abc>") == (
        "The weight in <lora:ink:abc> is not a number from -2 to 2."
    )
    assert "not a number from -2 to 2" in refused(shelf, "<lora:ink:2.1>")
    assert "asked for twice" in refused(shelf, "<lora:ink:1><lora:Ink:0.5>")
    assert "works on the whole picture" in refused(shelf, "a boat", "<lora:ink:1>")
    write(file, low_rank(KOHYA, 2048))
    assert "is made for Stable Diffusion XL" in refused(shelf, "<lora:ink:1>")
    write(file, {f"{KOHYA}.hada_w1_a": (320, 4)})
    assert "is a LoHa" in refused(shelf, "<lora:ink:1>")
    file.write_bytes(write(file, INK).read_bytes()[:-100])
    assert "is cut short or damaged" in refused(shelf, "<lora:ink:1>")
    file.write_bytes(b"PK\3\4 not what it says")
    assert "is not a safetensors file" in refused(shelf, "<lora:ink:1>")
    file.unlink()
    assert "no LoRA called “ink”" in refused(shelf, "<lora:ink:1>")


def test_what_could_not_be_dreamt_is_told_before_a_whole_file_is_read(
    shelf: Shelf, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(prompt: str) -> str:
        with pytest.raises(UserError) as fault:
            check_loras(shelf, SD1, prompt)
        return fault.value.message

    assert told("<lora:ink:1>") == refused(shelf, "<lora:ink:1>")
    write(file, INK)
    assert told("<lora:ink:abc>") == refused(shelf, "<lora:ink:abc>")
    many = "".join(f"<lora:{number}:1>" for number in range(99))
    assert told(many) == refused(shelf, many)
    monkeypatch.setattr(HashCache, "sha256", None)
    check_loras(shelf, SD1, "a boat <lora:ink:0.5>")
    check_loras(shelf, SD1, "a boat")


@pytest.mark.parametrize("suffix", [".pt", ".CKPT", ".Bin", ".pth"])
def test_a_pickle_is_never_opened_whatever_its_case(shelf: Shelf, file: Path, suffix: str) -> None:
    file.with_suffix(suffix).write_bytes(b"\x80\x04 anything")
    message = refused(shelf, "<lora:ink:1>")
    assert message == f"The LoRA “ink” is in a {suffix} file, which is never opened."
    assert shelf.all() == ()


def test_a_suffix_in_capitals_is_not_handed_on_as_a_pickle(shelf: Shelf, file: Path) -> None:
    write(file.with_suffix(".SAFETENSORS"), INK)
    assert "is in a file “ink.SAFETENSORS”" in refused(shelf, "<lora:ink:1>")


def test_two_files_of_one_name_are_told_apart_by_their_folders(shelf: Shelf, file: Path) -> None:
    for folder in ("a", "b"):
        write(file.parent / folder / "ink.safetensors", INK)
    assert [one.name for one in shelf.all()] == ["ink (a)", "ink (b)"]
    assert "several LoRAs called “ink”" in refused(shelf, "<lora:ink:1>")
    (lora,) = asked_adapters(shelf, SD1, "<lora:ink (b):1>", "")
    assert lora.ref.id == "ink (b)"


def test_what_comes_goes_or_changes_is_noticed(shelf: Shelf, file: Path) -> None:
    assert shelf.all() == ()
    write(file.parent / "deep" / "er" / "ink.safetensors", INK)
    (lora,) = asked_adapters(shelf, SD1, "<lora:ink:1>", "")
    path = shelf.locate(lora)
    write(path, {**INK, f"{KOHYA}.alpha": (1,)})
    os.utime(path, ns=(1, 1))
    with pytest.raises(UserError, match="changed since"):
        shelf.locate(lora)
    shutil.rmtree(file.parent)
    assert shelf.all() == ()
    with pytest.raises(UserError, match="no LoRA called"):
        shelf.locate(lora)


def test_links_that_lead_back_and_folders_that_are_closed_hold_nothing_up(
    shelf: Shelf, file: Path
) -> None:
    write(file, INK)
    (file.parent / "again").symlink_to(file.parent, target_is_directory=True)
    (file.parent / "nowhere.safetensors").symlink_to(file.parent / "gone")
    closed = file.parent / "closed"
    closed.mkdir(mode=0)
    assert [one.name for one in shelf.all()] == ["ink"]
    closed.chmod(0o700)


def test_names_never_lead_out_of_the_folders(shelf: Shelf, file: Path) -> None:
    write(file.parent.parent / "secret.safetensors", INK)
    for name in ("../secret", str(file.parent.parent / "secret"), "secret", "a\0b", "*"):
        assert "no LoRA called" in refused(shelf, f"<lora:{name}:1>")


def test_a_word_that_does_not_fit_the_model_is_a_word(shelf: Shelf, file: Path) -> None:
    write(file.with_name("cat.safetensors"), {"emb_params": (1, 1024)})
    assert asked_adapters(shelf, SD1, "a cat", "") == ()
    write(file.with_name("cat.safetensors"), WORDS)
    assert [one.ref.id for one in asked_adapters(shelf, SD1, "a Cat", "")] == ["cat"]
    assert asked_adapters(shelf, SD1, "a catfish, scat", "") == ()


def test_for_learnt_words_no_lora_is_looked_at(
    shelf: Shelf, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(name: str, path: Path) -> AdapterInfo | None:
        looked.append(name)
        return recognise_adapter(name, path)

    monkeypatch.setattr("sdgui.engine.adapters.shelf.recognise_adapter", look)
    write(file, INK)
    write(file.with_name("bad-hands.safetensors"), WORDS)
    assert list(fitting_words(shelf, SD1)) == ["bad-hands"]
    assert looked == ["bad-hands"]
