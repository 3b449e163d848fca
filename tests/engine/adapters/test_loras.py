"""LoRAs of every layout make what weights merged by hand make, and leave the model as it was."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from sdgui.adapters import Lora
from sdgui.bench.random_models.tiny_families import write_family
from sdgui.engine.adapters.loras import Loras
from sdgui.engine.generate import denoise
from sdgui.engine.loader import WarmModel
from sdgui.engine.memory_plan import Arrangement, Keep
from sdgui.events import Decoded, TaskFailed
from sdgui.spec import PictureSpec
from tests.engine.adapter_files import (
    ALPHA,
    RANK,
    matrices,
    merge,
    write_kohya,
    write_old,
    write_peft,
    write_sgm,
)
from tests.engine.conftest import Lab, of_type
from tests.engine.test_arrangements import arrange
from tests.engine.tiny_model import write_tiny_model

BY_HAND = 2e-5
"""Of the largest latent: two products of float32 in another order."""


class Studio:
    """A tiny model, two LoRAs for it, and an engine."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.models = root / "models"
        self.models.mkdir()
        self.folder = folder
        self.root = root
        self.lab = Lab(folder, root / "cache", models_dirs=(self.models,))

    def warm(self, lab: Lab | None = None) -> WarmModel:
        one = self.lab if lab is None else lab
        return one.engine._load(one.specs()[0].model, lambda event: None)

    def specs(self, prompt: str = "a red car", **asked: Any) -> tuple[PictureSpec, ...]:
        return self.lab.specs(**{"prompt": prompt, "steps": 2, "emphasis": True, **asked})

    def latents(self, prompt: str = "a red car", **asked: Any) -> torch.Tensor:
        return finished(self.warm(), self.specs(prompt, **asked))

    def by_hand(self, changes: Callable[[Any], object], **asked: Any) -> torch.Tensor:
        """The same without LoRAs, by a model whose weights were changed."""
        other = Lab(self.folder, self.root / "cache")
        warm = self.warm(other)
        changes(warm.pipe)
        return finished(warm, self.specs(**asked))


def finished(warm: WarmModel, specs: tuple[PictureSpec, ...]) -> torch.Tensor:
    return denoise(warm, specs, lambda step, steps, predict: None, lambda step, steps: None)


def close(one: torch.Tensor, other: torch.Tensor, tolerance: float = BY_HAND) -> bool:
    return bool((one - other).abs().max() <= tolerance * other.abs().max())


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    root = tmp_path_factory.mktemp("loras")
    studio = Studio(write_tiny_model(root / "tiny"), root)
    pipe = studio.warm().pipe
    studio.ink, studio.oil = matrices(pipe, 1), matrices(pipe, 2)
    write_kohya(studio.models / "ink.safetensors", studio.ink)
    write_kohya(studio.models / "oil.safetensors", studio.oil)
    write_peft(studio.models / "ink peft.safetensors", studio.ink)
    write_old(studio.models / "ink old.safetensors", studio.ink)
    unet = {name: pair for name, pair in studio.ink.items() if name.startswith("unet")}
    write_peft(studio.models / "unet alone.safetensors", unet)
    yield studio
    studio.lab.engine.close()


BOTH = {"unet": 0.8, "text_encoder": 0.8}


@pytest.mark.parametrize(
    ("tag", "weights", "scale"),
    [
        ("<lora:ink:0.8>", BOTH, ALPHA / RANK),
        ("<lora:ink:-2>", {"unet": -2, "text_encoder": -2}, ALPHA / RANK),
        ("<lora:ink:0:1>", {"unet": 1, "text_encoder": 0}, ALPHA / RANK),
        ("<lora:ink:te=1.5:unet=0>", {"unet": 0, "text_encoder": 1.5}, ALPHA / RANK),
        ("<lora:ink peft:0.8>", BOTH, 1.0),
        ("<lora:ink old:0.8>", BOTH, 1.0),
        ("<lora:unet alone:0.8>", {"unet": 0.8, "text_encoder": 0}, 1.0),
    ],
)
def test_a_lora_is_its_weights_merged_by_hand(
    studio: Studio, tag: str, weights: dict[str, float], scale: float
) -> None:
    with_lora = studio.latents(f"a red car{tag}")
    assert close(with_lora, studio.by_hand(lambda pipe: merge(pipe, studio.ink, weights, scale)))
    assert not close(with_lora, studio.latents(), 1e-2)


