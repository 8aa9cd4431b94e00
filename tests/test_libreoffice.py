"""Claire opens every file of the house in LibreOffice: each cell is what Cartable wrote, of its kind, and nothing in it runs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from autumn import app_over, copied, signed_in
from autumn_export import AUTUMN
from python_calamine import CalamineWorkbook

from deploy.convention.money import BudgetKind
from deploy.funding import actions as funding
from deploy.funding.invoice import Invoice, Key, Line
from deploy.queries.conventions import convention
from deploy.queries.quarter import export_of
from deploy.reports.csv_files import french_csv
from deploy.reports.json_file import json_bytes
from deploy.reports.ods_file import ods_bytes
from deploy.reports.quarter import Quarter
from deploy.reports.sheets import SUMMARY_SHEET, sheet_name
from deploy.reports.tables import Export
from deploy.reports.xlsx_file import xlsx_bytes
from inventory.actions.places import register_school
from inventory.actions.records import Hand
from inventory.actions.tablets import register_tablet
from inventory.db import database
from inventory.lists.views import BY_KEY
from inventory.models import Person, Tablet
from inventory.paris import PARIS, end_of

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not here")
CSV = "Text - txt - csv (StarCalc):59,34,76,1,,1036"
MANNERS = {"workbooks": "", "as texts": f"{CSV},true,false", "as a French reader": f"{CSV},false,true"}
KINDS_OF = {"workbooks": ("*.xlsx", "*.ods"), "as texts": ("*.csv",), "as a French reader": ("pure-*.csv", "quarter-*.csv", "etat-*.csv")}
"""How LibreOffice is asked to read: workbooks as they are; a CSV column by column as text; a CSV whose dates and numbers a French reader lets it find."""
OFFICE_NS, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text"))
BOOLEANS = ("of:=TRUE()", "of:=FALSE()")
"""How LibreOffice itself holds the yes and no of an XLSX file."""
FORMULA, HYPERLINK = '=HYPERLINK("http://x";"é")', "@SUM(1)"
HOSTILE = (FORMULA, HYPERLINK, "+33 4 42 « œuvre » — été", "-2+3")
ZEROS = "00000012345"


@dataclass(slots=True)
class Read:
    """What LibreOffice holds of a file: its sheets, a row a list of values, and whatever in it would run."""

    sheets: dict[str, list[list[Any]]] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)


def taught(hand: Hand) -> None:
    """Words that spoil a spreadsheet, where a town writes words, and a serial number that begins with zeros."""
    bought = Line(HOSTILE[2], BudgetKind.EQUIPMENT, 1, Decimal("0.10"), Decimal("0.02"), Decimal("0.12"), True, HYPERLINK, Key.EQUAL, {"AIX-CM01": Decimal(0)})
    paper = funding.register_invoice(convention(), Invoice(FORMULA, "000123", date(2017, 12, 1), HOSTILE[3]), hand)
    funding.add_line(paper, convention(), bought, hand)
    register_school({"uai": "0130001F", "name": FORMULA, "commune": HOSTILE[3]}, hand)
    register_tablet(Tablet(serial=ZEROS), hand)


def sheets_of(name: str, export: Export) -> dict[str, bytes]:
    """The files of a quarter that a spreadsheet opens, and its JSON."""
    tables = {f"{name}-{table.key}.csv": french_csv(table) for table in export.tables}
    return {**tables, f"{name}.xlsx": xlsx_bytes(export), f"{name}.ods": ods_bytes(export), f"{name}.json": json_bytes(export)}


@pytest.fixture(scope="module")
def files(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every spreadsheet that the house gives, by a name of its own; the quarter's JSON beside them."""
    app = app_over(copied(autumn, tmp_path_factory.mktemp("office")))
    now = app.config["CARTABLE"].as_of
    with database.connection_context():
        taught(Hand(Person.get(Person.login == "dsi"), end_of(date(2017, 12, 27))))
        autumn_of_aix = export_of(Quarter.parse("2017-Q4"), convention().key, now, provisional=True)
    found = {**sheets_of("pure", AUTUMN), **sheets_of("quarter", autumn_of_aix)}
    with signed_in(app, "dsi") as client:
        for key in BY_KEY:
            for kind in ("csv", "xlsx"):
                found[f"list-{key}.{kind}"] = client.get(f"/listes/{key}.{kind}").data
        for name in ("etat-recapitulatif.csv", "bilan.csv", "bilan.xlsx", "bilan.ods"):
            found[name] = client.get(f"/financement/{name}").data
    database.close()
    return found


