"""Whether somebody may have what they ask for, by the allowance of their role."""

import math
from collections.abc import Iterable, Sequence

from sdgui.errors import OverLimit, TooSoon, UserError
from sdgui.model_info import ModelInfo
from sdgui.people import Allowance
from sdgui.spec import PictureSpec
from sdgui.studio.barred_words import barred_word

MINUTE = 60.0


def admit_asked(allowance: Allowance, model: str, prompts: Iterable[str]) -> None:
    """UserError unless somebody may dream with this model, and of these words; before the model is so much as read."""
    if not allowance.dreams:
        raise UserError("You can look around here, but not dream.", "Ask whoever runs this.")
    if allowance.only is not None and model not in allowance.only:
        others = ", ".join(allowance.only)
        raise OverLimit(
            "Guests may not dream with this model.",
            f"Choose {others} instead." if others else "Ask whoever runs this for one.",
            "model",
        )
    for prompt in prompts:
        word = barred_word(prompt, allowance.words)
        if word is not None:
            raise OverLimit(
                f"Whoever runs this wants no guest’s prompt to say “{word}”.",
                "Leave it out, and dream again at once.",
                "prompt",
            )


def admit_checker(allowance: Allowance, info: ModelInfo) -> None:
    """UserError where a model's own safety checker cannot be read, and somebody may not dream without it.

    Whoever runs this chose the files and sees what they lack. Guests chose nothing, and the model came with the promise
    that what its checker holds back is not shown: that is kept, or broken by its owner's word alone.
    """
    if info.checker is not None and info.checker.fault and not allowance.unchecked:
        raise UserError(
            "Guests may not dream with this model: its own safety checker cannot be read here.",
            "Choose another model, or ask whoever runs this.",
        )


def admit_words(allowance: Allowance, specs: Sequence[PictureSpec]) -> None:
    """UserError unless somebody may dream with the models of these pictures, and of their words."""
    for model in dict.fromkeys(spec.model.id for spec in specs):
        prompts = dict.fromkeys(spec.prompt for spec in specs if spec.model.id == model)
        admit_asked(allowance, model, prompts)


def admit_each(allowance: Allowance, specs: Sequence[PictureSpec]) -> None:
    """OverLimit where one of these pictures is larger, or has more steps, than somebody may ask for."""
    pixels = allowance.pixels
    largest = max(specs, key=lambda spec: spec.width * spec.height)
    if pixels is not None and largest.width * largest.height > pixels:
        side = math.isqrt(pixels)
        raise OverLimit(
            f"You may not ask for pictures as large as this, {largest.width} × {largest.height}.",
            f"Up to {side} × {side} pixels, or as many in another shape, are allowed.",
            "width",
        )
    steps = max(spec.steps for spec in specs)
    if allowance.steps is not None and steps > allowance.steps:
        raise OverLimit(
            f"You may ask for {_count(allowance.steps, 'step')}, and these are {steps}.",
            "Ask for fewer.",
            "steps",
        )


def admit(
    allowance: Allowance,
    specs: Sequence[PictureSpec],
    waiting: int,
    begun: Sequence[float] = (),
) -> None:
    """UserError unless as many pictures as large as these may be queued by somebody of whom so many are `waiting`, and
    who began other dreams so many seconds ago (`begun`)."""
    if not allowance.dreams:
        raise UserError("You can look around here, but not dream.", "Ask whoever runs this.")
    most = allowance.pictures
    if most is not None and len(specs) > most:
        raise OverLimit(
            f"You may ask for {_count(most, 'picture')} at once, and these are {len(specs)}.",
            "Ask for fewer.",
            "count",
        )
    admit_each(allowance, specs)
    if waiting + len(specs) > allowance.waiting:
        raise UserError(
            f"{waiting} of your pictures are waiting already, and {allowance.waiting} may.",
            _when_fewer_wait(allowance.waiting, waiting, len(specs)),
        )
    recent = [ago for ago in begun if ago < MINUTE]
    if allowance.a_minute is not None and len(recent) >= allowance.a_minute:
        left = MINUTE - sorted(recent, reverse=True)[len(recent) - allowance.a_minute]
        raise TooSoon(f"You may begin {_count(allowance.a_minute, 'dream')} a minute.", left)


def admit_among_guests(most: int | None, waiting: int, asked: int) -> None:
    """UserError unless so many more pictures may be queued while so many of all guests are `waiting`."""
    if most is not None and waiting + asked > most:
        raise UserError(
            f"{_count(waiting, 'picture')} of guests are waiting here already, and {most} may.",
            f"Come again when {waiting + asked - most} of them are made."
            if asked <= most
            else f"Ask for {_count(most, 'picture')} at most.",
        )


def _when_fewer_wait(most: int, waiting: int, asked: int) -> str:
    if asked > most:
        return f"Ask for {_count(most, 'picture')} at most."
    return f"Come again when {waiting + asked - most} of them are made, or stop some."


def _count(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
