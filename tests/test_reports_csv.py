"""CSV that opens right in the town hall's spreadsheet, and CSV that programs read: the same values in both."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from autumn_export import FIRST_HALF_PAST_TWO, TABLETS
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.reports.csv_files import french_csv, harmless, strict_csv
from deploy.reports.tables import Column, Kind, Table, cents
from inventory.paris import PARIS

SIGNS = tuple("=+-@＝＋－＠")
STARTS_A_FORMULA = (*SIGNS, "\t", "\r", "\n", "\0")
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
HOSTILE = st.builds(str.__add__, st.sampled_from([*STARTS_A_FORMULA, "'", "'=", " =", "\ufeff=", ";", '"=']), ANY_TEXT)


def rows_of(content: bytes, separator: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def without_apostrophe(text: str) -> str:
    return text[1:] if text[:1] == "'" and harmless(text[1:]) == text else text


def as_paris(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M:%S").replace(tzinfo=PARIS).astimezone(UTC)


FRENCH: dict[Kind, Callable[[str], Any]] = {
    "text": without_apostrophe,
    "int": int,
    "decimal": lambda text: Decimal(text.replace(",", ".")),
    "amount": lambda text: Decimal(text.replace(",", ".")),
    "date": lambda text: datetime.strptime(text, "%d/%m/%Y").date(),
    "moment": as_paris,
    "bool": lambda text: {"oui": True, "non": False}[text],
}
STRICT: dict[Kind, Callable[[str], Any]] = {
    "text": str,
    "int": int,
    "decimal": Decimal,
    "amount": Decimal,
    "date": date.fromisoformat,
    "moment": datetime.fromisoformat,
    "bool": lambda text: {"true": True, "false": False}[text],
}


def read_back(content: bytes, separator: str, readers: dict[Kind, Callable[[str], Any]]) -> list[list[Any]]:
    return [
        [readers[column.kind](text) if text else None for column, text in zip(TABLETS.columns, row, strict=True)]
        for row in rows_of(content, separator)[1:]
    ]


def expected() -> list[list[Any]]:
    kinds = [column.kind for column in TABLETS.columns]
    return [
        [
            cents(value) if kind == "amount" and isinstance(value, Decimal) else value
            for kind, value in zip(kinds, row, strict=True)
        ]
        for row in TABLETS.rows
    ]


def test_the_french_csv_gives_the_same_values_back() -> None:
    assert read_back(french_csv(TABLETS), ";", FRENCH) == expected()


def test_the_strict_csv_gives_the_same_values_back() -> None:
    assert read_back(strict_csv(TABLETS), ",", STRICT) == expected()


def test_a_french_spreadsheet_finds_its_own_marks() -> None:
    content = french_csv(TABLETS)
    assert content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\r\n")
    labels, granettes, *_ = rows_of(content, ";")
    assert labels[0] == "N° de série"
    assert granettes[3:] == ["285,70", "0,875", "15/11/2017", "29/10/2017 02:30:00", "oui"]


def test_a_program_finds_keys_points_and_utc() -> None:
    content = strict_csv(TABLETS)
    assert not content.startswith(b"\xef\xbb\xbf")
    keys, granettes, *_ = rows_of(content, ",")
    assert keys[0] == "serial"
    assert granettes[3:] == ["285.70", "0.875", "2017-11-15", "2017-10-29T00:30:00Z", "true"]


def test_both_half_past_two_of_the_long_night_differ_in_the_strict_csv() -> None:
    column = (Column("at", "Le", "moment"),)
    second = FIRST_HALF_PAST_TWO.replace(hour=1)
    lines = rows_of(strict_csv(Table("nuit", "Nuit", column, [(FIRST_HALF_PAST_TWO,), (second,)])), ",")
    assert lines[1:] == [["2017-10-29T00:30:00Z"], ["2017-10-29T01:30:00Z"]]


def test_a_formula_is_disarmed_and_a_negative_number_stays_a_number() -> None:
    rows = rows_of(french_csv(TABLETS), ";")
    assert rows[3][0] == '\'=HYPERLINK("http://x";"é")'
    assert rows[4][:3] == ["'@SUM(1)", "''+33 4 42", "-4"]
    assert rows[2][3] == "-285,71"


def test_labels_are_disarmed_too() -> None:
    table = Table("t", "T", (Column("a", "=1+1", "text"),), ())
    assert rows_of(french_csv(table), ";") == [["'=1+1"]]


@settings(max_examples=300)
@given(st.lists(HOSTILE | ANY_TEXT, min_size=1, max_size=20))
def test_no_text_ever_starts_a_formula_and_every_text_comes_back(texts: list[str]) -> None:
    table = Table(
        "t", "T", (Column("note", "Note", "text"), Column("end", "Fin", "text")), [(text, "x") for text in texts]
    )
    told = [row[0] for row in rows_of(french_csv(table), ";")[1:]]
    assert not [text for text in told if text.startswith(STARTS_A_FORMULA)]
    assert not [text for text in told if text.lstrip(" \ufeff\u00a0\u202f").startswith(SIGNS)]
    assert [without_apostrophe(text) for text in told] == texts
    assert [row[0] for row in rows_of(strict_csv(table), ",")[1:]] == texts


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decimal", 0.5),
        ("amount", Decimal("NaN")),
        ("int", True),
        ("date", datetime(2017, 11, 15, tzinfo=UTC)),
        ("moment", datetime(2017, 11, 15)),
        ("text", 7),
    ],
)
def test_a_cell_of_another_kind_is_named(kind: Kind, value: object) -> None:
    with pytest.raises(ValueError, match=r"tablettes, row 1, slot: .* is not of kind"):
        Table("tablettes", "Tablettes", (Column("slot", "Alvéole", kind),), [(value,)])


def test_a_row_too_short_is_named() -> None:
    with pytest.raises(ValueError, match="ecoles, row 2: 0 values for 1 columns"):
        Table("ecoles", "Écoles", (Column("uai", "UAI", "text"),), [("0131204N",), ()])
