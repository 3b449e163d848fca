"""From specs to latents with diffusers' own pipeline, and from latents to pixels."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from sdgui.engine.changes import decoding_in_float32, with_scheduler
from sdgui.engine.loader import WarmModel
from sdgui.engine.noise import draw_latents, make_generators
from sdgui.engine.samplers import make_scheduler
from sdgui.engine.steps import Observe, watch
from sdgui.events import Pixels
from sdgui.spec import PictureSpec, check_can_be_made

OnStep = Callable[[int, int], None]


def denoise(
    warm: WarmModel, specs: Sequence[PictureSpec], observe: Observe, on_step: OnStep
) -> torch.Tensor:
    """Finished latents (pictures, channels, height, width) of specs that share a `batch_key`.

    `observe` is called after each model evaluation, `on_step` after the sampler used it; what they raise ends the
    pipeline at once. UserError for what this engine cannot do, so that no picture is another than its spec says.
    """
    for spec in specs:
        check_can_be_made(spec)
    first, pipe = specs[0], warm.pipe
    scheduler = make_scheduler(
        first.sampler, warm.scheduler_config, first.steps, schedule=first.schedule
    )
    watch(scheduler, first.sampler, observe)

    def on_step_end(_pipe: Any, index: int, _timestep: Any, tensors: dict[str, Any]) -> Any:
        on_step(index + 1, len(scheduler.timesteps))
        return tensors

    with with_scheduler(warm, scheduler), torch.inference_mode():
        generators = make_generators([spec.seed for spec in specs])
        conditioning = warm.family.conditioning(warm.prompts, list(specs))
        latents = draw_latents(
            generators,
            warm.family.latent_shape(pipe, first.width, first.height),
            conditioning["prompt_embeds"].dtype,
            variations=[spec.variation for spec in specs],
        )
        return pipe(
            **conditioning,
            latents=latents,
            generator=generators,
            num_inference_steps=first.steps,
            width=first.width,
            height=first.height,
            output_type="latent",
            callback_on_step_end=on_step_end,
        ).images


def decode(warm: WarmModel, latents: torch.Tensor) -> tuple[Pixels | None, str]:
    """One picture (height, width, 3) from its latents (channels, height, width), and a note on how, if not as usual.

    None where the numbers are not finite, in fp32 too.
    """
    if not latents.isfinite().all():
        return None, ""
    with torch.inference_mode():
        pixels = warm.family.decode(warm.pipe, latents[None])
    if pixels.isfinite().all():
        return to_pixels(pixels), ""
    with decoding_in_float32(warm), torch.inference_mode():
        pixels = warm.family.decode(warm.pipe, latents[None].float())
    return (to_pixels(pixels) if pixels.isfinite().all() else None), "decoded in float32"


def to_pixels(pixels: torch.Tensor) -> Pixels:
    """(1, 3, height, width) around -1 to 1 as diffusers turns it into 8 bits."""
    picture = (pixels[0].float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0).cpu().numpy()
    return (picture * 255).round().astype(np.uint8)
