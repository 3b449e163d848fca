"""A short list of well-known models with open weights.

Sizes and memory are approximate: those of the parts that are loaded, in the precision in which they are published.
"""

from sdgui.library import KnownModel

_GB = 10**9

KNOWN = tuple(
    KnownModel(
        model=model,
        title=title,
        licence=licence,
        bytes=round(size * _GB),
        memory_bytes=round(memory * _GB),
        locked=locked,
    )
    for title, model, licence, size, memory, locked in (
        (
            *("Stable Diffusion 1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
            *("CreativeML OpenRAIL-M", 4.3, 4.3, False),
        ),
        (
            *("SDXL base 1.0", "stabilityai/stable-diffusion-xl-base-1.0"),
            *("CreativeML OpenRAIL++-M", 13.9, 13.9, False),
        ),
        ("SDXL Turbo", "stabilityai/sdxl-turbo", "Stability Community", 13.9, 13.9, False),
        (
            *("SD 3.5 Medium", "stabilityai/stable-diffusion-3.5-medium"),
            *("Stability Community", 16.5, 16.5, True),
        ),
        ("Z-Image Turbo", "Tongyi-MAI/Z-Image-Turbo", "Apache-2.0", 32.8, 32.8, False),
        ("Flux.2 Klein 4B", "black-forest-labs/FLUX.2-klein-4B", "Apache-2.0", 16.0, 16.0, False),
        ("Chroma1-HD", "lodestones/Chroma1-HD", "Apache-2.0", 27.4, 27.4, False),
        ("Flux.1 schnell", "black-forest-labs/FLUX.1-schnell", "Apache-2.0", 33.7, 33.7, True),
        ("Qwen-Image", "Qwen/Qwen-Image", "Apache-2.0", 57.7, 57.7, False),
    )
)
