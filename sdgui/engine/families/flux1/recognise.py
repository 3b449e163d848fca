"""FLUX.1 by its files."""

from sdgui.engine.families.flow_traits import NATIVE, check_flow, samplers_by_shift
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import (
    CLIP_TOKENIZER,
    T5_TOKENIZER,
    Layout,
    ModelFolder,
    factor_of,
)
from sdgui.model_info import GuidanceKind

DEV_TOKENS, SCHNELL_TOKENS = 512, 256


class Flux1:
    """No negative prompt: what would read it costs a second pass with a scale of its own."""

    name = "flux1"
    title = "FLUX.1"
    layout = Layout(
        pipeline="FluxPipeline",
        parts={
            "transformer": ("FluxTransformer2DModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModel",),
            "text_encoder_2": ("T5EncoderModel",),
            "tokenizer": CLIP_TOKENIZER,
            "tokenizer_2": T5_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        factor = factor_of(folder.config("vae"))
        dev = bool(folder.config("transformer").get("guidance_embeds", False))
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=28 if dev else 4,
            guidance=3.5 if dev else 1.0,
            guidance_kind=GuidanceKind.EMBEDDED if dev else GuidanceKind.NONE,
            negative_prompt=False,
            sampler="Euler",
            samplers=samplers_by_shift(folder),
            token_limit=DEV_TOKENS if dev else SCHNELL_TOKENS,
            tokenizer="tokenizer_2",
            bfloat16=True,
        )


FLUX1 = Flux1()
