"""Settings in the address of the page: written by who shows a picture, read for who opens it."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.people import POLICY, Allowance
from sdgui.ports import Models
from sdgui.request_fields import SETTINGS, Setting, ValueKind
from sdgui.spec import DreamRequest, PictureSpec
from sdgui.web.shared.settings.controls import from_request
from sdgui.written_values import shown

_OF_COMPARE = ("mode", "wall_count", "x_axis", "x_values", "y_axis", "y_values")

NAMES: Mapping[str, str] = {
    **{name: name for name in ("prompt", "negative_prompt", "seed", "steps")},
    "cfg": "guidance",
    "sampler": "sampler",
    "size": "width",
    **{name: name for name in ("count", "model", "emphasis", *_OF_COMPARE)},
}
"""The setting of each name in an address; a size is both lengths, as 512x768."""

LONGEST = 7000
"""Characters of a query: more are turned away by proxies (nginx takes 8 KiB in a line)."""

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*")
_FLAGS = {"1": True, "true": True, "0": False, "false": False}
_OF_A_MODEL = ("aspect", "width", "height", "steps", "guidance", "sampler")


def query_of(
    spec: PictureSpec, *, count: int, settings: bool, compare: Mapping[str, object] | None = None
) -> str | None:
    """The query that asks for a picture again, its seed too; of its settings nothing unless they may be told.

    `compare` are settings of Compare in place of the count. None where it would be longer than addresses can be.
    """
    # what to avoid is said even where it is nothing: what somebody else wrote there would change the picture
    said: dict[str, object] = {"prompt": spec.prompt, "negative_prompt": spec.negative_prompt}
    if settings:
        said |= {
            "seed": spec.seed,
            "steps": spec.steps,
            "cfg": f"{spec.guidance:g}",
            "sampler": spec.sampler_name,
            "size": f"{spec.width}x{spec.height}",
            "model": spec.model.id,
            "emphasis": int(spec.emphasis),
        }
        said |= {"count": count} if compare is None else compare
    query = urlencode(said)
    return query if len(query) <= LONGEST else None


def asked_in(
    asked: Mapping[str, str], models: Models, chosen: str, allowance: Allowance = POLICY.owner
) -> tuple[dict[str, Any], list[str]]:
    """The settings that an address asks for, by name, and in short words each of its wishes that cannot be met.

    What is more than whoever opens it may have is kept: the page marks it where it is set. What it leaves unsaid stays
    as it is, but what goes with a model that it names. `chosen` is the model of the page; of models that are not in the
    `allowance` of whoever opens it nothing is said. What it says under other names is for others, such as a site that
    counts its visitors, and none of it is named.
    """
    only = allowance.only
    faults: list[str] = []
    read: dict[str, Any] = {}
    for name, text in asked.items():
        if name in ("model", "size", "sampler") or name not in NAMES:
            continue
        setting = SETTINGS[NAMES[name]]
        try:
            read[setting.name] = _value(setting, text)
        except UserError:
            faults.append(f"{setting.said or name} “{shown(text)}”{_limits(setting)}")
    named = asked.get("model")
    known = models.names() if only is None else [one for one in models.names() if one in only]
    if named is not None and named not in known:
        faults.append(f"the model “{shown(named)}” (not here)")
        named = None
    try:
        info = models.look(chosen if named is None else named)
    except UserError as fault:
        return {}, [*faults, fault.message]
    size = _size(asked.get("size"), info, faults)
    written = asked.get("sampler")
    sampler = None
    if written is not None:
        plain = written.strip().casefold()
        sampler = next((one for one in info.samplers if one.casefold() == plain), None)
        if sampler is None:
            faults.append(f"the sampler “{shown(written)}” (not one of {info.title})")
    of_compare = {name: read.pop(name) for name in _OF_COMPARE if name in read}
    read = {name: value for name, value in read.items() if value is not None}
    request = DreamRequest(
        **{"prompt": "", **read},
        model=info.ref.id,
        width=None if size is None else size[0],
        height=None if size is None else size[1],
        sampler=sampler,
    )
    said = set(read)
    if size is not None:
        said |= {"aspect", "width", "height"}
    if sampler is not None:
        said.add("sampler")
    if named is not None:
        said |= {"model", "correction", *_OF_A_MODEL}
    values = {
        name: value for name, value in asdict(from_request(request, info)).items() if name in said
    }
    if "seed" in values:
        values["lock"] = True
    return values | of_compare, faults


def sentence_of(faults: list[str]) -> str:
    """What of an address was left out, on one line; nothing for none."""
    return f"The address asks for what cannot be set here: {' · '.join(faults)}." if faults else ""


def _value(setting: Setting, text: str) -> Any:
    if setting.kind is ValueKind.FLAG and text.lower() in _FLAGS:
        return _FLAGS[text.lower()]
    value = setting.read(text)
    if setting.choices is not None and value not in setting.choices:
        raise UserError("It is not one of the choices.", "")
    return value


def _limits(setting: Setting) -> str:
    match setting.kind:
        case ValueKind.WHOLE | ValueKind.REAL | ValueKind.SEED:
            return f" ({setting.low:,g} to {setting.high:,.10g})"
        case ValueKind.TEXT if setting.choices is None:
            return f" (at most {setting.high:,g} characters of text)" if setting.high else ""
        case ValueKind.FLAG:
            return " (1 or 0)"
    return f" ({', '.join(setting.choices or ())})"


def _size(text: str | None, info: ModelInfo, faults: list[str]) -> tuple[int, int] | None:
    if text is None:
        return None
    found = _SIZE.fullmatch(text)
    size = None if found is None else (int(found[1]), int(found[2]))
    if size is not None and all(
        info.min_size <= length <= info.max_size and length % info.size_step == 0 for length in size
    ):
        return size
    limits = f"{info.min_size} to {info.max_size} in steps of {info.size_step}"
    faults.append(f"the size “{shown(text)}” ({limits})")
    return None
