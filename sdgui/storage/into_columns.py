"""The third version of the database: what is searched, filtered and sorted by stands in columns."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from sdgui.records import match_in
from sdgui.spec import PictureSpec
from sdgui.storage.prompt_search import TOKENIZER, words_of
from sdgui.storage.rows import storable

_MANY = 5_000
"""Rows from which on it is said how far it is."""
_AT_ONCE = 1_000

_TABLE = """
    CREATE TABLE listed (
        number INTEGER PRIMARY KEY,       -- in the order in which they were asked for
        id TEXT NOT NULL UNIQUE,          -- also the picture's id
        job TEXT NOT NULL REFERENCES jobs (id),
        position INTEGER NOT NULL,
        visitor TEXT NOT NULL,            -- of its job
        spec TEXT NOT NULL,               -- JSON
        path TEXT,                        -- of the PNG, fixed from the start; NULL once deleted and gone
        stored INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        settled INTEGER NOT NULL DEFAULT 0, -- not stored, and looked for after the end of its job
        created REAL,                     -- when it was stored
        notes TEXT NOT NULL DEFAULT '{}', -- JSON
        bytes INTEGER NOT NULL DEFAULT 0,
        mark TEXT NOT NULL DEFAULT '',
        marked REAL,                      -- when the mark was set, seconds since the epoch
        fault TEXT NOT NULL DEFAULT '',   -- why it could not be made
        -- What follows is told by the spec and the notes, and repeats it.
        prompt TEXT NOT NULL,
        negative_prompt TEXT NOT NULL,
        model TEXT NOT NULL,
        sampler TEXT NOT NULL,            -- with its schedule
        width INTEGER NOT NULL,
        height INTEGER NOT NULL,
        steps INTEGER NOT NULL,
        guidance REAL NOT NULL,
        seed INTEGER NOT NULL,
        match REAL,
        UNIQUE (job, position)
    )
"""
# The words alone: what they were made from stands in the table. Rows are only ever added.
_PROMPTS = f"""
    CREATE VIRTUAL TABLE prompts USING fts5 (
        prompt, content='', columnsize=0, prefix='2 3', tokenize="{TOKENIZER}"
    )
"""
_LAST = (
    "DROP TABLE tasks",
    "ALTER TABLE listed RENAME TO tasks",
    "CREATE INDEX tasks_shown ON tasks (job) WHERE stored AND NOT deleted",
    "CREATE INDEX tasks_missing ON tasks (job) WHERE NOT stored AND NOT deleted AND NOT settled",
    "CREATE INDEX tasks_leftover ON tasks (number) WHERE deleted AND path IS NOT NULL",
    "CREATE INDEX tasks_by_date ON tasks (visitor, created, number) WHERE stored AND NOT deleted",
    """CREATE INDEX tasks_by_match ON tasks (visitor, ifnull(match, -2.0), number)
        WHERE stored AND NOT deleted""",
    """CREATE INDEX tasks_kept ON tasks (visitor, marked, number)
        WHERE mark = 'kept' AND stored AND NOT deleted""",
)
_COPIED = (
    *("id", "job", "position", "visitor", "spec", "path", "stored", "deleted", "created"),
    *("notes", "bytes", "mark", "marked", "fault"),
)
_DERIVED = (
    *("prompt", "negative_prompt", "model", "sampler", "width", "height"),
    *("steps", "guidance", "seed", "match"),
)


def into_columns(connection: sqlite3.Connection, tell: Callable[[str], None]) -> None:
    """Makes `tasks` a table with columns for what its specs say, and the index of the prompts' words.

    Runs in the caller's transaction. `tell` is told how far it is where that takes a while.
    """
    (total,) = connection.execute("SELECT count(*) FROM tasks").fetchone()
    connection.execute(_TABLE)
    connection.execute(_PROMPTS)
    rows = _rows(connection)
    done = 0
    while some := list(islice(rows, _AT_ONCE)):
        if total >= _MANY and done % _MANY == 0:
            tell(f"The list of pictures is brought up to date: {done:,} of {total:,}.")
        _write(connection, some, done)
        done += len(some)
    if total >= _MANY:
        tell("The list of pictures is brought up to date: all of them, only the indexes are left.")
    for statement in _LAST:
        connection.execute(statement)


def _rows(connection: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """The rows of all jobs, oldest first; with little in memory however many there are."""
    jobs = connection.execute("SELECT id FROM jobs ORDER BY created, id").fetchall()
    for (job,) in jobs:
        yield from connection.execute(
            """SELECT tasks.*, jobs.visitor FROM tasks JOIN jobs ON jobs.id = tasks.job
            WHERE tasks.job = ? ORDER BY position""",
            (job,),
        ).fetchall()


def _write(connection: sqlite3.Connection, rows: list[sqlite3.Row], done: int) -> None:
    names = ("number", *_COPIED, *_DERIVED)
    numbered = [(number, row, _derived(row)) for number, row in enumerate(rows, start=done + 1)]
    connection.executemany(
        f"INSERT INTO listed ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [(number, *(row[name] for name in _COPIED), *derived) for number, row, derived in numbered],
    )
    connection.executemany(
        "INSERT INTO prompts (rowid, prompt) VALUES (?, ?)",
        [(number, words_of(str(derived[0]))) for number, _, derived in numbered],
    )


def _derived(row: sqlite3.Row) -> tuple[Any, ...]:
    try:
        spec = PictureSpec.from_json(row["spec"])
        notes = json.loads(row["notes"])
    except (ValueError, KeyError, TypeError, AttributeError):
        # No reason to open nothing at all; whoever asks for this one is told.
        return ("", "", "", "", 0, 0, 0, 0.0, 0, None)
    return (
        *(storable(spec.prompt), storable(spec.negative_prompt)),
        *(storable(spec.model.id), storable(spec.sampler_name)),
        *(spec.width, spec.height, spec.steps, spec.guidance, spec.seed),
        match_in(notes) if row["stored"] else None,
    )
