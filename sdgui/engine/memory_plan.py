"""What is done so that a batch fits into memory, chosen ahead from numbers alone. No torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

DENOISING = 256
"""Numbers that a step has in memory at once, beside the weights, for each pixel of a picture with guidance. In a UNet
of SD 1.5's shape they were 334, in one of SDXL's 240."""
DECODING = 1024
"""The same of a VAE with 128 channels at full size: 1,001 to 1,053 in one of Stable Diffusion's shape."""
TILE = 512
"""Pixels along the longest side of a tile that is decoded at once."""
SPARE = 256 * 2**20
"""Bytes that work is given at least."""
GROUPS = 16
"""Into at least so many groups the largest part is taken apart; two of them are on the device at once."""
DENOISERS = ("unet", "transformer")
DECODER = "vae"
CHECKER = "safety_checker"
"""It looks at a finished picture, and is on the device as a whole while it does."""


class Keep(StrEnum):
    """What of a model is on its device while it works."""

    WHOLE = "whole"
    PARTS = "parts"
    """Each of its parts only while that works, and all of them in main memory."""
    GROUPS = "groups"
    """Each group of layers only while that works."""


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """How a model is held; with `float8` the weights of what denoises are stored in 8 bits, which changes pictures."""

    keep: Keep = Keep.WHOLE
    float8: bool = False

    @property
    def notes(self) -> dict[str, str]:
        """What a picture tells of it."""
        notes = {}
        if self.float8:
            notes["weights"] = "stored in float8_e4m3fn"
        if self.keep is Keep.PARTS:
            notes["model"] = "kept in main memory, in parts on the device"
        if self.keep is Keep.GROUPS:
            notes["model"] = "kept in main memory, in groups of layers on the device"
        return notes


WHOLE = Arrangement()
LADDER = (
    WHOLE,
    Arrangement(keep=Keep.PARTS),
    Arrangement(keep=Keep.PARTS, float8=True),
    Arrangement(keep=Keep.GROUPS),
)
"""For a device with memory of its own. Parts come first, for they cost a second a batch and no pixel; groups come last,
for they bring the whole model to the device at every step."""
LADDER_IN_MAIN_MEMORY = (WHOLE, Arrangement(float8=True))
"""Where the device works in main memory there is nowhere else to keep anything."""


def ladder_of(own_memory: bool, *, quantised: bool = False) -> tuple[Arrangement, ...]:
    """The steps for a device with memory of its own, or one that works in main memory; without those that store weights
    in 8 bits for a model whose weights are quantised as they are."""
    ladder = LADDER if own_memory else LADDER_IN_MAIN_MEMORY
    return tuple(one for one in ladder if not (quantised and one.float8))


def suits(held: Arrangement, planned: Arrangement) -> bool:
    """Whether a model that is held so can do what is planned: it makes the same pictures in no more memory."""
    closeness = list(Keep)
    return held.float8 == planned.float8 and closeness.index(held.keep) >= closeness.index(
        planned.keep
    )


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be made: so many pictures, each of so many pixels."""

    width: int
    height: int
    pictures: int = 1


@dataclass(frozen=True, kw_only=True)
class MemoryPlan:
    """How a batch is made: the model's arrangement, how many pictures at once, and whether they are decoded in tiles.

    `needed` are the bytes of the device that this takes at most, the model among them.
    """

    arrangement: Arrangement
    pictures: int
    tiles: bool
    needed: int


def plan_memory(
    parts: Mapping[str, int],
    work: Work,
    *,
    free: int | None,
    number_bytes: int,
    inner_bytes: int | None = None,
    ladder: Sequence[Arrangement],
) -> MemoryPlan:
    """The first step of the ladder at which the work fits, the last one where it fits at none.

    On each step the batch is split before the next is taken, and pictures are decoded in tiles. `parts` are the bytes
    of a model's parts in numbers of `number_bytes`, and of `inner_bytes` what denoises, where that has others; `free`
    those of the device without the model, None where that is not known.
    """
    sizes = number_bytes, number_bytes if inner_bytes is None else inner_bytes
    for arrangement in ladder:
        for pictures in _splits(work.pictures):
            for tiles in (False, True):
                needed = _needed(arrangement, parts, work, pictures, tiles, sizes)
                if free is None or needed <= free:
                    return MemoryPlan(
                        arrangement=arrangement, pictures=pictures, tiles=tiles, needed=needed
                    )
    needed = _needed(ladder[-1], parts, work, 1, True, sizes)
    return MemoryPlan(arrangement=ladder[-1], pictures=1, tiles=True, needed=needed)


def _splits(pictures: int) -> tuple[int, ...]:
    """How many at once: all, half of them, and so on to one."""
    return (pictures,) if pictures <= 1 else (pictures, *_splits((pictures + 1) // 2))


def _needed(
    arrangement: Arrangement,
    parts: Mapping[str, int],
    work: Work,
    pictures: int,
    tiles: bool,
    sizes: tuple[int, int],
) -> int:
    """Bytes of the device at the moment that takes most; `sizes` of a number, and of one in what denoises."""
    number_bytes, inner_bytes = sizes
    pixels = work.width * work.height
    decoded = min(TILE, work.width) * min(TILE, work.height) if tiles else pixels
    denoising = max(SPARE, DENOISING * inner_bytes * pixels * pictures)
    decoding = max(SPARE, DECODING * number_bytes * decoded)
    held = {
        name: size // inner_bytes if arrangement.float8 and name in DENOISERS else size
        for name, size in parts.items()
    }
    match arrangement.keep:
        case Keep.WHOLE:
            return sum(held.values()) + max(denoising, decoding)
        case Keep.PARTS:
            denoiser = sum(held.get(name, 0) for name in DENOISERS)
            largest = max(held.values(), default=0)
            return max(largest + SPARE, denoiser + denoising, held.get(DECODER, 0) + decoding)
        case Keep.GROUPS:
            groups = 2 * max(held.values(), default=0) // GROUPS + max(denoising, decoding)
            return max(groups, held.get(CHECKER, 0) + SPARE)
