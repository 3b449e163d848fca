"""News of calls as Gradio's clients read them: gradio_client its session's, others those of one call.

Only what clients look at; both follow Gradio 6.31, whose queue would otherwise say it.
"""

import json
from typing import Any

from sdgui.web.programs.calls import Stage, Told

CALL_BEAT = "event: heartbeat\ndata: null\n\n"
"""In the stream of one call, that it is still there."""


def call_message(told: Told) -> str:
    """News in the stream of one call, which has everything every time."""
    return f"event: {told.stage}\ndata: {json.dumps(told.data)}\n\n"


def session_message(call: str, told: Told, *, is_first: bool) -> str:
    """News of a call in the stream of its session; after the first, progress is written as changes: of the whole."""
    match told.stage:
        case Stage.GENERATING:
            data = told.data if is_first else [[["replace", [], one]] for one in told.data]
            return _message(
                msg="process_generating", event_id=call, output=_output(data), success=True
            )
        case Stage.COMPLETE:
            return _message(
                msg="process_completed", event_id=call, output=_output(told.data), success=True
            )
        case Stage.ERROR:
            return _message(msg="process_completed", event_id=call, output=told.data, success=False)


def _output(data: list[Any]) -> dict[str, Any]:
    return {"data": data, "is_generating": False}


def _message(**fields: Any) -> str:
    return f"data: {json.dumps(fields)}\n\n"


SESSION_BEAT = _message(msg="heartbeat")
"""In the stream of a session, that it is still there."""
SESSION_END = _message(msg="close_stream", event_id=None)
"""That all calls of the session have ended."""
