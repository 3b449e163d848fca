"""What the page needs to know of a VAE of the owner's, and whether it fits a model."""

from dataclasses import dataclass

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo, VaeForm
from sdgui.written_values import shown


@dataclass(frozen=True, kw_only=True)
class VaeInfo:
    """One VAE by the name that it is chosen by.

    `families` are those that it is for, none where its file does not tell: VAEs of several families have one form.
    `made_for` says them for a person. `fault`: why it cannot be used at all, with a `hint`.
    """

    name: str
    form: VaeForm | None = None
    families: tuple[str, ...] = ()
    made_for: str = ""
    fault: str = ""
    hint: str = ""


def vae_misfit(vae: VaeInfo, model: ModelInfo) -> UserError | None:
    """Why a model cannot be read with the VAE; None where, as far as its file tells, it can."""
    if vae.fault or vae.form is None:
        return UserError(vae.fault, vae.hint)
    title, said = f"“{shown(model.title)}”", f"The VAE “{shown(vae.name)}”"
    hint = "Choose one that was made for this model's family."
    own = model.vae
    if own is None or "vae" not in model.corrections:
        return UserError(f"{title} has a VAE of a make that no other can stand in for.", hint)
    if vae.form.channels != own.channels:
        return UserError(
            f"{said} has {vae.form.channels} latent channels, and {title} draws in {own.channels}.",
            hint,
        )
    if vae.form.factor != own.factor:
        return UserError(
            f"{said} makes {vae.form.factor} pixels of a latent, and {title} counts on {own.factor}.",
            hint,
        )
    if vae.families and model.family not in vae.families:
        return UserError(f"{said} is made for {vae.made_for}, which {title} is not.", hint)
    return None


def vae_doubt(vae: VaeInfo) -> str:
    """What its file leaves open, in a sentence; "" where it tells for whom it is."""
    if vae.families or vae.form is None:
        return ""
    if vae.form.channels == 4:
        return "Its file does not tell whether it is for SD 1.x and 2.x or for XL: both have this form."
    return "Its file does not tell for which family it is: several have this form."
