"""The errors whose text people see."""


class UserError(Exception):
    """A fault that the person can mend: one plain sentence and one hint; the only error shown as it is."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(Exception):
    """Raised inside an engine to leave a pipeline at once when every member of its batch is cancelled."""
