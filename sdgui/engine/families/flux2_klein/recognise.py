"""FLUX.2 klein by its files."""

from sdgui.engine.families.flow_traits import NATIVE, check_flow, samplers_by_shift
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import QWEN_TOKENIZER, Layout, ModelFolder, factor_of
from sdgui.model_info import GuidanceKind

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
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=4 if distilled else 50,
            guidance=1.0 if distilled else 4.0,
            guidance_kind=GuidanceKind.NONE if distilled else GuidanceKind.CLASSIFIER_FREE,
            negative_prompt=not distilled,
            sampler="Euler",
            samplers=samplers_by_shift(folder),
            token_limit=TOKENS - TEMPLATE,
            bfloat16=True,
        )


FLUX2_KLEIN = Flux2Klein()
