"""Pictures as other programs write them: what they were made with, in the places and formats of each."""

import io
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SIZE = (48, 32)

INFOTEXT = (
    "a photo of a fox <lora:add_detail:0.6>, (sharp:1.2)\n"
    "Negative prompt: blurry, EasyNegative\n"
    "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7.5, Seed: 965400086, Size: 512x768, "
    "Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, VAE hash: 735e4c3a44, VAE: vae-ft-mse.safetensors, "
    'Variation seed: 12, Variation seed strength: 0.1, Lora hashes: "add_detail: 7c6bad76eb54", '
    'TI hashes: "EasyNegative: c74b4e810b03", Version: v1.10.1'
)
FORGE = (
    "a lighthouse\nSteps: 8, Sampler: Euler a, Schedule type: SGM Uniform, CFG scale: 2, Seed: 7, Size: 64x64, "
    "Model: sdxl_lightning, Version: f2.0.1v1.10.1-previous-664-gd557aef9"
)
INVOKEAI = {
    "generation_mode": "sdxl_txt2img",
    "positive_prompt": "a red barn",
    "negative_prompt": "people",
    "width": 1024,
    "height": 768,
    "seed": 2048,
    "cfg_scale": 6.5,
    "steps": 28,
    "scheduler": "dpmpp_2m_k",
    "model": {"key": "…", "hash": "blake3:abc", "name": "Juggernaut XL v9", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"key": "…", "name": "barns", "base": "sdxl", "type": "lora"}, "weight": 0.75}],
    "vae": {"key": "…", "name": "sdxl-vae-fp16-fix"},
    "app_version": "6.12.0",
}  # fmt: skip
OLDER_INVOKEAI = {
    "model": "stable diffusion",
    "model_weights": "stable-diffusion-1.5",
    "model_hash": "cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516",
    "app_id": "invoke-ai/InvokeAI",
    "app_version": "2.3.5",
    "image": {
        "prompt": [{"prompt": "a harbour [fog, people]", "weight": 1.0}],
        "steps": 50,
        "cfg_scale": 7.5,
        "width": 512,
        "height": 512,
        "seed": 3,
        "sampler": "k_lms",
        "type": "txt2img",
    },
}
FIRST_INVOKEAI = '"a harbour at dawn" -s 50 -S 42 -W 512 -H 384 -C 7.5 -A k_euler_a'

