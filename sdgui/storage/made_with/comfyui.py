"""Made with ComfyUI: the graph of nodes that made a picture, as JSON: under `prompt`, or as it was drawn `workflow`.

A graph can be anything. What is read of it: from a sampler along the links to its texts, model, LoRAs and size.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.storage.made_with import values
from sdgui.storage.made_with.invokeai import with_tags
from sdgui.storage.made_with.samplers import our_sampler

_MOST_NODES = 5_000
_LONGEST_WAY = 60
"""Links that are followed one behind the other."""
_MOST_LOOKED_AT = 2_000
"""Nodes that are looked at on one search."""
_MOST_SAMPLERS = 20
_MOST_LORAS = 50

_PLAIN = ("value", "int", "float", "number", "string", "text", "seed", "noise_seed", "prompt")
"""Under which nodes that only hold a value hold it."""
_TEXTS = ("text", "text_g", "clip_l", "t5xxl", "text_l", "prompt")
_JOINED = (("string_a", "string_b"), ("text_a", "text_b", "text_c", "text_d"), ("text1", "text2"))
_FILES = ("ckpt_name", "unet_name", "model_name")
_EMBEDDING = "embedding:"

# The values of drawn nodes stand in a row; here are their names, of those that are read.
_WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("", "noise_seed", "", "steps", "cfg", "sampler_name", "scheduler"),
    "CLIPTextEncode": ("text",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "EmptyLatentImage": ("width", "height"),
    "EmptySD3LatentImage": ("width", "height"),
    "VAELoader": ("vae_name",),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "CFGGuider": ("cfg",),
    "PrimitiveNode": ("value",),
}


@dataclass(frozen=True, kw_only=True)
class _Node:
    kind: str
    inputs: dict[str, Any]


_Graph = dict[str, _Node]


def of_comfyui(texts: Mapping[str, str]) -> MadeWith | None:
    """What a graph among the texts says; None where there is none, or nothing in it that samples."""
    for name in ("prompt", "workflow"):
        told = values.parsed(texts.get(name))
        graph = _graph(told) if name == "prompt" else _drawn(told)
        if (made := _made(graph)) is not None:
            return made
    return None


def _graph(told: Any) -> _Graph:
    nodes = {}
    for called, one in list(values.mapping(told).items())[:_MOST_NODES]:
        node = values.mapping(one)
        kind = node.get("class_type")
        if isinstance(kind, str):
            nodes[called] = _Node(kind=kind, inputs=values.mapping(node.get("inputs")))
    return nodes


def _drawn(told: Any) -> _Graph:
    """The graph of a drawn workflow, as far as its nodes are known."""
    workflow = values.mapping(told)
    ends: dict[Any, list[Any]] = {}
    for link in values.listed(workflow.get("links"))[: 4 * _MOST_NODES]:
        row = values.listed(link)
        if len(row) >= 3 and isinstance(row[0], int):
            ends[row[0]] = [str(row[1]), row[2]]
    nodes = {}
    for one in values.listed(workflow.get("nodes"))[:_MOST_NODES]:
        node = values.mapping(one)
        kind = node.get("type")
        if not isinstance(kind, str) or node.get("mode") in (2, 4):  # muted, bypassed
            continue
        written = values.listed(node.get("widgets_values"))
        inputs = {n: v for n, v in zip(_WIDGETS.get(kind, ()), written, strict=False) if n}
        for socket in values.listed(node.get("inputs")):
            link = values.mapping(socket).get("link")
            called = values.mapping(socket).get("name")
            if isinstance(called, str) and isinstance(link, int) and link in ends:
                inputs[called] = ends[link]
        nodes[str(node.get("id"))] = _Node(kind=kind, inputs=inputs)
    return nodes


def _made(graph: _Graph) -> MadeWith | None:
    samplers = [called for called, node in graph.items() if _samples(node)]
    if not samplers:
        return None
    first = next((one for one in samplers[:_MOST_SAMPLERS] if _begins(graph, one)), samplers[0])
    own = graph[first].inputs
    guider = _linked(graph, own.get("guider"))
    sources = [own, *([] if guider is None else [guider.inputs])]
    sigmas = _linked(graph, own.get("sigmas"))
    chosen = _linked(graph, own.get("sampler"))
    noise = _linked(graph, own.get("noise"))
    for node in (sigmas, chosen, noise):
        sources += [] if node is None else [node.inputs]

    def asked(*names: str) -> Any:
        for inputs in sources:
            for name in names:
                if name in inputs and (value := _value(graph, inputs[name], name)) is not None:
                    return value
        return None

    sampler, schedule = our_sampler(
        values.name(asked("sampler_name")), values.name(asked("scheduler"))
    )
    positive = _first(sources, "positive", "conditioning")
    prompt, words = _without_embeddings(_prompt(graph, positive))
    negative, avoided = _without_embeddings(_prompt(graph, _first(sources, "negative")))
    file, loras = _model(graph, _first(sources, "model"))
    width, height = _size(graph, own.get("latent_image", own.get("latent")))
    notes = []
    if len(samplers) > 1:
        notes.append(f"It was sampled {len(samplers)} times; what is shown is the first.")
    if width is None:
        notes.append("It was made from another picture, which its file does not hold.")
    return MadeWith(
        origin=Origin.COMFYUI,
        prompt=with_tags(prompt, loras),
        negative_prompt=negative,
        model=values.stem(file),
        width=width,
        height=height,
        steps=values.whole(asked("steps")),
        guidance=values.real(asked("cfg")),
        sampler=sampler,
        schedule=schedule,
        seed=values.whole(asked("seed", "noise_seed")),
        loras=tuple(NamedAdapter(name=name) for name, _ in loras),
        words=tuple(NamedAdapter(name=one) for one in dict.fromkeys((*words, *avoided))),
        vae=_vae(graph),
        notes=tuple(notes),
    )


def _samples(node: _Node) -> bool:
    """Whether a node makes latents out of noise."""
    given = node.inputs.keys()
    plain = "positive" in given and ("seed" in given or "noise_seed" in given)
    return plain or (node.kind.startswith("SamplerCustom") and bool({"sampler", "sigmas"} & given))


def _begins(graph: _Graph, called: str) -> bool:
    """Whether a sampler begins with an empty latent, and not with what another made."""
    for node in _upstream(graph, graph[called].inputs, ("latent_image", "latent")):
        if _samples(node):
            return False
        if _is_empty(node):
            return True
    return False


def _is_empty(node: _Node) -> bool:
    return {"width", "height"} <= node.inputs.keys() and "pixels" not in node.inputs


def _first(sources: list[dict[str, Any]], *names: str) -> Any:
    return next((one[name] for name in names for one in sources if name in one), None)


def _link(value: Any) -> str | None:
    """The node that an input comes from."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
        return str(value[0])
    return None