@pytest.fixture(scope="module")
def opened(files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Read]]:
    """The same files as LibreOffice reads them, in each manner: one process a manner, all at once, each in a profile of its own."""
    folder, started = tmp_path_factory.mktemp("soffice"), []
    for name, content in files.items():
        if name.endswith((".csv", ".xlsx", ".ods")):
            (folder / name).write_bytes(content)
    for place, (manner, how) in enumerate(MANNERS.items()):
        wanted = [one for kind in KINDS_OF[manner] for one in sorted(folder.glob(kind))]
        out = folder / str(place)
        (out / "in").mkdir(parents=True)
        copies = [shutil.copy(one, out / "in" / f"{one.suffix[1:]}-{one.stem}{one.suffix}") for one in wanted]
        command = [str(OFFICE), "--headless", "--norestore", f"-env:UserInstallation=file://{out}/profile", *([f"--infilter={how}"] if how else []), "--convert-to", "fods", "--outdir", str(out), *copies]
        started.append((manner, out, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)))
    for manner, _, process in started:
        assert process.wait(timeout=120) == 0, manner
    return {manner: {"{1}.{0}".format(*one.stem.split("-", 1)): read(one) for one in out.glob("*.fods")} for manner, out, _ in started}


def read(path: Path) -> Read:
    told = Read()
    for table in ElementTree.parse(path).getroot().iter(f"{TABLE}table"):  # noqa: S314 LibreOffice wrote it
        rows: list[list[Any]] = []
        for row in table.iter(f"{TABLE}table-row"):
            cells: list[Any] = []
            for cell in row:
                if cell.get(f"{TABLE}formula") not in (None, *BOOLEANS) or cell.find(f".//{TEXT}a") is not None:
                    told.runs.append("".join(cell.itertext()).strip())
                cells += [value_of(cell)] * min(int(cell.get(f"{TABLE}number-columns-repeated", 1)), 100)
            rows += [stripped(cells)] * min(int(row.get(f"{TABLE}number-rows-repeated", 1)), 100)
        told.sheets[table.get(f"{TABLE}name", "")] = rows[: max((place for place, row in enumerate(rows, 1) if row), default=0)]
    return told


def stripped(cells: list[Any]) -> list[Any]:
    """A row without its last empty cells."""
    return cells[: max((place for place, value in enumerate(cells, 1) if value != ""), default=0)]


def value_of(cell: ElementTree.Element) -> Any:
    """A cell's value, of the kind LibreOffice gives it."""
    kind = cell.get(f"{OFFICE_NS}value-type")
    if kind in ("float", "currency", "percentage"):
        return Decimal(cell.get(f"{OFFICE_NS}value", ""))
    if kind == "boolean":
        return cell.get(f"{OFFICE_NS}boolean-value") == "true"
    if kind == "date":
        day = cell.get(f"{OFFICE_NS}date-value", "")
        return (datetime.fromisoformat(day[:26]) + timedelta(milliseconds=500)).replace(microsecond=0) if "T" in day else date.fromisoformat(day)
    return "\n".join(line_of(line) for line in cell.findall(f"{TEXT}p"))


def line_of(element: ElementTree.Element) -> str:
    own = {f"{TEXT}s": " " * int(element.get(f"{TEXT}c", 1)), f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}.get(element.tag, element.text or "")
    return own + "".join(line_of(inner) + (inner.tail or "") for inner in element)


