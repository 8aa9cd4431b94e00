"""Calendars as the ministry publishes them: ends excluded, offsets that change on 29 October 2017, and what no file says."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.calendars import Break, Holidays, UnknownCalendar, load
from inventory.errors import Refused

CALENDARS = Path(__file__).parent.parent / "config" / "calendars"
MINISTRY = CALENDARS / "calendrier-scolaire_2017-2018_zoneB.csv"
DAILY = CALENDARS / "vacances-scolaires_2017-09_2018-07.csv"
LABELS = "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire"
NAMES = "description;population;start_date;end_date;location;zones;annee_scolaire"
DAY = timedelta(days=1)


def folder_with(tmp_path: Path, *lines: str, name: str = "calendrier.csv", encoding: str = "utf-8") -> Path:
    (tmp_path / name).write_bytes("\r\n".join(lines).encode(encoding))
    return tmp_path


def copy_of(source: Path, tmp_path: Path) -> Path:
    (tmp_path / source.name).write_bytes(source.read_bytes())
    return tmp_path


def year_of(autumn: int, *, summer: str = "Vacances d'Été", without: str = "") -> list[str]:
    """A made-up but plausible year of zone A, in the moments of UTC that the dataset's API gives."""
    spring = autumn + 1
    rows = {
        "Vacances de la Toussaint": (f"{autumn}-10-18T22:00:00+00:00", f"{autumn}-11-03T23:00:00+00:00"),
        "Vacances de Noël": (f"{autumn}-12-20T23:00:00+00:00", f"{spring}-01-05T23:00:00+00:00"),
        "Vacances d'Hiver": (f"{spring}-02-21T23:00:00+00:00", f"{spring}-03-09T23:00:00+00:00"),
        "Vacances de Printemps": (f"{spring}-04-18T22:00:00+00:00", f"{spring}-05-04T22:00:00+00:00"),
        summer: (f"{spring}-07-04T22:00:00+00:00", f"{spring}-08-31T22:00:00+00:00"),
    }
    if summer.startswith("Début"):
        rows[summer] = (rows[summer][0], rows[summer][0])
    return [f"{told};-;{first};{end};Lyon;Zone A;{autumn}-{spring}" for told, (first, end) in rows.items() if told != without]


def test_the_ministry_s_rows_give_the_five_holidays_of_zone_b_by_their_last_days() -> None:
    assert load(CALENDARS, "B").breaks == (
        Break(date(2017, 9, 1), date(2017, 9, 3), "Vacances d'été"),
        Break(date(2017, 10, 21), date(2017, 11, 5), "Vacances de la Toussaint"),
        Break(date(2017, 12, 23), date(2018, 1, 7), "Vacances de Noël"),
        Break(date(2018, 2, 24), date(2018, 3, 11), "Vacances d'hiver"),
        Break(date(2018, 4, 21), date(2018, 5, 6), "Vacances de printemps"),
        Break(date(2018, 7, 7), date(2018, 9, 2), "Vacances d'été"),
    )


def test_the_two_sources_agree_on_every_day_of_zone_b_that_both_cover(tmp_path: Path) -> None:
    (tmp_path / "ministry").mkdir()
    (tmp_path / "daily").mkdir()
    ministry, daily = load(copy_of(MINISTRY, tmp_path / "ministry"), "B"), load(copy_of(DAILY, tmp_path / "daily"), "B")
    day = max(ministry.first, daily.first)
    while day <= min(ministry.last, daily.last):
        assert [any(one.first <= day <= one.last for one in each.breaks) for each in (ministry, daily)] in ([True] * 2, [False] * 2), day
        day += DAY


def test_together_they_cover_the_year_from_1_september_to_the_eve_of_the_next_one() -> None:
    assert load(CALENDARS, "B").covered == ((date(2017, 9, 1), date(2018, 9, 2)),)
    assert load(CALENDARS, "A").covered == load(CALENDARS, "C").covered == ((date(2017, 9, 1), date(2018, 7, 15)),)


def test_the_ministry_s_file_alone_is_believed_from_mid_september(tmp_path: Path) -> None:
    assert load(copy_of(MINISTRY, tmp_path), "B").covered == ((date(2017, 9, 15), date(2018, 9, 2)),)


def test_a_year_follows_the_summer_before_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, NAMES, *year_of(2018), *year_of(2019))
    assert load(folder, "A").covered == ((date(2018, 9, 15), date(2020, 8, 31)),)
    assert Break(date(2018, 10, 19), date(2018, 11, 3), "Vacances de la Toussaint") in load(folder, "A").breaks


