"""What a picture's file says that it was made with, by whichever program: a plain value, nothing of it checked here."""

from dataclasses import dataclass
from enum import StrEnum

from sdgui.correction import Correction
from sdgui.sheet import Sheet


class Origin(StrEnum):
    """Whose way of writing it down was read."""

    SDGUI = "sdgui"
    A1111 = "a1111"
    FORGE = "forge"
    INVOKEAI = "invokeai"
    COMFYUI = "comfyui"
    SWARMUI = "swarmui"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class NamedAdapter:
    """A LoRA or learnt words by name; `hash` is the beginning of the SHA-256 of its file, "" where nobody said it."""

    name: str
    hash: str = ""


@dataclass(frozen=True, kw_only=True)
class MadeWith:
    """What made a picture, as its file tells it; None and empty where it does not.

    Sampler and schedule by our names where there is one for them, else as they were written. `model_hash` is the
    beginning of a hex SHA-256, of as many digits as were written. LoRAs stand in the prompt too, as
    `<lora:name:weight>`. `emphasis`: brackets in the prompts weigh words. `correction`: how its model was read,
    where a file of ours says it. `size` is that of the picture's own file, in
    pixels, as its header claims it. `sheet`: how the `pictures` of it lie where it is a sheet of ours, all else being
    that of the first. `notes` say, in one sentence each, what was written and could not be read.
    """

    origin: Origin = Origin.NONE
    prompt: str = ""
    negative_prompt: str = ""
    model: str | None = None
    model_hash: str = ""
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    sampler: str | None = None
    schedule: str | None = None
    seed: int | None = None
    variation_seed: int | None = None
    variation_strength: float | None = None
    emphasis: bool = True
    loras: tuple[NamedAdapter, ...] = ()
    words: tuple[NamedAdapter, ...] = ()
    vae: str | None = None
    correction: Correction | None = None
    size: tuple[int, int] | None = None
    sheet: Sheet | None = None
    pictures: int = 0
    notes: tuple[str, ...] = ()
