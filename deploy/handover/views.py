"""The pages of the hand-over: prepare a record, sign it on the glass or on paper, read its seal, lift its reservations."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.handover import actions, queries
from deploy.handover.paper import Signed, paper
from deploy.handover.photo import codes_in, kind_of
from deploy.handover.record import reservations
from deploy.models import Handover
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.french import moment
from inventory.labels.code import Names
from inventory.queries import labels, places
from inventory.roles import FIELD, READERS, Role
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("handover", __name__)
WITNESSES = FIELD | {Role.SCHOOL}
DRAWN = "data:image/png;base64,"
LARGEST_DRAWING = 400_000
MOST_PHOTOS = 20


@pages.get("/pv")
@may(READERS, scope=Reach.SCOPE)
def latest() -> str:
    """The last records of every cart of the scope, and the carts that have none."""
    return render_template("deploy/handovers_latest.html", records=queries.latest(g.scope, g.when), without=queries.without(g.scope, g.when))


@pages.get("/classes/<code>/pv")
@may(READERS, scope=Reach.SCOPE)
def listed(code: str) -> str:
    """The hand-over records of a cart, and the form that prepares one."""
    cart = places.mobile_class(g.scope, code)
    places.class_record(cart, g.when)
    return render_template(
        "deploy/handovers.html", cart=cart, records=queries.of_cart(g.scope, cart, g.when), held=queries.places_of(g.scope, cart, g.when),
        writes=g.person.role in FIELD and g.when is None,
    )  # fmt: skip


@pages.post("/classes/<code>/pv")
@may(FIELD, scope=Reach.SCOPE)
def prepare(code: str) -> Response:
    """Prepare a record of what the cart holds now."""
    cart, form = places.mobile_class(g.scope, code), request.form
    given = {slot: form.get(f"slot-{slot}", "") for slot in range(1, cart.slots + 1)}
    row = actions.prepare(cart, reservations(given, form.get("general", "")), form.get("signer", ""), form.get("quality", ""), hand())
    flash(tell("Procès-verbal préparé : le relire, puis le faire signer."), "good")
    return redirect(url_for("handover.page", record_id=row.id))


@pages.get("/pv/<int:record_id>")
@may(READERS, scope=Reach.SCOPE)
def page(record_id: int) -> str:
    """One record: what was shown, its signature, its seal, its reservations."""
    row = queries.handover(g.scope, record_id, g.when)
    return render_template(
        "deploy/handover.html", shown=queries.shown(g.scope, row, g.when), cart=row.mobile_class,
        witness=g.person.role in WITNESSES and g.when is None,
    )  # fmt: skip


@pages.post("/pv/<int:record_id>/signer")
@may(WITNESSES, scope=Reach.SCOPE)
def sign(record_id: int) -> Response:
    """Sign on the glass, what was shown."""
    row = queries.handover(g.scope, record_id)
    actions.sign(row, request.form.get("shown", ""), _drawing(request.form.get("drawing", "")), actions.GLASS, hand())
    flash(tell("Signé et scellé."), "good")
    return redirect(url_for("handover.page", record_id=row.id))


def _drawing(text: str) -> bytes:
    """The image drawn on the glass; raises `Refused` when there is none."""
    try:
        if text.startswith(DRAWN) and len(text) < LARGEST_DRAWING:
            return base64.b64decode(text.removeprefix(DRAWN), validate=True)
    except binascii.Error:
        pass
    raise Refused(tell("La signature manque : signer dans le cadre, ou imprimer la feuille, la faire signer et la photographier."))


@pages.post("/pv/<int:record_id>/photo")
@may(FIELD, scope=Reach.SCOPE)
def photo(record_id: int) -> Response:
    """File the photo of the sheet signed by hand, in this record."""
    row = queries.handover(g.scope, record_id)
    file = request.files.get("photo")
    if file is None or not file.filename:
        raise Refused(tell("Choisir la photo de la feuille signée (JPEG ou PNG)."))
    actions.sign(row, row.sha256, file.read(), actions.PAPER, hand())
    flash(tell("La feuille signée est classée et scellée."), "good")
    return redirect(url_for("handover.page", record_id=row.id))


@pages.get("/pv/photos")
@may(FIELD, scope=Reach.SCOPE)
def photos() -> str:
    """Where photos of signed sheets are dropped."""
    return render_template("deploy/handover_photos.html", filed=[], refused=[])


@pages.post("/pv/photos")
@may(FIELD, scope=Reach.SCOPE)
def photos_file() -> str:
    """File each photo in the record that its QR code names; say which could not be, and why."""
    filed, refused = [], []
    for file in request.files.getlist("photo")[:MOST_PHOTOS]:
        if not file.filename:
            continue
        content = file.read()
        try:
            row = _named(content)
            actions.sign(row, row.sha256, content, actions.PAPER, hand())
            filed.append((file.filename, row))
        except Refused as refusal:
            refused.append((file.filename, refusal.sentences))
    return render_template("deploy/handover_photos.html", filed=filed, refused=refused)


def _named(content: bytes) -> Handover:
    """The record that a photo shows the code of; raises `Refused`."""
    for text in codes_in(content):
        try:
            found = labels.named(g.scope, text)
            if found.names == Names.PAPER.value and found.paper is not None:
                return queries.handover(g.scope, found.paper)
        except NotFound:
            continue
    raise Refused(tell("Aucun code de procès-verbal ne s'y lit : la reprendre à plat, bien éclairée, ou la verser depuis la page du procès-verbal."))


@pages.post("/pv/<int:record_id>/reserves/<int:position>/lever")
@may(WITNESSES, scope=Reach.SCOPE)
def lift(record_id: int, position: int) -> Response:
    """Lift one reservation."""
    row = queries.handover(g.scope, record_id)
    actions.lift(row, position, request.form.get("note", ""), hand())
    flash(tell("Réserve levée."), "good")
    return redirect(url_for("handover.page", record_id=row.id))


@pages.get("/pv/<int:record_id>.pdf")
@may(READERS, scope=Reach.SCOPE)
@speaking(FRENCH)
def pdf(record_id: int) -> Response:
    """The record to print: to sign, or as it was signed."""
    row = queries.handover(g.scope, record_id)
    shown = queries.shown(g.scope, row)
    code = queries.code_of(row)
    content = paper(shown.record, row.sha256, code, labels.address_of(code, request.url_root), _signed(shown), _lifted(shown), row.at)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="pv-{shown.record.cart}-{row.id}.pdf"'
    return answer


def _signed(shown: queries.Shown) -> Signed | None:
    if shown.signature is None:
        return None
    how = "Signé sur la vitre" if shown.signature.manner == actions.GLASS else "Signé sur papier, feuille photographiée"
    lines = (f"{how} le {moment(shown.signature.at)}.", f"Sceau : {shown.signature.seal}")
    return Signed(lines, bytes(shown.signature.image.content) if shown.signature.manner == actions.GLASS else b"")


def _lifted(shown: queries.Shown) -> Mapping[int, str]:
    return {number: f"le {moment(event.at)} : {event.remark.text or ''}" for number, event in shown.lifted.items()}


@pages.get("/pv/<int:record_id>/signature")
@may(READERS, scope=Reach.SCOPE)
def image(record_id: int) -> Response:
    """The image of the signature."""
    piece = queries.image(g.scope, record_id)
    content = bytes(piece.content)
    return Response(content, mimetype="image/jpeg" if kind_of(content) == "jpg" else "image/png")
