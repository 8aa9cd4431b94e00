"""A town of any size, its journal written by the journal itself: the chain is valid and the copies agree with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from config import schema
from inventory import db
from inventory.actions.records import RECORD, recorded, subject_of
from inventory.actions.sightings import MDM, REPORT
from inventory.actions.tablets import PLACE, STAGE
from inventory.columns import MomentField
from inventory.contact import Thresholds
from inventory.journal import Entry, append
from inventory.lifecycle import PREPARATION, Stage
from inventory.models import SEARCHED, MobileClass, School, Sighting, Tablet
from inventory.queries import school_times

OCTOBER = datetime(2017, 10, 2, 7, tzinfo=UTC)
BATCH = 1000
A_CART = 14
WINDOW = {"window_first": date(2017, 10, 1), "window_last": date(2017, 12, 31)}
UNHEARD, LEFT = 16, 64
STAGES = ("received", "labelled", *("in_service",) * 7, "delivered")


@contextmanager
def store(path: Path | None = None) -> Iterator[Path]:
    """A new database, open, and gone at the end; or the one of `path`, which stays."""
    with tempfile.TemporaryDirectory() as folder:
        path = path or Path(folder) / "bench.db"
        bound = db.connect(f"sqlite:///{path}")
        school_times.use(Path(__file__).parents[2] / "config" / "calendars", Thresholds())
        schema.migrate()
        bound.connect()
        try:
            yield path
        finally:
            bound.close()


@contextmanager
def autumn_of(tablets: int, schools: int | None = None, *, told: bool = True, writes: bool = False) -> Iterator[Path]:
    """A town and its autumn, open. With `BENCH_KEEP` a folder, it is made there once, and the next who ask have it ready;
    who `writes` in it has a copy."""
    keep = os.environ.get("BENCH_KEEP")
    if not keep:
        with store() as path:
            _whole(tablets, schools, told)
            yield path
        return
    kept = _made(Path(keep) / f"town-{tablets}-{schools or 'carts'}{'' if told else '-untold'}.db", tablets, schools, told)
    with tempfile.TemporaryDirectory(dir=keep) as folder, store(Path(shutil.copy(kept, folder)) if writes else kept) as path:
        yield path


def _made(kept: Path, tablets: int, schools: int | None, told: bool) -> Path:
    """The file of a town, made if it is not there: half of one is never taken for a whole."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        half = kept.with_suffix(".half")
        half.unlink(missing_ok=True)
        with store(half):
            _whole(tablets, schools, told)
        half.rename(kept)
    return kept


def _whole(tablets: int, schools: int | None, told: bool) -> None:
    with _rows_first():
        _people_it(tablets, schools, told)
        _live_it(tablets, told)
    _count()


@contextmanager
def _rows_first() -> Iterator[None]:
    """Rows without journal of the engine, indexes and triggers, which are all made at the end: several times quicker than one by one."""
    run = db.database.execute_sql
    sql = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger') ORDER BY type"
    later = run(sql).fetchall()
    for pragma in ("journal_mode = off", "synchronous = off"):
        run(f"PRAGMA {pragma}").fetchall()
    for kind, name, _ in later:
        run(f"DROP {kind} {name}")
    yield
    for _, _, made in later:
        run(made)
    for table, _ in SEARCHED:
        run(f"INSERT INTO {table}_search ({table}_search) VALUES ('rebuild')")
    for pragma in ("journal_mode = wal", "synchronous = full"):
        run(f"PRAGMA {pragma}").fetchall()


def serial(number: int) -> str:
    return f"BENCH{number:09d}"


def town(tablets: int, schools: int | None = None, *, told: bool = True) -> None:
    """Register `tablets`, spread over `schools` (default: a cart of fourteen in each) with one cart a school.

    Not `told`: no journal is written, for what reads none.
    """
    _people_it(tablets, schools, told)
    _count()


