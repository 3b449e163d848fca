import io
import json
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdgui.made_with import MadeWith, NamedAdapter, Origin
from sdgui.records import TaskRecord
from sdgui.storage.made_with.reading import TOO_LONG, of_texts, read_made_with
from sdgui.storage.made_with.samplers import our_sampler
from sdgui.storage.pictures import encode_png
from tests import peers_files as peers
from tests.storage.samples import pixels, spec
from tests.strategies import specs

pytestmark = pytest.mark.quick


def read(content: bytes) -> MadeWith:
    made = read_made_with(io.BytesIO(content))
    assert made is not None
    return made


@settings(max_examples=40)
@given(specs())
def test_any_picture_of_ours_tells_its_settings(asked) -> None:
    made = of_texts({"sdgui": json.dumps({"spec": asked.to_dict(), "notes": {}})})
    assert (made.origin, made.prompt, made.seed) == (Origin.SDGUI, asked.prompt, asked.seed)
    assert (made.sampler, made.schedule) == (asked.sampler, asked.schedule)
    assert (made.width, made.height, made.steps) == (asked.width, asked.height, asked.steps)
    assert made.model_hash == asked.model.hash


def test_a_picture_of_ours_is_read_from_its_file() -> None:
    task = TaskRecord(id="ab" * 16, spec=spec(5))
    made = read(encode_png(task.spec, pixels(task), {}))
    assert (made.origin, made.seed, made.size) == (Origin.SDGUI, 5, (64, 48))
    assert made.sampler == "Euler a"


A1111 = {
    "PNG": peers.png({"parameters": peers.INFOTEXT}),
    "packed": peers.png({"parameters": peers.INFOTEXT}, packed=True),
    "not Latin": peers.png({"parameters": peers.INFOTEXT.replace("a fox", "a fox 🦊")}),
    "JPEG": peers.jpeg(peers.in_utf_16(peers.INFOTEXT)),
    "JPEG, the other order": peers.jpeg(peers.in_utf_16(peers.INFOTEXT, "le")),
    "JPEG, ASCII": peers.jpeg(b"ASCII\0\0\0" + peers.INFOTEXT.encode()),
    "WebP": peers.webp(peers.in_utf_16(peers.INFOTEXT)),
}


@pytest.mark.parametrize("content", A1111.values(), ids=A1111)
def test_a1111_is_read_from_each_kind_of_file(content: bytes) -> None:
    made = read(content)
    assert made.origin is Origin.A1111
    assert made.prompt.startswith("a photo of a fox")
    assert made.negative_prompt == "blurry, EasyNegative"
    assert (made.sampler, made.schedule) == ("DPM++ 2M", "Karras")
    assert (made.width, made.height, made.steps, made.guidance) == (512, 768, 20, 7.5)
    assert (made.seed, made.variation_seed, made.variation_strength) == (965400086, 12, 0.1)
    assert (made.model, made.model_hash) == ("v1-5-pruned-emaonly", "6ce0161689")
    assert made.loras == (NamedAdapter(name="add_detail", hash="7c6bad76eb54"),)
    assert made.words == (NamedAdapter(name="EasyNegative", hash="c74b4e810b03"),)
    assert (made.vae, made.size) == ("vae-ft-mse", peers.SIZE)


def test_forge_is_told_by_its_version() -> None:
    made = of_texts({"parameters": peers.FORGE})
    assert (made.origin, made.model) == (Origin.FORGE, "sdxl_lightning")
    assert (made.sampler, made.schedule) == ("Euler a", "SGM Uniform")


def test_invokeai_is_read() -> None:
    made = read(peers.png({"invokeai_metadata": peers.as_json(peers.INVOKEAI)}))
    assert made.origin is Origin.INVOKEAI
    assert (made.prompt, made.negative_prompt) == ("a red barn <lora:barns:0.75>", "people")
    assert (made.sampler, made.schedule, made.guidance) == ("DPM++ 2M", "Karras", 6.5)
    assert (made.width, made.height, made.seed, made.steps) == (1024, 768, 2048, 28)
    assert (made.model, made.vae) == ("Juggernaut XL v9", "sdxl-vae-fp16-fix")


