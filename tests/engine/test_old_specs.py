"""Specs of former schemas and versions keep their pixels, bit for bit."""

import json
from collections.abc import Mapping
from typing import Any

import diffusers
import numpy as np
import pytest

from sdgui.engine import generate
from sdgui.engine.families.sd1.family import StableDiffusion1
from sdgui.spec import PictureSpec
from tests.engine.conftest import Lab

STEPS = 12
# As the version that wrote them made its schedulers from 10 steps on, written again here.
PLAIN = {
    "use_karras_sigmas": False,
    "use_exponential_sigmas": False,
    "use_beta_sigmas": False,
    "use_lu_lambdas": False,
    "final_sigmas_type": "zero",
    "thresholding": False,
}
FORMER: dict[str, tuple[str, dict[str, Any]]] = {
    "Euler": ("EulerDiscreteScheduler", {}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {"clip_sample": False}),
    "DDIM": ("DDIMScheduler", {"clip_sample": False}),
    "LMS": ("LMSDiscreteScheduler", {}),
    "PNDM": ("PNDMScheduler", {"skip_prk_steps": True}),
    "DPM++ 2M": ("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    "DPM++ 2M Karras": (
        "DPMSolverMultistepScheduler",
        {"algorithm_type": "dpmsolver++", "use_karras_sigmas": True},
    ),
    "DPM++ SDE": ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    "UniPC": ("UniPCMultistepScheduler", {}),
    "LCM": ("LCMScheduler", {"clip_sample": False, "original_inference_steps": 50}),
}


def written_before(spec: PictureSpec, name: str, schema: int) -> PictureSpec:
    """The spec as an old folder holds it, read today."""
    old = json.loads(spec.to_json()) | {"schema": schema, "sampler": name}
    for field in ("schedule", "inputs", "adapters", "emphasis", "chunks", "correction"):
        del old[field]
    if schema == 1:
        del old["variation"]
    return PictureSpec.from_json(json.dumps(old))


@pytest.mark.parametrize("schema", [1, 2])
@pytest.mark.parametrize("name", FORMER)
def test_an_old_spec_keeps_its_pixels(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str, schema: int
) -> None:
    asked = {} if schema == 1 else {"variation_seed": 5, "variation_strength": 0.4}
    (spec,) = lab.specs(steps=STEPS, guidance=3.0, prompt="a (red:1.3) car", **asked)
    today = lab.pictures((written_before(spec, name, schema),))

    def former_scheduler(
        _family: object, _sampler: str, config: Mapping[str, Any], _steps: int, **_how: str
    ) -> Any:
        kind, changes = FORMER[name]
        return getattr(diffusers, kind).from_config(dict(config), **{**PLAIN, **changes})

    monkeypatch.setattr(StableDiffusion1, "scheduler", former_scheduler)
    former = lab.pictures((written_before(spec, name, schema),))
    np.testing.assert_array_equal(today[0], former[0])


def test_a_spec_of_the_third_schema_from_before_words_were_weighed_keeps_its_pixels(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spec,) = lab.specs(steps=3, guidance=3.0, prompt="a (red:1.3) [car] BREAK " + "cat " * 90)
    stored = json.loads(spec.to_json())
    stored |= {"schema": 3}
    assert (stored.pop("chunks"), stored["emphasis"]) == (1, False)
    del stored["correction"]
    read = PictureSpec.from_json(json.dumps(stored))
    today = lab.pictures((read,))

    def former_prompts(warm: Any, specs: Any) -> dict[str, Any]:
        """Diffusers' own prompt path, which the version before went."""
        pipe, guidance = warm.pipe, specs[0].guidance
        embeds, negatives = pipe.encode_prompt(
            [one.prompt for one in specs], "cpu", 1, True, [one.negative_prompt for one in specs]
        )
        return {
            "prompt_embeds": embeds,
            "negative_prompt_embeds": negatives,
            "guidance_scale": guidance,
        }

    monkeypatch.setattr(generate, "_conditioning", former_prompts)
    np.testing.assert_array_equal(today[0], lab.pictures((read,))[0])
