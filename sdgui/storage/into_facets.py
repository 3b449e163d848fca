"""The fifth version of the database: ratings, LoRAs in a table, and indexes that hold all that is filtered by."""

import sqlite3
from collections.abc import Callable

from sdgui.spec import PictureSpec
from sdgui.storage.rows import loras_of

# All that is filtered by stands in them: what is passed over is never looked up in the table, however large it is.
# SQLite wants what the index is conditional on among its columns, too, before it believes that.
_HELD = "stored, deleted, model, sampler, width, height, mark"
_SCRIPT = (
    "ALTER TABLE tasks ADD COLUMN rating INTEGER NOT NULL DEFAULT 0",  # 1 to 5; 0 for none
    """CREATE TABLE loras (
        lora TEXT NOT NULL,               -- the id of its file
        number INTEGER NOT NULL,          -- of the task
        PRIMARY KEY (lora, number)
    ) WITHOUT ROWID""",
    "DROP INDEX tasks_by_date",
    f"""CREATE INDEX tasks_by_date ON tasks (visitor, created, number, {_HELD}, rating)
        WHERE stored AND NOT deleted""",
    "DROP INDEX tasks_by_match",
    f"""CREATE INDEX tasks_by_match ON tasks (visitor, ifnull(match, -2.0), number, created, {_HELD}, rating, match)
        WHERE stored AND NOT deleted""",
    f"""CREATE INDEX tasks_by_rating ON tasks (visitor, rating, number, created, {_HELD})
        WHERE stored AND NOT deleted""",
)


def into_facets(connection: sqlite3.Connection, tell: Callable[[str], None]) -> None:
    """Adds them; runs in the caller's transaction."""
    for statement in _SCRIPT:
        connection.execute(statement)
    # the names of their type, as specs are written
    rows = connection.execute("""SELECT number, spec FROM tasks WHERE instr(spec, '"lora"') > 0""")
    for number, text in rows.fetchall():
        try:
            spec = PictureSpec.from_json(text)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # whoever asks for this one is told
        connection.executemany(
            "INSERT OR IGNORE INTO loras (lora, number) VALUES (?, ?)",
            [(lora, number) for lora in loras_of(spec)],
        )
