"""A school's UAI: its check letter catches what a hand gets wrong, and no other algorithm passes for it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import uai

HERE = Path(__file__).parent
REAL = [
    *(HERE / "fixtures" / "annuaire").glob("*.csv"),
    HERE.parent / "config" / "directory" / "aix-en-provence_ecoles_uai.csv",
]
NUMBERS = st.integers(min_value=10_000, max_value=959_999)
"""Numbers whose first three digits are a département, 001 to 095."""


def of(number: int) -> str:
    return f"{number:07}{uai.letter(number)}"


@pytest.mark.parametrize("printed", ["0131204n", "0132397k", "0132009n", "0132568w"])
def test_the_four_identifiers_that_the_convention_prints_are_right(printed: str) -> None:
    assert uai.normalise(printed) == printed.upper()


def test_every_real_identifier_bears_its_letter() -> None:
    codes = [row[0] for path in REAL for row in csv.reader(path.open(encoding="utf-8-sig"), delimiter=";")][0:]
    found = [code for code in codes if code[:1].isdigit()]
    assert len(found) == 55 + 20 + 15 + 24
    assert [code for code in found if not uai.is_valid(code)] == []


def test_the_refusal_names_the_value_the_letter_expected_and_the_remedy() -> None:
    with pytest.raises(ValueError, match="« 0131204K » : la lettre de contrôle de 0131204 est N, pas K ; vérifier"):
        uai.normalise("0131204K")


@pytest.mark.parametrize(
    "wrong", ["", "Granettes", "131204N", "01312045", "0131204", "01312044N", "9991204N", "٠١٣١٢٠٤N", "0131204I", "0131204O"]
)
def test_what_is_no_identifier_is_refused(wrong: str) -> None:
    assert uai.fault(wrong) and not uai.is_valid(wrong)
    with pytest.raises(ValueError, match="UAI « "):
        uai.normalise(wrong)


@given(NUMBERS, st.sampled_from(["{}", " {} ", "{}\u00a0", "\t{}"]), st.booleans())
def test_case_and_spaces_do_not_matter(number: int, written: str, lower: bool) -> None:
    code = of(number)
    assert uai.normalise(written.format(code.lower() if lower else code)) == code


@given(NUMBERS, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(number: int, place: int, shift: int) -> None:
    code = of(number)
    digit = (int(code[place]) + shift) % 10
    assert not uai.is_valid(code[:place] + str(digit) + code[place + 1 :])


@given(NUMBERS, st.integers(0, 5))
def test_two_digits_swapped_are_always_seen(number: int, place: int) -> None:
    code = of(number)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not uai.is_valid(swapped)
