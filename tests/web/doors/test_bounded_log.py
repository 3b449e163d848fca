"""A flood of one message is counted, not written."""

import logging
import socket
from urllib.parse import urlsplit

import pytest

from sdgui.errors import UserError
from sdgui.web.doors.bounded_log import BoundedLog
from tests.fake_engine import PATIENCE
from tests.web.conftest import Site


class Log:
    """A logger of its own with a bounded handler, what was written, and a clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[str] = []
        self.bounds = BoundedLog(lambda: self.now)
        handler = logging.Handler()
        handler.emit = lambda record: self.lines.append(record.getMessage())  # type: ignore[method-assign]
        handler.addFilter(self.bounds)
        self.logger = logging.Logger("sdgui.test")
        self.logger.addHandler(handler)


@pytest.fixture
def log() -> Log:
    return Log()


def test_of_ten_thousand_alike_three_are_written_and_the_rest_is_counted(log: Log) -> None:
    for i in range(10_000):
        log.logger.warning("a request failed: %s", i)
    assert log.lines == [f"a request failed: {i}" for i in range(3)]
    assert log.bounds.left_out() == 9_997
    log.now = 61
    log.logger.warning("a request failed: %s", "again")
    assert log.lines[3:] == ["a request failed: again (9,997 more like it were left out before)"]
    assert log.bounds.left_out() == 0


def test_what_is_said_once_in_a_while_is_written_each_time(log: Log) -> None:
    for minute in range(10):
        log.now = 60.0 * minute
        log.logger.warning("the disk is full")
    assert log.lines == ["the disk is full"] * 10


def test_a_flood_keeps_nothing_else_from_being_written(log: Log) -> None:
    for _ in range(1000):
        log.logger.warning("Invalid HTTP request received.")
    log.logger.warning("the disk is full")
    log.logger.error("%s", UserError("No GPU.", "Use --device cpu."))
    assert log.lines[3:] == ["the disk is full", "No GPU. Use --device cpu."]


def test_the_same_words_about_other_faults_are_others(log: Log) -> None:
    for fault in (ValueError, KeyError, OSError):
        for _ in range(100):
            try:
                raise fault("x")
            except Exception:
                log.logger.exception("a request failed")
    for number in range(50):
        log.logger.error("%s", UserError(f"Disk {number} is full."))
    assert len(log.lines) == 3 * 3 + 50


def test_a_flood_with_many_faces_is_bounded_too_and_so_is_what_is_remembered(log: Log) -> None:
    for i in range(10_000):
        log.logger.warning(f"message {i}")
    assert len(log.lines) == 100
    assert log.bounds.left_out() == 9_900
    assert len(log.bounds._kinds) <= 501
    log.now = 61
    log.logger.warning("another")
    assert "9," in log.lines[-1] and log.lines[-1].endswith("others were left out before)")


def test_what_the_server_says_of_garbage_goes_where_all_else_does(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    address = urlsplit(site.url)
    for _ in range(5):
        with socket.create_connection(
            (address.hostname, address.port), timeout=PATIENCE
        ) as garbage:
            garbage.sendall(b"\0\0\r\n\r\n")
            while garbage.recv(4096):
                pass
    bounds = BoundedLog()
    assert [record.name for record in caplog.records] == ["uvicorn.error"] * 5
    assert [bounds.filter(record) for record in caplog.records] == [True] * 3 + [False] * 2
