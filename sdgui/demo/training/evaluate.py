"""Figures of the embedded model, on combinations held out of training, and a contact sheet.

python -m sdgui.demo.training.evaluate [--quick] [--sheet sheet.png]
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from tqdm import tqdm
from transformers import CLIPModel

from sdgui.demo.training.captions import caption
from sdgui.demo.training.clip_stage import retrieval
from sdgui.demo.training.data import Drawings, names_of, training_scenes
from sdgui.demo.training.export import DEFAULTS, WEIGHTS
from sdgui.demo.training.judge import Judge, load_judge
from sdgui.demo.training.prompts import HAND_WRITTEN
from sdgui.demo.training.scenes import Scene, draw, sample_scene
from sdgui.demo.training.vae_stage import psnr
from sdgui.demo.training.vocabulary import (
    COLOUR_WORDS,
    PLACE_TAGS,
    PLACE_WORDS,
    STYLE_NOUNS,
    STYLE_TAGS,
)

KINDS = ("thing", "colour", "place", "style")
SIZE = 128
BATCH = 16


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A prompt and the names it asks for; None where it leaves them open."""

    prompt: str
    names: tuple[str | None, str | None, str | None, str | None]


def draw_held_out(n: int, seed: int) -> Drawings:
    """`n` fresh drawings of combinations that training never saw."""
    rng = np.random.default_rng(seed)
    scenes = [sample_scene(rng, held_out=True) for _ in range(n)]
    return Drawings(
        pictures=np.stack([np.asarray(draw(scene, SIZE)) for scene in scenes]),
        names=np.array([names_of(scene) for scene in scenes], dtype=np.int8),
        seeds=np.array([scene.seed for scene in scenes], dtype=np.int64),
    )


def _says(text: str, words: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(word.lower())}\b", text) for word in words)


def held_out_prompts(n: int, seed: int) -> list[Asked]:
    """`n` captions of held-out combinations, in words as training had them, and what they say."""
    rng = np.random.default_rng(seed)
    asked: list[Asked] = []
    for _ in range(n):
        scene = sample_scene(rng, held_out=True)
        prompt = caption(scene, rng)
        text = prompt.lower()
        style_words = (scene.style, *STYLE_TAGS[scene.style], *STYLE_NOUNS[scene.style])
        says_style = _says(text, style_words)
        for word in sorted(style_words, key=len, reverse=True):
            text = text.replace(word.lower(), "")  # so that "paper cut-out" names no place
        colours = (scene.colour, *COLOUR_WORDS[scene.colour])
        places = (*PLACE_WORDS[scene.place], *PLACE_TAGS[scene.place])
        names = (
            scene.thing,
            scene.colour if _says(text, colours) else None,
            scene.place if _says(text, places) else None,
            scene.style if says_style else None,
        )
        asked.append(Asked(prompt=prompt, names=names))
    return asked


def hand_written_prompts(n: int) -> list[Asked]:
    """The first `n` of the prompts written by hand."""
    return [
        Asked(prompt=each.prompt, names=(each.thing, each.colour, each.place, each.style))
        for each in HAND_WRITTEN[:n]
    ]


def dream(
    pipe: StableDiffusionPipeline, prompts: Sequence[str], seeds: Sequence[int], what: str
) -> list[Image.Image]:
    """Pictures at the default settings, one for each prompt and seed."""
    pictures: list[Image.Image] = []
    for start in tqdm(range(0, len(prompts), BATCH), desc=what, leave=False):
        part = slice(start, start + BATCH)
        pictures += pipe(
            list(prompts[part]),
            num_inference_steps=DEFAULTS["steps"],
            guidance_scale=DEFAULTS["guidance"],
            width=SIZE,
            height=SIZE,
            generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds[part]],
        ).images
    return pictures


def right_rates(
    judge: Judge, pictures: Sequence[Image.Image], asked: Sequence[Asked]
) -> dict[str, tuple[int, int]]:
    """Per kind of name: how many pictures show what was asked, of how many that asked."""
    rates = {}
    verdicts = judge.classify(pictures)
    for i, kind in enumerate(KINDS):
        wanted = [(v, a.names[i]) for v, a in zip(verdicts, asked, strict=True) if a.names[i]]
        rates[kind] = (sum(getattr(v, kind) == name for v, name in wanted), len(wanted))
    return rates


