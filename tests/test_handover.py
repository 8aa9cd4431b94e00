"""At half past ten in Les Granettes: the headmistress reads, makes one reservation, signs on the glass; nothing of it can be changed afterwards."""

from __future__ import annotations

import base64
import io
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from acts import Phone
from autumn import app_over, copied
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from config.checks import complaints
from deploy.field.act import ActState
from deploy.handover import actions, queries
from deploy.handover.paper import Signed, paper
from deploy.handover.photo import codes_in
from deploy.handover.record import (
    GENERAL,
    Place,
    Record,
    Reservation,
    differences,
    digest,
    read,
    reservations,
    seal,
    told,
)
from deploy.models import Handover, HandoverSignature
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all
from inventory.db import IntegrityError, database
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.models import MobileClass, Person, Tablet
from inventory.scope import EVERYWHERE, Scope

MENTION = "Opération réalisée dans le cadre du Programme d'investissements d'avenir lancé par l'État"
NOON = datetime(2018, 1, 8, 12, tzinfo=UTC)
CRACKED = Reservation(11, "écran fendu")
words = st.text(max_size=20)
records = st.builds(
    Record, cart=words, school=words, uai=words, at=words, day=words, prepared_by=words,
    places=st.lists(st.builds(Place, st.integers(1, 30), words, words, words), max_size=4).map(tuple),
    accessories=st.lists(st.tuples(st.integers(0, 30), words), max_size=2).map(tuple), services=st.lists(st.tuples(words, words), max_size=2).map(tuple),
    reservations=st.lists(st.builds(Reservation, st.integers(0, 30), words), max_size=2).map(tuple), signer=words, quality=words, mention=words,
)  # fmt: skip


def drawn() -> bytes:
    """A stroke of a finger."""
    glass = Image.new("RGB", (300, 100), "white")
    ImageDraw.Draw(glass).line([(20, 80), (120, 20), (280, 70)], fill="black", width=4)
    out = io.BytesIO()
    glass.save(out, "PNG")
    return out.getvalue()


@given(records, records)
def test_a_record_reads_back_whole_and_two_different_ones_have_two_digests(one: Record, other: Record) -> None:
    assert read(told(one)) == one
    assert (digest(told(one)) == digest(told(other))) == (one == other)


@given(records, st.data())
def test_one_serial_changed_changes_the_seal(one: Record, data: st.DataObject) -> None:
    if not one.places:
        return
    number = data.draw(st.integers(0, len(one.places) - 1))
    changed = replace(one, places=(*one.places[:number], replace(one.places[number], serial=one.places[number].serial + "0"), *one.places[number + 1 :]))
    assert seal(told(one), "H", "d", "glass", "0", NOON) != seal(told(changed), "H", "d", "glass", "0", NOON)
    assert len(differences(one.places, changed.places)) <= 1


@pytest.fixture(scope="module")
def house(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A copy of the demonstration's autumn, to write in."""
    app = app_over(copied(autumn, tmp_path_factory.mktemp("handover")))
    with database.connection_context():
        yield app


@pytest.fixture(autouse=True)
def _nothing_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    if "house" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("house")
    with database.atomic() as this:
        yield
        this.rollback()


@pytest.fixture
def malik(house: Flask) -> Hand:
    return Hand(Person.get(Person.login == "technicien"), datetime.fromisoformat("2018-01-08T10:30:00+01:00"))


@pytest.fixture
def cart(house: Flask) -> MobileClass:
    return MobileClass.get(MobileClass.code == "AIX-CM02")


def prepared(cart: MobileClass, hand: Hand) -> Handover:
    return actions.prepare(cart, (Reservation(GENERAL, "un chargeur manque"), CRACKED), "Hélène Roy", "directrice", hand)


def test_she_signs_what_she_saw_once_and_what_was_ready_is_delivered(cart: MobileClass, malik: Hand) -> None:
    row = prepared(cart, malik)
    ready = Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == "configured")).count()
    before = Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == "delivered")).count()
    with pytest.raises(Refused, match="pas le procès-verbal qui était affiché"):
        actions.sign(row, "0" * 64, drawn(), actions.GLASS, malik)
    with pytest.raises(Refused, match="image PNG ou JPEG"):
        actions.sign(row, row.sha256, b"<svg/>", actions.GLASS, malik)
    actions.sign(row, row.sha256, drawn(), actions.GLASS, malik)
    with pytest.raises(Refused, match="déjà signé"):
        actions.sign(row, row.sha256, drawn(), actions.GLASS, malik)
    shown = queries.shown(EVERYWHERE, row)
    assert shown.intact and shown.changed == () and shown.left == 2
    assert Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == "delivered")).count() == before + ready
    assert [event.detail["seal"] for event in history("mobile_class", cart.id, axes=["handover"])] == [shown.signature.seal]
    assert list(complaints()) == []


def test_a_serial_that_changes_afterwards_is_told_and_a_new_record_is_asked(cart: MobileClass, malik: Hand) -> None:
    row, second = prepared(cart, malik), prepared(cart, malik)
    actions.sign(row, row.sha256, drawn(), actions.GLASS, malik)
    tablet = Tablet.select().where(Tablet.mobile_class == cart).order_by(Tablet.slot).first()
    place_all([(tablet, None, None)], Hand(malik.by, malik.now + timedelta(hours=1)))
    shown = queries.shown(EVERYWHERE, row)
    assert shown.changed == (f"alvéole {shown.record.places[0].slot} : {tablet.serial} au procès-verbal, vide aujourd'hui",)
    assert shown.intact, "the record itself is what was signed"
    with pytest.raises(Refused, match="a changé depuis"):
        actions.sign(second, second.sha256, drawn(), actions.GLASS, malik)


