"""What papers and baselines bring to the comparison: an invoice, a register, a configuration that is no longer the expected one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from deploy.convention.money import BudgetKind
from deploy.funding import actions as funding
from deploy.funding.invoice import Invoice, Key, Line
from deploy.queries.conventions import convention
from inventory.actions.gaps import decide, survey
from inventory.actions.records import Hand, recorded, restore_all, withdraw_all
from inventory.actions.sightings import take_in
from inventory.actions.tablets import record_stage, register_tablet
from inventory.discrepancy import Kind, Standing, Verdict
from inventory.lifecycle import Stage
from inventory.models import Event, Gap, Person, Sighting, Tablet
from inventory.paris import local_date
from inventory.queries.gaps import gap
from inventory.roles import Role
from inventory.scope import EVERYWHERE
from mdm.driver import App, Detail, DeviceReport
from mdm.models import Connector, DeviceDetail, PeerAsset, SyncRun
from mdm.run_state import RunState

pytestmark = pytest.mark.usefixtures("nothing_stays")


@pytest.fixture
def dsi(aix: None) -> Hand:
    return Hand(Person.get(Person.login == "dsi"), datetime(2018, 1, 8, 8, 30, tzinfo=UTC))


def standing(kind: Kind) -> list[Gap]:
    return list(Gap.select().where((Gap.kind == kind.value) & (Gap.standing != Standing.CLOSED.value)).order_by(Gap.name))


def whole_reading(connector: Connector, moment: datetime) -> None:
    SyncRun.create(connector=connector, started=moment, ended=moment, state=RunState.COMPLETE.value)


def bill(hand: Hand, *serials: str) -> None:
    told = convention()
    paper = funding.register_invoice(told, Invoice("Tablettes du Midi", "F-99", local_date(hand.now)), hand)
    price = Decimal(100) * len(serials)
    line = Line("Tablettes", BudgetKind.EQUIPMENT, len(serials), price, Decimal(0), price, False, "hors plafond", Key.SERIALS, serials=serials)
    funding.add_line(paper, told, line, hand)


def test_a_tablet_that_was_paid_and_never_came_is_named_until_it_is_received(dsi: Hand) -> None:
    row = register_tablet(Tablet(serial="TESTN00001"), dsi)
    record_stage(row, Stage.ORDERED, dsi)
    mistaken = register_tablet(Tablet(serial="TESTN00002"), dsi)
    bill(dsi, "TESTN00001", "TESTN00002", Tablet.get().serial)
    withdraw_all([mistaken], dsi)
    survey(dsi.now)
    (never,), (absent,) = standing(Kind.NEVER_RECEIVED), standing(Kind.NOT_INVENTORIED)
    assert (never.serial, absent.serial, absent.tablet) == ("TESTN00001", "TESTN00002", None)
    assert gap(EVERYWHERE, absent.id, None, dsi.now).text == "facture F-99 de Tablettes du Midi ; aucune tablette ne porte ce numéro"
    record_stage(row, Stage.RECEIVED, dsi)
    mistaken.withdrawn = False
    restore_all([(mistaken, recorded(mistaken))], dsi)
    survey(dsi.now)
    assert [(one.kind, one.serial) for one in standing(Kind.NEVER_RECEIVED) + standing(Kind.NOT_INVENTORIED)] == [("never_received", "TESTN00002")]


def test_a_register_is_believed_at_its_last_reading_and_for_the_models_of_the_inventory(dsi: Hand) -> None:
    connector = Connector.create(name="parc", kind="snipeit", url="https://parc.example", login="", created=dsi.now)
    model = Tablet.get(Tablet.model != "").model
    whole_reading(connector, dsi.now)
    yesterday = dsi.now - timedelta(days=1)
    for asset, serial, kind, left in (("1", "TESTP00001", model.upper(), None), ("2", "TESTP00002", "Ordinateur", None), ("3", "TESTP00003", model, yesterday), ("4", Tablet.get().serial, model, None)):
        PeerAsset.create(connector=connector, asset=asset, serial=serial, number=f"B-{asset}", model=kind, place="", last_listed=left)
    survey(dsi.now)
    (found,) = standing(Kind.NOT_INVENTORIED)
    assert (found.serial, found.evidence["paper"]["holder"], found.evidence["paper"]["number"]) == ("TESTP00001", "parc", "B-1")
    before = Event.select().count()
    whole_reading(connector, dsi.now + timedelta(hours=1))
    survey(dsi.now)
    assert Event.select().count() == before, "listed again, it is no other fact"


def test_what_a_configured_tablet_no_longer_carries_drifts_item_by_item_with_its_age(dsi: Hand) -> None:
    tablet = Tablet.get(Tablet.stage == Stage.IN_SERVICE.value)
    seen = Sighting.get(Sighting.serial == tablet.serial)
    told = DeviceReport(
        seen.mdm_id, seen.serial, seen.number, seen.status, model=seen.model, os_version="6.0.1", configuration=seen.configuration, managed=True,
        permissions_granted=False, apps=tuple(App(name, wanted, None if place == 0 else found) for place, (name, wanted, found) in enumerate(seen.apps)),
        group=seen.group, enrolled_at=seen.enrolled_at, last_contact=dsi.now,
    )  # fmt: skip
    take_in(seen.connector, [told], now=dsi.now)
    later = dsi.now + timedelta(days=9)
    survey(later)
    found = [gap(EVERYWHERE, row.id, None, later) for row in standing(Kind.DRIFT) if row.serial == tablet.serial]
    assert {row.evidence["drift"]["item"]: row.since for row in found} == dict.fromkeys(("apps", "os", "restrictions"), dsi.now)
    said = {row.evidence["drift"]["item"]: row.text for row in found}
    assert said["os"] == "Système à jour (Android 7.0 au moins) : attendu ≥ 7.0, le MDM dit 6.0.1"
    assert said["restrictions"].endswith("attendu gérée, droits accordés, le MDM dit gérée")
    row = Gap.get(Gap.name == f"drift:{tablet.serial}/os")
    decide(row, Verdict.ACCEPTED, "mise à jour au printemps", Role.MANAGER, row.facts, Hand(dsi.by, later))
    take_in(seen.connector, [DeviceReport(**{**{name: getattr(told, name) for name in told.__struct_fields__}, "os_version": "5.1"})], now=later)
    survey(later)
    again = Gap.get_by_id(row.id)
    assert (again.standing, again.since) == ("stale", dsi.now), "another version is another fact, of the same drift"


def test_a_profile_that_failed_on_a_configured_tablet_is_a_drift_until_its_server_says_better(dsi: Hand) -> None:
    tablet, moment = Tablet.get(Tablet.stage == Stage.IN_SERVICE.value), dsi.now - timedelta(days=2)
    seen = Sighting.get(Sighting.serial == tablet.serial)
    told = Detail(profiles=(("Écoles", "failed"), ("Réseau", "pending"), ("Compte", "verified"), ("Autre", "removing")))
    row = DeviceDetail.create(connector=Connector.get(Connector.name == seen.connector), device=seen.mdm_id, told=msgspec.json.encode(told).decode(), asked=moment, fetched=moment)
    take_in(seen.connector, [DeviceReport("autre-fiche", seen.serial, seen.number, seen.status, enrolled_at=seen.enrolled_at - timedelta(days=9))], now=dsi.now)
    DeviceDetail.create(connector=row.connector, device="autre-fiche", told=row.told.replace("Écoles", "Ancien"), asked=moment, fetched=moment)
    before = {one.name for one in standing(Kind.DRIFT)}
    survey(dsi.now)
    (found,) = (gap(EVERYWHERE, one.id, None, dsi.now) for one in standing(Kind.DRIFT) if one.name not in before)
    assert (found.serial, found.since, found.text) == (tablet.serial, moment, "Profil « Écoles » : attendu vérifié, le MDM dit en échec")
    row.told = msgspec.json.encode(Detail(profiles=(("Écoles", "verified"),))).decode()
    row.save()
    survey(dsi.now + timedelta(hours=1))
    assert {one.name for one in standing(Kind.DRIFT)} == before
