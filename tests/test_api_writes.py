"""What a program writes: once whatever it repeats, on the version it has read, in the words of the pages; and what it may not sign."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from test_api_tokens import JUNE
from three_schools import FOREIGN, OWN, THURSDAY, Town, town
from werkzeug.test import TestResponse

from config import retention, tokens
from config.checks import complaints
from inventory.actions.answers import KEPT
from inventory.db import database
from inventory.models import ApiAnswer, Event, ImportBatch, School, Tablet
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope


class Program:
    """A program that keeps the ETags of what it read and gives each write a key of its own."""

    def __init__(self, built: Town, role: Role, scope: Scope = EVERYWHERE) -> None:
        self.row, self.text = tokens.add(role.value, role, scope, JUNE, THURSDAY, by=None)
        self.client, self.keys = built.app.test_client(), 0

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {self.text}"})

    def post(self, path: str, body: Any = None, *, key: str | None = None, match: str | None = "*", **query: str) -> TestResponse:
        self.keys += 1
        told = {"Authorization": f"Bearer {self.text}", "Idempotency-Key": f"clé-{self.keys:05}".replace("é", "e") if key is None else key}
        told |= {"If-Match": match} if match else {}
        sent = {"data": body, "content_type": "application/octet-stream"} if isinstance(body, bytes) else {"json": body or {}}
        return self.client.post(f"/api/v1/{path}", headers={name: value for name, value in told.items() if value}, query_string=query, **sent)


@pytest.fixture
def villeneuve(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built


@pytest.fixture
def office(villeneuve: Town) -> Program:
    return Program(villeneuve, Role.MANAGER)


@pytest.fixture
def tablet(villeneuve: Town) -> str:
    return f"tablets/{villeneuve.own['tablet_id']}"


CHECKED = {"stage": "checked"}


def told(answer: TestResponse, code: int, words: str) -> None:
    assert (answer.status_code, answer.mimetype) == (code, "application/problem+json"), answer.text
    assert words in answer.json["detail"], answer.text


def test_a_stage_said_again_under_its_key_is_answered_the_same_bytes_and_written_once(office: Program, tablet: str) -> None:
    read = office.get(tablet)
    first = office.post(f"{tablet}/stages", CHECKED, key="lundi-matin-1", match=read.headers["ETag"])
    again = office.post(f"{tablet}/stages", CHECKED, key="lundi-matin-1", match=read.headers["ETag"])
    assert first.status_code == 200 and first.json["stage"] == "checked" and first.headers["ETag"] != read.headers["ETag"]
    assert (again.status_code, again.data, again.headers["ETag"]) == (200, first.data, first.headers["ETag"])
    assert Event.select().where((Event.axis == "stage") & (Event.value == "checked")).count() == 1
    assert Event.select().order_by(Event.position.desc()).first().actor == office.row.person
    told(office.post(f"{tablet}/stages", {"stage": "labelled"}, key="lundi-matin-1"), 422, "a servi à une autre demande")
    told(office.post(f"{tablet}/stages", CHECKED, key=""), 400, "Idempotency-Key")
    assert list(complaints()) == []


def test_eight_of_the_same_at_once_are_one_write_and_one_answer(office: Program, tablet: str) -> None:
    match = office.get(tablet).headers["ETag"]
    database.close()
    with ThreadPoolExecutor(8) as several:
        asked = [several.submit(office.post, f"{tablet}/stages", CHECKED, key="lundi-matin-1", match=match) for _ in range(8)]
        told = {(one.result().status_code, one.result().data) for one in asked}
    assert len(told) == 1 and next(iter(told))[0] == 200
    assert Event.select().where((Event.axis == "stage") & (Event.value == "checked")).count() == 1


def test_a_key_belongs_to_its_token_and_is_forgotten_after_a_day(villeneuve: Town, office: Program, tablet: str) -> None:
    assert office.post(f"{tablet}/stages", CHECKED, key="lundi-matin-1").status_code == 200
    other = Program(villeneuve, Role.TECHNICIAN)
    assert other.post(f"{tablet}/stages", {"stage": "labelled"}, key="lundi-matin-1").json["stage"] == "labelled"
    retention.erase_old(THURSDAY + KEPT)
    assert ApiAnswer.select().count() == 2
    retention.erase_old(THURSDAY + KEPT + KEPT)
    assert ApiAnswer.select().count() == 0


def test_a_write_without_the_version_read_or_with_an_old_one_is_refused(office: Program, tablet: str) -> None:
    old = office.get(tablet).headers["ETag"]
    told(office.post(f"{tablet}/stages", CHECKED, match=None), 428, "If-Match")
    assert office.post(f"{tablet}/stages", CHECKED, match=old).status_code == 200
    told(office.post(f"{tablet}/stages", {"stage": "labelled"}, match=old), 412, "a changé depuis")
    assert office.post(f"{tablet}/stages", {"stage": "labelled"}, match=office.get(tablet).json["etag"].join('""')).status_code == 200


def test_an_illegal_move_is_a_conflict_and_a_bad_word_is_not(office: Program, tablet: str) -> None:
    told(office.post(f"{tablet}/stages", {"stage": "in_service"}), 409, "étapes possibles")
    told(office.post(f"{tablet}/stages", {"stage": "lost"}), 422, "indiquer le motif")
    told(office.post(f"{tablet}/stages", {"stage": "perdue"}), 422, "« stage » : la valeur 'perdue' n'est pas de la liste")
    told(office.post(f"{tablet}/stages", CHECKED | {"at": "2018-05-01T09:00:00Z"}), 422, "dans l'avenir")
    told(office.post(f"{tablet}/stages", CHECKED | {"note": "a\0b"}), 422, "caractère nul")
    answer = office.client.post(f"/api/v1/{tablet}/stages", data="{", headers={"Authorization": f"Bearer {office.text}"}, content_type="application/json")
    told(answer, 400, "JSON")
    assert office.get(f"{tablet}/history").json["items"][0]["value"] != "checked"


def test_a_cart_is_recorded_at_once_or_not_at_all(villeneuve: Town, office: Program) -> None:
    path = f"classes/{villeneuve.own['code']}"
    inside = [{"id": one["id"], "etag": one["etag"]} for one in office.get(path).json["tablets"][:3]]
    foreign = {"id": villeneuve.foreign["tablet_id"], "etag": "1-1"}
    told(office.post(f"{path}/stages", CHECKED | {"tablets": [*inside, foreign]}), 422, "n'est pas dans cette classe")
    told(office.post(f"{path}/stages", CHECKED | {"tablets": [*inside[:2], inside[2] | {"etag": "1-1"}]}), 412, "a changé depuis")
    assert Tablet.select().where(Tablet.stage == "checked").count() == 0
    done = office.post(f"{path}/stages", CHECKED | {"tablets": inside})
    assert [one["stage"] for one in done.json["tablets"][:3]] == ["checked"] * 3


def test_steps_ticks_and_readiness_are_recorded_and_signatures_are_not(villeneuve: Town, office: Program, tablet: str) -> None:
    cart = f"classes/{villeneuve.own['code']}"
    ordered = office.post(f"{cart}/steps", {"step": "order", "note": "BC-2018-01"})
    assert {one["key"]: one["state"] for one in ordered.json["steps"]}["order"] == "done"
    ticked = office.post(f"{tablet}/checks", {"items": ["charged"]})
    assert {one["key"]: one["state"] for one in ticked.json["checks"]}["charged"] == "ticked"
    rate = office.post(f"schools/{OWN}/connectivity", {"value": "sufficient", "mbps": 30.5, "day": "2018-03-01"})
    assert rate.json["connectivity"]["detail"]["mbps"] == "30.5"
    assert office.post(f"schools/{OWN}/council", {"day": "2018-01-10"}).json["council_informed"]["value"] == "done"
    assert office.post(f"{cart}/settings", {"expected": 12, "slots": 16}).json["board"]["expected"] == 12
    committee = Program(villeneuve, Role.TECHNICAL_COMMITTEE)
    for step in ("acceptance", "service_done"):
        told(committee.post(f"{cart}/steps", {"step": step}), 403, "seule une personne")
    told(office.post(f"schools/{OWN}/connectivity", {"value": "waived", "note": "signée"}), 403, "seule une personne")
    told(committee.post(f"{cart}/steps", {"step": "order"}), 422, "s'enregistre par")


def test_a_file_is_tried_taken_and_undone(office: Program, villeneuve: Town) -> None:
    note = f"N° de série;Classe mobile;Alvéole\nTESTV700001;{villeneuve.own['code']};12\n".encode()
    tried = office.post("imports", note, kind="tablets", filename="bon.csv")
    assert tried.status_code == 201 and (tried.json["created"], tried.json["faults"]) == (1, [])
    path = f"imports/drafts/{tried.json['id']}/commit"
    taken, again = office.post(path, key="bon-du-mardi"), office.post(path, key="bon-du-mardi")
    assert taken.status_code == 201 and taken.data == again.data and ImportBatch.select().count() == 2
    assert office.post(path).status_code == 404
    assert office.get("tablets?q=TESTV700001").json["items"][0]["stage"] == "received"
    undone = office.post(f"imports/{taken.json['id']}/undo")
    assert undone.json["undone_at"] and office.get("tablets?q=TESTV700001").json["items"] == []
    told(office.post(f"imports/{taken.json['id']}/undo"), 409, "déjà annulé")
    bad = office.post("imports", b"N\xc2\xb0 de s\xc3\xa9rie;Classe mobile\n;VIL-CM99\n", kind="tablets", filename="faux.csv")
    assert bad.json["faults"] and office.post(f"imports/drafts/{bad.json['id']}/commit").status_code == 422
    told(Program(villeneuve, Role.MANAGER, Scope.of([School.get(School.uai == OWN).id])).post("imports", note, kind="tablets", filename="x.csv"), 403, "écoles")
    assert [one["id"] for one in office.get("imports?limit=1").json["items"]] == [taken.json["id"]]


def test_the_board_the_findings_and_the_quarters_are_read(office: Program, villeneuve: Town) -> None:
    board = office.get("board?limit=2").json
    assert board["totals"]["classes"] == 5 and len(board["items"]) == 2 and office.get(f"board?cursor={board['next']}").json["previous"]
    assert office.get("board?as_of=2018-01-02").status_code == 200
    assert office.get("findings").status_code == 200 and office.get(f"classes/{villeneuve.own['code']}/steps/enrolment").json["items"]
    issued = office.get("quarters").json["items"][0]
    file = office.get(f"quarters/2018-Q1/files/{issued['files'][0]['name']}")
    assert file.status_code == 200 and file.mimetype == "application/octet-stream"
    assert office.post("quarters", {"period": "2018-Q1"}).json == issued
    told(office.post("quarters", {"period": "2018-Q2"}), 422, "n'est pas fini")
    assert office.get("runs?state=quarantined").json["items"][0]["state"] == "quarantined"
    told(office.post("connectors/mdm-ville/sync"), 422, "mot de passe")
    assert office.post("connectors/nulle-part/sync").status_code == 404
    assert office.get(f"schools/{FOREIGN}/days?first=2018-03-05&last=2018-03-09").json["half_days"] > 0
