"""The pages of commands: Bruno finds a tablet stolen, asks that it be locked, Alice allows it, Omar may stop it; the papers of the theft are printed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from commanded import Browser, House, as_it_was, commanded, permits

from deploy.models import Incident
from inventory.db import database
from inventory.journal import history
from mdm.commands.order import State
from mdm.models import Command
from mdm.simulator.orders import Orders

TEN = timedelta(minutes=10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with commanded(tmp_path_factory.mktemp("pages"), pages=True) as opened:
        yield opened


@pytest.fixture
def house(served: House) -> Iterator[House]:
    with as_it_was(served) as kept:
        yield kept


@pytest.fixture
def browsers(house: House, monkeypatch: pytest.MonkeyPatch) -> dict[str, Browser]:
    """The pages leave the connection of the test open: what they write is undone with it."""
    monkeypatch.setattr(type(database.obj), "close", lambda self: False)
    return {login: Browser(house, login) for login in ("bruno", "alice", "omar", "chloe")}


def test_a_theft_is_told_locked_and_filed_from_one_page(house: House, browsers: dict[str, Browser], tmp_path: Path) -> None:
    bruno, alice, tablet = browsers["bruno"], browsers["alice"], house.tablets["AIX-CM01-T09"]
    page = bruno.get(f"/tablettes/{tablet.id}/vol")
    assert "Déclarer le vol" in page and "12/12/2017" in page, "the last contact is before the night of the theft"
    assert bruno.post(f"/tablettes/{tablet.id}/incident", kind="theft", words="armoire forcée").location == f"/tablettes/{tablet.id}/vol"
    told = bruno.get(f"/tablettes/{tablet.id}/vol")
    assert "armoire forcée" in told and "jour" in told and "commande-grave" not in told
    form = {"action": "lock", "reason": "volée", "words": "Rapporter à la mairie"}
    assert bruno.post(f"/tablettes/{tablet.id}/commande", **form, code="000000").status_code == 422
    asked = bruno.post(f"/tablettes/{tablet.id}/commande", **form, code=house.code("bruno"))
    assert asked.status_code == 302
    assert "Une autre personne du bureau" in bruno.get(asked.location) and 'name="code"' not in bruno.get(asked.location)
    assert "volée" in alice.get(asked.location) and 'name="code"' in alice.get(asked.location) and "Arrêter" in browsers["omar"].get("/commandes")
    allowed = alice.post(f"{asked.location}/approuver", code=house.code("alice"))
    assert "part à partir du" in alice.get(allowed.location)
    house.turn(TEN, timedelta(minutes=1))
    assert "faite, constatée" in alice.get("/commandes")
    incident = Incident.get(Incident.tablet == tablet)
    bruno.post(f"/incidents/{incident.id}/plainte", number="2017/004711")
    assert "2017/004711" in bruno.get(f"/tablettes/{tablet.id}/vol")
    for name, words in (("plainte", ("Plainte pour vol", tablet.serial, "verrouiller", "armoire forcée")), ("assurance", ("Déclaration de sinistre", tablet.serial, "2017/004711"))):
        answer = alice.client.get(f"/tablettes/{tablet.id}/vol/{name}.pdf")
        assert answer.mimetype == "application/pdf"
        (tmp_path / "paper.pdf").write_bytes(answer.data)
        text = subprocess.run(["pdftotext", tmp_path / "paper.pdf", "-"], capture_output=True, text=True, check=True).stdout
        assert [word for word in words if word not in text.replace("\n", " ")] == []
    assert [event.value for event in history("incident", incident.id)] == ["filed", "open"]


def test_anybody_stops_a_command_that_cools_and_nobody_allows_without_the_right(house: House, browsers: dict[str, Browser]) -> None:
    row = house.ask("bruno")
    assert browsers["omar"].post(f"/commandes/{row.id}/approuver", code=house.code("omar")).status_code == 403
    assert browsers["chloe"].post(f"/tablettes/{row.tablet_id}/commande", action="lock").status_code == 403
    house.allow("alice", row)
    assert "alert" in browsers["omar"].get("/commandes")
    assert browsers["omar"].post(f"/commandes/{row.id}/arreter").location == f"/commandes/{row.id}"
    assert "arrêtée" in browsers["omar"].get(f"/commandes/{row.id}")
    house.turn(TEN)
    assert house.received == []


def test_a_light_command_is_sent_from_the_page_and_said_as_accepted_not_as_done(house: House, browsers: dict[str, Browser]) -> None:
    tablet = house.tablets["AIX-CM01-T02"]
    answer = browsers["bruno"].post(f"/tablettes/{tablet.id}/commande", action="refresh", reason="voir si elle vit")
    assert house.received == ["refetch"] and "pas encore faite" in browsers["bruno"].get(answer.location)
    assert browsers["bruno"].post(f"/tablettes/{tablet.id}/commande", action="laser", reason="pour voir").status_code == 422


def test_what_is_not_permitted_is_not_offered(house: House, browsers: dict[str, Browser]) -> None:
    tablet = house.tablets["AIX-CM01-T02"]
    offered = browsers["alice"].get(f"/tablettes/{tablet.id}")
    assert re.findall(r'<option value="(\w+)"', offered[offered.index('id="commandes"') :])[:4] == ["refresh", "unlock", "lock", "wipe"]
    permits(house, "refresh")
    assert 'value="wipe"' not in browsers["alice"].get(f"/tablettes/{tablet.id}")
    permits(house)
    assert 'id="commandes"' not in browsers["alice"].get(f"/tablettes/{tablet.id}")
    assert "ne permet de la verrouiller d'ici" in browsers["bruno"].get(f"/tablettes/{tablet.id}/vol").replace("&#39;", "'")


def test_a_doubtful_command_is_settled_on_its_page(house: House, browsers: dict[str, Browser]) -> None:
    house.mdm.orders = Orders(obeys=False)
    row = house.ask("bruno")
    house.allow("alice", row)
    house.turn(TEN, timedelta(days=1))
    alice = Browser(house, "alice")
    assert "À vérifier : 1" in alice.get("/commandes")
    assert alice.post(f"/commandes/{row.id}/constater", words="vue verrouillée", found="peut-être").status_code == 422
    assert alice.post(f"/commandes/{row.id}/constater", words="vue verrouillée", found="done").status_code == 302
    assert State(Command.get_by_id(row.id).state) is State.CONFIRMED
