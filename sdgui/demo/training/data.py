"""The drawn data set: scenes as arrays in chunks on disk, drawn once and read by every stage."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from sdgui.demo.training.captions import caption
from sdgui.demo.training.scenes import Scene, draw, sample_scene
from sdgui.demo.training.vocabulary import COLOURS, PLACES, STYLES, THINGS

WORK = Path(__file__).parent / "work"
"""Drawings, checkpoints and logs; git ignores it."""

SIZE = 128
CHUNK = 500
TRAIN_SCENES = 24_000
HELD_OUT_SCENES = 1_000
_HELD_OUT_SEED = 10_000_000
_LABELS = ("names", "seeds")


@dataclass(frozen=True, kw_only=True)
class Drawings:
    """Pictures `[n, 128, 128, 3]` as uint8, and names `[n, 4]` (thing, colour, place, style).

    `pictures` is empty where only the names were loaded.
    """

    pictures: np.ndarray
    names: np.ndarray
    seeds: np.ndarray

    def __len__(self) -> int:
        return len(self.names)

    def scene(self, index: int) -> Scene:
        """The scene that drawing `index` shows."""
        thing, colour, place, style = (int(i) for i in self.names[index])
        return Scene(
            thing=THINGS[thing],
            colour=COLOURS[colour],
            place=PLACES[place],
            style=STYLES[style],
            seed=int(self.seeds[index]),
        )

    def captions(self, each: int, seed: int) -> list[list[str]]:
        """`each` different captions per drawing, the same for the same seed."""
        rng = np.random.default_rng([seed, len(self)])
        return [[caption(self.scene(i), rng) for _ in range(each)] for i in range(len(self))]


def sample_captions(n: int, seed: int) -> list[str]:
    """`n` captions of training scenes, without drawing any."""
    rng = np.random.default_rng(seed)
    return [caption(sample_scene(rng), rng) for _ in range(n)]


def names_of(scene: Scene) -> tuple[int, int, int, int]:
    """The places of a scene's four names in the vocabulary."""
    return (
        THINGS.index(scene.thing),
        COLOURS.index(scene.colour),
        PLACES.index(scene.place),
        STYLES.index(scene.style),
    )


def _chunk_scenes(seed: int, held_out: bool) -> list[Scene]:
    rng = np.random.default_rng(seed)
    return [sample_scene(rng, held_out=held_out) for _ in range(CHUNK)]


def training_scenes(n: int = TRAIN_SCENES) -> list[Scene]:
    """The first `n` scenes of the training set, without drawing any."""
    chunks = -(-n // CHUNK)
    return [scene for seed in range(chunks) for scene in _chunk_scenes(seed, False)][:n]


def _draw_chunk(job: tuple[Path, int, bool]) -> None:
    path, seed, held_out = job
    scenes = _chunk_scenes(seed, held_out)
    pictures = np.stack([np.asarray(draw(scene, SIZE), dtype=np.uint8) for scene in scenes])
    names = np.array([names_of(scene) for scene in scenes], dtype=np.int8)
    seeds = np.array([scene.seed for scene in scenes], dtype=np.int64)
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, pictures=pictures, names=names, seeds=seeds)
    partial.replace(path)


def _chunks(work: Path, scenes: int, held_out: bool) -> list[tuple[Path, int, bool]]:
    kind, first = ("held-out", _HELD_OUT_SEED) if held_out else ("train", 0)
    count = -(-scenes // CHUNK)
    return [(work / "scenes" / f"{kind}-{i:04}.npz", first + i, held_out) for i in range(count)]


def draw_all(
    work: Path = WORK, scenes: int = TRAIN_SCENES, held_out: int = HELD_OUT_SCENES
) -> None:
    """Draw what is not yet on disk, on all cores; each chunk has a seed of its own."""
    (work / "scenes").mkdir(parents=True, exist_ok=True)
    wanted = _chunks(work, held_out, True) + _chunks(work, scenes, False)
    missing = [job for job in wanted if not job[0].exists()]
    if not missing:
        return
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        done = pool.imap_unordered(_draw_chunk, missing)
        for _ in tqdm(done, total=len(missing), desc=f"drawing, {CHUNK} scenes each"):
            pass


def load(
    work: Path = WORK, held_out: bool = False, limit: int | None = None, pictures: bool = True
) -> Drawings:
    """The drawn training scenes, or the held-out ones, from the chunks on disk."""
    kind = "held-out" if held_out else "train"
    paths = sorted((work / "scenes").glob(f"{kind}-????.npz"))
    if not paths:
        raise FileNotFoundError(f"No {kind} drawings in {work}: run the stage 'data' first.")
    if limit is not None:
        paths = paths[: -(-limit // CHUNK)]
    parts = [np.load(path) for path in paths]
    names, seeds = (np.concatenate([part[key] for part in parts])[:limit] for key in _LABELS)
    drawn = np.empty((len(names) if pictures else 0, SIZE, SIZE, 3), dtype=np.uint8)
    if pictures:
        for i, part in enumerate(parts):
            rows = drawn[i * CHUNK : (i + 1) * CHUNK]
            rows[:] = part["pictures"][: len(rows)]
    return Drawings(pictures=drawn, names=names, seeds=seeds)
