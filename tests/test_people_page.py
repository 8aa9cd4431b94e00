"""Théo keeps the accounts of Villeneuve: Luc is given another school, and is shown it at his next page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from three_schools import FOREIGN, OWN, THURSDAY, Town, somebody, town

from config import people, sessions
from config.checks import complaints
from config.models import WebSession
from inventory.db import database
from inventory.journal import history
from inventory.models import Person, School
from inventory.queries.visible import scope_of
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("three")) as told:
        yield told


@pytest.fixture
def villeneuve(built: Town) -> Iterator[Town]:
    """The town, with nobody in it afterwards who was not there before."""
    yield built
    with database.connection_context():
        WebSession.delete().execute()
        Person.update(login=Person.login.concat("-parti"), active=False).where(Person.login != "dsi").execute()


def browser(villeneuve: Town, row: Person) -> tuple[FlaskClient, dict[str, str]]:
    """A browser of somebody, and the proof of their forms."""
    with database.connection_context():
        token = sessions.start(row, THURSDAY, "")
        proof = {"csrf_token": WebSession.get(WebSession.person == row).csrf}
    client = villeneuve.app.test_client()
    client.set_cookie("cartable", token)
    return client, proof


def test_a_change_is_journalled_and_holds_from_the_next_request_on(villeneuve: Town) -> None:
    with database.connection_context():
        theo = somebody(Role.ADMINISTRATOR, EVERYWHERE, "theo")
        luc = somebody(Role.SCHOOL, Scope.of([School.get(School.uai == OWN).id]), "luc")
    (admin, proof), (school, _) = browser(villeneuve, theo), browser(villeneuve, luc)
    assert (school.get(f"/ecoles/{OWN}").status_code, school.get(f"/ecoles/{FOREIGN}").status_code) == (200, 404)
    assert "luc" in admin.get("/comptes").text and 'href="/comptes"' not in school.get("/").text
    form = {**proof, "role": "school", "seen": "named", "school": [FOREIGN], "state": "open"}
    assert "changé, dès sa prochaine page" in admin.post("/comptes/luc", data=form, follow_redirects=True).text
    assert (school.get(f"/ecoles/{OWN}").status_code, school.get(f"/ecoles/{FOREIGN}").status_code) == (404, 200)
    assert "Rien n&#39;a changé" in admin.post("/comptes/luc", data=form, follow_redirects=True).text
    assert f"école, {FOREIGN}" in admin.get("/comptes/luc").text
    admin.post("/comptes/luc", data={**form, "state": "closed"})
    assert school.get(f"/ecoles/{FOREIGN}").status_code == 302, "signed out"
    with database.connection_context():
        told = history("person", luc.id)
        assert [(line.value, line.actor.login, line.detail["schools"]) for line in told] == [
            ("closed", "theo", [FOREIGN]), ("open", "theo", [FOREIGN])
        ]  # fmt: skip
        assert list(complaints()) == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"role": "manager"}, "garder un administrateur actif"),
        ({"state": "closed"}, "garder un administrateur actif"),
        ({"seen": "named", "school": OWN}, "garder un administrateur actif"),
        ({"seen": "named", "school": "0139999X"}, "« 0139999X » : elle n&#39;est pas dans l&#39;inventaire"),
        ({"role": "roi"}, "Rôle : le choisir"),
        ({"seen": ""}, "Écoles : dire si"),
    ],
)
def test_what_would_leave_the_house_without_a_keeper_or_say_nothing_is_refused_whole(
    villeneuve: Town, form: dict[str, str], told: str
) -> None:
    with database.connection_context():
        theo = somebody(Role.ADMINISTRATOR, EVERYWHERE, "theo")
    admin, proof = browser(villeneuve, theo)
    answer = admin.post("/comptes/theo", data={**proof, "role": "administrator", "seen": "everywhere", "state": "open", **form})
    assert answer.status_code == 422 and told in answer.text
    with database.connection_context():
        kept = people.person("theo")
        assert (kept.role, kept.active, scope_of(kept)) == ("administrator", True, EVERYWHERE) and history("person", kept.id) == []
