"""Whether somebody may have what they ask for, by the allowance of their role."""

from collections.abc import Sequence

from sdgui.errors import UserError
from sdgui.people import Allowance
from sdgui.spec import PictureSpec


def admit(allowance: Allowance, specs: Sequence[PictureSpec], waiting: int) -> None:
    """UserError unless these pictures may be queued by somebody of whom so many are `waiting`."""
    if not allowance.dreams:
        raise UserError("You can look around here, but not dream.", "Ask whoever runs this.")
    if waiting + len(specs) > allowance.waiting:
        raise UserError(
            f"{waiting} of your pictures are waiting already.",
            "Let some of them finish, or stop them.",
        )
    most = allowance.pictures
    if most is not None and len(specs) > most:
        raise UserError(f"You may ask for {most} pictures at once.", "Ask for fewer.")
    pixels = allowance.pixels
    if pixels is not None and any(spec.width * spec.height > pixels for spec in specs):
        side = int(pixels**0.5)
        raise UserError(
            "You may not ask for pictures as large as this.",
            f"Up to {side} × {side} pixels are allowed.",
        )
    steps = allowance.steps
    if steps is not None and any(spec.steps > steps for spec in specs):
        raise UserError(f"You may ask for {steps} steps.", "Ask for fewer.")
