"""The owner's token for a hub, in a file that only they can read."""

import os
from pathlib import Path

from sdgui.errors import UserError

NAME = ".hub-token"
_LONGEST = 200


class HubToken:
    """Kept in one file of mode 600; never told to anybody but the hub itself."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> str | None:
        """The token; None where there is none, or where it cannot be read."""
        try:
            return self._file.read_text(encoding="ascii").strip() or None
        except (OSError, ValueError):
            return None

    def keep(self, token: str) -> None:
        """Keeps a token, "" to forget it; UserError for what can be none, or where it cannot be kept."""
        token = token.strip()
        if not token:
            self._file.unlink(missing_ok=True)
            return
        if len(token) > _LONGEST or not token.isascii() or not token.isprintable() or " " in token:
            raise UserError(
                "That is no token of a hub.", "Copy it anew from the hub's page of your tokens."
            )
        temporary = self._file.with_name(f"{NAME}.tmp")
        try:
            temporary.unlink(missing_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as out:
                out.write(token)
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(self._file)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise UserError(
                f"The token could not be kept ({error.strerror}).",
                "Check the output folder's permissions and free space.",
            ) from error
