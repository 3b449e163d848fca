"""Any spec and any prompt, for tests that hold for all of them."""

from hypothesis import strategies as st

from sdgui.adapters import Adapter, Lora, TextualInversion
from sdgui.correction import MOST_SKIPPED, PREDICTIONS, Correction
from sdgui.inputs import Control, InitImage, Input, Mask
from sdgui.model_info import ModelRef
from sdgui.samplers import SAMPLERS
from sdgui.spec import PictureSpec, Variation
from sdgui.written_values import SEEDS

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
refs = st.builds(ModelRef, id=st.text(min_size=1, max_size=40), hash=hashes)
seeds = st.integers(0, SEEDS - 1)
shares = st.floats(0, 1, exclude_min=True)
weights = st.floats(-4, 4)
texts = st.text(st.characters(exclude_categories=("Cc", "Cs")) | st.sampled_from("\n\t"))
variations = st.builds(Variation, seed=seeds, strength=shares)
inputs: st.SearchStrategy[Input] = st.one_of(
    st.builds(InitImage, image=hashes, strength=shares),
    st.builds(Mask, image=hashes),
    st.builds(Control, image=hashes, model=refs, weight=weights),
)
adapters: st.SearchStrategy[Adapter] = st.one_of(
    st.builds(Lora, ref=refs, weight=weights, text_encoder_weight=weights),
    st.builds(TextualInversion, ref=refs, weight=weights),
)

corrections = st.builds(
    Correction,
    prediction_type=st.none() | st.sampled_from(sorted(PREDICTIONS)),
    zero_snr=st.none() | st.booleans(),
    clip_skip=st.integers(1, MOST_SKIPPED),
    vae=st.none() | refs,
)


@st.composite
def specs(draw: st.DrawFn, *, prompts: st.SearchStrategy[str] = texts) -> PictureSpec:
    """Any spec of today, every sampler with every schedule that fits it."""
    sampler = draw(st.sampled_from(SAMPLERS))
    return PictureSpec(
        prompt=draw(prompts),
        negative_prompt=draw(prompts),
        model=draw(refs),
        width=draw(st.integers(8, 4096)),
        height=draw(st.integers(8, 4096)),
        steps=draw(st.integers(1, 150)),
        guidance=draw(st.floats(0, 30)),
        sampler=sampler.name,
        schedule=draw(st.sampled_from(sampler.schedules)),
        seed=draw(seeds),
        variation=draw(st.none() | variations),
        inputs=tuple(draw(st.lists(inputs, max_size=2))),
        adapters=tuple(draw(st.lists(adapters, max_size=2))),
        emphasis=draw(st.booleans()),
        chunks=draw(st.integers(1, 32)),
        correction=draw(corrections),
    )
