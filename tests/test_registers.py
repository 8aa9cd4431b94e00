"""Registers of assets: what a reading of one may conclude of those that it does not name, and when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from played import CHRISTMAS, STUBS, driver

from mdm import registers, staging
from mdm.models import Connector, PeerAsset, SyncRun
from mdm.registers import read_register
from mdm.simulator import Fleet, Simulator

LATER = timedelta(hours=1)


@pytest.fixture
def mdm(kind: str) -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS, api=STUBS[kind].api or kind) as running:
        yield running


@pytest.fixture
def connector(kind: str, mdm: Simulator, store: Path) -> Connector:
    return Connector.create(name="parc", kind=kind, url=mdm.url, login="", created=CHRISTMAS)


def read(kind: str, connector: Connector, mdm: Simulator, now: datetime, since: datetime | None = None) -> SyncRun:
    return read_register(connector, driver(kind, mdm), now=now, since=since)


@pytest.mark.parametrize("kind", ["glpi-assets", "snipeit"])
def test_an_asset_that_comes_back_saying_the_same_is_listed_like_those_that_never_left(kind: str, mdm: Simulator, connector: Connector) -> None:
    first, lives = read(kind, connector, mdm, CHRISTMAS), mdm.fleet.lives
    mdm.fleet.lives, mdm.at = [life for life in lives if life.slot != 5 or life.cart.code != "AIX-CM01"], CHRISTMAS + timedelta(seconds=1)
    assert (read(kind, connector, mdm, CHRISTMAS + LATER).absent, PeerAsset.select().where(PeerAsset.last_listed == CHRISTMAS).count()) == (1, 1)
    mdm.fleet.lives, mdm.at = lives, CHRISTMAS + timedelta(seconds=2)
    back = read(kind, connector, mdm, CHRISTMAS + 2 * LATER)
    assert (back.changed, back.unchanged, back.absent) == (0, first.changed, 0)
    assert {row.last_listed for row in PeerAsset.select()} == {None}
    again = read(kind, connector, mdm, CHRISTMAS + 3 * LATER)
    assert (again.changed, again.unchanged, again.absent, {row.last_listed for row in PeerAsset.select()}) == (0, first.changed, 0, {None})


@pytest.mark.parametrize(("kind", "rows", "field"), [("glpi-assets", "data", "2"), ("snipeit", "rows", "id")])
def test_a_refusal_that_names_no_asset_may_be_of_any(kind: str, rows: str, field: str, mdm: Simulator, connector: Connector) -> None:
    first = read(kind, connector, mdm, CHRISTMAS)
    mdm.twist = lambda told: told | {rows: [one | {field: None} if place == 4 else one for place, one in enumerate(told[rows])]} if rows in told else told
    run = read(kind, connector, mdm, CHRISTMAS + LATER)
    assert (run.state, run.refused, run.absent, run.unchanged) == ("complete", 3, 0, first.changed - 3)
    mdm.twist = lambda told: told | {rows: [one | {field: None} for one in told[rows]]} if rows in told else told
    run = read(kind, connector, mdm, CHRISTMAS + 2 * LATER)
    assert (run.state, run.refused, run.absent) == ("complete", first.changed, 0)


@pytest.mark.parametrize("kind", ["glpi-assets", "snipeit"])
def test_assets_that_tell_something_new_are_listed_all_along(kind: str, mdm: Simulator, connector: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read(kind, connector, mdm, CHRISTMAS)
    PeerAsset.update(told="une empreinte d'avant").execute()

    def killed(*told: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as then, pytest.raises(KeyboardInterrupt):
        then.setattr(registers, "write_set", killed)
        read(kind, connector, mdm, CHRISTMAS + LATER)
    assert {row.last_listed for row in PeerAsset.select()} == {None}
    run = read(kind, connector, mdm, CHRISTMAS + 2 * LATER)
    assert (run.changed, run.unchanged, run.absent) == (0, first.changed, 0)


@pytest.mark.parametrize(("kind", "rows", "field"), [("glpi-assets", "data", "5"), ("snipeit", "rows", "serial")])
def test_what_a_register_cannot_tell_of_its_assets_leaves_them_listed(kind: str, rows: str, field: str, mdm: Simulator, connector: Connector) -> None:
    first = read(kind, connector, mdm, CHRISTMAS)
    mdm.fault = "empty_list"
    empty = read(kind, connector, mdm, CHRISTMAS + LATER)
    assert (empty.state, empty.message) == ("partial", "le registre ne liste plus rien ; ce qu'il listait reste cru")
    mdm.fault, mdm.twist = None, lambda told: told | {rows: [one | {field: [1]} if place == 4 else one for place, one in enumerate(told[rows])]} if rows in told else told
    run = read(kind, connector, mdm, CHRISTMAS + 2 * LATER)
    assert (run.state, run.refused, run.absent, run.unchanged) == ("complete", 3, 0, first.changed - 3), "one a page"
    assert {row.last_listed for row in PeerAsset.select()} == {None}
    mdm.twist, mdm.at = None, CHRISTMAS + 3 * LATER
    since = read(kind, connector, mdm, mdm.at, CHRISTMAS + 2 * LATER)
    assert (since.kind, since.state, since.absent) == ("changes", "complete", 0), "and a reading of what changed may have nothing to list"


@pytest.mark.parametrize("kind", ["glpi-assets"])
def test_more_refusals_than_are_kept_may_be_of_any(kind: str, mdm: Simulator, connector: Connector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "KEPT_REFUSALS", 2)
    read(kind, connector, mdm, CHRISTMAS)
    mdm.twist = lambda told: told | {"data": [one | {"5": [1]} if place == 4 else one for place, one in enumerate(told["data"])]} if "data" in told else told
    run = read(kind, connector, mdm, CHRISTMAS + LATER)
    assert (run.state, run.refused, len(run.refusals), run.absent) == ("complete", 3, 2, 0)


@pytest.mark.parametrize("kind", ["glpi-assets"])
def test_when_an_asset_was_last_listed_is_told_by_whole_readings_alone(kind: str, mdm: Simulator, connector: Connector) -> None:
    read(kind, connector, mdm, CHRISTMAS)
    mdm.at = CHRISTMAS + LATER
    assert read(kind, connector, mdm, mdm.at, CHRISTMAS).kind == "changes"
    mdm.fleet.lives = [life for life in mdm.fleet.lives if life.slot != 5 or life.cart.code != "AIX-CM01"]
    mdm.at = CHRISTMAS + timedelta(hours=2)
    assert read(kind, connector, mdm, mdm.at, CHRISTMAS + LATER).absent == 0, "what changed names no asset that left"
    assert read(kind, connector, mdm, mdm.at).absent == 1
    assert {row.last_listed for row in PeerAsset.select()} == {None, CHRISTMAS}