def test_several_at_once_add_up(studio: Studio) -> None:
    def both(pipe: Any) -> None:
        merge(pipe, studio.ink, {"unet": 0.5, "text_encoder": 0.5}, ALPHA / RANK)
        merge(pipe, studio.oil, {"unet": -1, "text_encoder": -1}, ALPHA / RANK)

    with_both = studio.latents("a red car<lora:oil:-1><lora:ink:0.5>")
    assert close(with_both, studio.by_hand(both))


def test_after_any_sequence_no_lora_is_the_model_itself_bit_for_bit(studio: Studio) -> None:
    base = studio.by_hand(lambda pipe: None)
    once = studio.latents("a red car<lora:ink:1>")
    for prompt in ("<lora:oil:2>", "<lora:ink:-1><lora:oil:1>", "<lora:unet alone:1>"):
        studio.latents(f"a red car{prompt}")
        assert torch.equal(studio.latents(), base)
    assert torch.equal(studio.latents("a red car<lora:ink:1>"), once)
    studio.warm().loras.drop()
    assert torch.equal(studio.latents(), base)
    assert not [name for name, _ in studio.warm().pipe.unet.named_modules() if "lora" in name]


def test_a_picture_is_the_same_where_others_come_between(studio: Studio) -> None:
    mine, theirs = "a red car<lora:ink:0.8>", "a cat<lora:oil:1.2>"
    (alone,) = studio.lab.pictures(studio.specs(mine))
    studio.lab.pictures(studio.specs(theirs, count=2))
    first, _second = studio.lab.pictures(studio.specs(mine, count=2))
    studio.lab.pictures(studio.specs("a cat"))
    assert np.abs(first.astype(int) - alone.astype(int)).max() <= 1
    assert np.array_equal(studio.lab.pictures(studio.specs(mine))[0], alone)


def state(warm: WarmModel) -> list[str]:
    return [
        f"{part}.{name}"
        for part in ("unet", "text_encoder")
        for name in getattr(warm.pipe, part).state_dict()
    ]


@pytest.mark.parametrize("part", ["unet", "text_encoder"])
def test_a_lora_that_does_not_fit_leaves_no_trace(studio: Studio, part: str) -> None:
    base, before = studio.latents(), (studio.warm().loras.drop(), state(studio.warm()))[1]
    made = dict(studio.ink)
    name = next(name for name in reversed(made) if name.startswith(part) and "attn2" not in name)
    made[name] = (torch.ones(RANK, 7), made[name][1])
    write_peft(studio.models / f"{part} bad.safetensors", made)
    events = studio.lab.run(studio.specs(f"a red car<lora:ink:1><lora:{part} bad:1>"))
    (fault,) = of_type(events, TaskFailed)
    assert fault.message == f"The LoRA “{part} bad” does not fit this model."
    warm = studio.warm()
    assert warm.loras.held == () and state(warm) == before
    assert torch.equal(studio.latents(), base)


@pytest.mark.parametrize("write", [write_peft, write_old, write_kohya])
def test_one_that_fits_in_part_says_how_much_of_it(
    studio: Studio, write: Callable[[Path, Any], Path]
) -> None:
    elsewhere = "unet.down_blocks.0.attentions.7.transformer_blocks.0.attn1.to_q"
    name = f"{write.__name__} part"
    write(
        studio.models / f"{name}.safetensors",
        {**studio.ink, elsewhere: (torch.ones(2, 4), torch.ones(4, 2))},
    )
    specs = studio.specs(f"a red car<lora:{name}:0.8><lora:oil:0.5>")
    (done,) = of_type(studio.lab.run(specs), Decoded)
    layers = len(studio.ink)
    told = {note: said for note, said in done.notes.items() if note.startswith("LoRA")}
    assert told == {f"LoRA {name}": f"{layers} of {layers + 1} layers fitted"}
    (again,) = of_type(studio.lab.run(specs), Decoded)
    assert again.notes[f"LoRA {name}"] == told[f"LoRA {name}"]


def test_one_that_fits_nowhere_is_refused(studio: Studio) -> None:
    base = studio.latents()
    elsewhere = {
        f"unet.down_blocks.0.attentions.7.transformer_blocks.{i}.attn1.to_q": (
            torch.ones(2, 4),
            torch.ones(4, 2),
        )
        for i in range(3)
    }
    write_peft(studio.models / "nowhere.safetensors", elsewhere)
    (fault,) = of_type(studio.lab.run(studio.specs("a red car<lora:nowhere:1>")), TaskFailed)
    assert fault.message == "The LoRA “nowhere” does not fit this model."
    assert torch.equal(studio.latents(), base)


