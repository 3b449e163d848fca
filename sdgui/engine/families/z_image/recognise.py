"""Z-Image by its files."""

from sdgui.engine.families.flow_traits import EULER, NATIVE, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import QWEN_TOKENIZER, Layout, ModelFolder, factor_of
from sdgui.model_info import GuidanceKind

TOKENS, TEMPLATE = 512, 8
"""What is read at most, and how much of it is the conversation that the prompt is put into."""
TURBO_SHIFT = 3.0
"""Of the sigmas, by which turbo is told from base, which has 6."""


class ZImage:
    """Classifier-free guidance above 1, or none (turbo), and then no negative prompt.

    Its pipeline hands over sigmas as a list, which Euler alone takes.
    """

    name = "z_image"
    title = "Z-Image"
    layout = Layout(
        pipeline="ZImagePipeline",
        parts={
            "transformer": ("ZImageTransformer2DModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("Qwen3Model", "Qwen3ForCausalLM"),
            "tokenizer": QWEN_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        factor = factor_of(folder.config("vae"))
        turbo = float(folder.scheduler.get("shift", TURBO_SHIFT)) <= TURBO_SHIFT
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=9 if turbo else 28,
            guidance=1.0 if turbo else 4.0,
            guidance_kind=GuidanceKind.NONE if turbo else GuidanceKind.CLASSIFIER_FREE,
            negative_prompt=not turbo,
            sampler=EULER,
            samplers=(EULER,),
            token_limit=TOKENS - TEMPLATE,
            bfloat16=True,
        )


Z_IMAGE = ZImage()
