"""A handler that takes settings by name, as a function whose parameters Gradio can read."""

from collections.abc import AsyncIterator, Callable, Sequence
from inspect import Parameter, Signature
from typing import Any, TypeVar

import gradio as gr

_News = TypeVar("_News")


def with_parameters(
    handle: Callable[[gr.Request, dict[str, Any]], AsyncIterator[_News]],
    parameters: Sequence[Parameter],
    news: Any,
) -> Callable[..., AsyncIterator[_News]]:
    """An endpoint with these parameters that yields `news`; Gradio gives the values in order, `handle` gets names."""
    request = Parameter("request", Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    signature = Signature([request, *sorted(parameters, key=_has_default)], return_annotation=news)

    async def endpoint(*given: Any) -> AsyncIterator[_News]:
        bound = signature.bind(*given)
        bound.apply_defaults()
        asked = dict(bound.arguments)
        async for one in handle(asked.pop("request"), asked):
            yield one

    endpoint.__name__ = endpoint.__qualname__ = handle.__name__
    endpoint.__doc__ = handle.__doc__
    endpoint.__signature__ = signature  # type: ignore[attr-defined]
    # Gradio reads the types of what is yielded where a plain function says what it returns.
    endpoint.__annotations__ = {
        **{name: one.annotation for name, one in signature.parameters.items()},
        "return": news,
    }
    return endpoint


def _has_default(parameter: Parameter) -> bool:
    return parameter.default is not Parameter.empty
