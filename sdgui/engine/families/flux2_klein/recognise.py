"""FLUX.2 klein by its files."""

from sdgui.engine.families.flow_traits import DPM, FLOW_SAMPLERS, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import QWEN_TOKENIZER, Layout, ModelFolder, factor_of
from sdgui.model_info import GuidanceKind

NATIVE = 128
"""Latents along a side; the files do not say."""
TOKENS, TEMPLATE = 512, 12
"""What is read at most, and how much of it is the conversation that the prompt is put into."""


class Flux2Klein:
    """Classifier-free guidance above 1, or none where the model is distilled, and then no negative prompt."""

    name = "flux2_klein"
    title = "FLUX.2 klein"
    layout = Layout(
        pipeline="Flux2KleinPipeline",
        parts={
            "transformer": ("Flux2Transformer2DModel",),
            "vae": ("AutoencoderKLFlux2",),
            "text_encoder": ("Qwen3ForCausalLM",),
            "tokenizer": QWEN_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        factor = factor_of(folder.config("vae"))
        distilled = bool(folder.index.get("is_distilled", False))
        shifts_by_size = bool(folder.scheduler.get("use_dynamic_shifting", False))
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=4 if distilled else 50,
            guidance=1.0 if distilled else 4.0,
            guidance_kind=GuidanceKind.NONE if distilled else GuidanceKind.CLASSIFIER_FREE,
            negative_prompt=not distilled,
            sampler="Euler",
            samplers=(*FLOW_SAMPLERS, DPM) if shifts_by_size else FLOW_SAMPLERS,
            token_limit=TOKENS - TEMPLATE,
        )


FLUX2_KLEIN = Flux2Klein()
