"""Programs told of what happens: written with the change, signed, told again until they hear it, to no address the operator has not allowed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from small_house import Clock
from test_sync import CHRISTMAS, read
from three_schools import THURSDAY, somebody, town

from config import sessions
from config.jobs import Worker
from config.models import WebSession
from config.vault import Vault
from inventory.actions.outbox import announce
from inventory.actions.records import Hand
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.api.events import EVENTS
from inventory.db import atomic
from inventory.errors import Refused
from inventory.lifecycle import Stage
from inventory.models import Delivery, Event, MobileClass, Subscription, Tablet
from inventory.outbox import DeliveryState, EventKind
from inventory.roles import Role
from inventory.scope import EVERYWHERE
from mdm import deliveries
from mdm.models import Connector
from mdm.simulator import Fleet, Simulator
from mdm.webhook import FIRST_WAIT, LONGEST_WAIT, MOST_TRIES, next_try, refuse_url

HOSTS = ("127.0.0.1", "glpi.ville.fr")


class Listener:
    """A program that listens on this machine: what it received, and what it answers next."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.url = ""


@contextmanager
def listening() -> Iterator[Listener]:
    told = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append((self.path, dict(self.headers), body))
            self.send_response(told.answers.pop(0) if told.answers else 204)
            self.send_header("Location", "http://127.0.0.1:1/ailleurs")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/entrée".replace("é", "%C3%A9") + "?de=cartable"
    yield told
    server.shutdown()


@pytest.fixture
def glpi() -> Iterator[Listener]:
    with listening() as told:
        yield told


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "key")


@pytest.fixture
def secret(glpi: Listener, vault: Vault, hand: Hand) -> str:
    return deliveries.subscribe("GLPI", glpi.url, EventKind, hosts=HOSTS, vault=vault, hand=hand)[1]


@pytest.fixture
def tablet(granettes_cart: MobileClass, hand: Hand) -> Tablet:
    row = register_tablet(Tablet(serial="R52J80QXYZ"), hand)
    place(row, granettes_cart, 3, hand)
    return row


def send(vault: Vault, now: datetime) -> str:
    return deliveries.deliver_due(vault, HOSTS, lambda: now)


def states() -> list[tuple[str, int]]:
    return [(row.state, row.tries) for row in Delivery.select().order_by(Delivery.id)]


def test_a_stage_is_told_signed_as_the_document_says(
    glpi: Listener, secret: str, tablet: Tablet, vault: Vault, hand: Hand, now: datetime
) -> None:
    record_stage(tablet, Stage.RECEIVED, hand)
    assert send(vault, now) == "1\u00a0événement livré sur 1"
    path, headers, body = glpi.heard[0]
    told = msgspec.json.decode(body, type=EVENTS[EventKind.STAGE_CHANGED])
    assert path == "/entr%C3%A9e?de=cartable" and headers["Content-Type"] == "application/json"
    assert (told.data.serial, told.data.stage, told.data.school, told.data.class_code) == ("R52J80QXYZ", Stage.RECEIVED, "0131204N", "AIX-CM01")
    assert (headers["Cartable-Event"], headers["Cartable-Kind"]) == (told.id, "stage.changed")
    seconds, signed = (part.partition("=")[2] for part in headers["Cartable-Signature"].split(","))
    assert int(seconds) == int(now.timestamp())
    assert signed == hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert send(vault, now) == "0\u00a0événement livré sur 0" and states() == [("delivered", 1)]


def test_what_is_rolled_back_is_told_to_nobody(glpi: Listener, secret: str, tablet: Tablet, hand: Hand) -> None:
    with pytest.raises(ZeroDivisionError), atomic():
        record_stage(tablet, Stage.RECEIVED, hand)
        raise ZeroDivisionError
    assert Delivery.select().count() == 0


def test_each_kind_is_told_in_its_own_words_and_only_who_asked_is_told(glpi: Listener, vault: Vault, hand: Hand, now: datetime) -> None:
    deliveries.subscribe("Alertes", glpi.url, [EventKind.SYNC_QUARANTINED], hosts=HOSTS, vault=vault, hand=hand)
    connector = Connector.create(name="mdm-ville", kind="headwind", url="http://127.0.0.1", login="simulateur", created=now)
    with Simulator(Fleet(), at=CHRISTMAS) as mdm:
        read(connector, mdm)
        mdm.fault = "missing_devices"
        assert read(connector, mdm).state == "quarantined"
    announce(EventKind.QUARTER_ISSUED, lambda: [{"convention": "aix", "period": "2017-Q4", "number": 1, "manifest": "00", "seal": "11"}], now)
    send(vault, CHRISTMAS)
    assert [msgspec.json.decode(body, type=EVENTS[EventKind.SYNC_QUARANTINED]).data.connector for _, _, body in glpi.heard] == ["mdm-ville"]


def test_a_program_that_does_not_hear_is_told_again_later_and_later_then_no_more(
    glpi: Listener, secret: str, tablet: Tablet, vault: Vault, hand: Hand, now: datetime
) -> None:
    record_stage(tablet, Stage.RECEIVED, hand)
    glpi.answers = [500, 302] + [404] * (MOST_TRIES - 2)
    moment, waits = now, []
    for _ in range(MOST_TRIES):
        send(vault, moment)
        row = Delivery.get()
        assert row.word and send(vault, moment) == "0\u00a0événement livré sur 0"
        waits.append((row.due - moment) // FIRST_WAIT if row.due else None)
        moment = row.due or moment
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, None]
    assert states() == [("given_up", MOST_TRIES)] and len(glpi.heard) == MOST_TRIES and len({body for _, _, body in glpi.heard}) == 1
    deliveries.send_again(Delivery.get(), hand)
    assert send(vault, moment) == "1\u00a0événement livré sur 1" and states() == [("delivered", 1)]


