"""Pictures that a picture is made from: each is named by the hash of its content (hex SHA-256)."""

from dataclasses import dataclass

from sdgui.model_info import ModelRef


@dataclass(frozen=True, kw_only=True)
class InitImage:
    """The picture to begin from; of strength 1 nothing of it is left, of strength 0 all."""

    image: str
    strength: float

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for what one batch can hold: the strength decides how many steps are made."""
        return ("init", self.strength)


@dataclass(frozen=True, kw_only=True)
class Mask:
    """Where the first picture is made anew: white is new, black stays."""

    image: str

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for what one batch can hold."""
        return ("mask",)


@dataclass(frozen=True, kw_only=True)
class Control:
    """A picture (edges, depth, a pose) that a control model follows, with a weight."""

    image: str
    model: ModelRef
    weight: float

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for what one batch can hold: one control model at one weight."""
        return ("control", self.model, self.weight)


Input = InitImage | Mask | Control
INPUTS: dict[str, type[InitImage] | type[Mask] | type[Control]] = {
    "init": InitImage,
    "mask": Mask,
    "control": Control,
}
"""By the names under which they are written."""
