"""Stable Diffusion 2.x by its files."""

from sdgui.engine.families.sd1.recognise import StableDiffusion1
from sdgui.engine.model_folder import ModelFolder


class StableDiffusion2(StableDiffusion1):
    """All but its name as 1.x; its UNet projects into attention with linear layers, and that of 1.x with
    convolutions."""

    name = "sd2"
    title = "Stable Diffusion 2.x"

    def claims(self, folder: ModelFolder) -> bool:
        return bool(folder.config("unet").get("use_linear_projection", False))


SD2 = StableDiffusion2()
