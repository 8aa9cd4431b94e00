"""The eleven public holidays of France, against published Easters and a second computus."""

from datetime import date, timedelta

import pytest

from inventory.public_holidays import easter, holiday_on


def butcher(year: int) -> date:
    """Easter by the rule printed in Butcher's Ecclesiastical Calendar (1876), for any Gregorian year."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap_centuries, over = divmod(century, 4)
    lunar = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - lunar + 15) % 30
    weekday = (32 + 2 * over + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2017, 11, 1), "Toussaint"),
        (date(2017, 11, 11), "Armistice 1918"),
        (date(2017, 12, 25), "Noël"),
        (date(2018, 1, 1), "Jour de l'an"),
        (date(2018, 4, 2), "Lundi de Pâques"),
        (date(2018, 5, 1), "Fête du Travail"),
        (date(2018, 5, 8), "Victoire 1945"),
        (date(2018, 5, 10), "Ascension"),
        (date(2018, 5, 21), "Lundi de Pentecôte"),
        (date(2018, 7, 14), "Fête nationale"),
        (date(2018, 8, 15), "Assomption"),
    ],
)
def test_the_school_year_2017_2018_has_its_eleven_holidays(day: date, name: str) -> None:
    assert holiday_on(day) == name


def test_no_other_day_of_2018_is_a_holiday_and_easter_sunday_is_none() -> None:
    days = [date(2018, 1, 1) + timedelta(days=number) for number in range(365)]
    assert sum(holiday_on(day) is not None for day in days) == 11
    assert holiday_on(date(2018, 4, 1)) is None and holiday_on(date(2017, 10, 29)) is None


def test_ascension_on_labour_day_is_one_holiday() -> None:
    assert holiday_on(date(2008, 5, 1)) == "Fête du Travail"


def test_published_easters_the_earliest_and_the_latest() -> None:
    published = ["1818-03-22", "1943-04-25", "1981-04-19", "2000-04-23", "2008-03-23", "2017-04-16", "2018-04-01", "2024-03-31", "2038-04-25"]
    for text in published:
        day = date.fromisoformat(text)
        assert easter(day.year) == day


def test_easter_is_the_sunday_of_a_second_computus_from_1583_to_4099() -> None:
    for year in range(1583, 4100):
        assert easter(year) == butcher(year)
        assert easter(year).weekday() == 6 and date(year, 3, 22) <= easter(year) <= date(year, 4, 25)
