"""The workbook of a list, read back as spreadsheets read it."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from inventory.lifecycle import Stage
from inventory.lists import workbook as written
from inventory.lists.workbook import workbook

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def sheets(rows: list[list[Any]], *, parts: int = 1) -> dict[str, list[list[Any]]]:
    columns = [list(zip(*rows[start::parts], strict=True)) for start in range(parts) if rows[start::parts]]
    with workbook("Tablettes", ["Nom", "=1+1"], columns, ["Opération soutenue"]) as made:
        content = made.read()
    with zipfile.ZipFile(io.BytesIO(content)) as parcel:
        for name in parcel.namelist():
            expat.ParserCreate().Parse(parcel.read(name), True)
    book = load_workbook(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_texts_numbers_and_words_have_their_cells() -> None:
    told = sheets([["=1+1", 7], ["a & <b> ]]>", None], [" deux  espaces ", Stage.RECEIVED], ["x_x0041_", True]])
    assert told["Tablettes"] == [["Nom", "=1+1"], ["=1+1", 7], ["a & <b> ]]>", ""], [" deux  espaces ", Stage.RECEIVED.label], ["x_x0041_", "True"]]
    assert told["LISEZMOI"] == [["Opération soutenue"]] and list(told) == ["Tablettes", "LISEZMOI"]


def test_an_empty_list_has_its_header() -> None:
    assert sheets([])["Tablettes"] == [["Nom", "=1+1"]]


def test_a_long_list_goes_on_in_the_next_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "LAST_ROW", 3)
    told = sheets([[f"T{number}", number] for number in range(7)], parts=2)
    assert list(told) == ["Tablettes", "Tablettes 2", "Tablettes 3", "LISEZMOI"]
    assert [row[1] for name in list(told)[:3] for row in told[name][1:]] == [0, 2, 4, 6, 1, 3, 5]
    assert {tuple(told[name][0]) for name in list(told)[:3]} == {("Nom", "=1+1")}


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_whatever_a_text_holds_the_workbook_is_sound(texts: list[str]) -> None:
    told = sheets([[f"|{text}|", 1] for text in texts])["Tablettes"]
    assert len(told) == len(texts) + 1