def test_older_invokeais_are_read() -> None:
    made = of_texts({"sd-metadata": peers.as_json(peers.OLDER_INVOKEAI)})
    assert (made.prompt, made.negative_prompt) == ("a harbour", "fog, people")
    assert (made.sampler, made.seed, made.model) == ("LMS", 3, "stable-diffusion-1.5")
    first = of_texts({"Dream": peers.FIRST_INVOKEAI})
    assert (first.prompt, first.sampler, first.seed) == ("a harbour at dawn", "Euler a", 42)
    assert (first.width, first.height, first.steps, first.guidance) == (512, 384, 50, 7.5)


def test_weights_of_invokeai_are_said_to_be_unread() -> None:
    told = {**peers.INVOKEAI, "positive_prompt": "a (red barn)1.3 at night++"}
    assert "InvokeAI's way" in of_texts({"invokeai_metadata": peers.as_json(told)}).notes[0]


COMFYUI = {
    "PNG": peers.png({"prompt": peers.as_json(peers.COMFYUI)}),
    "WebP": peers.webp(tags={0x0110: "prompt:" + peers.as_json(peers.COMFYUI)}),
}


@pytest.mark.parametrize("content", COMFYUI.values(), ids=COMFYUI)
def test_comfyui_is_read_along_its_links(content: bytes) -> None:
    made = read(content)
    assert made.origin is Origin.COMFYUI
    assert made.prompt == "a castle, at dusk <lora:ink:0.8> <lora:detail:0.5>"
    assert made.negative_prompt == "EasyNegative, blurry"
    assert made.words == (NamedAdapter(name="EasyNegative"),)
    assert (made.sampler, made.schedule) == ("DPM++ 2M", "Karras")
    assert (made.seed, made.steps, made.guidance) == (1234, 25, 6.0)
    assert (made.width, made.height) == (512, 640)
    assert (made.model, made.vae) == ("dreamshaper_8", "vae-ft-mse-840000")


def test_comfyuis_parts_of_a_sampler_are_read_together() -> None:
    made = of_texts({"prompt": peers.as_json(peers.FLUX)})
    assert (made.prompt, made.model, made.seed) == ("a paper boat", "flux1-schnell", 99)
    assert (made.sampler, made.schedule, made.steps) == ("Euler", "Automatic", 4)
    assert (made.width, made.guidance) == (1024, None)


def test_a_second_pass_of_comfyui_is_said_and_not_taken_for_the_first() -> None:
    second = {**peers.COMFYUI["3"]["inputs"], "steps": 9, "latent_image": ["3", 0]}
    made = of_texts(
        {
            "prompt": peers.as_json(
                {"2": {"class_type": "KSampler", "inputs": second}, **peers.COMFYUI}
            )
        }
    )
    assert (made.steps, made.notes) == (
        25,
        ("It was sampled 2 times; what is shown is the first.",),
    )


def test_a_drawn_workflow_alone_is_read() -> None:
    made = of_texts({"workflow": peers.as_json(peers.DRAWN)})
    assert (made.prompt, made.negative_prompt, made.model) == ("a drawn fox", "dull", "anything")
    assert (made.seed, made.steps, made.sampler) == (77, 12, "Euler")
    assert (made.width, made.height) == (256, 320)


def test_swarmui_is_read() -> None:
    made = of_texts({"parameters": peers.as_json(peers.SWARMUI)})
    assert (made.origin, made.prompt) == (Origin.SWARMUI, "a swarm <lora:bees:0.4>")
    assert (made.sampler, made.schedule, made.model) == ("Euler a", "Karras", "sd_xl_base_1.0")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (("DPM++ 2M Karras", None), ("DPM++ 2M", "Karras")),
        (("DPM++ 2M", "Karras"), ("DPM++ 2M", "Karras")),
        (("plms", None), ("PNDM", "Automatic")),
        (("LMS Karras", None), ("LMS", "Karras")),
        (("Euler", "Beta"), ("Euler", "Beta")),
        (("dpmpp_2m_k", None), ("DPM++ 2M", "Karras")),
        (("euler_ancestral", "normal"), ("Euler a", "Automatic")),
        (("DPM++ 3M SDE", "Exponential"), ("DPM++ 3M SDE", "Exponential")),
        (("euler", "sgm_uniform"), ("Euler", "sgm_uniform")),
    ],
)
def test_names_of_samplers_are_ours_where_there_is_one(theirs, ours) -> None:
    assert our_sampler(*theirs) == ours


