"""A log that nobody can fill: a flood of one message is counted, not written."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW = 60.0
"""Seconds in which messages are counted together."""
_ALIKE = 3
"""Messages of one kind that are written in that time."""
_MOST = 100
"""Messages of all kinds that are written in that time: a flood may have many faces."""
_KINDS = 500

Kind = tuple[str, int, str, str]


@dataclass(kw_only=True)
class _Told:
    since: float
    written: int = 0
    left_out: int = 0


class BoundedLog(logging.Filter):
    """Filter for a handler: of what is alike the first few in a minute; the next one says how many were left out.

    Alike is what has the same logger, level and wording, whatever was put into the wording, and the same fault in the
    same line. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._lock = threading.Lock()
        self._kinds: OrderedDict[Kind, _Told] = OrderedDict()
        self._all = _Told(since=clock())

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is to be written; it then says what was left out of its kind before it."""
        with self._lock:
            now = self._clock()
            kind = _kind_of(record)
            told = self._kinds.setdefault(kind, _Told(since=now))
            if len(self._kinds) > _KINDS:
                self._all.left_out += self._kinds.popitem(last=False)[1].left_out
            before = _left_out_before(told, now)
            others = _left_out_before(self._all, now)
            if told.written >= _ALIKE or self._all.written >= _MOST:
                told.left_out += 1 + before
                self._all.left_out += others
                return False
            told.written += 1
            self._all.written += 1
        if before or others:
            record.msg = f"{record.getMessage()} ({_counted(before, others)})"
            record.args = None
        return True

    def left_out(self) -> int:
        """Messages that were left out and of which nothing was said yet."""
        with self._lock:
            return self._all.left_out + sum(told.left_out for told in self._kinds.values())


def _left_out_before(told: _Told, now: float) -> int:
    """What was left out in a time that is over; a new one begins."""
    if now - told.since < _WINDOW:
        return 0
    left_out = told.left_out
    told.since, told.written, told.left_out = now, 0, 0
    return left_out


def _kind_of(record: logging.LogRecord) -> Kind:
    where = ""
    fault = record.exc_info[1] if record.exc_info else None
    if fault is not None:
        where, trace = type(fault).__name__, fault.__traceback__
        while trace is not None:
            if trace.tb_next is None:
                where += f" {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
            trace = trace.tb_next
    wording = str(record.msg)
    if wording == "%s":  # a sentence of its own
        wording = record.getMessage()
    return record.name, record.levelno, wording[:200], where


def _counted(alike: int, others: int) -> str:
    parts = []
    if alike:
        parts.append(f"{alike:,} more like it")
    if others:
        parts.append(f"{others:,} others")
    return f"{' and '.join(parts)} were left out before"
