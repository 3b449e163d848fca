"""The arguments of a call over HTTP, by name or in their order; what does not fit is said in one sentence."""

import json
from inspect import Parameter, Signature
from typing import Any

from fastapi import Request
from starlette.requests import ClientDisconnect

from sdgui.errors import UserError
from sdgui.written_values import shown


async def read_json(request: Request) -> Any:
    """The JSON that a request holds, None where it holds none; who leaves meanwhile is not answered anyhow."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError, ClientDisconnect):  # not JSON, or nested without end
        return None


def by_name(signature: Signature, given: Any) -> dict[str, Any]:
    """All arguments, by name, where they are `given` so; UserError when they do not fit."""
    if not isinstance(given, dict):
        raise UserError("The parameters must be one JSON object of names and values.")
    listed = ", ".join(signature.parameters)
    for name in given:
        if name not in signature.parameters:
            raise UserError(
                f"There is no parameter called “{shown(name)}”.", f"These can be given: {listed}."
            )
    for name, one in signature.parameters.items():
        if one.default is Parameter.empty and name not in given:
            raise UserError(f"The parameter “{name}” is missing.", f"These can be given: {listed}.")
    return _all(signature.bind(**given))


def in_order(signature: Signature, given: Any) -> dict[str, Any]:
    """All arguments, by name, where `given` has them in their order as `data`; UserError when they do not fit."""
    values = given.get("data") if isinstance(given, dict) else None
    if not isinstance(values, list):
        raise UserError("The parameters must be a JSON object with a list of values called data.")
    if len(values) != len(signature.parameters):
        listed = ", ".join(signature.parameters)
        raise UserError(
            f"The list called data needs {len(signature.parameters)} values, in this order: {listed}."
        )
    return _all(signature.bind(*values))


def _all(bound: Any) -> dict[str, Any]:
    bound.apply_defaults()
    return dict(bound.arguments)
