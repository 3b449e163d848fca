"""What a file of a LoRA or of learnt words is, from its header alone: no torch.

Names of tensors: kohya's (https://github.com/kohya-ss/sd-scripts: `lora_unet_….lora_down.weight`), peft's
(`….lora_A.weight`), diffusers' older ones (`….lora.down.weight`); of learnt words A1111's `emb_params`, diffusers'
one tensor by its name, and SDXL's `clip_l` and `clip_g`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import safetensors

from sdgui.adapter_info import AdapterInfo, AdapterKind
from sdgui.engine.families.table import RECOGNISERS
from sdgui.engine.model_files import check_safetensors
from sdgui.errors import UserError

DOWN = re.compile(r"[._]lora(?:_linear_layer)?[._](?:down|A)\b")
"""What follows the name of a layer in that of the first of its two matrices."""
_UP = re.compile(r"[._]lora(?:_linear_layer)?[._](?:up|B)\b")
_OTHER = {
    "DoRA": re.compile(r"dora_scale|lora_magnitude_vector"),
    "LoHa": re.compile(r"\.hada_w\d"),
    "LoKr": re.compile(r"\.lokr_w\d"),
    "OFT": re.compile(r"\.oft_(?:blocks|diag)"),
    "GLoRA": re.compile(r"\.[ab]\d\.weight$"),
    "(IA)³": re.compile(r"\.on_input$"),
    "full difference": re.compile(r"\.diff(?:_b)?$"),
}
"""Kinds of low-rank weights that are not plain LoRAs, by the tensors that only they have."""
_ATTENTION = re.compile(r"attn2[._](?:processor\.)?to_[kv][._]")
_UNET = re.compile(r"(?:^|[._])(?:down|mid|up|input|middle|output)_blocks?[._]")
_SGM = re.compile(r"(?:^|[._])(?:input_blocks|middle_block|output_blocks)_?")
_SECOND = re.compile(r"^(?:lora_te2_|text_encoder_2\.)")
_BY_STATES = {768: ("sd1",), 1024: ("sd2",), 2048: ("sdxl",)}
_BY_WIDTHS = {(768,): ("sd1",), (1024,): ("sd2",), (768, 1280): ("sdxl",)}
_BY_BLOCKS = (
    (re.compile(r"joint_blocks"), ("sd3",)),
    (re.compile(r"img_mlp|txt_mlp"), ("qwen_image",)),
    (re.compile(r"to_qkv_mlp_proj|double_stream_modulation"), ("flux2_klein",)),
    (
        re.compile(r"single_transformer_blocks|(?:double|single)_blocks"),
        ("flux1", "flux2_klein", "chroma"),
    ),
    (re.compile(r"layers[._]\d+[._]attention[._]"), ("z_image",)),
    (
        re.compile(r"transformer_blocks[._]\d+[._]attn[._]add_[qkv]_proj"),
        ("sd3", "flux1", "chroma", "qwen_image"),
    ),
    (re.compile(r"transformer_blocks[._]\d+[._]attn[12][._]"), ("sana",)),
)
"""Families of transformers by the names of their blocks; the first that fits."""
_BY_NAME = (
    (re.compile(r"xl", re.IGNORECASE), ("sdxl",)),
    (re.compile(r"v?2[.-]?[01x]|sd_?v2|768", re.IGNORECASE), ("sd2",)),
    (re.compile(r"v1|1[.-]5", re.IGNORECASE), ("sd1",)),
)
"""Families with a UNet by what the metadata call the model that a LoRA was trained on."""
_LONGEST, _MOST_WORDS = 80, 12


@dataclass(frozen=True, kw_only=True)
class _Header:
    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, str]


def recognise_adapter(name: str, path: Path) -> AdapterInfo | None:
    """The adapter that a safetensors file holds, with its fault where it cannot be used; None where it is none.

    UserError where the file is no safetensors file, or is cut short; OSError where it cannot be read.
    """
    check_safetensors(path)
    with safetensors.safe_open(path, framework="np") as file:
        header = _Header(
            shapes={key: tuple(file.get_slice(key).get_shape()) for key in file.keys()},  # noqa: SIM118
            metadata=file.metadata() or {},
        )
    found = _learnt_words(name, header) or _low_rank(name, header)
    if found is not None and path.suffix != ".safetensors" and not found.fault:
        return replace(
            found,
            fault=f"{found.said} is in a file “{path.name[-_LONGEST:]}”.",
            hint="Let its name end in .safetensors.",
        )
    return found


def unreadable(name: str, kind: AdapterKind, error: UserError) -> AdapterInfo:
    """An adapter whose file cannot be read as one."""
    return AdapterInfo(name=name, kind=kind, fault=error.message, hint=error.hint)


def _learnt_words(name: str, header: _Header) -> AdapterInfo | None:
    shapes = header.shapes
    if set(shapes) == {"clip_l", "clip_g"}:
        ours = [shapes["clip_l"], shapes["clip_g"]]
    elif "emb_params" in shapes and len(shapes) == 1:
        ours = [shapes["emb_params"]]
    elif len(shapes) == 1 and not DOWN.search(next(iter(shapes))):
        ours = list(shapes.values())
        if len(ours[0]) > 2 or ours[0][-1:] == () or "." in next(iter(shapes)):
            return None
    else:
        return None
    ours = [shape if len(shape) == 2 else (1, *shape) for shape in ours]
    if any(len(shape) != 2 for shape in ours):
        return None
    widths = tuple(shape[1] for shape in ours)
    families = _BY_WIDTHS.get(widths, ())
    info = AdapterInfo(
        name=name,
        kind=AdapterKind.EMBEDDING,
        families=families,
        made_for=_titles(families),
        widths=widths,
        vectors=ours[0][0],
        base_model=_text(header.metadata, "sd_checkpoint_name", "modelspec.architecture"),
    )
    if len({shape[0] for shape in ours}) > 1:
        return replace(
            info,
            fault=f"{info.said} has another number of vectors for each text encoder.",
            hint="Download it anew, or leave it.",
        )
    return info


def _low_rank(name: str, header: _Header) -> AdapterInfo | None:
    shapes, metadata = header.shapes, header.metadata
    info = AdapterInfo(name=name, kind=AdapterKind.LORA)
    other = next(
        (one for one, mark in _OTHER.items() if any(mark.search(key) for key in shapes)), None
    )
    downs = [key for key in shapes if DOWN.search(key)]
    if not downs and other is None:
        return None
    states = _states(shapes, downs)
    families = _families(shapes, metadata, states)
    info = replace(
        info,
        families=families,
        made_for=_titles(families),
        states=states,
        trigger_words=_trigger_words(metadata),
        base_model=_text(
            metadata,
            "modelspec.architecture",
            "ss_base_model_version",
            "ss_sd_model_name",
        ),
    )
    if other is None and '"use_dora": true' in metadata.get("lora_adapter_metadata", ""):
        other = "DoRA"
    if other is not None:
        return replace(
            info,
            fault=f"{info.said} is a {other}, which is not the same as a LoRA and cannot be used here.",
            hint="Look for a version of it that is a plain LoRA.",
        )
    if not any(_UP.search(key) for key in shapes):
        return replace(
            info,
            fault=f"{info.said} is not complete: half of its matrices are missing.",
            hint="Download it anew.",
        )
    return info


def _states(shapes: Mapping[str, tuple[int, ...]], downs: list[str]) -> int | None:
    """Channels of the text states that cross-attention reads."""
    if not any(_UNET.search(key) for key in downs):
        return None  # attention is of that name elsewhere too, and reads something else
    widths = {shapes[key][1] for key in downs if _ATTENTION.search(key) and len(shapes[key]) >= 2}
    return widths.pop() if len(widths) == 1 else None


def _families(
    shapes: Mapping[str, tuple[int, ...]], metadata: Mapping[str, str], states: int | None
) -> tuple[str, ...]:
    if not any(_UNET.search(key) for key in shapes):
        return next(
            (families for mark, families in _BY_BLOCKS if any(mark.search(key) for key in shapes)),
            (),
        )
    if any(_SGM.search(key) or _SECOND.search(key) for key in shapes):
        return ("sdxl",)
    if states is not None:
        return _BY_STATES.get(states, ())
    said = _text(metadata, "ss_base_model_version", "modelspec.architecture")
    return next((families for mark, families in _BY_NAME if mark.search(said)), ())


def _titles(families: tuple[str, ...]) -> str:
    titles = [one.title for one in RECOGNISERS if one.name in families]
    return " or ".join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)


def _trigger_words(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """What the metadata say calls it; else the tags that were trained on at least half as often as the commonest."""
    said = _text(metadata, "modelspec.trigger_phrase", longest=_LONGEST * _MOST_WORDS)
    if said:
        words = [one.strip() for one in said.split(",")]
        return tuple(dict.fromkeys(one[:_LONGEST] for one in words if one))[:_MOST_WORDS]
    counts: dict[str, int] = {}
    for tags in _object(metadata.get("ss_tag_frequency", "")).values():
        for tag, count in tags.items() if isinstance(tags, dict) else ():
            if isinstance(count, int) and (tag := _plain(str(tag))):
                counts[tag] = counts.get(tag, 0) + count
    most = max(counts.values(), default=0)
    often = sorted((tag for tag in counts if 2 * counts[tag] >= most), key=lambda tag: -counts[tag])
    return tuple(often[:_MOST_WORDS])


def _text(metadata: Mapping[str, str], *names: str, longest: int = _LONGEST) -> str:
    """The first of these that says something."""
    said = (_plain(metadata.get(name, ""), longest) for name in names)
    return next((one for one in said if one and one != "None"), "")


def _plain(text: str, longest: int = _LONGEST) -> str:
    return "".join(char for char in text[:longest] if char.isprintable()).strip()


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
