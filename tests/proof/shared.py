"""What long proofs share: they run in some processes at once, on files in memory, and a stop asked for ends them with what they have."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

MEMORY = Path("/dev/shm")  # noqa: S108 a folder of its own is made in it


def together(act: Callable[..., Iterator[Any]], shares: Sequence[tuple[Any, ...]], at_once: int = 64) -> Iterator[Any]:
    """What `act` yields for each share of the work, each in a process of its own, as it comes; less of it once a stop was asked for (SIGTERM, SIGINT).

    Their temporary files are in memory, where they cost no disk: what runs so proves nothing of power cuts. A process that fails ends with its trace
    and fails the whole.
    """
    context, waiting, running = multiprocessing.get_context("fork"), list(shares), list[Any]()
    told = context.SimpleQueue()
    before = {one: signal.signal(one, _stopped) for one in (signal.SIGTERM, signal.SIGINT)}
    folder = tempfile.mkdtemp(prefix="proof-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                child = context.Process(target=_run, args=(act, waiting.pop(0), told, folder), daemon=True)
                child.start()
                running.append(child)
            who, one, failed = told.get()
            if failed:
                raise RuntimeError("a process of the proof failed: its trace is above")
            if who is None:
                yield one
            else:
                running = [child for child in running if child.pid != who]
    except _Stop:
        print("stopped: what follows is what was done until then", flush=True)
    finally:
        for child in running:
            child.terminate()
            child.join()
        shutil.rmtree(folder, ignore_errors=True)
        for one, handler in before.items():
            signal.signal(one, handler)


class _Stop(BaseException):
    pass


def _stopped(*told: Any) -> None:
    raise _Stop


def _run(act: Callable[..., Iterator[Any]], share: tuple[Any, ...], told: Any, folder: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = folder
    failed = False
    try:
        for one in act(*share):
            told.put((None, one, False))
    except BaseException:
        traceback.print_exc()
        failed = True
    with suppress(OSError):
        told.put((os.getpid(), None, failed))
    sys.stdout.flush()
    os._exit(failed)
