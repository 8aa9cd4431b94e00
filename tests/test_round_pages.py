"""What a phone takes and sends, over HTTP: the day's work and no more, one answer per act, files of one release."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from acts import Phone, wire
from autumn import AS_OF, app_over, copied, signed_in
from flask import Flask
from PIL import Image

from config.clock import read_moment
from config.models import WebSession
from deploy.field.act import ActState
from deploy.field.acts_file import FORMAT
from deploy.models import FieldAct
from inventory.db import database
from inventory.models import MobileClass, Person, Tablet
from inventory.roles import FIELD

STATIC = Path(__file__).parent.parent / "deploy" / "field" / "static"
HELD = {"id", "uai", "name", "address", "next", "closed", "carts", "code", "slots", "baseline", "steps", "tablets", "slot", "serial", "tag",
        "model", "stage", "checks", "format", "at", "day", "base", "stops", "checklists", "spares", "stages", "reasons", "key", "label", "tone",
        "reason", "moves", "cart", "codes", "accessories", "services", "signed", "mention"}  # fmt: skip
LARGEST_BUNDLE = 600_000


@pytest.fixture
def house(autumn: Path, tmp_path: Path) -> Flask:
    return app_over(copied(autumn, tmp_path))


@pytest.fixture
def malik(house: Flask) -> Phone:
    """The technician's phone."""
    with database.connection_context():
        phone = Phone(Person.get(Person.login == "technicien"), random.Random(2017))
    return phone


def names(told: Any) -> Iterator[str]:
    """Every name of a field in some JSON, but those of items, stages, steps and reasons, which are words of a list."""
    if isinstance(told, list):
        for one in told:
            yield from names(one)
    elif isinstance(told, dict):
        for name, value in told.items():
            yield name
            yield from (names(list(value.values())) if name in ("checks", "codes", "stages", "steps", "reasons", "checklists") else names(value))


def test_a_phone_takes_the_day_s_carts_and_nothing_else(house: Flask) -> None:
    with signed_in(house, "technicien") as client:
        told = client.get("/tournee/travail?ecole=0131204N").json
        whole = client.get("/tournee/travail?ecole=0131204N&ecole=0132397K").json
        assert client.get("/tournee/travail").json["work"] is None
        assert client.get("/tournee/travail?ecole=0130001A").status_code == 404
        assert client.get("/tournee/travail?" + "ecole=0131204N&" * 13).status_code == 422
    assert [stop["uai"] for stop in told["work"]["stops"]] == ["0131204N"] and "AIX-CM02" not in json.dumps(told["work"])
    assert sum(len(cart["tablets"]) for stop in whole["work"]["stops"] for cart in stop["carts"]) == 28
    assert set(names(whole["work"])) <= HELD, "a new field of what a phone keeps is decided, not slipped in"
    assert told["person"] == {"id": told["person"]["id"], "name": "Malik Roux, technicien"}


def test_acts_are_sent_with_the_proof_of_their_session_and_answered_one_by_one(house: Flask, malik: Phone) -> None:
    with database.connection_context():
        tablet = Tablet.get(Tablet.asset_tag == "AIX-CM01-T05")
    acts = [malik.does("tick", f"tablet:{tablet.id}", items=["charged"], value=value) for value in ("undone", "done")]
    body = {"format": FORMAT, "device": malik.device, "oldest": 1, "acts": [wire(act) for act in reversed(acts)]}
    with signed_in(house, "technicien") as client:
        assert client.post("/tournee/actes", json=body).status_code == 403
        proof = {"X-CSRF-Token": client.get("/tournee/travail").json["csrf"]}
        told = client.post("/tournee/actes", json=body, headers=proof)
        assert told.status_code == 200 and told.json["missing"] == []
        assert [(one["id"], one["digest"], one["state"]) for one in told.json["answers"]] == [(act.id, act.digest, "applied") for act in acts]
        assert client.post("/tournee/actes", json=body, headers=proof).json == told.json
        other = {**body, "acts": [{**wire(acts[0]), "at": "plus tard"}]}
        again = client.post("/tournee/actes", json=other, headers=proof)
        assert (again.status_code, again.json["answers"][0]["state"]) == (422, "altered")
        for wrong in ([], {**body, "format": "x"}, {**body, "device": "T"}, {**body, "acts": [wire(acts[0])] * 201}, {**body, "acts": [{}]}):
            assert client.post("/tournee/actes", json=wrong, headers=proof).status_code == 422
    with database.connection_context():
        assert FieldAct.select().count() == 2


