"""Serial numbers: one normal form, those that name nothing, and those that a tired eye takes for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import serials

TEXTS = st.text(max_size=30)
SERIALS = st.text("0O1ILQ8BTES", min_size=5, max_size=8)
AN_APPLE_NUMBER = "TESR4TESTABC"
"""Made up in the shape of an Apple number: plant, year, week, unique, model."""


@pytest.mark.parametrize("written", ["testr 00001", "TEST-R00001", " test.r_00001\n", "ＴＥＳＴＲ００００１", "TESTR\u00a000001"])
def test_one_device_has_one_number_however_it_is_typed(written: str) -> None:
    assert serials.normalise(written) == "TESTR00001"


@given(TEXTS)
def test_normalising_twice_is_normalising_once_for_every_number_accepted(text: str) -> None:
    if serials.complaint(text) is None:
        assert serials.normalise(serials.normalise(text)) == serials.normalise(text)


def test_the_s_of_an_apple_bar_code_goes_and_no_other_s() -> None:
    assert serials.normalise("S" + AN_APPLE_NUMBER) == AN_APPLE_NUMBER
    assert serials.normalise(AN_APPLE_NUMBER) == AN_APPLE_NUMBER
    assert serials.normalise("STEST00001") == "STEST00001"
    assert serials.normalise("SOTSR4TESTAB") == "SOTSR4TESTAB"


@pytest.mark.parametrize(
    ("serial", "said"),
    [
        ("", "il est absent ; le relever au dos"),
        (" - ", "il est absent"),
        ("To be filled by O.E.M.", "remplissage du fabricant"),
        ("000000000", "remplissage du fabricant"),
        ("xxxxxxxx", "remplissage du fabricant"),
        ("1234567890", "remplissage du fabricant"),
        ("Inconnu", "remplissage du fabricant"),
        ("3,57145E+14", "le tableur l'a changé en nombre ; mettre la colonne en texte"),
        ("3.571450E+15", "le tableur l'a changé en nombre"),
        ("1e+16", "le tableur l'a changé en nombre"),
        ("T1", "2 caractères, il en faut de 5 à 40"),
        ("T" * 20 + "E" * 21, "41 caractères"),
        ("TESTÉ00001", "sans accent"),
        ("=TEST(1;2)", "des chiffres et des lettres"),
        ("TEST\x0000001", "des chiffres et des lettres"),
    ],
)
def test_a_number_that_names_no_device_is_complained_of_with_its_remedy(serial: str, said: str) -> None:
    assert said in (serials.complaint(serial) or "")


@pytest.mark.parametrize("serial", ["TESTR00001", "12E45", "0123456780", AN_APPLE_NUMBER, "00001"])
def test_an_unusual_number_may_still_be_one(serial: str) -> None:
    assert serials.complaint(serial) is None


def test_a_letter_o_among_zeros_and_an_l_among_ones_are_noticed() -> None:
    listed = ["TEST00001", "TESTO0001", "TEST00002", "TEST0000L", "TEST00001"]
    assert serials.near_duplicates(listed) == [("TEST00001", "TESTO0001"), ("TEST00001", "TEST0000L")]


@given(st.lists(SERIALS, max_size=12))
def test_near_duplicates_are_found_as_comparing_every_pair_would(listed: list[str]) -> None:
    distinct = list(dict.fromkeys(listed))
    key = serials.confusion_key
    alike = {b for i, b in enumerate(distinct) if any(key(a) == key(b) for a in distinct[:i])}
    assert {later for _, later in serials.near_duplicates(listed)} == alike


def test_a_hundred_thousand_numbers_are_compared_without_comparing_pairs() -> None:
    listed = [f"TEST{number:06}" for number in range(100_000)]
    assert serials.near_duplicates([*listed, "TESTO00042"]) == [("TEST000042", "TESTO00042")]
