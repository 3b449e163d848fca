"""How often what each visitor has was changed, counted where rows are written: no change can forget to say so."""

import sqlite3

_WATCHED = "jobs", "tasks"
"""The tables of what a visitor's pages show."""
_ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


class Revisions:
    """Watches the connection that writes. What is seen in a transaction counts once it is committed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """The triggers are the connection's own: the file has nothing of them."""
        self._last: dict[str, int] = {}
        self._count = 0
        self._touched: set[str] = set()
        connection.create_function("touched", 1, self._touched.add)
        for table in _WATCHED:
            for event, rows in _ROWS.items():
                said = " ".join(f"SELECT touched({row}.visitor);" for row in rows)
                connection.execute(
                    f"""CREATE TEMP TRIGGER watched_{table}_{event.lower()}
                    AFTER {event} ON main.{table} BEGIN {said} END"""
                )

    def begin(self) -> None:
        """A transaction begins: nothing is touched by it yet."""
        self._touched.clear()

    def committed(self) -> None:
        """What it touched is another one from now on."""
        if self._touched:
            self._count += 1  # one count for all: who becomes somebody else finds another one, too
            self._last.update(dict.fromkeys(self._touched, self._count))

    def of(self, visitor: str) -> int:
        """Another one after each change of what the visitor has."""
        return self._last.get(visitor, 0)