def _people_it(tablets: int, schools: int | None, told: bool) -> None:
    count = schools or -(-tablets // A_CART)
    per = -(-tablets // count)
    _register([School(id=n, uai=f"{n:07d}A", name=f"École {n}", zone="B", rhythm="4.5-wednesday") for n in range(1, count + 1)], told)
    _register([MobileClass(id=n, code=f"B-CM{n:06d}", school=n, slots=per, expected=per, **WINDOW) for n in range(1, count + 1)], told)
    for start in range(0, tablets, BATCH):
        numbers = range(start, min(start + BATCH, tablets))
        rows = [Tablet(id=n + 1, serial=serial(n), asset_tag=f"B-T{n:07d}", mobile_class=n // per + 1, slot=n % per + 1) for n in numbers]
        _register(rows, told)
        _append([_placed(row) for row in rows if told])


def _register(rows: Sequence[Any], told: bool) -> None:
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        _insert(some)
        _append([Entry(subject_of(row), row.id, RECORD, "registered", OCTOBER, recorded(row)) for row in some if told])


@db.atomic
def _insert(rows: Sequence[Any]) -> None:
    fields = rows[0]._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    sql = f"INSERT INTO {rows[0]._meta.table_name} ({columns}) VALUES ({', '.join('?' for _ in fields)})"
    db.write_many(sql, [[field.db_value(row.__data__.get(field.name)) for field in fields] for row in rows])


def _append(entries: Sequence[Entry]) -> None:
    if entries:
        append(entries, noted=OCTOBER, actor=None, source="import:1")


def _placed(row: Tablet) -> Entry:
    cart = row.__data__["mobile_class"]
    return Entry("tablet", row.id, PLACE, f"{cart}/{row.slot}", OCTOBER, {"mobile_class": cart, "slot": row.slot})


def _live_it(tablets: int, told: bool) -> None:
    """Stages in their usual shares, each reached by all those before it; an MDM lists fifteen tablets in sixteen, some sixty have left it."""
    for start in range(0, tablets, BATCH):
        numbers = range(start, min(start + BATCH, tablets))
        _stage([(_life(n)[-1].value, _moment(_life(n)[-1]), n + 1) for n in numbers])
        _append([_reached(n, stage) for n in numbers for stage in _life(n) if told])
        rows = [_sighting(n, tablets) for n in numbers if n % UNHEARD]
        _insert(rows)
        _append([_heard(row, REPORT, row.fingerprint) for row in rows if told])
        _append([_heard(row, MDM, row.status) for row in rows if told])


def _life(number: int) -> Sequence[Stage]:
    return PREPARATION[: PREPARATION.index(Stage(STAGES[number % len(STAGES)])) + 1]


def _heard(row: Sighting, axis: str, value: str) -> Entry:
    return Entry("sighting", row.id, axis, value, OCTOBER, {"serial": row.serial})


def _reached(number: int, stage: Stage) -> Entry:
    return Entry("tablet", number + 1, STAGE, stage.value, _moment(stage), {"after": stage.value})


def _moment(stage: Stage) -> datetime:
    return OCTOBER + timedelta(hours=PREPARATION.index(stage))


@db.atomic
def _count() -> None:
    """All classes at once, as a database without counts is given them."""
    counters = import_module("config.migrations.0008_counters")
    for sql in ("DELETE FROM class_count", counters.COUNTED, counters.SUMMED):
        db.database.execute_sql(sql)


@db.atomic
def _stage(rows: Sequence[tuple[str, datetime, int]]) -> None:
    stored = MomentField().db_value
    db.write_many("UPDATE tablet SET stage = ?, stage_at = ? WHERE id = ?", [(stage, stored(at), one) for stage, at, one in rows])


def _sighting(number: int, tablets: int) -> Sighting:
    status = "unenrolled" if number % max(tablets // LEFT, 1) == 1 else "enrolled"
    return Sighting(
        id=number + 1, connector="bench", mdm_id=str(number + 1), serial=serial(number), number=f"B-T{number:07d}", status=status,
        model="SM-T580", fingerprint=f"{number:016x}", first_seen=OCTOBER, confirmed_at=OCTOBER, enrolled_at=OCTOBER, last_contact=OCTOBER,
    )  # fmt: skip