def test_a_summer_published_by_its_first_day_ends_what_is_known_on_the_eve(tmp_path: Path) -> None:
    holidays = load(folder_with(tmp_path, NAMES, *year_of(2018, summer="Début des Vacances d'Été")), "A")
    assert holidays.last == date(2019, 7, 4)
    assert len(holidays.breaks) == 4


def test_a_year_without_its_winter_holidays_proves_no_day_of_class(tmp_path: Path) -> None:
    holidays = load(folder_with(tmp_path, LABELS, *year_of(2018, without="Vacances d'Hiver")), "A")
    holidays.require(date(2018, 10, 19), date(2018, 11, 3))
    with pytest.raises(UnknownCalendar, match="25/02/2019"):
        holidays.require(date(2019, 2, 25))


def test_a_missing_year_between_two_is_a_hole_that_no_question_may_cross(tmp_path: Path) -> None:
    holidays = load(folder_with(tmp_path, NAMES, *year_of(2016), *year_of(2019)), "A")
    assert holidays.covered == ((date(2016, 9, 15), date(2017, 8, 31)), (date(2019, 9, 15), date(2020, 8, 31)))
    with pytest.raises(UnknownCalendar, match=r"01/09/2017.*celui de 2017-2018"):
        holidays.require(date(2017, 6, 1), date(2019, 10, 1))


def test_the_days_of_teachers_alone_are_not_holidays(tmp_path: Path) -> None:
    teachers = "Vacances d'Été;Enseignants;2019-06-01T00:00:00+02:00;2019-08-30T00:00:00+02:00;Lyon;Zone A;2018-2019"
    assert load(folder_with(tmp_path, LABELS, *year_of(2018), teachers), "A").breaks[-1].first == date(2019, 7, 5)


def test_a_zone_that_no_file_speaks_of_and_a_day_beyond_are_unknown_with_their_remedy(tmp_path: Path) -> None:
    with pytest.raises(UnknownCalendar, match=r"zone D .*corriger la zone"):
        load(CALENDARS, "D")
    with pytest.raises(UnknownCalendar, match="zone B"):
        load(tmp_path, "B")
    with pytest.raises(UnknownCalendar, match=r"zone B ne couvre le 03/09/2018 \(connu du 01/09/2017 au 02/09/2018\).*2018-2019"):
        load(CALENDARS, "B").require(date(2018, 9, 3))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Nom;Début;Fin", "Noël;23/12;08/01"], "colonnes non reconnues"),
        (["date,vacances_zone_a,nom_vacances", "2017-09-01,oui,Vacances d'été"], "ligne 2 : vacances_zone_a = « oui » .*True ou False"),
        (["date,vacances_zone_a,nom_vacances", "2017-09-31,True,Vacances d'été"], "ligne 2 : date = « 2017-09-31 »"),
        ([LABELS, "Noël;-;23/12/2017;2018-01-08;Lyon;Zone A;2017-2018"], "ligne 2 : start_date = « 23/12/2017 »"),
        ([LABELS, "Noël;-;2017-12-23;2017-01-08;Lyon;Zone A;2017-2018"], r"ligne 2 : la reprise \(08/01/2017\) vient avant"),
    ],
)
def test_a_faulty_file_is_named_with_its_line_and_value(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(Refused, match=f"calendrier.csv.*{said}"):
        load(folder_with(tmp_path, *lines), "A")


def test_a_windows_file_is_asked_for_again_in_utf_8(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="UTF-8"):
        load(folder_with(tmp_path, LABELS, *year_of(2018), encoding="cp1252"), "A")


def test_a_mark_of_order_quotes_and_a_blank_end_do_not_hide_a_calendar(tmp_path: Path) -> None:
    quoted = "\ufeff" + ";".join(f'"{name}"' for name in LABELS.split(";"))
    assert load(folder_with(tmp_path, quoted, *year_of(2018), "", ""), "A").last == date(2019, 8, 31)


@given(st.sets(st.dates(date(2017, 9, 1), date(2018, 7, 15)), min_size=1))
def test_covered_days_are_those_given_and_no_other(days: set[date]) -> None:
    holidays = Holidays("B", tuple((day, day) for day in sorted(days)), ())
    for day in (min(days), max(days), min(days) - DAY, date(2018, 1, 15)):
        if day in days:
            holidays.require(day)
        else:
            with pytest.raises(UnknownCalendar):
                holidays.require(day)