def test_what_was_signed_in_a_basement_is_sealed_word_for_word_or_waits_with_its_reason(cart: MobileClass, malik: Hand) -> None:
    phone, asked = Phone(malik.by, random.Random(2018)), read(prepared(cart, malik).content)
    shown = replace(asked, at="2018-01-08T08:00:00+01:00", signer="Nadia Kaci")
    other = replace(shown.places[3], serial="R52J00OTHER")
    wrong = {
        replace(shown, school="École Jean Moulin"): "ne dit pas la valise", replace(shown, signer="N"): "Nom du signataire", replace(shown, reservations=(Reservation(40, "x"),)): "n'a pas",
        replace(shown, reservations=(Reservation(1, ""),)): "illisible", replace(shown, places=(*shown.places[:3], other, *shown.places[4:])): "La valise a changé",
    }  # fmt: skip
    image, there = base64.b64encode(drawn()).decode(), Handover.select().count()
    for content, why in [*((told(one), why) for one, why in wrong.items()), (told(shown) + " ", "illisible"), ("{}", "illisible"), ('{"places": 1}', "illisible")]:
        answer = phone.sends(phone.does("handover", f"mobile_class:{cart.id}", content=content, image=image), malik.now)
        assert answer.state is ActState.REFUSED and why in answer.sentences[0], content
    assert Handover.select().count() == there
    act = phone.does("handover", f"mobile_class:{cart.id}", content=told(shown), image=image)
    assert [phone.sends(act, malik.now, heard=heard).state for heard in (False, True)] == [ActState.APPLIED] * 2
    (kept,) = [one for one in queries.of_cart(EVERYWHERE, cart) if one.signature]
    assert (kept.row.content, kept.intact, kept.changed, kept.signature.signer) == (told(shown), True, (), "Nadia Kaci")
    assert list(complaints()) == []


def test_a_record_changed_behind_cartable_s_back_breaks_its_seal(cart: MobileClass, malik: Hand) -> None:
    row = prepared(cart, malik)
    actions.sign(row, row.sha256, drawn(), actions.GLASS, malik)
    with pytest.raises(IntegrityError, match="append"), database.atomic():
        Handover.update(content="{}").where(Handover.id == row.id).execute()
    row.content = row.content.replace("écran fendu", "écran neuf")
    assert not queries.shown(EVERYWHERE, row).intact
    row.sha256 = digest(row.content)
    assert not queries.shown(EVERYWHERE, row).intact, "not even with a new digest beside it"
    signature = HandoverSignature.get(HandoverSignature.handover == row)
    assert signature.seal not in (row.sha256, row.content)


def test_a_reservation_is_lifted_by_a_new_act(cart: MobileClass, malik: Hand) -> None:
    row = prepared(cart, malik)
    with pytest.raises(Refused, match="n'est pas signé"):
        actions.lift(row, 1, "verre changé", malik)
    actions.sign(row, row.sha256, drawn(), actions.GLASS, malik)
    before = row.content
    with pytest.raises(Refused, match="Dire comment"):
        actions.lift(row, 1, " ", malik)
    assert queries.open_reservations(EVERYWHERE) == 2 and cart not in queries.without(EVERYWHERE)
    actions.lift(row, 1, "verre changé", malik)
    assert queries.open_reservations(EVERYWHERE) == 1 and queries.open_reservations(Scope.of([])) == 0
    with pytest.raises(Refused, match="déjà levée"):
        actions.lift(row, 1, "encore", malik)
    shown = queries.shown(EVERYWHERE, row)
    assert shown.left == 1 and shown.lifted[1].remark.text == "verre changé" and Handover.get_by_id(row.id).content == before and shown.intact


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not here")
def test_the_photo_of_the_printed_sheet_files_itself(cart: MobileClass, malik: Hand, tmp_path: Path) -> None:
    row = prepared(cart, malik)
    code = queries.code_of(row)
    content = paper(read(row.content), row.sha256, code, f"https://tablettes.example/e/{code}", None, {}, row.at)
    assert content == paper(read(row.content), row.sha256, code, f"https://tablettes.example/e/{code}", None, {}, row.at)
    (tmp_path / "pv.pdf").write_bytes(content)
    text = subprocess.run(["pdftotext", tmp_path / "pv.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert MENTION in " ".join(text.replace("\u00a0", " ").split()) and "écran fendu" in text and "Hélène Roy" in text
    subprocess.run(["pdftoppm", "-r", "150", "-singlefile", "-png", tmp_path / "pv.pdf", tmp_path / "sheet"], check=True)
    photo = io.BytesIO()
    Image.open(tmp_path / "sheet.png").convert("RGB").rotate(4, expand=True, fillcolor=(90, 80, 70)).save(photo, "JPEG", quality=60)
    assert codes_in(photo.getvalue()) == [f"https://tablettes.example/e/{code}"]
    assert codes_in(b"%PDF-1.7") == codes_in(b"\xff\xd8\xff garbage") == codes_in(b"") == []
    with pytest.raises(NotFound):
        queries.handover(Scope.of([]), row.id)
    signed = Signed(("Signé sur la vitre.",), drawn())
    assert len(paper(read(row.content), row.sha256, code, "x", signed, {1: "le 9"}, row.at)) > len(content) // 2


def test_reservations_of_a_form_are_read_by_slot_and_by_line() -> None:
    assert reservations({11: " écran fendu ", 3: ""}, "un chargeur\n\n clé ") == (Reservation(0, "un chargeur"), Reservation(0, "clé"), CRACKED)
    with pytest.raises(Refused, match="limiter à 500"):
        reservations({1: "x" * 501}, "")
