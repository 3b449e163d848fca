"""Stable Diffusion 1.x by its files."""

from typing import Any

from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import Layout, ModelFolder, factor_of, pair
from sdgui.errors import UserError
from sdgui.model_info import GuidanceKind
from sdgui.samplers import SAMPLER_NAMES


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
            "tokenizer": ("CLIPTokenizer", "CLIPTokenizerFast"),
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        unet, vae = folder.config("unet"), folder.config("vae")
        check_predicts(folder.name, folder.scheduler)
        if unet.get("in_channels", 4) != vae.get("latent_channels", 4):
            raise UserError(
                f"“{folder.name}” is made for inpainting or editing, not for making a picture from words.",
                "Choose a text-to-image model.",
            )
        factor = factor_of(vae)
        height, width = pair(unet["sample_size"])
        embedded = unet.get("time_cond_proj_dim") is not None
        return Traits(
            width=width * factor,
            height=height * factor,
            size_step=8,
            steps=25,
            guidance=7.0,
            guidance_kind=GuidanceKind.EMBEDDED if embedded else GuidanceKind.CLASSIFIER_FREE,
            negative_prompt=not embedded,
            sampler="Euler",
            samplers=SAMPLER_NAMES,
            token_limit=folder.token_limit("tokenizer", "text_encoder", 77),
        )


def check_predicts(name: str, scheduler: dict[str, Any]) -> None:
    """UserError unless the model predicts epsilon or v."""
    if scheduler.get("prediction_type", "epsilon") not in ("epsilon", "v_prediction"):
        raise UserError(
            f"“{name}” predicts {scheduler['prediction_type']}, and no sampler here works with that.",
            "Models that predict epsilon or v work.",
        )


SD1 = StableDiffusion1()