def _links(node: _Node) -> list[Any]:
    return [one for one in node.inputs.values() if _link(one) is not None]


def _linked(graph: _Graph, value: Any) -> _Node | None:
    called = _link(value)
    return None if called is None else graph.get(called)


def _upstream(graph: _Graph, inputs: Mapping[str, Any], first: tuple[str, ...]) -> Iterator[_Node]:
    """The nodes behind some inputs, the nearest first, each once."""
    waiting = deque(inputs[name] for name in first if name in inputs)
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_LOOKED_AT:
        called = _link(waiting.popleft())
        if called is None or called in seen or called not in graph:
            continue
        seen.add(called)
        node = graph[called]
        yield node
        waiting += _links(node)


def _value(graph: _Graph, value: Any, name: str) -> Any:
    """A plain value, also where it comes from a node that only holds it."""
    for _ in range(_LONGEST_WAY):
        called = _link(value)
        if called is None:
            return value if isinstance(value, str | int | float) else None
        node = graph.get(called)
        if node is None:
            return None
        if (told := _joined(graph, node)) is not None:
            return told
        value = next((node.inputs[one] for one in (name, *_PLAIN) if one in node.inputs), None)
        if value is None:  # a node that passes on what it gets
            value = next(iter(_links(node)), None)
    return None


def _joined(graph: _Graph, node: _Node) -> str | None:
    """The text of a node that joins two, each of them written in place or held by the next node."""
    for names in _JOINED:
        if names[0] in node.inputs and names[1] in node.inputs:
            parts = []
            for name in names:
                told = node.inputs.get(name)
                holder = _linked(graph, told)
                if holder is not None:
                    told = next((holder.inputs[one] for one in _PLAIN if one in holder.inputs), "")
                parts.append(values.text(told))
            between = values.text(node.inputs.get("delimiter")) or " "
            return between.join(part for part in parts if part)
    return None