def _say_rates(title: str, rates: dict[str, tuple[int, int]]) -> None:
    shares = ", ".join(
        f"{kind} {right / max(1, total):.1%} ({right}/{total})"
        for kind, (right, total) in rates.items()
    )
    print(f"{title}: {shares}", flush=True)


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Root mean square difference of every picture of `a` to every one of `b`, 0 to 255.

    Both `[n, 128, 128, 3]`; compared at 32×32.
    """

    def small(pictures: np.ndarray) -> np.ndarray:
        blocks = pictures.reshape(len(pictures), 32, 4, 32, 4, 3).astype(np.float32)
        return blocks.mean(axis=(2, 4)).reshape(len(pictures), -1)

    x, y = small(a), small(b)
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1)[None] - 2 * x @ y.T
    return np.sqrt(np.maximum(squares, 0) / x.shape[1])


def contact_sheet(pictures: Sequence[Image.Image], columns: int) -> Image.Image:
    """Pictures in rows, two pixels apart."""
    rows = -(-len(pictures) // columns)
    step = SIZE + 2
    sheet = Image.new("RGB", (columns * step - 2, rows * step - 2), "black")
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * step, i // columns * step))
    return sheet


def _evaluate_parts(weights: Path, pipe: StableDiffusionPipeline, judge: Judge, n: int) -> None:
    drawings = draw_held_out(n, seed=77)
    print(
        f"VAE: PSNR {psnr(pipe.vae, drawings.pictures[: n // 4]):.2f} dB, {n // 4} held-out drawings"
    )
    clip = CLIPModel.from_pretrained(weights / "clip").eval()
    share = retrieval(clip, drawings, weights / "tokenizer")
    print(f"CLIP: {share:.1%} of captions found among 64, {n} held-out drawings")
    asked = [
        Asked(prompt="", names=(s.thing, s.colour, s.place, s.style))
        for s in (drawings.scene(i) for i in range(n))
    ]
    images = [Image.fromarray(each) for each in drawings.pictures]
    _say_rates(f"judge on {n} held-out drawings", right_rates(judge, images, asked))


def _evaluate_seeds(pipe: StableDiffusionPipeline, seeds: int) -> None:
    """How much seeds differ, and whether pictures are copies of training drawings."""
    trained = training_scenes()
    rng = np.random.default_rng(78)
    ours, drawn, nearest, between = [], [], [], []
    for asked in [each for each in hand_written_prompts(100) if None not in each.names][:4]:
        images = dream(pipe, [asked.prompt] * seeds, range(seeds), "seeds")
        made = np.stack([np.asarray(image) for image in images])
        fresh = _drawings([_scene_of(asked, int(rng.integers(2**32))) for _ in range(seeds)])
        # The training drawings most like it: the same thing and place, in any colour and style.
        thing, _, place, _ = asked.names
        close = _drawings([s for s in trained if (s.thing, s.place) == (thing, place)])
        off = ~np.eye(seeds, dtype=bool)
        ours.append(distances(made, made)[off].mean())
        drawn.append(distances(fresh, fresh)[off].mean())
        nearest.append(distances(made, close).min(axis=1).mean())
        between.append(distances(fresh, close).min(axis=1).mean())
    print(
        f"seeds: pictures of one prompt differ by {np.mean(ours):.1f} of 255, "
        f"drawings of one scene by {np.mean(drawn):.1f}"
    )
    print(
        f"copies: a picture's nearest training drawing is {np.mean(nearest):.1f} away, "
        f"a fresh drawing's {np.mean(between):.1f}"
    )


def _scene_of(asked: Asked, seed: int) -> Scene:
    thing, colour, place, style = (name if name is not None else "" for name in asked.names)
    return Scene(thing=thing, colour=colour, place=place, style=style, seed=seed)


def _drawings(scenes: Sequence[Scene]) -> np.ndarray:
    return np.stack([np.asarray(draw(scene, SIZE)) for scene in scenes])


def main() -> None:
    """Print the figures and write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--sheet", type=Path, default=None, help="where to write a contact sheet")
    parser.add_argument("--quick", action="store_true", help="fewer pictures")
    options = parser.parse_args()
    n = 24 if options.quick else 96
    pipe = StableDiffusionPipeline.from_pretrained(options.weights)
    pipe.set_progress_bar_config(disable=True)
    judge = load_judge(options.weights / "judge" / "model.safetensors")
    _evaluate_parts(options.weights, pipe, judge, 128 if options.quick else 512)
    held_out = held_out_prompts(n, seed=79)
    images = dream(pipe, [each.prompt for each in held_out], range(n), "held-out captions")
    _say_rates(f"{n} held-out captions", right_rates(judge, images, held_out))
    written = hand_written_prompts(n if options.quick else len(HAND_WRITTEN))
    images = dream(pipe, [each.prompt for each in written], range(len(written)), "by hand")
    _say_rates(f"{len(written)} prompts by hand", right_rates(judge, images, written))
    if options.sheet is not None:
        contact_sheet(images[:48], 8).quantize(128).save(options.sheet, optimize=True)
    _evaluate_seeds(pipe, 4 if options.quick else 8)


if __name__ == "__main__":
    main()
