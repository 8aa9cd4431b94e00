"""What is stored about people: said whole, handed over without secrets, erased without a trace in the figures."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from autumn import AS_OF, app_over, copied, proof, signed_in
from flask import Flask
from peewee import ForeignKeyField

from config import personal, retention
from config.checks import complaints
from config.clock import read_moment
from config.demo.people import PASSWORD
from config.freeze import LIVE
from config.models import Credential, NetworkTally, SecurityEvent, WebSession
from config.security_log import Happened, write
from deploy.models import QuarterFile
from inventory.db import database
from inventory.errors import Refused
from inventory.models import Event, ImportDraft, Person
from inventory.roles import Role

MONDAY = read_moment(AS_OF, "AS_OF")
DAY = timedelta(days=1)


@pytest.fixture
def house(autumn: Path, tmp_path: Path) -> Flask:
    return app_over(copied(autumn, tmp_path))


def everything_stored() -> str:
    """Every value of every table, the bytes of files apart."""
    return "\n".join(str(row) for model in LIVE for row in database.execute_sql(f'SELECT * FROM "{model._meta.table_name}"'))


def test_every_table_that_names_a_person_is_in_the_register() -> None:
    """If this fails: say in `config/personal.py` what the new table keeps of people, why, until when, and whether it is erased."""
    naming = {
        f"{model._meta.table_name}.{field.name}"
        for model in LIVE
        for field in model._meta.sorted_fields
        if isinstance(field, ForeignKeyField) and field.rel_model is Person
    }
    assert naming == {kept.key for kept in personal.register()}


def test_malik_reads_what_is_kept_of_him_and_takes_it_away_without_a_secret(house: Flask) -> None:
    with signed_in(house, "technicien") as client:
        assert "Douze mois." in client.get("/donnees-personnelles").text
        answer = client.get("/donnees-personnelles/export.json")
        assert client.get("/donnees-personnelles/1").status_code == client.get("/donnees-personnelles/1/export.json").status_code == 403
    told = json.loads(answer.text)
    assert answer.headers["Content-Disposition"].startswith("attachment") and answer.headers["Cache-Control"] == "no-store"
    with database.connection_context():
        malik = Person.get(Person.login == "technicien")
        session, kept = WebSession.get(WebSession.person == malik), Credential.get(Credential.person == malik)
        assert len(told["stored"]["event.actor"]) == Event.select().where(Event.actor == malik).count() > 100
        assert len(told["stored"]["web_session.person"]) == WebSession.select().where(WebSession.person == malik).count() > 0
    assert told["person"]["name"] == "Malik Roux, technicien"
    assert not [secret for secret in (session.token_digest, session.csrf, kept.password_hash, "argon2", PASSWORD) if secret in answer.text]


def test_everybody_is_anonymised_and_neither_the_journal_nor_the_issued_quarters_feel_it(house: Flask) -> None:
    with signed_in(house, "dsi") as client:
        client.post("/trimestres", data={"csrf_token": proof(client, "/trimestres"), "period": "2017-Q4"})
    with signed_in(house, "admin") as admin:
        pages = ("/", "/tableau", "/tablettes/5", "/classes/AIX-CM01", "/constats", "/securite", "/donnees-personnelles/2")
        issued = admin.get("/trimestres/2017-Q4/trimestre.json").data
        token = proof(admin, "/donnees-personnelles")
        with database.connection_context():
            files = [(row.name, bytes(row.content)) for row in QuarterFile.select().order_by(QuarterFile.name)]
            chain = list(Event.select(Event.position, Event.digest).order_by(Event.position).tuples())
            others = list(Person.select().where(Person.role != Role.ADMINISTRATOR.value))
        for one in others:
            path = f"/donnees-personnelles/{one.id}/anonymiser"
            assert admin.post(path, data={"csrf_token": token, "login": "un autre"}).status_code == 422
            assert admin.post(path, data={"csrf_token": token, "login": one.login}).status_code == 303
        assert [admin.get(page).status_code for page in pages] == [200] * len(pages)
        assert admin.get("/trimestres/2017-Q4/trimestre.json").data == issued and len(issued) > 1000
    with database.connection_context():
        assert list(complaints()) == []
        assert [(row.name, bytes(row.content)) for row in QuarterFile.select().order_by(QuarterFile.name)] == files
        assert list(Event.select(Event.position, Event.digest).order_by(Event.position).tuples())[: len(chain)] == chain
        stored = everything_stored()
        assert [one.name for one in others if one.name in stored] == []
        assert {name for one in others for name in one.name.partition(",")[0].split() if re.search(rf"\b{name}\b", stored)} == set()
        assert not {one.login for one in others} & {one.login for one in Person.select()}
    assert house.test_client().post("/connexion", data={"login": "dsi", "password": PASSWORD}).status_code == 422


def test_said_twice_is_said_once_and_the_last_administrator_stays(house: Flask) -> None:
    with database.connection_context():
        ecole, admin = (Person.get(Person.login == login) for login in ("ecole", "admin"))
        assert [personal.anonymise(ecole, MONDAY, actor=admin) for _ in range(2)] == [True, False]
        before = everything_stored()
        with pytest.raises(Refused, match="dernier administrateur"):
            personal.anonymise(admin, MONDAY)
        assert everything_stored() == before
        lines = [(line.what, line.person_id, line.actor_id) for line in SecurityEvent.select().where(SecurityEvent.actor == admin)]
    assert lines == [(Happened.ANONYMISED.value, ecole.id, admin.id)]


def test_what_is_old_goes_at_night_in_small_bites_and_the_rest_stays(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 3)
    with database.connection_context():
        alice = Person.get(Person.login == "dsi")
        for model in (SecurityEvent, NetworkTally, ImportDraft):
            model.delete().execute()
        for days in (0, 1, 364, 366, 367, 500, 501, 502, 503, 504):
            write(Happened.SIGNED_IN, alice, MONDAY - days * DAY)
        for number, age in enumerate((timedelta(), retention.networks.SPAN * 2)):
            NetworkTally.create(network=str(number), since=MONDAY - age, failures=3)
        for age in (timedelta(hours=23), timedelta(hours=25)):
            ImportDraft.create(kind="schools", filename="e.csv", content=b"", at=MONDAY - age, person=alice)
        assert retention.erase_old(MONDAY) == "9\u00a0lignes effacées"
        assert [model.select().count() for model in (SecurityEvent, NetworkTally, ImportDraft)] == [3, 1, 1]
        assert retention.erase_old(MONDAY) == "0\u00a0ligne effacée"