def test_one_that_is_silent_keeps_nobody_else_waiting(glpi: Listener, secret: str, tablet: Tablet, vault: Vault, hand: Hand, now: datetime) -> None:
    deliveries.subscribe("Absent", "http://127.0.0.1:9/", EventKind, hosts=HOSTS, vault=vault, hand=hand)
    record_stage(tablet, Stage.RECEIVED, hand)
    assert send(vault, now) == "1\u00a0événement livré sur 2"
    assert states() == [("delivered", 1), ("pending", 1)] and "ne répond pas" in Delivery.select().order_by(Delivery.id.desc()).get().word


def test_a_stopped_program_is_told_of_nothing_more(glpi: Listener, secret: str, tablet: Tablet, vault: Vault, hand: Hand, now: datetime) -> None:
    record_stage(tablet, Stage.RECEIVED, hand)
    row = Subscription.get()
    assert deliveries.stop(row, hand) and not deliveries.stop(row, hand)
    record_stage(tablet, Stage.CHECKED, hand)
    assert send(vault, now) == "0\u00a0événement livré sur 0" and states() == [("given_up", 0)] and glpi.heard == []
    with pytest.raises(Refused, match="arrêté"):
        deliveries.send_again(Delivery.get(), hand)
    assert [line.value for line in Event.select().where(Event.subject == "subscription")] == ["subscribed", "stopped"]


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest", "https://ailleurs.fr/", "http://glpi.ville.fr/", "ftp://glpi.ville.fr/", "https://glpi.ville.fr@ailleurs.fr/",
        "https://moi:secret@glpi.ville.fr/", "https://glpi.ville.fr\\@ailleurs.fr/", "https://glpi.ville.fr/\r\nHost: x", "https://[::1/", "//glpi.ville.fr/",
        "https://glpi.ville.fr:99999/", "http://127.0.0.1.ailleurs.fr/", "http://localhost/", "", "https://glpi.ville.fr/#x", "https://glpi.ville.fr/é",
    ],
)  # fmt: skip
def test_no_address_that_the_operator_has_not_allowed_is_taken(url: str) -> None:
    with pytest.raises(Refused):
        refuse_url(url, HOSTS)


def test_a_host_allowed_no_more_is_sent_nothing(glpi: Listener, secret: str, tablet: Tablet, vault: Vault, hand: Hand, now: datetime) -> None:
    refuse_url("https://GLPI.ville.fr:8443/crochet?de=cartable", HOSTS)
    record_stage(tablet, Stage.RECEIVED, hand)
    deliveries.deliver_due(vault, ("glpi.ville.fr",), lambda: now)
    assert glpi.heard == [] and "CARTABLE_WEBHOOK_HOSTS" in Delivery.get().word


def test_the_secret_is_sealed_for_its_address_and_leaves_no_trace(secret: str, vault: Vault, now: datetime) -> None:
    row = Subscription.get()
    assert secret.encode() not in bytes(row.secret) and vault.open(bytes(row.secret), f"webhook:{row.url}") == secret
    assert next_try(50, now) is None and next_try(11, now) == now + LONGEST_WAIT


def test_zoe_subscribes_a_program_on_the_page_sees_its_secret_once_and_stops_it(tmp_path: Path) -> None:
    with town(tmp_path) as villeneuve:
        app = villeneuve.app
        app.config["CARTABLE"] = replace(app.config["CARTABLE"], webhook_hosts=HOSTS)
        zoe, browser = somebody(Role.ADMINISTRATOR, EVERYWHERE, "zoe"), app.test_client()
        browser.set_cookie("cartable", sessions.start(zoe, THURSDAY, ""))
        form = {"csrf_token": WebSession.get(WebSession.person == zoe).csrf, "name": "GLPI", "url": "https://glpi.ville.fr/c", "kind": "stage.changed"}
        made = browser.post("/abonnements", data=form).text
        text = made.split('class="secret"><code>')[1].split("</code>")[0]
        assert text.startswith("whs_") and text not in browser.get("/abonnements").text
        for wrong, said in (({"url": "https://ailleurs.fr/"}, "CARTABLE_WEBHOOK_HOSTS"), ({"kind": "tout"}, "dans la liste"), ({"kind": []}, "au moins un")):
            refused = browser.post("/abonnements", data=form | wrong)
            assert refused.status_code == 422 and said in refused.text
        record_stage(Tablet.get_by_id(1), Stage.CHECKED, Hand(zoe, THURSDAY))
        assert "à livrer" in browser.get("/abonnements").text
        assert browser.post(f"/abonnements/{Subscription.get().id}/arreter", data=form).status_code == 303
        assert "abandonné" in browser.get("/abonnements").text
        assert browser.post(f"/abonnements/livraisons/{Delivery.get().id}/renvoyer", data=form).status_code == 422


def test_the_worker_runs_its_errand_under_the_lease_alone(store: Path) -> None:
    clock, done = Clock(), list[datetime]()
    worker, other = (Worker((), {}, clock, {"deliveries": lambda moment: str(done.append(moment))}) for _ in range(2))
    worker.run_errand("deliveries")
    worker.keep()
    other.keep()
    worker.run_errand("deliveries")
    other.run_errand("deliveries")
    assert done == [clock.now]
    worker.leave()
    assert DeliveryState.PENDING.tone == "watch" and timedelta(minutes=1) == FIRST_WAIT