def quarters(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The two quarters as their JSON tells them."""
    for name in ("pure", "quarter"):
        yield name, json.loads(files[f"{name}.json"])


def typed(kind: str, value: Any) -> Any:
    """A value of the JSON file as a workbook holds it."""
    if value is None:
        return ""
    if kind in ("int", "decimal", "amount"):
        return Decimal(value)
    if kind == "moment":
        return datetime.fromisoformat(value).astimezone(PARIS).replace(tzinfo=None, microsecond=0)
    return date.fromisoformat(value) if kind == "date" else value


def rows_of(table: dict[str, Any]) -> list[list[Any]]:
    columns = table["columns"]
    return [[one["label"] for one in columns], *(stripped([typed(one["kind"], row[one["key"]]) for one in columns]) for row in table["rows"])]


def lines(content: bytes) -> list[list[str]]:
    return [stripped(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")]


def unlike(told: Iterable[Sequence[Any]], wanted: Iterable[Sequence[Any]]) -> list[tuple[int, Any, Any]]:
    """The rows that differ, with what was read and what was written."""
    return [(place, one, two) for place, (one, two) in enumerate(zip_longest(told, wanted), 1) if list(one or ()) != list(two or ())]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_each_cell_of_the_quarter_s_workbooks_is_what_was_written(files: dict[str, bytes], opened: dict[str, dict[str, Read]], kind: str) -> None:
    for start, whole in quarters(files):
        book = opened["workbooks"][f"{start}.{kind}"]
        tables = whole["tables"].values()
        assert set(book.sheets) == {SUMMARY_SHEET, *(sheet_name(one["title"]) for one in tables)}
        for table in tables:
            assert unlike(book.sheets[sheet_name(table["title"])], rows_of(table)) == [], table["title"]
        shown = {row[0]: row[1] for row in book.sheets[SUMMARY_SHEET] if len(row) > 1}
        for figure in whole["figures"]:
            value = figure["value"]
            assert str(shown[figure["label"]]) == str(value) or shown[figure["label"]] == Decimal(value), figure


def test_each_cell_of_the_other_workbooks_is_what_was_written(files: dict[str, bytes], opened: dict[str, dict[str, Read]]) -> None:
    names = [name for name in files if name.startswith(("list-", "bilan")) and not name.endswith(".csv")]
    assert len(names) == len(BY_KEY) + 2
    for name in names:
        written = CalamineWorkbook.from_filelike(io.BytesIO(files[name]))
        for sheet in written.sheet_names:
            wanted = [stripped([Decimal(str(value)) if isinstance(value, float) else value for value in row]) for row in written.get_sheet_by_name(sheet).to_python()]
            assert unlike(opened["workbooks"][name].sheets[sheet], wanted) == [], (name, sheet)


def test_each_cell_of_each_csv_is_the_text_that_was_written(files: dict[str, bytes], opened: dict[str, dict[str, Read]]) -> None:
    names = [name for name in files if name.endswith(".csv")]
    assert len(names) > 25
    for name in names:
        (rows,) = opened["as texts"][name].sheets.values()
        assert unlike(rows, lines(files[name])) == [], name


def test_a_french_reader_finds_dates_and_amounts_in_the_quarter_s_csv(files: dict[str, bytes], opened: dict[str, dict[str, Read]]) -> None:
    kinds = {"int", "decimal", "amount", "date", "moment"}
    for start, whole in quarters(files):
        for key, table in whole["tables"].items():
            (rows,) = opened["as a French reader"][f"{start}-{key}.csv"].sheets.values()
            for place, column in enumerate(table["columns"]):
                if column["kind"] in kinds:
                    found = [(row + [""] * len(table["columns"]))[place] for row in rows[1:]]
                    assert found == [typed(column["kind"], row[column["key"]]) for row in table["rows"]], (start, key, column["key"])


def test_nothing_runs_and_nothing_leads_out_in_any_manner_of_reading(opened: dict[str, dict[str, Read]]) -> None:
    assert [(manner, name, book.runs) for manner, books in opened.items() for name, book in books.items() if book.runs] == []


def test_the_words_that_would_run_and_the_zeros_in_front_are_there(opened: dict[str, dict[str, Read]]) -> None:
    def texts(name: str) -> set[Any]:
        return {value for rows in opened["workbooks"][name].sheets.values() for row in rows for value in row}

    assert {FORMULA, "000123", HOSTILE[2], HYPERLINK} <= texts("quarter.xlsx") & texts("quarter.ods")
    assert ZEROS in texts("list-tablettes.xlsx") and FORMULA in texts("list-ecoles.xlsx")
    told_as = {value for row in next(iter(opened["as texts"]["etat-recapitulatif.csv"].sheets.values())) for value in row}
    assert {f"'{FORMULA}", "000123", f"'{HYPERLINK}", f"'{HOSTILE[2]}"} <= told_as