def _prompt(graph: _Graph, value: Any) -> str:
    """The texts behind a conditioning, in their order."""
    told: list[str] = []
    waiting, seen = deque([value]), set[str]()
    while waiting and len(seen) < _MOST_LOOKED_AT:
        link = waiting.popleft()
        called = _link(link)
        if called is None or (node := graph.get(called)) is None:
            continue
        slot = link[1] if isinstance(link[1], int) else 0
        if (key := f"{called}:{slot}") in seen:
            continue
        seen.add(key)
        if "ZeroOut" in node.kind:
            continue
        texts = [
            values.text(_value(graph, node.inputs[one], one))
            for one in _TEXTS
            if one in node.inputs
        ]
        if "clip" in node.inputs or node.kind.startswith("CLIPTextEncode") or any(texts):
            told += dict.fromkeys(text.strip() for text in texts if text.strip())
            continue
        if "positive" in node.inputs and "negative" in node.inputs:  # a ControlNet, for example
            waiting.appendleft(node.inputs["negative" if slot == 1 else "positive"])
            continue
        conditionings = [
            one
            for name, one in node.inputs.items()
            if _link(one) is not None and ("cond" in name or name in ("positive", "any"))
        ]
        waiting.extendleft(reversed(conditionings or _links(node)[:1]))
    return ", ".join(told)


def _model(graph: _Graph, value: Any) -> tuple[str | None, tuple[tuple[str, float | None], ...]]:
    """The file that a model comes from, and the LoRAs on the way to it, those that come first before the others."""
    loras: list[tuple[str, float | None]] = []
    for _ in range(_LONGEST_WAY):
        node = _linked(graph, value)
        if node is None:
            return None, tuple(reversed(loras))
        loras += _loras_of(graph, node)[: _MOST_LORAS - len(loras)]
        for name in _FILES:
            file = values.name(_value(graph, node.inputs.get(name), name))
            if file is not None:
                return file, tuple(reversed(loras))
        following = (node.inputs.get(name) for name in ("model", "model1", "any"))
        value = next((one for one in following if one is not None), None)
        if value is None:
            value = next(iter(_links(node)), None)
    return None, tuple(reversed(loras))


def _loras_of(graph: _Graph, node: _Node) -> list[tuple[str, float | None]]:
    if "lora_name" in node.inputs:
        name = values.stem(_value(graph, node.inputs["lora_name"], "lora_name"))
        weight = values.real(_value(graph, node.inputs.get("strength_model"), "strength_model"))
        return [] if name is None or weight == 0 else [(name, weight)]
    found = []
    for key, one in node.inputs.items():
        row = one if isinstance(one, dict) else {}
        name = values.stem(row.get("lora"))
        if key.startswith("lora_") and name is not None and row.get("on") is not False:
            found.append((name, values.real(row.get("strength"))))
    return found


def _size(graph: _Graph, value: Any) -> tuple[int | None, int | None]:
    for node in _upstream(graph, {"latent": value}, ("latent",)):
        if _is_empty(node):
            width, height = (
                values.whole(_value(graph, node.inputs[one], one)) for one in ("width", "height")
            )
            if width is not None and height is not None:
                return width, height
    return None, None


def _vae(graph: _Graph) -> str | None:
    loaders = (one.inputs.get("vae_name") for one in graph.values() if one.kind == "VAELoader")
    return next((called for one in loaders if (called := values.stem(one)) is not None), None)


def _without_embeddings(prompt: str) -> tuple[str, tuple[str, ...]]:
    """The prompt with its learnt words called as they are here, by their name alone, and those names."""
    if _EMBEDDING not in prompt:
        return prompt, ()
    words = []
    for part in prompt.split(_EMBEDDING)[1:]:
        called = part.split(",")[0].split(" ")[0].split(":")[0].split(")")[0].strip()
        if (name := values.stem(called)) is not None:
            words.append(name)
    return prompt.replace(_EMBEDDING, ""), tuple(dict.fromkeys(words))