def test_what_is_written_into_its_file_later_changes_nothing(studio: Studio) -> None:
    path = write_peft(studio.models / "held.safetensors", studio.oil)
    before = studio.latents("a red car<lora:held:1>")
    specs = studio.specs("a red car<lora:held:1>")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\0" * 64)
    assert torch.equal(finished(studio.warm(), specs), before)
    path.unlink()


def test_one_that_changed_or_went_since_it_was_asked_for_is_told(studio: Studio) -> None:
    path = write_kohya(studio.models / "paper.safetensors", studio.oil)
    specs = studio.specs("a red car<lora:paper:1>")
    save_file({name: one.clone() for name, one in load_file(path).items()}, path, {"made": "anew"})
    (fault,) = of_type(studio.lab.run(specs), TaskFailed)
    assert fault.message == "The LoRA “paper” changed since this picture was asked for."
    path.unlink()
    (fault,) = of_type(studio.lab.run(specs), TaskFailed)
    assert fault.message == "There is no LoRA called “paper” here."


def test_what_was_not_used_for_longest_makes_room_first(studio: Studio) -> None:
    warm = studio.warm()
    size = (studio.models / "ink.safetensors").stat().st_size
    loras = Loras(
        warm.pipe, studio.lab.catalog.locate_adapter, device=torch.device("cpu"), most_bytes=size
    )
    warm.loras.drop()

    def asked(name: str) -> Lora:
        (lora,) = studio.specs(f"a red car<lora:{name}:1>")[0].adapters
        assert isinstance(lora, Lora)
        return lora

    names = ["ink", "oil", "ink peft", "ink"]
    for name in names:
        loras.switch_on([asked(name)])
    assert loras.held == tuple(asked(name).ref.hash for name in names[2:])
    loras.switch_off()
    assert loras.give_way()
    assert loras.held == (asked("ink").ref.hash,)
    assert not loras.give_way()
    loras.drop()


@pytest.mark.parametrize(
    ("arrangement", "tolerance"),
    [
        (Arrangement(keep=Keep.PARTS), 1e-6),
        (Arrangement(keep=Keep.GROUPS), 1e-6),
        (Arrangement(float8=True), 0.3),
    ],
)
def test_loras_work_and_leave_a_model_that_is_held_in_another_way(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    arrangement: Arrangement,
    tolerance: float,
) -> None:
    """In 8 bits a model's own weights lose up to a sixteenth; a LoRA's lose nothing."""
    on, off = studio.specs("a red car<lora:ink:1>"), studio.specs()
    expected = finished(studio.warm(), on)
    apart = Lab(studio.folder, studio.root / "cache", models_dirs=(studio.models,))
    arrange(apart, monkeypatch, arrangement)
    base = finished(studio.warm(apart), off)
    assert close(finished(studio.warm(apart), on), expected, tolerance)
    assert torch.equal(finished(studio.warm(apart), off), base)
    studio.warm(apart).loras.drop()
    assert torch.equal(finished(studio.warm(apart), off), base)
    apart.engine.close()


def test_kohyas_names_for_xl_are_read_with_both_text_encoders(tmp_path: Path) -> None:
    studio = Studio(write_family("sdxl", tmp_path / "sdxl"), tmp_path)
    pipe = studio.warm().pipe
    made = matrices(pipe, parts=("unet", "text_encoder", "text_encoder_2"))
    write_sgm(studio.models / "ink.safetensors", made, pipe.unet.config.layers_per_block)
    weights = {"unet": 0.7, "text_encoder": 0.4, "text_encoder_2": 0.4}
    with_lora = studio.latents("a red car<lora:ink:te=0.4:unet=0.7>")
    by_hand = studio.by_hand(lambda pipe: merge(pipe, made, weights, ALPHA / RANK))
    assert close(with_lora, by_hand)
    assert not close(with_lora, studio.latents(), 1e-2)


def test_a_transformer_that_reads_brackets_plainly_takes_loras_by_their_tags(
    tmp_path: Path,
) -> None:
    studio = Studio(write_family("flux1-dev", tmp_path / "flux"), tmp_path)
    pipe = studio.warm().pipe
    made = matrices(pipe, parts=("transformer",))
    assert made
    write_peft(studio.models / "ink.safetensors", made)
    (spec,) = studio.specs("a (red) car<lora:ink:1>")
    assert not spec.emphasis
    with_lora = finished(studio.warm(), (spec,))
    by_hand = studio.by_hand(
        lambda pipe: merge(pipe, made, {"transformer": 1.0}, 1.0), prompt="a (red) car"
    )
    assert close(with_lora, by_hand)
    assert torch.equal(
        finished(studio.warm(), (replace(spec, adapters=(), prompt="a (red) car"),)),
        studio.latents("a (red) car"),
    )
