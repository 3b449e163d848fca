"""The schema of the database, version by version."""

import sqlite3
from collections.abc import Callable

from sdgui.storage.into_columns import into_columns
from sdgui.storage.into_facets import into_facets

Tell = Callable[[str], None]
"""Takes a line that says how far something is, for the terminal."""
Migration = str | Callable[[sqlite3.Connection, Tell], None]

# One per version of the schema, oldest first: a script, or what runs in a transaction. `PRAGMA user_version` counts
# those applied. Never edit one that has been released, add the next.
MIGRATIONS: tuple[Migration, ...] = (
    """
    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        visitor TEXT NOT NULL,
        created REAL NOT NULL,            -- seconds since the epoch
        state TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        hint TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE INDEX jobs_history ON jobs (visitor, created DESC, id DESC);
    CREATE INDEX jobs_queued ON jobs (created) WHERE state = 'queued';

    CREATE TABLE tasks (
        id TEXT PRIMARY KEY,              -- also the picture's id
        job TEXT NOT NULL REFERENCES jobs (id),
        position INTEGER NOT NULL,
        spec TEXT NOT NULL,               -- JSON
        path TEXT,                        -- of the PNG, fixed from the start; NULL once deleted and gone
        stored INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        created REAL,                     -- when it was stored
        notes TEXT NOT NULL DEFAULT '{}', -- JSON
        bytes INTEGER NOT NULL DEFAULT 0,
        UNIQUE (job, position)
    ) WITHOUT ROWID;
    CREATE INDEX tasks_shown ON tasks (job) WHERE stored AND NOT deleted;
    CREATE INDEX tasks_missing ON tasks (id) WHERE NOT stored;
    CREATE INDEX tasks_leftover ON tasks (id) WHERE deleted AND path IS NOT NULL;
    """,
    """
    ALTER TABLE jobs ADD COLUMN sheet TEXT;                    -- JSON; NULL for a dream that is no sheet
    CREATE INDEX jobs_sheets ON jobs (visitor, created DESC, id DESC) WHERE sheet IS NOT NULL;

    ALTER TABLE tasks ADD COLUMN mark TEXT NOT NULL DEFAULT '';
    ALTER TABLE tasks ADD COLUMN marked REAL;                  -- when the mark was set, seconds since the epoch
    ALTER TABLE tasks ADD COLUMN fault TEXT NOT NULL DEFAULT ''; -- why it could not be made
    CREATE INDEX tasks_kept ON tasks (marked, id) WHERE mark = 'kept' AND NOT deleted;
    """,
    into_columns,
    """
    ALTER TABLE jobs ADD COLUMN binned REAL;                   -- when it went into the bin, seconds since the epoch
    ALTER TABLE jobs ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0; -- by that, and goes on when it comes back

    -- What is in the bin counts as deleted, and its files stay.
    ALTER TABLE tasks ADD COLUMN binned REAL;
    ALTER TABLE tasks ADD COLUMN undo TEXT;                    -- what went into the bin at once has the same
    DROP INDEX tasks_missing;
    CREATE INDEX tasks_missing ON tasks (job)
        WHERE NOT stored AND NOT settled AND (NOT deleted OR binned IS NOT NULL);
    DROP INDEX tasks_leftover;
    CREATE INDEX tasks_leftover ON tasks (number) WHERE deleted AND binned IS NULL AND path IS NOT NULL;
    CREATE INDEX tasks_binned ON tasks (visitor, binned, number) WHERE binned IS NOT NULL;
    CREATE INDEX tasks_undo ON tasks (undo) WHERE undo IS NOT NULL;
    """,
    into_facets,
    """
    CREATE TABLE links (
        id TEXT PRIMARY KEY,
        visitor TEXT NOT NULL,
        kind TEXT NOT NULL,
        pictures TEXT NOT NULL,           -- JSON: ids of tasks, in order
        prompt INTEGER NOT NULL,          -- whether it is shown
        settings INTEGER NOT NULL,        -- whether they are shown
        by TEXT NOT NULL,                 -- whose they are, '' where that is not shown
        created REAL NOT NULL,            -- this and all below: seconds since the epoch
        expires REAL,
        withdrawn REAL
    ) WITHOUT ROWID;
    CREATE INDEX links_of ON links (visitor, created DESC, id);
    """,
    """
    ALTER TABLE jobs ADD COLUMN imported INTEGER NOT NULL DEFAULT 0; -- from a folder, and never dreamt here
    DROP INDEX jobs_history;
    CREATE INDEX jobs_history ON jobs (visitor, imported, created DESC, id DESC);
    ALTER TABLE tasks ADD COLUMN imported TEXT;                -- JSON: from where; NULL for what was made here

    CREATE TABLE imports (
        number INTEGER PRIMARY KEY,
        visitor TEXT NOT NULL,            -- '' until the owner opens the page
        folder BLOB NOT NULL,             -- as the system calls it, every link resolved
        copies INTEGER NOT NULL,
        state TEXT NOT NULL
    );
    CREATE TABLE imported_files (
        import INTEGER NOT NULL REFERENCES imports (number),
        path BLOB NOT NULL,               -- below its folder
        size INTEGER NOT NULL,
        modified INTEGER NOT NULL,        -- nanoseconds since the epoch
        hash TEXT NOT NULL,               -- SHA-256
        PRIMARY KEY (import, path)
    ) WITHOUT ROWID;
    CREATE TABLE imported_pictures (
        visitor TEXT NOT NULL,
        hash TEXT NOT NULL,               -- SHA-256 of the file
        task INTEGER NOT NULL,            -- its number
        PRIMARY KEY (visitor, hash)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE jobs ADD COLUMN shows TEXT;                    -- JSON: ids of pictures of other jobs; mostly NULL
    ALTER TABLE jobs ADD COLUMN undo TEXT;                     -- of such a job: as that of tasks
    CREATE INDEX jobs_gathered ON jobs (visitor) WHERE shows IS NOT NULL;
    """,
    """
    -- By the owner of the machine, in seconds since the epoch: it counts as deleted, and its files stay. With `binned`
    -- it was deleted by them; at the same moment, where it was to be seen before.
    ALTER TABLE tasks ADD COLUMN hidden REAL;
    CREATE INDEX tasks_hidden ON tasks (visitor, number) WHERE hidden IS NOT NULL;
    DROP INDEX tasks_leftover;
    CREATE INDEX tasks_leftover ON tasks (number)
        WHERE deleted AND binned IS NULL AND hidden IS NULL AND path IS NOT NULL;

    CREATE TABLE reports (
        picture TEXT PRIMARY KEY,         -- id of its task
        place TEXT NOT NULL,              -- where it was seen last: the path of a page
        reasons TEXT NOT NULL,            -- JSON: the last of them
        count INTEGER NOT NULL,
        first REAL NOT NULL,              -- this and the last: seconds since the epoch
        last REAL NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE tasks ADD COLUMN held_back INTEGER NOT NULL DEFAULT 0; -- made, and shown to nobody; `fault` says why
    """,
    """
    CREATE TABLE choosers (
        id TEXT PRIMARY KEY,
        link TEXT NOT NULL,
        place INTEGER,                    -- among those of the link, from 1 on; NULL of who was sent away
        name TEXT NOT NULL,
        created REAL NOT NULL,            -- seconds since the epoch
        marks TEXT NOT NULL,              -- JSON: by the pictures' ids
        UNIQUE (link, place)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE guests (
        id TEXT PRIMARY KEY               -- visitors who asked for a dream as guests; who adopts theirs is noted anew
    ) WITHOUT ROWID;
    """,
    """
    CREATE INDEX tasks_by_seed ON tasks (visitor, seed);
    """,
    """
    -- With all that it is chosen by: else each row is read to see whether it still is as the index has it.
    CREATE INDEX tasks_kept_bytes ON tasks (visitor, bytes, mark, stored, deleted, hidden)
        WHERE mark = 'kept' AND stored AND NOT deleted AND hidden IS NULL;
    """,
)
