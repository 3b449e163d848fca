"""Stable Diffusion 2.x by its files."""

from sdgui.engine.families.diffusion_traits import diffusion_traits
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.families.sd1.recognise import StableDiffusion1
from sdgui.engine.model_folder import ModelFolder


class StableDiffusion2:
    """In the layout of 1.x; its UNet projects into attention with linear layers, and 1.x's with convolutions."""

    name = "sd2"
    title = "Stable Diffusion 2.x"
    layout = StableDiffusion1.layout

    def claims(self, folder: ModelFolder) -> bool:
        return bool(folder.config("unet").get("use_linear_projection", False))

    def traits(self, folder: ModelFolder) -> Traits:
        return diffusion_traits(
            folder,
            steps=25,
            guidance=7.0,
            token_limit=folder.token_limit("tokenizer", "text_encoder", 77),
            corrections=("prediction_type", "zero_snr", "clip_skip"),
        )


SD2 = StableDiffusion2()
