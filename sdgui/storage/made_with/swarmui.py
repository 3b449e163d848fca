"""Made with SwarmUI: JSON with `sui_image_params`, under `parameters` or in the comment of Exif."""

from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.storage.made_with import values
from sdgui.storage.made_with.invokeai import with_tags
from sdgui.storage.made_with.samplers import our_sampler

_MOST_LORAS = 50


def of_swarmui(text: str) -> MadeWith | None:
    """What the JSON says; None where it is something else."""
    if '"sui_image_params"' not in text:
        return None
    told = values.mapping(values.mapping(text).get("sui_image_params"))
    if not told:
        return None
    names = values.listed(told.get("loras"))[:_MOST_LORAS]
    weights = values.listed(told.get("loraweights"))
    weights += [None] * (len(names) - len(weights))
    loras = tuple(
        (name, values.real(weight))
        for one, weight in zip(names, weights, strict=False)
        if (name := values.stem(one)) is not None
    )
    sampler, schedule = our_sampler(
        values.name(told.get("sampler")), values.name(told.get("scheduler"))
    )
    return MadeWith(
        origin=Origin.SWARMUI,
        prompt=with_tags(values.text(told.get("prompt")), loras),
        negative_prompt=values.text(told.get("negativeprompt")),
        model=values.stem(told.get("model")),
        width=values.whole(told.get("width")),
        height=values.whole(told.get("height")),
        steps=values.whole(told.get("steps")),
        guidance=values.real(told.get("cfgscale")),
        sampler=sampler,
        schedule=schedule,
        seed=values.whole(told.get("seed")),
        variation_seed=values.whole(told.get("variationseed")),
        variation_strength=values.real(told.get("variationseedstrength")),
        loras=tuple(NamedAdapter(name=name) for name, _ in loras),
        vae=values.stem(told.get("vae")),
    )
