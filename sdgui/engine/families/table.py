"""The families, by the half of each that needs no torch."""

from sdgui.engine.families.chroma.recognise import CHROMA
from sdgui.engine.families.flux1.recognise import FLUX1
from sdgui.engine.families.flux2_klein.recognise import FLUX2_KLEIN
from sdgui.engine.families.qwen_image.recognise import QWEN_IMAGE
from sdgui.engine.families.recogniser import Recogniser
from sdgui.engine.families.sana.recognise import SANA
from sdgui.engine.families.sd1.recognise import SD1
from sdgui.engine.families.sd2.recognise import SD2
from sdgui.engine.families.sd3.recognise import SD3
from sdgui.engine.families.sdxl.recognise import SDXL
from sdgui.engine.families.z_image.recognise import Z_IMAGE

RECOGNISERS: tuple[Recogniser, ...] = (
    SD2,
    SD1,
    SDXL,
    SD3,
    FLUX1,
    FLUX2_KLEIN,
    QWEN_IMAGE,
    Z_IMAGE,
    CHROMA,
    SANA,
)
"""Where two have the same pipeline, the first that claims a model has it."""
_TITLES = {one.name: one.title for one in RECOGNISERS}


def title_of(family: str) -> str:
    """A family's name for a person; the name itself of one that is not known."""
    return _TITLES.get(family, family)
