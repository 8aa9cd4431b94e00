"""A workbook whose cells have their type, and where no text is ever a formula or a link."""

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.parsers import expat

from autumn_export import AUTUMN, MENTION, SUMMARY, TABLETS
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from deploy.reports.sheet_rows import letter
from deploy.reports.tables import Column, Kind, Table
from deploy.reports.xlsx_file import xlsx_bytes
from inventory.paris import PARIS
from inventory.sheet_cells import LONGEST_TEXT


def elements(content: bytes) -> set[str]:
    """The name of every element of every part; each part is well-formed XML."""
    names: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            parser = expat.ParserCreate()
            parser.StartElementHandler = lambda tag, _: names.add(tag)
            parser.Parse(parts.read(name), True)
    return names


def sheet(content: bytes, name: str) -> list[list[object]]:
    return [
        list(row) for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    ]


def with_texts(texts: list[str]) -> bytes:
    return xlsx_bytes(
        replace(AUTUMN, tables=[Table("t", "Textes", (Column("a", "A", "text"),), [(text,) for text in texts])])
    )


def test_cells_have_their_type() -> None:
    labels, granettes, second, *_ = sheet(xlsx_bytes(AUTUMN), "Tablettes")
    assert labels[3:6] == ["Prix", "Charge", "Livrée le"]
    assert granettes[2:] == [1.0, 285.7, 0.875, date(2017, 11, 15), datetime(2017, 10, 29, 2, 30), True]
    assert second[0] == "000123456789"
    assert second[3] == -285.71


def test_texts_that_look_like_formulas_stay_texts_without_an_apostrophe() -> None:
    content = xlsx_bytes(AUTUMN)
    rows = sheet(content, "Tablettes")
    assert [row[0] for row in rows[3:]] == [TABLETS.rows[2][0], "@SUM(1)"]
    assert not {"f", "hyperlink", "hyperlinks"} & elements(content)


def test_there_is_a_sheet_per_table_after_the_summary_with_frozen_filtered_headers() -> None:
    content = xlsx_bytes(AUTUMN)
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["Synthèse", "Tablettes", "Écoles"]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        tablets = parts.read("xl/worksheets/sheet2.xml").decode()
    assert 'state="frozen"' in tablets and '<autoFilter ref="A1:H5"/>' in tablets


def test_the_summary_sheet_carries_figures_remarks_and_the_mention() -> None:
    rows = sheet(xlsx_bytes(AUTUMN), "Synthèse")
    told = {row[0]: row[1:] for row in rows}
    assert told["Tablettes inventoriées"] == [1054.0, "sur 1056 attendues", "Tablettes"]
    assert told["Dépense par tablette"] == [285.71, "euros", "Tablettes"]
    assert {*SUMMARY.remarks, MENTION, "4e trimestre 2017"} <= set(told)
    assert not [row for row in rows if str(row[0]).startswith("PROVISOIRE")]


def test_a_quarter_under_way_says_it_is_provisional() -> None:
    rows = sheet(xlsx_bytes(replace(AUTUMN, summary=replace(SUMMARY, provisional=True))), "Synthèse")
    assert [row for row in rows if str(row[0]).startswith("PROVISOIRE")]


def test_every_sheet_prints_the_mention_at_its_foot() -> None:
    content = xlsx_bytes(replace(AUTUMN, summary=replace(SUMMARY, mention="Avenir & École")))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3
    assert all("Avenir &amp;&amp; École" in told for told in sheets)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_no_text_breaks_the_file_or_becomes_a_formula(texts: list[str]) -> None:
    content = with_texts(
        [
            "\ufffe \uffff \0 \x1b _x0041_",
            *texts,
            *("=" + text for text in texts),
            *("http://" + text for text in texts),
        ]
    )
    assert not {"f", "hyperlink", "hyperlinks"} & elements(content)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    (_, (told,)) = sheet(with_texts(["é" * (LONGEST_TEXT + 1)]), "Textes")
    assert isinstance(told, str) and len(told) == LONGEST_TEXT and told.endswith("é…")


def test_days_before_spreadsheets_could_count_stay_readable() -> None:
    old = Table("t", "Jours", (Column("day", "Jour", "date"),), [(date(1881, 6, 16),)])
    assert sheet(xlsx_bytes(replace(AUTUMN, tables=[old])), "Jours")[1] == ["16/06/1881"]


def test_a_title_that_no_sheet_may_bear_is_made_one() -> None:
    odd = Table("t", "Étapes [6.1] : fait/à faire, classe par classe", (), ())
    names = CalamineWorkbook.from_filelike(io.BytesIO(xlsx_bytes(replace(AUTUMN, tables=[odd])))).sheet_names
    assert names[1] == "Étapes  6.1    fait à faire, cl"


def test_its_inner_times_are_the_day_of_issue_and_never_the_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(AUTUMN))) as parts:
        properties = parts.read("docProps/core.xml").decode()
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert properties.count(">2018-01-08T08:30:00Z<") == 2


MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
TYPED = st.tuples(
    st.none() | st.integers(-(10**9), 10**9),
    st.none() | st.decimals(-1_000_000, 1_000_000, places=2),
    st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.none() | MOMENTS,
    st.none() | st.booleans(),
    st.none() | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="_"), min_size=1),
)
KINDS: tuple[Kind, ...] = ("int", "amount", "date", "moment", "bool", "text")


@settings(max_examples=60, deadline=None)
@given(st.lists(TYPED, min_size=1, max_size=20))
def test_every_typed_value_comes_back_and_equal_tables_give_equal_bytes(rows: list[tuple[object, ...]]) -> None:
    columns = [Column("line", "Ligne", "int"), *(Column(kind, kind, kind) for kind in KINDS)]
    typed = [(line, *row) for line, row in enumerate(rows)]
    export = replace(AUTUMN, tables=[Table("t", "Typé", columns, typed)])
    content = xlsx_bytes(export)
    assert content == xlsx_bytes(export)
    assert repr(sheet(content, "Typé")[1:]) == repr([[float(line), *map(shown, row)] for line, row in enumerate(rows)])


def shown(value: object) -> object:
    """A value as a spreadsheet holds it: no zone, whole seconds, an empty text for nothing."""
    if isinstance(value, datetime):
        return value.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
    if value is None:
        return ""
    return float(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


def test_columns_are_named_as_spreadsheets_name_them() -> None:
    assert [letter(place) for place in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
