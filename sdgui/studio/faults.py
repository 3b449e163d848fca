"""What is said of faults that are ours."""

from sdgui.errors import UserError

OUR_FAULT = UserError(
    "Something went wrong on our side, and the picture could not be made.",
    "Try again; the server's log has the details.",
)
NOT_LOADED = UserError("The model could not be loaded.", "The server's log has the details.")
NOT_SAVED_HERE = UserError(
    "Nothing more can be saved on this machine now.",
    "Whoever runs it is told why; come again later.",
)
"""What guests are told of a disk that is not theirs."""
HELD_BACK = UserError(
    "The model’s safety checker held this picture back.",
    "Try another seed; whoever runs this can start it with --no-safety-checker.",
)
