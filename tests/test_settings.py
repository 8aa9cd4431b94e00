"""What an operator writes in the environment: read once, checked at once, and refused with its remedy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import SETTINGS, Settings, read
from inventory.errors import Refused


def refusals(environ: dict[str, str]) -> list[str]:
    with pytest.raises(Refused) as caught:
        read(environ)
    return list(caught.value.sentences)


def test_an_empty_environment_is_a_house_ready_to_open() -> None:
    settings = read({})
    assert settings.database == "sqlite:///var/cartable.db"
    assert settings.key_file == Path("var/cartable.db.key")
    assert (settings.backups, settings.exports) == (Path("var/backups"), Path("var/exports"))
    assert (settings.host, settings.port, settings.as_of) == ("127.0.0.1", 8000, None)
    assert (settings.watch_days, settings.silent_days) == (10, 20)
    assert settings.conventions.is_dir() and list(settings.calendars.glob("*.csv"))
    assert list(settings.baselines.glob("*.toml")) and list(settings.carts.glob("*.toml"))


def test_what_is_kept_beside_the_database_moves_with_it() -> None:
    settings = read({"CARTABLE_DATABASE": "sqlite:////srv/aix/suivi.db"})
    assert settings.database_file == Path("/srv/aix/suivi.db")
    assert settings.key_file == Path("/srv/aix/suivi.db.key")
    assert settings.backups == Path("/srv/aix/backups")


def test_the_variables_of_other_programs_are_theirs() -> None:
    assert read({"PATH": "/usr/bin", "LANG": "fr_FR.UTF-8", "CARTAGE_PORT": "x"}) == read({})


def test_a_slip_of_the_pen_is_told_with_the_name_that_was_meant() -> None:
    assert refusals({"CARTABLE_DATABSE": "sqlite:///a.db"}) == [
        "CARTABLE_DATABSE : réglage inconnu ; écrire CARTABLE_DATABASE ?"
    ]
    assert "les réglages connus sont CARTABLE_DATABASE" in refusals({"CARTABLE_ZZZZ": "1"})[0]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("CARTABLE_DATABASE", "postgres://x/y", "écrire sqlite:///chemin/du/fichier.db ou postgresql://hôte/base"),
        ("CARTABLE_AS_OF", "2017-11-31", "écrire 2017-12-31"),
        ("CARTABLE_PORT", "80000", "écrire un nombre entier de 1 à 65535"),
        ("CARTABLE_PORT", "٨", "écrire un nombre entier"),
        ("CARTABLE_WATCH_DAYS", "-3", "écrire un nombre entier de 1 à 400"),
        ("CARTABLE_COOKIE_SECURE", "peut-être", "écrire oui ou non"),
        ("CARTABLE_CALENDARS", "/nulle/part", "dossier qui existe"),
        ("CARTABLE_TRUSTED_HOSTS", "https://ville.fr", "sans http:// ni port"),
        ("CARTABLE_HOST", "ici là", "127.0.0.1"),
    ],
)
def test_a_bad_value_is_named_with_its_variable_and_its_remedy(name: str, value: str, remedy: str) -> None:
    (sentence,) = refusals({name: value})
    assert name in sentence and f"« {value} »" in sentence and remedy in sentence


def test_every_fault_is_told_at_once() -> None:
    assert len(refusals({"CARTABLE_PORT": "x", "CARTABLE_WATCH_DAYS": "y", "CARTABLE_PROT": "80"})) == 3


def test_a_tablet_cannot_be_silent_before_it_is_watched() -> None:
    assert "inférieur à CARTABLE_SILENT_DAYS (10)" in refusals({"CARTABLE_WATCH_DAYS": "10", "CARTABLE_SILENT_DAYS": "10"})[0]


def test_a_demonstration_stops_at_noon_of_its_day_in_paris() -> None:
    assert read({"CARTABLE_AS_OF": "2017-11-15"}).as_of == datetime(2017, 11, 15, 11, tzinfo=UTC)


def test_sessions_end_when_the_town_says() -> None:
    settings = read({"CARTABLE_SESSION_IDLE_MINUTES": "30", "CARTABLE_SESSION_HOURS": "168"})
    assert (settings.session_idle, settings.session_age) == (timedelta(minutes=30), timedelta(days=7))


def test_the_table_says_everything_once() -> None:
    assert sorted(setting.field for setting in SETTINGS) == sorted(Settings.__dataclass_fields__)
    assert all(setting.name.startswith("CARTABLE_") and setting.help.endswith(".") for setting in SETTINGS)