COMFYUI: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": ["20", 0],
            "steps": 25,
            "cfg": 6.0,
            "sampler_name": "dpmpp_2m",
            "scheduler": "karras",
            "denoise": 1.0,
            "model": ["11", 0],
            "positive": ["14", 0],
            "negative": ["14", 1],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "SD1.5\\dreamshaper_8.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 640, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["21", 0], "clip": ["11", 1]}},
    "7": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "embedding:EasyNegative, blurry", "clip": ["11", 1]},
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["12", 0]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {
            **{"lora_name": "styles/ink.safetensors", "strength_model": 0.8, "strength_clip": 1.0},
            **{"model": ["4", 0], "clip": ["4", 1]},
        },
    },
    "11": {
        "class_type": "LoraLoader",
        "inputs": {
            **{"lora_name": "detail.safetensors", "strength_model": 0.5, "strength_clip": 0.5},
            **{"model": ["10", 0], "clip": ["10", 1]},
        },
    },
    "12": {"class_type": "VAELoader", "inputs": {"vae_name": "vae-ft-mse-840000.safetensors"}},
    "14": {
        "class_type": "ControlNetApplyAdvanced",
        "inputs": {"positive": ["6", 0], "negative": ["7", 0], "strength": 1.0, "image": ["15", 0]},
    },
    "20": {"class_type": "PrimitiveInt", "inputs": {"value": 1234}},
    "21": {
        "class_type": "StringConcatenate",
        "inputs": {"string_a": "a castle", "string_b": "at dusk", "delimiter": ", "},
    },
}  # fmt: skip
FLUX: dict[str, Any] = {
    "1": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {
            **{"noise": ["2", 0], "guider": ["3", 0], "sampler": ["4", 0], "sigmas": ["5", 0]},
            "latent_image": ["6", 0],
        },
    },
    "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 99}},
    "3": {"class_type": "BasicGuider", "inputs": {"model": ["7", 0], "conditioning": ["8", 0]}},
    "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "5": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 4, "model": ["7", 0]}},
    "6": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024}},
    "7": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-schnell.safetensors"}},
    "8": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["9", 0]}},
    "9": {"class_type": "CLIPTextEncode", "inputs": {"text": "a paper boat", "clip": ["10", 0]}},
}  # fmt: skip
DRAWN = {
    "nodes": [
        {
            **{"id": 1, "type": "KSampler", "widgets_values": [77, "randomize", 12, 5, "euler", "normal", 1]},
            "inputs": [
                {"name": "model", "link": 1},
                {"name": "positive", "link": 2},
                {"name": "negative", "link": 3},
                {"name": "latent_image", "link": 4},
            ],
        },
        {"id": 2, "type": "CheckpointLoaderSimple", "widgets_values": ["anything.ckpt"]},
        {"id": 3, "type": "CLIPTextEncode", "widgets_values": ["a drawn fox"]},
        {"id": 4, "type": "CLIPTextEncode", "widgets_values": ["dull"]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [256, 320, 1]},
    ],
    "links": [
        *([1, 2, 0, 1, 0, "MODEL"], [2, 3, 0, 1, 1, "CONDITIONING"]),
        *([3, 4, 0, 1, 2, "CONDITIONING"], [4, 5, 0, 1, 3, "LATENT"]),
    ],
}  # fmt: skip
SWARMUI = {
    "sui_image_params": {
        **{"prompt": "a swarm", "negativeprompt": "wasps", "model": "OfficialStableDiffusion/sd_xl_base_1.0"},
        **{"seed": 11, "steps": 30, "cfgscale": 7.0, "width": 1024, "height": 1024},
        **{"sampler": "euler_ancestral", "scheduler": "karras", "loras": ["bees"], "loraweights": ["0.4"]},
        "swarm_version": "0.9.8",
    }
}  # fmt: skip


def png(texts: Mapping[str, str] | None = None, *, packed: bool = False) -> bytes:
    """A PNG with these texts, in zTXt or packed iTXt where `packed`."""
    told = PngInfo()
    for name, text in ({} if texts is None else texts).items():
        told.add_text(name, text, zip=packed)
    return _saved("PNG", pnginfo=told)


def jpeg(comment: bytes) -> bytes:
    """A JPEG with such a UserComment."""
    return _saved("JPEG", exif=_exif({}, comment))


def webp(comment: bytes | None = None, tags: Mapping[int, str] | None = None) -> bytes:
    """A WebP with such a UserComment and such tags of Exif's first directory."""
    return _saved("WEBP", exif=_exif({} if tags is None else tags, comment))


def in_utf_16(text: str, order: str = "be") -> bytes:
    """A UserComment, as piexif writes it, or in the other order of bytes."""
    return b"UNICODE\0" + text.encode(f"utf-16-{order}")


def chunk(kind: bytes, content: bytes, length: int | None = None) -> bytes:
    """A chunk of a PNG, which may claim to be longer than it is."""
    claimed = len(content) if length is None else length
    return (
        struct.pack(">I4s", claimed, kind) + content + struct.pack(">I", zlib.crc32(kind + content))
    )


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """The PNG with one more chunk before its pixels."""
    at = png.index(b"IDAT") - 4
    return png[:at] + chunk(kind, content) + png[at:]


def claiming(width: int, height: int, texts: Mapping[str, str]) -> bytes:
    """A PNG of a few bytes that claims to have so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    told = b"".join(
        chunk(b"tEXt", name.encode() + b"\0" + text.encode()) for name, text in texts.items()
    )
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + told
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )


def as_json(told: object) -> str:
    """As the peers write JSON into a picture."""
    return json.dumps(told)


def _exif(tags: Mapping[int, str], comment: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    for tag, text in tags.items():
        exif[tag] = text
    if comment is not None:
        exif.get_ifd(0x8769)[0x9286] = comment
    return exif


def _saved(kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(SIZE).convert("RGB").save(out, format=kind, **how)
    return out.getvalue()
