"""Stable Diffusion 1.x by its files."""

from sdgui.engine.families.diffusion_traits import diffusion_traits
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import CLIP_TOKENIZER, Layout, ModelFolder


class StableDiffusion1:
    """Classifier-free guidance above 1, or guidance that is embedded (LCM), and then no negative prompt."""

    name = "sd1"
    title = "Stable Diffusion 1.x"
    layout = Layout(
        pipeline="StableDiffusionPipeline",
        parts={
            "unet": ("UNet2DConditionModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("CLIPTextModel",),
            "tokenizer": CLIP_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        return diffusion_traits(
            folder,
            steps=25,
            guidance=7.0,
            token_limit=folder.token_limit("tokenizer", "text_encoder", 77),
            corrections=("prediction_type", "zero_snr", "clip_skip"),
        )


SD1 = StableDiffusion1()
