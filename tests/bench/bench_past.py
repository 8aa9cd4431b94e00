"""The list of tablets as of a date, sent as CSV while the journal is folded, against writing the same rows that are ready."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bench import seed
from bench.harness import Row, alone, highest, in_turn
from inventory.db import snapshot
from inventory.journal import When
from inventory.lists.catalogue import TABLETS
from inventory.lists.files import as_text, csv_stream
from inventory.queries.listing import Ask
from inventory.scope import EVERYWHERE

NOVEMBER = When(datetime(2017, 11, 13, 8, tzinfo=UTC))
OCTOBER = When(seed.OCTOBER + timedelta(minutes=30))
"""Before every stage of every tablet: the journal is folded for each."""
COLUMNS = [column for column in TABLETS.columns if column.shown]
LABELS, MENTION = [column.label for column in COLUMNS], "Opération soutenue par l'État"
MOST_MEMORY, SOON, A_NATION = 120.0, 1.0, 1_000_000


def measure(size: int, runs: int) -> Iterator[Row]:
    """Memory, in a process that does nothing else; time over that of the bare writer; the wait for the first rows. Fourteen tablets a cart."""
    with seed.autumn_of(size) as path:
        yield Row("CSV as of a date, whole process", size, alone(_weight, path), MOST_MEMORY, 1.0, "MiB")
        write, goal = bare(), 1 / (0.25 if size >= A_NATION else 0.35)
        yield in_turn("CSV of now / csv.writer", size, lambda: sent(None), write, goal=goal, runs=runs)
        yield in_turn("CSV as of a date / csv.writer", size, lambda: sent(NOVEMBER), write, goal=goal, runs=runs)
        yield in_turn("CSV before every stage / csv.writer", size, lambda: sent(OCTOBER), write, goal=goal, runs=runs)
        yield Row("CSV as of a date, first rows / 1 s", size, first_rows(), SOON, 1.0)


def _weight(path: Path) -> float:
    with seed.store(path):
        sent(NOVEMBER)
    return highest()


def parts(when: When | None) -> Iterator[list[list[object]]]:
    with snapshot():
        yield from TABLETS.cells(Ask(sort="nom"), when, EVERYWHERE, COLUMNS)


def sent(when: When | None) -> None:
    with tempfile.TemporaryFile() as out:
        out.writelines(csv_stream(LABELS, parts(when), MENTION))


def first_rows() -> float:
    """Until the piece after the header."""
    began, pieces = perf_counter(), csv_stream(LABELS, parts(NOVEMBER), MENTION)
    next(pieces)
    next(pieces)
    spent = perf_counter() - began
    pieces.close()  # type: ignore[attr-defined]
    return spent


def bare() -> Callable[[], None]:
    """The writing of the list of now, made ready beforehand."""
    ready = [[*map(as_text, row), MENTION] for part in parts(None) for row in zip(*part, strict=True)]

    def write() -> None:
        with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as out:
            csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(ready)

    return write
