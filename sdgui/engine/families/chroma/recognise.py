"""Chroma by its files."""

from sdgui.engine.families.few_steps import few_steps
from sdgui.engine.families.flow_traits import FLOW_SAMPLERS, NATIVE, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import T5_TOKENIZER, Layout, ModelFolder, factor_of

TOKENS = 512


class Chroma:
    """Classifier-free guidance above 1."""

    name = "chroma"
    title = "Chroma"
    layout = Layout(
        pipeline="ChromaPipeline",
        parts={
            "transformer": ("ChromaTransformer2DModel",),
            "vae": ("AutoencoderKL",),
            "text_encoder": ("T5EncoderModel",),
            "tokenizer": T5_TOKENIZER,
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        factor = factor_of(folder.config("vae"))
        few = few_steps(folder)
        return Traits(
            width=NATIVE * factor,
            height=NATIVE * factor,
            size_step=2 * factor,
            steps=40 if few is None else few.steps,
            guidance=3.0 if few is None else 1.0,
            sampler="Euler",
            samplers=FLOW_SAMPLERS,
            token_limit=TOKENS,
            bfloat16=True,
        )


CHROMA = Chroma()
