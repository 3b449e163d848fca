"""From specs to latents with diffusers' own pipeline, and from latents to pixels."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from sdgui.adapters import learnt_words, loras
from sdgui.batches import check_chunks
from sdgui.engine.changes import decoding_in_float32, with_loras, with_scheduler
from sdgui.engine.clip_weigher import Weighed
from sdgui.engine.loader import Plain, WarmModel
from sdgui.engine.noise import draw_latents, make_generators
from sdgui.engine.steps import Observe, Predict, watch
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
    family, size = warm.family, (first.width, first.height)
    config = family.corrected(warm.scheduler_config, first.correction)
    scheduler = family.scheduler(first.sampler, config, first.steps, schedule=first.schedule)
    latents: Any = None

    def on_evaluation(step: int, steps: int, predict: Predict) -> None:
        observe(step, steps, lambda: family.unpack(pipe, predict(), *size))

    def on_step_end(_pipe: Any, index: int, _timestep: Any, tensors: dict[str, Any]) -> Any:
        nonlocal latents
        latents = tensors["latents"]
        on_step(index + 1, len(scheduler.timesteps))
        return tensors

    watch(scheduler, lambda one: family.x0_coefficients(one, first.sampler), on_evaluation)
    with (
        with_loras(warm, loras(first.adapters)),
        with_scheduler(warm, scheduler),
        torch.inference_mode(),
    ):
        generators = make_generators([spec.seed for spec in specs])
        noise = draw_latents(
            generators,
            family.noise_shape(pipe, *size),
            family.noise_dtype(pipe),
            variations=[spec.variation for spec in specs],
        )
        pipe(
            **_conditioning(warm, specs),
            latents=family.pack(pipe, noise),
            generator=generators,
            num_inference_steps=first.steps,
            width=first.width,
            height=first.height,
            output_type="latent",
            callback_on_step_end=on_step_end,
        )
        # Those after the last step: what a pipeline returns is packed in one family and not in another.
        return family.unpack(pipe, latents, *size)


def _conditioning(warm: WarmModel, specs: Sequence[PictureSpec]) -> dict[str, Any]:
    """What the pipeline is told to draw: each distinct prompt encoded once, and alone."""
    family, pipe, guidance = warm.family, warm.pipe, specs[0].guidance
    if specs[0].emphasis:
        return _weighed_conditioning(warm, specs)
    on = loras(specs[0].adapters)

    def plain(spec: PictureSpec, prompt: str) -> Plain:
        read = spec.plainly_read(prompt)
        return Plain(prompt=read, loras=on, clip_skip=spec.correction.clip_skip)

    prompts = warm.prompts.embed([plain(spec, spec.prompt) for spec in specs])
    negatives = None
    if family.wants_negative(pipe, guidance):
        negatives = warm.negatives.embed([plain(spec, spec.negative_prompt) for spec in specs])
    return family.conditioning(pipe, prompts, negatives, guidance)


def _weighed_conditioning(warm: WarmModel, specs: Sequence[PictureSpec]) -> dict[str, Any]:
    """The same with words weighed, and all prompts filled up to equally many chunks."""
    family, pipe, guidance = warm.family, warm.pipe, specs[0].guidance
    chunks = max(chunks_of(warm, spec) for spec in specs)
    on, skip = specs[0].adapters, specs[0].correction.clip_skip
    prompts = warm.weighed.embed(
        [Weighed(prompt=spec.prompt, chunks=chunks, adapters=on, clip_skip=skip) for spec in specs]
    )
    negatives = None
    if family.wants_negative(pipe, guidance):
        negatives = warm.weighed.embed(
            [
                Weighed(
                    prompt=spec.negative_prompt,
                    chunks=chunks,
                    is_negative=True,
                    adapters=on,
                    clip_skip=skip,
                )
                for spec in specs
            ]
        )
    return family.conditioning(pipe, prompts, negatives, guidance)


def chunks_of(warm: WarmModel, spec: PictureSpec) -> int:
    """The chunks that both prompts of a picture are filled up to; 0 where they are read plainly, which has none.

    UserError where the model cannot weigh words, or the prompt is too long.
    """
    if not spec.emphasis:
        return 0
    texts = [spec.prompt]
    if warm.family.wants_negative(warm.pipe, spec.guidance):
        texts.append(spec.negative_prompt)
    learnt = warm.learnt.of(learnt_words(spec.adapters))
    needed = max(spec.chunks, *(warm.weigher.chunks(warm.pipe, text, learnt) for text in texts))
    check_chunks(needed)
    return needed


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
