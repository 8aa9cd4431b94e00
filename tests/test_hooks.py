"""The events of a server without a list: on disk before the answer, once however often they come, the same in whatever order."""

from __future__ import annotations

import hmac
import itertools
import json
import plistlib
import random
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from autumn import app_over, copied
from hypothesis import given, settings
from hypothesis import strategies as some

from config.vault import Vault
from inventory.actions.records import Hand
from inventory.db import database
from inventory.errors import NotFound, Refused
from inventory.models import Sighting
from mdm import actions
from mdm.hooks import Event, Heard, event, hear
from mdm.listening import hook_key, receive
from mdm.models import Connector, HeardDevice, HookEvent
from mdm.simulator import Fleet, Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.apis.spoken import CANARY
from mdm.simulator.told import told_at

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
TABLET = next(one for one in told_at(Fleet(), CHRISTMAS) if one.id == 1001)
SENT = [json.dumps(one).encode() for one in events(TABLET)]
LEAVES = {"topic": "mdm.CheckOut", "event_id": "out", "created_at": "2017-12-22T16:00:00Z", "checkin_event": {"udid": TABLET.udid, "raw_payload": ""}}


def folded(*told: Event) -> Heard:
    heard = Heard()
    for one in told:
        heard = hear(heard, one)
    return heard


def test_a_tablet_is_known_by_its_events_alone() -> None:
    heard = folded(*(event(one, CHRISTMAS) for one in SENT))
    assert (heard.serial, heard.name, heard.battery, heard.supervised) == ("TESTA100001", "AIX-CM01-T01", TABLET.battery, True)
    assert (heard.enrolled, heard.contact, heard.status.value) == (TABLET.enrolled, TABLET.contact, "enrolled")
    gone = folded(*(event(one, CHRISTMAS) for one in SENT), event(json.dumps(LEAVES).encode(), CHRISTMAS + timedelta(hours=2)))
    assert gone.status.value == "unenrolled" and gone.serial == heard.serial


def test_any_order_and_any_number_of_times_tell_the_same() -> None:
    told = [event(one, CHRISTMAS) for one in SENT]
    expected = folded(*told)
    for order in itertools.permutations(told):
        assert folded(*order, *order[:2]) == expected


@pytest.mark.parametrize(
    ("more", "heard"),
    [
        ({"created_at": "0001-01-01T00:00:00Z"}, CHRISTMAS), ({"created_at": "2099-01-01T00:00:00Z"}, CHRISTMAS), ({"created_at": "hier"}, CHRISTMAS),
        ({"created_at": "2017-12-22T14:00:00.123456789Z"}, datetime(2017, 12, 22, 14, 0, 0, 123456, UTC)),
    ],
)  # fmt: skip
def test_a_moment_that_cannot_be_is_the_one_it_was_received_at(more: dict[str, str], heard: datetime) -> None:
    assert event(json.dumps({**LEAVES, **more}).encode(), CHRISTMAS).at == heard


def test_a_person_s_channel_is_heard_of_its_device_and_tells_nothing_else() -> None:
    plist = b64encode(plistlib.dumps({"QueryResponses": {"SerialNumber": "AUTRE1234", "IsSupervised": False, "DeviceName": "iPad de Léa"}})).decode()
    part = {"ids": {"id": "UDID-1:LEA", "type": "User", "parent_id": "UDID-1"}, "status": "Acknowledged", "command_uuid": "1", "raw_payload": plist}
    one = event(json.dumps({"topic": "mdm.Connect", "acknowledge_event": part}).encode(), CHRISTMAS)
    assert (one.device, one.says) == ("UDID-1", {})
    own = {**part, "ids": {"id": "UDID-1", "type": "Device"}}
    named = event(json.dumps({"topic": "mdm.Connect", "acknowledge_event": own}).encode(), CHRISTMAS)
    assert named.says == {"serial": "AUTRE1234", "supervised": False}, "a name that a family gave stays with it"


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=8) | some.binary(max_size=8),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3), max_leaves=6,
)  # fmt: skip
NAMES = some.sampled_from(["SerialNumber", "BatteryLevel", "IsSupervised", "OSVersion", "DeviceName", "ProductName", "X"])


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=60) | some.just(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><plist><string>&b;</string></plist>'),
       some.dictionaries(NAMES, values, max_size=5), some.sampled_from(["mdm.Connect", "mdm.Authenticate", "mdm.TokenUpdate", "autre"]))  # fmt: skip
