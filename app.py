"""Starts sdgui: flags become Settings; store, models, studio and web are made and put together."""

import functools
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sdgui.batches import batch_limit
from sdgui.demo.embedded import EMBEDDED
from sdgui.errors import UserError
from sdgui.ports import Engine
from sdgui.settings import Settings, parse_settings
from sdgui.web.doors.bounded_log import BoundedLog

if TYPE_CHECKING:
    from sdgui.engine.catalog import Catalog
    from sdgui.web.share.tunnel import LinkState


def make_engine(settings: Settings) -> Engine:
    """The engine; called in the worker's process, so that this one never imports torch."""
    # Else transformers says at every start which optional packages it would like to have.
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    from sdgui.engine.engine import TorchEngine
    from sdgui.engine.quiet import keep_bars_to_this_process

    keep_bars_to_this_process()
    return TorchEngine(
        make_catalog(settings),
        device=settings.device,
        dtype=settings.dtype,
        cache_dir=cache_dir(settings),
        clip=settings.clip,
        checks=settings.safety_checker,
    )


def make_catalog(settings: Settings) -> "Catalog":
    """The models that can be chosen; the server and its worker have one each."""
    from sdgui.engine.catalog import Catalog
    from sdgui.engine.places import name_places

    named = name_places(settings.models, reserved=EMBEDDED)
    default, *others = named.names
    return Catalog(
        default,
        embedded=EMBEDDED,
        others=tuple(others),
        cache_dir=cache_dir(settings),
        models_dirs=models_dirs(settings),
        places=named.places,
    )


def models_dirs(settings: Settings) -> tuple[Path, ...]:
    """Where models are looked for: where it was said, and in `models` beside this file."""
    beside = Path(__file__).resolve().parent / "models"
    return tuple(
        dict.fromkeys(
            folder.resolve() for folder in (*settings.models_dirs, beside) if folder.is_dir()
        )
    )


def cache_dir(settings: Settings) -> Path:
    """Where what was computed of models (hashes, preview maps) is kept."""
    return settings.output_dir / ".cache"


def serve(settings: Settings) -> None:
    """Serves until it is told to stop; UserError when it cannot start."""
    from sdgui.web.doors.listen import listen

    sock = listen(settings)  # first: who opens the page now waits instead of being turned away

    from sdgui.engine.allocator import keep_freed_memory
    from sdgui.engine.library.library import OwnersLibrary
    from sdgui.engine.main_memory import resident
    from sdgui.engine.waiting import wait_briefly
    from sdgui.storage.disk_store import DiskStore
    from sdgui.storage.rebuilding import rebuild
    from sdgui.storage.whole_file import write_whole
    from sdgui.studio.guest_book import GuestBook
    from sdgui.studio.process_worker import ProcessWorker
    from sdgui.studio.studio import Studio

    def say(line: str) -> None:
        print(line, flush=True)

    if settings.rebuild:
        rebuild(settings.output_dir, say)
    store = DiskStore(settings.output_dir, say)
    try:
        for folder in settings.imports:
            store.imports.begin(folder, None, copies=settings.import_copies)
        catalog = make_catalog(settings)
        for model in settings.models:
            catalog.look(model)
        library = OwnersLibrary(
            *(catalog, settings.output_dir, write_whole),
            embedded=frozenset(EMBEDDED),
            is_said=settings.model_is_said,
            models_dirs=models_dirs(settings),
            checks=settings.safety_checker,
        )
        library.start()

        book = GuestBook(
            settings.output_dir,
            write_whole,
            said=settings.guests,
            unchecked=not settings.safety_checker,
            asks_names=bool(settings.auth),
        )
        # Both of the worker: it reads them from its environment.
        keep_freed_memory()
        wait_briefly()
        studio = Studio(
            models=catalog,
            store=store,
            workers=[ProcessWorker(functools.partial(make_engine, settings))],
            batch_limit=lambda spec: batch_limit(spec, studio.status().device),
            resident=resident,
            policy=book.policy,
            paused=book.is_held,
            used=book.used,
            is_owner=book.is_owner,
            is_out=book.is_out,
            lost=book.lost,
            guests=book.guests(),
        )
        studio.start()
        try:
            from sdgui.web import server
            from sdgui.web.doors.on_network import address_on_network
            from sdgui.web.share.told import HELD, SEEN_PASSWORDS, owners_link, told_of_link

            web = server.make_app(studio, store, settings, library, book)
            gate, link = web.state.gate, web.state.link
            here = f"http://{_shown(settings.host)}:{settings.port}{settings.root_path}"
            is_told = gate.is_open

            def tell(state: "LinkState") -> None:
                nonlocal is_told
                if gate.is_open and not is_told:
                    print(owners_link(here, gate.keys.token), flush=True)
                    is_told = True
                told = told_of_link(state, token=gate.keys.token, coloured=sys.stdout.isatty())
                print(told, flush=True)

            def started() -> None:
                catalog.collection.start()
                book.start()
                store.imports.resume()
                print(f"sdgui is at {here}", flush=True)
                others = address_on_network(settings.host, settings.port, settings.root_path)
                if others not in (None, here):
                    print(f"Others in your network find it at {others}", flush=True)
                if studio.is_paused:
                    print(HELD, flush=True)
                if settings.auth_is_seen:
                    print(SEEN_PASSWORDS, flush=True)
                if is_told:
                    print(owners_link(here, gate.keys.token), flush=True)
                link.tell = tell
                if settings.share:
                    link.start()

            server.serve(web, sock, started)
        finally:
            library.close()
            book.close()
            catalog.collection.close()
            studio.close()
    finally:
        store.close()


_LONGEST_LINE = 20_000
"""Characters of one message with its traceback."""


class Plain(logging.Formatter):
    """Leaves alone what a person can mend: it reads on the terminal as it does on the page. Of all else nothing that
    somebody wrote, the name of a file for example, begins a line of its own or tells the terminal what to do."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the sentence of a UserError by itself."""
        told = record.args if isinstance(record.args, tuple) else ()
        if record.levelno >= logging.ERROR and len(told) == 1 and isinstance(told[0], UserError):
            return record.getMessage()
        line = "".join(map(_written, super().format(record)))
        half = _LONGEST_LINE // 2
        return line if len(line) <= _LONGEST_LINE else f"{line[:half]} … {line[-half:]}"

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line of a message, without its traceback."""
        record.message = record.message.replace("\n", "\n    ")
        return super().formatMessage(record)


def _written(char: str) -> str:
    return char if char == "\n" or char.isprintable() else ascii(char)[1:-1]


def _shown(host: str) -> str:
    """The host as it stands in an address that a browser on this machine can open."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def main(argv: Sequence[str]) -> int:
    """The exit code: 0 after a clean stop, 2 when it could not start (the reason is on stderr), 130 at Ctrl+C."""
    terminal = logging.StreamHandler()
    terminal.setFormatter(Plain("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    bounds = BoundedLog()
    terminal.addFilter(bounds)
    logging.basicConfig(level=logging.WARNING, handlers=[terminal])
    try:
        serve(parse_settings(argv, os.environ))
    except UserError as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # Ctrl+C before the server listens for it
        return 130
    finally:
        if left_out := bounds.left_out():
            print(f"{left_out:,} more messages like those above were left out.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
