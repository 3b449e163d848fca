"""Stable Diffusion XL by its files: base, and turbo or lightning by the marks of few steps."""

from sdgui.engine.families.diffusion_traits import diffusion_traits
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import CLIP_TOKENIZER, Layout, ModelFolder


class StableDiffusionXL:
    """Classifier-free guidance above 1; the refiner has another pipeline and is not of this family."""

    name = "sdxl"
    title = "Stable Diffusion XL"
    layout = Layout(
        pipeline="StableDiffusionXLPipeline",
        parts={
            "unet": ("UNet2DConditionModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModel",),
            "text_encoder_2": ("CLIPTextModelWithProjection",),
            "tokenizer": CLIP_TOKENIZER,
            "tokenizer_2": CLIP_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        return diffusion_traits(
            folder,
            steps=30,
            guidance=5.0,
            token_limit=min(
                folder.token_limit("tokenizer", "text_encoder", 77),
                folder.token_limit("tokenizer_2", "text_encoder_2", 77),
            ),
        )


SDXL = StableDiffusionXL()
