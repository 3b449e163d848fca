"""The endpoints as Gradio describes them to its clients, which read there what can be called and with what."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import gradio as gr

from sdgui.web.programs.endpoints import Endpoint


def declare(endpoints: Mapping[str, Endpoint]) -> None:
    """Adds the endpoints to the Blocks that is being built; Gradio itself never runs them."""
    for endpoint in endpoints.values():
        gr.api(_described(endpoint), api_name=endpoint.name)


def numbers_of(page: gr.Blocks, endpoints: Mapping[str, Endpoint]) -> dict[int, Endpoint]:
    """The endpoints by the numbers under which Gradio's clients call them."""
    return {
        number: endpoints[str(function.api_name)]
        for number, function in page.fns.items()
        if function.api_name in endpoints
    }


def _described(endpoint: Endpoint) -> Any:
    """A function with the signature, name and types of an endpoint."""

    async def described(*given: Any) -> AsyncIterator[Any]:
        raise NotImplementedError  # our own routes are asked before Gradio's
        yield

    parameters = endpoint.signature.parameters
    described.__name__ = described.__qualname__ = endpoint.name
    described.__doc__ = endpoint.summary
    described.__signature__ = endpoint.signature.replace(  # type: ignore[attr-defined]
        return_annotation=endpoint.news
    )
    # Gradio reads the types of what is yielded where a plain function says what it returns.
    described.__annotations__ = {
        **{name: one.annotation for name, one in parameters.items()},
        "return": endpoint.news,
    }
    return described