def test_a_photo_of_a_round_is_seen_where_it_was_taken_by_those_who_see_the_school(house: Flask, malik: Phone) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(out, "JPEG")
    with database.connection_context():
        tablet, cart = Tablet.get(Tablet.asset_tag == "AIX-CM02-T05"), MobileClass.get(MobileClass.code == "AIX-CM02")
        for subject in (f"tablet:{tablet.id}", f"mobile_class:{cart.id}"):
            malik.does("photo", subject, image=base64.b64encode(out.getvalue()).decode(), note="coin fendu")
        assert {answer.state for answer in malik.sends_all(read_moment(AS_OF, "AS_OF"))} == {ActState.APPLIED}
    with signed_in(house, "dsi") as client:
        for page in (f"/tablettes/{tablet.id}", "/classes/AIX-CM02"):
            (address,) = re.findall(r'<img src="(/photos/\w+)"', client.get(page).text)
            assert client.get(address).data == out.getvalue()
            assert "/photos/" not in client.get(f"{page}?as_of=2017-12-31").text
    with signed_in(house, "ecole") as client:
        assert client.get(address).status_code == 404


def test_a_session_that_ends_stops_the_phone_at_its_next_contact(house: Flask) -> None:
    with signed_in(house, "technicien") as client:
        assert client.get("/tournee/travail").status_code == 200
        with database.connection_context():
            WebSession.update(ended=WebSession.started).execute()
        assert client.get("/tournee/travail").status_code == 302
        assert client.post("/tournee/actes", json={}).status_code == 401


def test_only_those_who_do_rounds_have_the_app(house: Flask) -> None:
    from config.demo.people import PEOPLE

    for somebody in PEOPLE:
        with signed_in(house, somebody.login) as client:
            expected = 200 if somebody.role in FIELD else 403
            assert {client.get(page).status_code for page in ("/tournee/", "/tournee/travail")} == {expected}


def test_only_the_app_may_compile_its_reader_and_use_the_camera(house: Flask) -> None:
    with signed_in(house, "technicien") as client:
        app, other = client.get("/tournee/").headers, client.get("/classes").headers
    assert "'wasm-unsafe-eval'" in app["Content-Security-Policy"] and "camera=(self)" in app["Permissions-Policy"]
    assert "wasm" not in other["Content-Security-Policy"] and "camera=()" in other["Permissions-Policy"]
    assert "unsafe-eval" not in app["Content-Security-Policy"].replace("wasm-unsafe-eval", "") and "unsafe-inline" not in app["Content-Security-Policy"]


def test_the_app_is_one_release_without_a_person_in_it_and_light(house: Flask, tmp_path: Path) -> None:
    with signed_in(house, "technicien") as client:
        worker = client.get("/tournee/sw.js").text
        files = json.loads(re.search(r"FILES = (\[.*?\]);", worker)[1])  # type: ignore[index]
        answers = {file: client.get(file) for file in files}
        assert {file: answer.status_code for file, answer in answers.items() if answer.status_code != 200} == {}
        page = answers["/tournee/"].text
        assert "Malik" not in page and "csrf" not in page
        assert json.loads(re.search(r'RELEASE = (".*?")', worker)[1]) in page  # type: ignore[index]
        needed = set(re.findall(r'(?:href|src|data-icons)="(/[^"#]*)"', page)) | {f"/tournee/static/{name}" for name in imported()}
        assert needed - set(files) - {"/", "/classes"} == set()
        weight = sum(len(gzip.compress(answer.data, 9)) for answer in answers.values())
    assert weight < LARGEST_BUNDLE, weight


def imported() -> set[str]:
    """The modules that the app's modules import."""
    return {name for file in STATIC.glob("*.js") for name in re.findall(r'from "\./([\w.]+)"', file.read_text(encoding="utf-8"))}


def test_every_sentence_the_app_says_is_there_and_no_other(house: Flask) -> None:
    from deploy.field.act import Kind
    from deploy.field.sentences import sentences

    code = "".join(file.read_text(encoding="utf-8") for file in STATIC.glob("*.js"))
    told = sentences()
    said = set(re.findall(r'say\("(\w+)"', code)) | {f"kind_{kind.value}" for kind in Kind}
    said |= {f"{key}_{count}" for key in re.findall(r'plural\("(\w+)"', code) for count in ("one", "many")}
    assert said <= told.keys()
    rest = {key for key in told.keys() - said if not re.search(rf'"{key}"', code)}
    assert rest == {"told_conflict", "told_refused", "code_unknown", "code_spare", "code_imei"}, "these are said by a key made on the spot"


def test_the_reader_of_codes_is_the_published_one_glue_and_wasm_of_one_version() -> None:
    vendor = STATIC / "vendor"
    sums = {name: hashlib.sha256((vendor / name).read_bytes()).hexdigest() for name in ("zxing-reader.js", "zxing_reader.wasm")}
    assert all(digest in (vendor / "README.md").read_text(encoding="utf-8") for digest in sums.values())
    assert sums["zxing_reader.wasm"] in (vendor / "zxing-reader.js").read_text(encoding="utf-8")
