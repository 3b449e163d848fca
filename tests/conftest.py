"""Which tests are quick: those that need neither a model nor a browser nor node, but for attacks, soaks and the types
of everything, which are many or long; what runs beside the tests; and what keeps processes that share them quick and
out of each other's way."""

import functools
import gc
import os
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
WITH_A_MODEL = ("bench", "demo", "engine", "test_api.py", "test_app.py", "test_readme.py")
WITH_A_BROWSER = ("browser",)
WITH_NODE = HERE / "web" / "test_scripts.py"
NOT_QUICK = (
    WITH_NODE,
    HERE / "test_types.py",
    HERE / "web" / "doors" / "attacks",
    HERE / "web" / "dream" / "test_held_back.py",
    HERE / "web" / "shared" / "dreams" / "test_once_killed.py",
    HERE / "web" / "test_soak.py",
)

# How long an example takes says nothing here.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def place_of(path: Path) -> str:
    """The folder or file right under the tests that a path lies in; the tests themselves are nowhere."""
    return path.relative_to(HERE).parts[0] if path != HERE and HERE in path.parents else ""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Where the quick tests alone are asked for, nothing of the others is imported: torch takes seconds."""
    is_slow = (
        place_of(collection_path) in (*WITH_A_MODEL, *WITH_A_BROWSER)
        or collection_path in NOT_QUICK
    )
    return True if is_slow and config.option.markexpr == "quick" else None


# All that is imported stays, and a test leaves little behind: looking through everything for what may go took more time
# than many a test.
gc.set_threshold(20_000, 50, 100)

if "PYTEST_XDIST_WORKER_COUNT" in os.environ:
    # Torch, here and in each app that is started, takes all cores for itself, and two that do so wait for each other.
    cores = (os.cpu_count() or 1) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, cores)))


IN_MEMORY = Path("/dev/shm")
ROOM = 4_000_000_000
"""Bytes: what the tests keep at a time is a tenth of it."""
if os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM:
    # What is stored is synced each time, and a disk takes as long for that as the rest of many a test.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))

# Nothing that a test asks is encrypted, and the certificates of all the world are read for each client that might.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = os.devnull


def is_of_many(config: pytest.Config) -> bool:
    """Whether this is one of several processes that share the tests (`-n 2`)."""
    return hasattr(config, "workerinput")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what needs a browser, and as quick what needs no model either; puts what may run beside the tests last.

    Where several processes share the tests nothing needs to run beside them: then it comes first, for it takes long.
    """
    for item in items:
        place = place_of(item.path)
        if place in WITH_A_BROWSER:
            item.add_marker(pytest.mark.browser)
        elif place not in WITH_A_MODEL and not any(map(item.path.is_relative_to, NOT_QUICK)):
            item.add_marker(pytest.mark.quick)
    items.sort(key=lambda item: (item.get_closest_marker("beside") is None) == is_of_many(config))


BESIDE = pytest.StashKey[Future[object]]()
ONE_AFTER_THE_OTHER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")


def pytest_collection_finish() -> None:
    """What is there from now on to the end is not looked through again."""
    gc.collect()
    gc.freeze()


def pytest_runtestloop(session: pytest.Session) -> None:
    """Before the first test begins what other programs check: they have the second core for themselves."""
    if not session.config.option.collectonly:
        for item in session.items:
            marker = item.get_closest_marker("beside")
            if marker is not None:
                item.stash[BESIDE] = ONE_AFTER_THE_OTHER.submit(*marker.args)


def pytest_sessionfinish() -> None:
    """What nobody waits for any more is not begun."""
    ONE_AFTER_THE_OTHER.shutdown(cancel_futures=True)


@pytest.fixture
def beside(request: pytest.FixtureRequest) -> Callable[[], object]:
    """Waits for what `mark.beside.with_args(check, *arguments)` has run; returns or raises what that did."""
    if is_of_many(request.config):
        check, *arguments = request.node.get_closest_marker("beside").args
        return functools.partial(check, *arguments)
    return request.node.stash[BESIDE].result
