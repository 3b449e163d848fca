"""Qwen-Image by its files."""

from sdgui.engine.families.few_steps import FewSteps, few_steps
from sdgui.engine.families.flow_traits import FLOW_SAMPLERS, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import QWEN_TOKENIZER, Layout, ModelFolder
from sdgui.errors import UserError

NATIVE = 166
"""Latents along a side: 1328 pixels, by its card; the files do not say."""
TOKENS, TEMPLATE = 1024, 5
"""What is read at most, and how much of it is the end of the conversation that the prompt is put into."""


class QwenImage:
    """Classifier-free guidance above 1."""

    name = "qwen_image"
    title = "Qwen-Image"
    layout = Layout(
        pipeline="QwenImagePipeline",
        parts={
            "transformer": ("QwenImageTransformer2DModel",),
            "vae": ("AutoencoderKLQwenImage",),
            "text_encoder": ("Qwen2_5_VLForConditionalGeneration",),
            "tokenizer": QWEN_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        if folder.config("transformer").get("guidance_embeds", False):
            raise UserError(
                f"“{folder.name}” has guidance distilled into it, which this family is not known to have.",
                "Choose Qwen-Image as it was published.",
            )
        factor = 2 ** len(folder.config("vae")["temperal_downsample"])
        few = few_steps(folder)
        if few is None and _is_lightning(folder.scheduler):
            few = FewSteps(steps=8)
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=50 if few is None else few.steps,
            guidance=4.0 if few is None else 1.0,
            sampler="Euler",
            samplers=FLOW_SAMPLERS,
            token_limit=TOKENS - TEMPLATE,
            bfloat16=True,
        )


def _is_lightning(scheduler: dict[str, object]) -> bool:
    """Qwen-Image-Lightning shifts every size alike, and to no terminal sigma."""
    shifts = (scheduler.get("base_shift"), scheduler.get("max_shift"))
    return shifts[0] is not None and shifts[0] == shifts[1] and not scheduler.get("shift_terminal")


QWEN_IMAGE = QwenImage()