def test_a_picture_without_any_says_nothing() -> None:
    for content in (peers.png(), peers.jpeg(b""), peers.webp()):
        made = read(content)
        assert (made.origin, made.size) == (Origin.NONE, peers.SIZE)
    assert read_made_with(io.BytesIO(b"GIF89a and more")) is None


def test_a_picture_that_claims_to_be_huge_is_not_decoded() -> None:
    made = read(peers.claiming(50_000, 50_000, {"parameters": peers.INFOTEXT}))
    assert (made.size, made.seed) == ((50_000, 50_000), 965400086)


BOMBS = {
    "zTXt": (b"zTXt", b"parameters\0\0"),
    "iTXt": (b"iTXt", b"parameters\0\1\0\0\0"),
}


@pytest.mark.parametrize(("kind", "head"), BOMBS.values(), ids=BOMBS)
def test_a_text_that_inflates_to_much_is_not_read(kind: bytes, head: bytes) -> None:
    packing = zlib.compressobj(9)
    packed = b"".join([*(packing.compress(bytes(2**20)) for _ in range(96)), packing.flush()])
    content = peers.with_chunk(peers.png({"Title": "a bomb"}), kind, head + packed)
    tracemalloc.start()
    made = read(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (made.origin, made.notes) == (Origin.NONE, (TOO_LONG,))
    assert most < 32 * 2**20


def test_a_text_that_claims_a_gigabyte_is_not_read() -> None:
    start = peers.png()
    at = start.index(b"IDAT") - 4
    content = start[:at] + peers.chunk(b"tEXt", b"parameters\0", length=2**30) + start[at:]
    assert read(content).notes == (TOO_LONG,)


@pytest.mark.parametrize("name", ["prompt", "workflow", "invokeai_metadata", "sdgui", "parameters"])
def test_json_of_any_depth_is_none(name: str) -> None:
    assert of_texts({name: "[" * 200_000 + "]" * 200_000}).origin is Origin.NONE
    assert of_texts({name: '{"a":' * 200_000}).origin is Origin.NONE


def test_a_graph_that_goes_in_circles_is_read_to_an_end() -> None:
    circle = {
        "class_type": "Reroute",
        "inputs": {"model": ["1", 0], "conditioning": ["1", 0], "": ["1", 0]},
    }
    sampler = {"positive": ["1", 0], "seed": ["1", 0], "model": ["1", 0], "latent_image": ["1", 0]}
    made = of_texts(
        {"prompt": peers.as_json({"1": circle, "2": {"class_type": "KSampler", "inputs": sampler}})}
    )
    assert (made.origin, made.seed, made.model) == (Origin.COMFYUI, None, None)


WHOLE = [*A1111.values(), *COMFYUI.values(), peers.png({"sdgui": '{"spec":{}}', "Dream": "a -s 5"})]


def test_a_png_that_ends_in_its_head_says_nothing() -> None:
    png = peers.png({"parameters": "a fox"})
    for length in range(8, png.index(b"tEXt")):
        made = read_made_with(io.BytesIO(png[:length]))
        assert made is not None
        assert made.origin is Origin.NONE


@given(st.data())
def test_no_bytes_crash_it(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=5))
    read_made_with(io.BytesIO(bytes(content)[: data.draw(st.integers(0, 20_000))]))


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *"1234",
                    "inputs",
                    "class_type",
                    "model",
                    "positive",
                    "seed",
                    "nodes",
                    "links",
                    "image",
                ]
            ),
            one,
        )
        | st.builds(lambda name: [name, 0], st.sampled_from("1234"))
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(
        ["prompt", "workflow", "invokeai_metadata", "sd-metadata", "parameters", "sdgui"]
    ),
    plain,
)
def test_no_json_crashes_it(name: str, told: object) -> None:
    of_texts({name: json.dumps(told)})
    of_texts({name: json.dumps({"1": {"class_type": "KSampler", "inputs": told}})})
    of_texts({name: json.dumps({"sui_image_params": told, "spec": told})})


@given(
    st.dictionaries(
        st.sampled_from(["prompt", "Dream", "parameters", "UserComment", "sdgui"]), st.text()
    )
)
def test_no_texts_crash_it(texts: dict[str, str]) -> None:
    of_texts(texts)