def test_whatever_it_carries_an_event_is_heard_or_refused_in_words(junk: bytes, told: dict[str, Any], topic: str) -> None:
    with suppress(TypeError, OverflowError, ValueError):
        junk = plistlib.dumps({"QueryResponses": told, **told})
    part = {"udid": "U", "status": "Acknowledged", "raw_payload": b64encode(junk).decode()}
    one = event(json.dumps({"topic": topic, "acknowledge_event": part}).encode(), CHRISTMAS)
    assert hear(Heard(), one).contact == CHRISTMAS
    with pytest.raises(ValueError, match="évènement"):
        event(junk, CHRISTMAS)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "key")


def connector(vault: Vault, hand: Hand, url: str = "https://mdm.example", password: str = "") -> Connector:
    return actions.add_connector("apple", kind="nanomdm", url=url, login="", password=password, vault=vault, hand=hand)


def test_a_storm_of_events_is_kept_once_and_read_as_a_fleet(vault: Vault, hand: Hand) -> None:
    with Simulator(Fleet(), at=CHRISTMAS, api="nanomdm") as mdm:
        row, key = connector(vault, hand, mdm.url), hook_key("apple", vault)
        storm = [json.dumps(told).encode() for one in mdm.devices() for told in events(one)]
        random.Random(2).shuffle(storm)
        new = [receive("apple", key, one, "", vault=vault, now=CHRISTMAS) for one in storm]
        again = [receive("apple", key, one, "", vault=vault, now=CHRISTMAS) for one in storm if b'"Idle"' not in one]
        assert all(new) and not any(again) and HookEvent.select().count() == 3 * 29, "an idle tablet is heard, and leaves no line"
        run = actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS)
        assert (run.state, run.seen, run.changed) == ("complete", 29, 29)
        assert {row.status for row in Sighting.select()} == {"enrolled"}
        assert actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS).unchanged == 29
    assert actions.sync(row, vault=vault, now=CHRISTMAS, clock=lambda: CHRISTMAS).state == "failed", "a server that is down tells nothing"
    kept = [str(tuple(row)) for model in (HookEvent, HeardDevice, Sighting) for row in model.select().tuples()]
    assert CANARY not in "".join(kept)


def test_only_who_has_the_address_and_the_key_is_heard(vault: Vault, hand: Hand) -> None:
    connector(vault, hand, password="clé-des-signatures")
    key, right = hook_key("apple", vault), b64encode(hmac.new("clé-des-signatures".encode(), SENT[0], sha256).digest()).decode()
    for name, address in (("apple", "0" * 40), ("autre", hook_key("autre", vault))):
        with pytest.raises(NotFound):
            receive(name, address, SENT[0], right, vault=vault, now=CHRISTMAS)
    for signature in ("", right[:-4] + "AAA=", "é"):
        with pytest.raises(Refused, match="la signature n'est pas la bonne"):
            receive("apple", key, SENT[0], signature, vault=vault, now=CHRISTMAS)
    assert receive("apple", key, SENT[0], right, vault=vault, now=CHRISTMAS) and HeardDevice.select().count() == 1


def test_the_page_answers_exactly_200_new_or_known(autumn: Path, tmp_path: Path) -> None:
    app = app_over(copied(autumn, tmp_path))
    vault = Vault(app.config["CARTABLE"].key_file)
    with database.connection_context():
        connector(vault, Hand(None, CHRISTMAS))
    client, url = app.test_client(), f"/synchronisation/apple/evenements/{hook_key('apple', vault)}"
    assert [client.post(url, data=SENT[2]).status_code for _ in range(2)] == [200, 200]
    assert client.post(url, data=b"[").status_code == 422 and client.post(url[:-1], data=SENT[2]).status_code == 404
    with database.connection_context():
        assert HookEvent.select().count() == 1
