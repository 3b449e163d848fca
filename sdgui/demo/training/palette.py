"""The colours of things: what each colour name and each role means, in light and in neon."""

from __future__ import annotations

from sdgui.demo.training.places import Rgb

BODY: dict[str, Rgb] = {
    "grey": (142, 146, 152), "red": (220, 40, 40), "blue": (40, 88, 214), "green": (34, 148, 66),
    "yellow": (252, 214, 36), "orange": (246, 128, 24), "purple": (128, 58, 188),
    "pink": (250, 138, 190), "brown": (126, 76, 42), "white": (250, 250, 248),
    "black": (34, 34, 40),
}  # fmt: skip

# The light of a neon tube, and how much of it the dark body takes on.
GLOW: dict[str, tuple[Rgb, float]] = {
    "grey": ((158, 164, 176), 0.34), "red": ((255, 44, 52), 0.36), "blue": ((44, 104, 255), 0.4),
    "green": ((40, 255, 110), 0.32), "yellow": ((255, 236, 40), 0.4),
    "orange": ((255, 138, 16), 0.42), "purple": ((168, 58, 255), 0.4),
    "pink": ((255, 128, 206), 0.46), "brown": ((168, 100, 48), 0.5),
    "white": ((255, 255, 255), 0.5), "black": ((112, 116, 134), 0.0),
}  # fmt: skip

FIXED: dict[str, Rgb] = {
    "glass": (184, 226, 246), "light": (255, 248, 232), "white": (255, 255, 255),
    "cream": (252, 234, 202), "eye": (255, 255, 255),
    "pupil": (30, 28, 36), "dark": (70, 70, 82), "ink": (30, 28, 36), "tyre": (58, 58, 68),
    "wood": (158, 106, 66), "gold": (250, 204, 72), "flame": (246, 124, 50),
    "leaf": (92, 168, 84), "heart": (255, 208, 84), "blush": (244, 158, 158),
    "steam": (240, 244, 248), "leg": (222, 140, 60), "mouth": (58, 46, 52),
}  # fmt: skip


def mix(a: Rgb, b: Rgb, share: float) -> Rgb:
    """The colour that lies `share` (0 to 1) of the way from `a` to `b`."""
    return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def vivid(colour: Rgb, strength: float) -> Rgb:
    """The colour with its distance from grey multiplied by `strength`."""
    grey = sum(colour) / 3
    red, green, blue = (min(255.0, max(0.0, grey + (c - grey) * strength)) for c in colour)
    return red, green, blue


def bright(colour: Rgb) -> Rgb:
    """The colour made lighter until its strongest channel is near the top."""
    gain = max(1.0, 235 / max(1.0, *colour))
    return colour[0] * gain, colour[1] * gain, colour[2] * gain


def luminance(colour: Rgb) -> float:
    """How light a colour looks, 0 to 255 (Rec. 709 weights)."""
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


def role_colour(role: str, colour: str) -> Rgb:
    """What a role looks like on a thing of this colour, in daylight."""
    body = BODY[colour]
    if role == "body":
        return body
    if role == "shade":
        if colour == "white":
            return mix(body, (190, 200, 216), 0.6)
        warm = colour in ("yellow", "orange")
        return mix(body, (190, 70, 0) if warm else (20, 14, 40), 0.3 if warm else 0.24)
    if role == "tint":
        if colour == "white":
            return (232, 236, 242)
        return mix(body, (255, 255, 255), 0.12 if colour == "black" else 0.3)
    if role in ("heart", "gold") and colour in ("yellow", "orange"):
        return (146, 84, 44) if role == "heart" else (255, 244, 190)
    if role == "mouth" and colour == "black":
        return (200, 200, 210)
    return FIXED[role]


def contour(fill: Rgb) -> Rgb:
    """A line that shows against its own fill: darker, or paler where the fill is nearly black."""
    if luminance(fill) < 45:
        return (134, 138, 152)
    return mix(fill, (44, 30, 60), 0.46 if luminance(fill) > 225 else 0.5)
