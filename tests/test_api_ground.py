"""What a program reads of the ground is what the pages show: incidents, records, checks, stock-takes, visits, visas, devices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from autumn import AS_OF, app_over, settings_at
from flask.testing import FlaskClient
from test_page_speed import statements

from config import tokens
from config.demo.build import build
from config.demo.ground import NEW_SERIAL, ground
from deploy.handover import queries as handovers
from deploy.incidents import queries as incidents
from deploy.models import Stocktake
from deploy.rollcall import queries as rollcall
from deploy.stocktake.queries import count, counts, of_cart
from inventory.db import database
from inventory.errors import NotFound
from inventory.journal import When
from inventory.models import MobileClass
from inventory.paris import read_local
from inventory.roles import Role
from inventory.scope import EVERYWHERE


class Program:
    """A program that bears a token and sees every school."""

    def __init__(self, client: FlaskClient, text: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {text}"}

    def get(self, path: str, **asked: Any) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query_string=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("ground")
    build(settings_at(folder), lambda done, total: None, ground())
    with database.connection_context():
        text = tokens.add("lecture", Role.MANAGER, EVERYWHERE, date(2018, 12, 31), read_local(AS_OF), by=None)[1]
    yield Program(app_over(folder).test_client(), text)
    database.close()


def test_incidents_tell_what_is_open_and_what_was_closed(program: Program) -> None:
    still = program.get("incidents")["items"]
    assert [(one["kind"], one["class"], one["closed"]) for one in still] == [("theft", "AIX-CM01", None), ("breakage", "AIX-CM01", None)]
    assert still[0]["serial"] and still[0]["tablet"], "it is traced to a serial number"
    ended = program.get("incidents", closed="true")["items"]
    assert program.get("incidents", as_of="2017-10-02")["items"] == program.get("handovers", as_of="2017-10-02")["items"] == []
    assert {"warranty", "failure", "accessory"} <= {one["kind"] for one in ended} and all(one["closed"] for one in ended)


def test_a_record_says_whether_its_seal_holds_and_what_the_cart_holds_since(program: Program) -> None:
    floriales, granettes = program.get("handovers")["items"]
    assert (granettes["class"], granettes["signed"] is not None, granettes["intact"], granettes["changed"]) == ("AIX-CM01", True, True, [])
    assert floriales["class"] == "AIX-CM02" and floriales["intact"] and any(NEW_SERIAL in words for words in floriales["changed"])
    assert (len(granettes["reservations"]), granettes["reservations_left"]) == (2, 1)


def test_the_two_proofs_of_a_cart_stay_apart(program: Program) -> None:
    seen = {one["class"]: one for one in program.get("cart-checks")["items"]}
    assert seen["AIX-CM01"]["checked_since"] and seen["AIX-CM01"]["missing"] == 1 and not seen["AIX-CM02"]["checked_since"]
    assert seen["AIX-CM01"]["heard"] == 0 < seen["AIX-CM01"]["enrolled"], "a person saw it, no MDM heard it since the holiday"
    assert program.get("cart-checks", **{"class": "AIX-CM02"})["items"] == [seen["AIX-CM02"]]
    first = program.get("cart-checks", limit=1)
    assert program.get("cart-checks", limit=1, cursor=first["next"])["items"] == [seen["AIX-CM02"]]


def test_a_stocktake_tells_each_point_and_its_decision(program: Program) -> None:
    (done,) = program.get("classes/AIX-CM01/stocktakes")["items"]
    assert done["closed"] and done["left"] == 0 and all(one["decided"] for one in (*done["missing"], *done["unknown"]))
    (running,) = program.get("classes/AIX-CM02/stocktakes")["items"]
    assert running["closed"] is None and running["left"] == len(running["missing"]) + len(running["unexpected"]) + len(running["unknown"]) > 0


@pytest.mark.usefixtures("program")
def test_many_stocktakes_are_counted_by_as_many_statements_as_one() -> None:
    asked = []
    with database.connection_context():
        row = Stocktake.select().order_by(Stocktake.id).get()
        for several in ([row], [row] * 20):
            with statements() as told:
                assert counts(EVERYWHERE, several) == [counts(EVERYWHERE, [row])[0]] * len(several)
            asked.append(len(told))
    assert asked[0] == asked[1] < 20


@pytest.mark.usefixtures("program")
def test_the_ground_is_looked_at_as_it_stood() -> None:
    dawn = When(read_local("2017-10-02"))
    with database.connection_context():
        carts = list(MobileClass.select().order_by(MobileClass.code))
        known = incidents.incidents(EVERYWHERE, closed=True)
        assert known and not incidents.incidents(EVERYWHERE, dawn) and not incidents.incidents(EVERYWHERE, dawn, closed=True)
        for one in known:
            day = When(one.closed - timedelta(minutes=1))
            assert one.id in [row.id for row in incidents.incidents(EVERYWHERE, day)] and incidents.incident(EVERYWHERE, one.id, day).closed is None
            with pytest.raises(NotFound):
                incidents.incident(EVERYWHERE, one.id, When(one.opened - timedelta(minutes=1)))
        assert handovers.latest(EVERYWHERE) and not handovers.latest(EVERYWHERE, dawn) and len(handovers.without(EVERYWHERE, dawn)) == len(carts)
        for shown in handovers.latest(EVERYWHERE):
            assert shown.signature is not None
            day = When(shown.signature.at - timedelta(seconds=1))
            assert all(one.signature is None for one in handovers.latest(EVERYWHERE, day) if one.row == shown.row)
        assert not any(one.check for one in rollcall.cart_checks(EVERYWHERE, [one.id for one in carts], dawn.moment, dawn))
        done = Stocktake.select().where(Stocktake.closed.is_null(False)).get()
        began = count(EVERYWHERE, of_cart(EVERYWHERE, done.mobile_class, When(done.opened))[0], When(done.opened))
        assert began.row.closed is None and began.left > 0 == count(EVERYWHERE, done).left


def test_a_visa_says_whether_what_it_was_given_over_is_still_what_is_shown(program: Program) -> None:
    then = program.get("classes/AIX-CM01/integration", as_of="2017-12-21")
    now = program.get("classes/AIX-CM01/integration")
    assert (now["expected"], now["enrolled"]) == (14, 14) and len(now["digest"]) == 64
    assert {one["signatory"] for one in now["visas"]} == {"commune", "academie"}
    assert all(one["current"] == (one["digest"] == told["digest"]) for told in (then, now) for one in told["visas"])


def test_devices_are_found_by_what_the_inventory_knows_of_them(program: Program) -> None:
    known, strangers = (program.get("devices", known=word)["items"] for word in ("true", "false"))
    assert all(one["tablet"] for one in known) and strangers and not any(one["tablet"] for one in strangers)
    everything = program.get("devices", limit=200, sort="-serial")["items"]
    assert [one["serial"] for one in everything] == sorted((one["serial"] for one in everything), reverse=True)
    assert len(everything) == len(known) + len(strangers)
    earlier = program.get("devices", as_of="2017-10-10", limit=200)["items"]
    assert len(earlier) < len(everything)


def test_visits_are_a_list_though_nothing_is_promised_any_more(program: Program) -> None:
    assert isinstance(program.get("visits")["items"], list)
