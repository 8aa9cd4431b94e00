"""What a person writes in a field is taken as it is, or refused by the name of its field, its value and the remedy."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from autumn import app_over, copied, proof, signed_in
from flask import Flask

from deploy.actions.steps import moment_of
from deploy.form import day_of, number_of
from inventory.actions.records import Hand
from inventory.errors import Refused


@pytest.fixture
def own_house(autumn: Path, tmp_path: Path) -> Flask:
    return app_over(copied(autumn, tmp_path))


@pytest.mark.parametrize(("text", "day"), [("2017-11-28", date(2017, 11, 28)), ("28/11/2017", date(2017, 11, 28)), (" ", None), ("29/02/2016", date(2016, 2, 29))])
def test_a_date_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert day_of({"day": text}, "day") == day


@pytest.mark.parametrize("text", ["0018-02-15", "15/02/18", "0001-01-10", "9999-12-31", "1999-12-31", "2100-01-01"])
def test_a_year_of_no_school_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=f"Date = « {text} » : écrire l'année en quatre chiffres, de 2000 à 2099"):
        day_of({"day": text}, "day")


@pytest.mark.parametrize("text", ["31/02/2018", "2018-13-01", "demain", "1/2/3/4", "1/2", "15/02/99999999999999999999"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="écrire une date qui existe"):
        day_of({"day": text}, "day")


@pytest.mark.parametrize("text", ["0", "-1", "1000", "abc", "", "٣", "9" * 5000, "1e2", "12.5"])
@pytest.mark.parametrize("field", ["count", "quantity", "expected"])
def test_a_number_out_of_its_bounds_is_refused_by_its_name(field: str, text: str) -> None:
    with pytest.raises(Refused, match=r"= « .* » : écrire un nombre de 1 à 999"):
        number_of({field: text}, field)
    assert (number_of({field: " 12 "}, field), number_of({field: "0"}, field, least=0)) == (12, 0)


@pytest.mark.parametrize(("login", "page", "path", "form", "words"), [
    ("dsi", "/comites", "/comites/technique/reunions", {"day": "0001-01-10", "hour": "14:30", "place": "mairie"}, "de 2000 à 2099"),
    ("dsi", "/classes/AIX-CM02", "/classes/AIX-CM02/pas", {"step": "training", "value": "done", "day": "2018-02-12", "present": "-3"}, "Enseignants présents = « -3 »"),
    ("technicien", "/etiquettes", "/etiquettes", {"count": "-1"}, "Nombre = « -1 »"),
])  # fmt: skip
def test_the_pages_refuse_it_too(own_house: Flask, login: str, page: str, path: str, form: dict[str, str], words: str) -> None:
    with signed_in(own_house, login) as client:
        answer = client.post(path, data={**form, "csrf_token": proof(client, page)})
        assert (answer.status_code, words in answer.text) == (422, True), answer.text[:3000]
        assert [client.get(one).status_code for one in ("/", page)] == [200, 200]


def test_a_simulation_of_nothing_and_a_cart_already_there_are_said_in_words(own_house: Flask) -> None:
    with signed_in(own_house, "dsi") as client:
        for count in ("0", "-1", "1000", "abc"):
            answer = client.get(f"/financement/simulation?count={count}")
            assert (answer.status_code, f"Nombre de classes = « {count} » : écrire un nombre de 1 à 12" in answer.text) == (422, True)
    with signed_in(own_house, "technicien") as client:
        token = proof(client, "/classes/AIX-CM02")
        said = client.post("/classes/AIX-CM02/etapes", data={"csrf_token": token, "tablet": "15", "stage": "in_service"}, follow_redirects=True).text
        said = client.post("/classes/AIX-CM02/etapes", data={"csrf_token": token, "tablet": "15", "stage": "in_service"}, follow_redirects=True).text
        assert "Rien ne change : les tablettes cochées sont déjà à « en service »" in said


def test_a_program_cannot_mean_another_century_either(now: datetime) -> None:
    hand = Hand(None, now)
    for day in (date(18, 2, 15), date(1, 1, 1), date.max):
        with pytest.raises(Refused, match="écrire l'année en quatre chiffres"):
            moment_of(day, hand)
    assert moment_of(date(2017, 10, 2), hand).isoformat() == "2017-10-02T10:00:00+00:00"
