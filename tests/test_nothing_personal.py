"""What servers say of people is nowhere afterwards, whichever server and whatever went wrong: not in the database, its journal or its backup, not in
what is logged, shown or exported, error pages included. Names, addresses, telephone numbers, MACs and places are planted in each answer."""

from __future__ import annotations

import logging
import zlib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from commanded import NAME, THURSDAY, Browser, House, commanded
from played import STUBS, exported

from config.backups import backup
from config.freeze import LIVE
from inventory.actions.gaps import survey
from inventory.db import database
from inventory.errors import Refused
from inventory.models import Event, Gap, Tablet
from mdm import actions
from mdm.drivers import KINDS
from mdm.listening import hook_key, receive
from mdm.models import Connector, SyncRun
from mdm.simulator import Fleet, Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.apis.spoken import CANARY, LATITUDE, LONGITUDE

PERSONAL = (CANARY, str(LATITUDE), str(LONGITUDE), "02:00:5e:10:00:01", "lea.martin", "356938035643809")
STORED = "AIX-CM01-T01"
"""Something that the same servers say, and that is kept: what looks for the others must find it."""
FAULTS = (None, "half_page", "nan", "missing_devices", "truncated_json")


def heard(house: House, kind: str, number: int) -> str:
    """Have a server of a kind read well and badly, tried, and heard; what it told."""
    name = f"serveur-{number}"
    with Simulator(Fleet(), at=THURSDAY, api=STUBS[kind].api or kind, login="" if STUBS[kind].login == "" else "simulateur") as mdm:
        mdm.heard = []
        url = exported(mdm) if kind == "export_file" else mdm.url
        options = {"mapping": STUBS["mapping"].options["mapping"], "folder": Path(url.removeprefix("file://")).parent}
        with house.settings.connectors.open("a") as file:
            file.writelines(f'[{name}.options]\n{key} = "{options[key]}"\n' for key in {"mapping": ["mapping"], "export_file": ["folder"]}.get(kind, ()))
        password = "" if KINDS[kind].capabilities.keyless else "simulateur"
        row = actions.add_connector(name, kind=kind, url=url, login=STUBS[kind].login, password=password, vault=house.vault, hand=house.hand("claire"))
        if kind in ("micromdm", "nanomdm"):
            key = hook_key(name, house.vault)
            for told in (told for one in mdm.devices() for told in events(one)):
                mdm.heard.append(b64decode((told.get("checkin_event") or told["acknowledge_event"])["raw_payload"]))
                receive(name, key, msgspec.json.encode(told), "", vault=house.vault, now=house.now)
            with pytest.raises(Refused):
                receive(name, key, msgspec.json.encode(told)[:-9] + CANARY.encode(), "", vault=house.vault, now=house.now)
        for fault in FAULTS:
            mdm.fault = fault
            actions.sync(row, vault=house.vault, now=house.now, clock=house.clock)
        mdm.fault = None
        said = " ".join(step.said for step in actions.attempt(row, vault=house.vault, clock=house.clock))
        assert not [word for word in PERSONAL if word in said]
    return b"".join(mdm.heard).decode() + (Path(url.removeprefix("file://")).read_text("cp1252") if kind == "export_file" else "")


def tables() -> Iterator[str]:
    """Every value of every table, what waits packed for a person included."""
    for model in LIVE:
        yield from map(str, database.execute_sql(f'SELECT * FROM "{model._meta.table_name}"'))
    for row in SyncRun.select().where(SyncRun.staged.is_null(False)):
        yield zlib.decompress(bytes(row.staged)).decode("latin1")


def shown(house: House, login: str) -> Iterator[str]:
    """Every page and file that somebody may open without naming a thing, with some that name one, an error of the house among them."""
    assert house.app is not None
    browser = Browser(house, login).client
    house.app.config["PROPAGATE_EXCEPTIONS"] = False
    connectors, runs = [row.name for row in Connector.select()], [row.id for row in SyncRun.select()]
    paths = {str(rule) for rule in house.app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments}
    paths |= {f"/connecteurs/{name}" for name in connectors} | {f"/lectures/{number}" for number in runs[-12:]} | {"/introuvable"}
    paths |= {f"/tablettes/{row.id}" for row in Tablet.select().limit(3)} | {f"/ecarts/{row.id}" for row in Gap.select().limit(12)}
    for path in sorted(paths):
        answer = browser.get(path, buffered=True)
        yield answer.data.decode("latin1") + str(answer.headers)


def found(texts: Iterator[str]) -> set[str]:
    """Which of the words looked for are in some texts."""
    seen = set[str]()
    for text in texts:
        seen |= {word for word in (*PERSONAL, STORED) if word in text}
    return seen


def test_what_servers_say_of_people_is_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "peewee")  # its statements are what the database holds
    with commanded(tmp_path, pages=True) as house:
        for number, kind in enumerate(KINDS):
            assert CANARY in heard(house, kind, number), kind
        states = {run.state for run in SyncRun.select()}
        assert states >= {"complete", "partial", "failed", "quarantined"}
        survey(house.now)
        assert Gap.select().count() > 10 and Event.select().count() > 500 and Connector.select().where(Connector.name != NAME).count() == len(KINDS)
        assert found(tables()) == {STORED}
        with monkeypatch.context() as held:
            held.setattr(type(database.obj), "close", lambda self: False)  # pages give back a connection that is still read here
            assert found(shown(house, "claire")) == {STORED}
        copy = backup(tmp_path / "copie.db", house.now)
        assert copy and found(iter([(tmp_path / "copie.db").read_bytes().decode("latin1")])) == {STORED}
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert found(path.read_bytes().decode("latin1") for path in tmp_path.rglob("*") if path.is_file()) == {STORED}
    assert not found(iter([caplog.text])) - {STORED}
