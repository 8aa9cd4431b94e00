"""Files in and out: an import against merely reading its workbook, exports against the bare writers of their format."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from bench import seed
from bench.harness import Row, in_turn, timed
from deploy.reports.csv_files import french_pieces, strict_pieces
from deploy.reports.tables import Column, Export, Summary, Table
from deploy.reports.xlsx_file import xlsx_bytes
from inventory import db
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.journal import chain_digest
from inventory.lists.workbook import workbook
from inventory.models import MobileClass, School
from inventory.queries.listed_tablets import A_PART
from inventory.sets import write_set

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
MOST_OF_A_NOTE = 100_000
SLOTS = 30
NOTE = ("N° de série", "N° d'inventaire", "Modèle", "Classe mobile", "Alvéole", "Commande", "Fournisseur", "Prix unitaire", "Fin de garantie")
COLUMNS = (
    Column("serial", "N° de série", "text"), Column("tag", "N° d'inventaire", "text"), Column("model", "Modèle", "text"),
    Column("school", "École", "text"), Column("slot", "Alvéole", "int"), Column("price", "Prix", "amount"), Column("day", "Livrée le", "date"),
    Column("contact", "Vue le", "moment"), Column("managed", "Gérée", "bool"), Column("stage", "Étape", "text"),
)  # fmt: skip


def measure(size: int, runs: int) -> Iterator[Row]:
    """An import of at most 100 000 rows, then the three exports of `size` rows; each ratio is time over the floor's."""
    rows = min(size, MOST_OF_A_NOTE)
    yield from _imports(rows, note(rows))
    table = Table("tablettes", "Tablettes", COLUMNS, [tablet(number) for number in range(size)])
    ready = [[str(value) for value in row] for row in table.rows]
    yield in_turn("french CSV / csv.writer", size, lambda: sent(french_pieces(table)), lambda: bare_csv(ready), goal=1 / 0.35, runs=runs)
    yield in_turn("strict CSV / csv.writer", size, lambda: sent(strict_pieces(table)), lambda: bare_csv(ready), goal=1 / 0.35, runs=runs)
    export = Export("2017-Q4", SUMMARY, [table], 0, "", "bench")
    yield in_turn("XLSX / XlsxWriter in constant memory", size, lambda: xlsx_bytes(export), lambda: bare_xlsx(table), goal=1 / 5, runs=runs)
    columns = list(zip(*table.rows, strict=True))
    parts = [[column[start : start + A_PART] for column in columns] for start in range(0, size, A_PART)]
    labels = [column.label for column in COLUMNS]
    yield in_turn("XLSX of a list / XlsxWriter in constant memory", size, lambda: workbook("Tablettes", labels, parts, []), lambda: bare_xlsx(table), goal=1 / 5, runs=runs)


def _imports(rows: int, content: bytes) -> Iterator[Row]:
    """The import, and what no import with a journal can go below: the same workbook read, the same rows put, the same digests taken, and nothing else."""
    with seed.store():
        carts(rows)
        floor = min(timed(lambda: bare_read(content)) for _ in range(3))
        plan: list[imports.Plan] = []
        yield Row("import, dry run / bare read", rows, timed(lambda: plan.append(imports.plan_tablets(content, "bon.xlsx"))), floor, 3)
        if plan[0].complaints:
            raise RuntimeError(plan[0].complaints[0].sentence)
        hand = Hand(None, NOVEMBER)
        yield Row("import, commit / bare read", rows, timed(lambda: imports.commit(plan[0], hand)), floor, 3)
        written = {table: list(db.read_many(f"SELECT * FROM {table}")) for table in ("purchase_line", "tablet", "event", "fact")}
    with seed.store():
        carts(rows)
        bare = timed(lambda: bare_read(content)) + timed(lambda: bare_write(written))
        yield Row("import, bare statements and digests / bare read", rows, bare, floor, 3)


@db.atomic
def bare_write(written: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
    """Rows ready beforehand, each table's in one go, and the chain of the journal's lines."""
    for table, rows in written.items():
        columns = ", ".join(column.name for column in db.database.get_columns(table))
        write_set(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(rows[0]))})", rows)
    for line in written["event"]:
        chain_digest(line[11], line[:11])


@db.atomic
def carts(tablets: int) -> None:
    school = School.create(uai="0131204N", name="École primaire Les Granettes", zone="B")
    for number in range(-(-tablets // SLOTS)):
        MobileClass.create(code=f"B-CM{number:06d}", school=school, slots=SLOTS, expected=SLOTS)


def note(rows: int) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, NOTE)
        for n in range(rows):
            place = (f"B-CM{n // SLOTS:06d}", n % SLOTS + 1)
            sheet.write_row(n + 1, 0, (seed.serial(n), f"B-T{n:07d}", "Tablette 10", *place, f"BC-{n // 5000}", "Sud", 339.9, "02/10/2020"))
    return out.getvalue()


def bare_read(content: bytes) -> None:
    for _ in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows():
        pass


def tablet(n: int) -> tuple[Any, ...]:
    return (
        seed.serial(n), f"B-T{n:07d}", "Tablette 10 pouces", f"École n° {n // SLOTS % 500}", n % SLOTS + 1, Decimal("339.90"),
        date(2017, 10, 1) + timedelta(n % 90), NOVEMBER + timedelta(seconds=37 * n), n % 3 == 0, "En service",
    )  # fmt: skip


def sent(pieces: Iterator[bytes]) -> None:
    with tempfile.TemporaryFile() as out:
        out.writelines(pieces)


def bare_csv(ready: list[list[str]]) -> None:
    with tempfile.TemporaryFile("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(ready)


def bare_xlsx(table: Table) -> None:
    with tempfile.TemporaryFile() as out, Workbook(out, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        put: list[Callable[..., object]] = [
            *[sheet.write_string] * 4, *[sheet.write_number] * 2, *[sheet.write_datetime] * 2, sheet.write_boolean, sheet.write_string,
        ]  # fmt: skip
        for line, row in enumerate(table.rows):
            for place, value in enumerate(row):
                told = value.replace(tzinfo=None) if isinstance(value, datetime) else value
                put[place](line, place, told, *([day] if isinstance(value, date) else []))


SUMMARY = Summary("Bench", "Bench", "Bench", NOVEMBER, NOVEMBER, False, "Bench", (), None, ())
