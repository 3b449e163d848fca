"""Bare diffusers in a process of its own, where torch's threads wait as torch is installed; no torch in this module."""

import multiprocessing
import os
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from sdgui.engine.waiting import SPIN_COUNT, SPINS

if TYPE_CHECKING:
    from sdgui.engine.catalog import Catalog
    from sdgui.spec import PictureSpec


class BareProcess:
    """One batch by bare diffusers, as often as it is called; seconds as its own process measures them."""

    def __init__(
        self,
        model: str,
        device: str,
        dtype: str,
        catalog: "Catalog",
        specs: "Sequence[PictureSpec]",
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(there, model, device, dtype, catalog, tuple(specs)), daemon=True
        )
        self._process.start()
        there.close()

    def __call__(self) -> float:
        """Seconds of the batch, decode included."""
        self._pipe.send(None)
        seconds: float = self._pipe.recv()
        return seconds

    def close(self) -> None:
        """Ends the process."""
        self._pipe.close()
        self._process.join()


def _serve(
    pipe: "Connection[Any, Any]",
    model: str,
    device: str,
    dtype: str,
    catalog: "Catalog",
    specs: "tuple[PictureSpec, ...]",
) -> None:
    if os.environ.get(SPIN_COUNT) == str(SPINS):
        del os.environ[SPIN_COUNT]  # in time: torch is imported below
    from sdgui.bench.generation import BareWay, load_bare

    way = BareWay(load_bare(model, device, dtype, catalog), specs)
    while True:
        try:
            pipe.recv()
        except EOFError:
            return
        begun = time.perf_counter()
        way()
        pipe.send(time.perf_counter() - begun)
