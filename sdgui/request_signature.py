"""What a function takes that asks for pictures: parameters made from the definition of the settings."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sdgui.request_fields import REQUEST, Setting, Unsaid, ValueKind

_TYPES: dict[ValueKind, type] = {
    ValueKind.TEXT: str,
    ValueKind.WHOLE: int,
    ValueKind.REAL: float,
    ValueKind.SEED: int,
    ValueKind.FLAG: bool,
}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def settings_but(*without: str) -> tuple[Setting, ...]:
    """The settings of a request that go by themselves, without some."""
    return tuple(one for one in REQUEST if one.name not in without)


def parameter(
    setting: Setting, kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
) -> inspect.Parameter:
    """A setting as a parameter: None is what stands for the model's own, chance, or nothing."""
    return inspect.Parameter(
        setting.name,
        kind,
        default=inspect.Parameter.empty if setting.needed else setting.usual,
        annotation=type_of(setting),
    )


def type_of(setting: Setting) -> Any:
    """The type of a setting's value as programs give it."""
    plain = _TYPES[setting.kind]
    is_always_said = setting.needed or setting.usual is not None
    return plain if is_always_said and setting.unsaid is Unsaid.USUAL else plain | None


def shows(settings: Sequence[Setting]) -> Callable[[_Function], _Function]:
    """Shows settings that a function takes as `**asked` in its signature, for help() and editors."""

    def decorate(function: _Function) -> _Function:
        signature = inspect.signature(function)
        own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        place = 1 + next(i for i, one in enumerate(own) if one.name == "prompt")
        taken = {one.name for one in own}
        given = [
            parameter(one, inspect.Parameter.KEYWORD_ONLY)
            for one in settings
            if one.name not in taken
        ]
        shown = signature.replace(parameters=[*own[:place], *given, *own[place:]])
        function.__signature__ = shown  # type: ignore[attr-defined]
        return function

    return decorate
