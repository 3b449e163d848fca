"""Sana by its files."""

from sdgui.engine.families.flow_traits import DPM, UNIPC, check_flow
from sdgui.engine.families.recogniser import Traits
from sdgui.engine.model_folder import Layout, ModelFolder

TOKENS = 300


class Sana:
    """Classifier-free guidance above 1. Sprint, which was distilled, has another pipeline and is not of this family."""

    name = "sana"
    title = "Sana"
    layout = Layout(
        pipeline="SanaPipeline",
        parts={
            "transformer": ("SanaTransformer2DModel",),
            "vae": ("AutoencoderDC",),
            "text_encoder": ("Gemma2Model", "Gemma2ForCausalLM"),
            "tokenizer": ("GemmaTokenizer", "GemmaTokenizerFast"),
        },
    )

    def claims(self, folder: ModelFolder) -> bool:
        return True

    def traits(self, folder: ModelFolder) -> Traits:
        check_flow(folder)
        factor = 2 ** (len(folder.config("vae")["encoder_block_out_channels"]) - 1)
        native = int(folder.config("transformer")["sample_size"]) * factor
        return Traits(
            width=native,
            height=native,
            size_step=factor,
            steps=20,
            guidance=4.5,
            sampler=DPM,
            samplers=(DPM, UNIPC),
            token_limit=TOKENS,
            bfloat16=True,
        )


SANA = Sana()
