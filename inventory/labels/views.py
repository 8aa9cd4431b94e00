"""The pages of labels: the sheets of a cart with their preview, blank ones, and what a scanned code opens."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import ANYONE, Reach, may
from inventory.actions import labels
from inventory.errors import NotFound, Refused
from inventory.labels.asked import FIELDS, Asked, asked
from inventory.labels.code import Names, shown
from inventory.labels.sheet import Face, pdf
from inventory.labels.stock import STOCKS, sheets
from inventory.models import Label, MobileClass
from inventory.panels import panels_of
from inventory.queries import labels as reading
from inventory.queries import places
from inventory.roles import FIELD
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("labels", __name__)
SHEET = "application/pdf"


@pages.get("/classes/<code>/etiquettes")
@may(FIELD, scope=Reach.SCOPE)
def sheet(code: str) -> str:
    """The labels of a cart: what to print, on which stock, from which cell; and how the first sheet will look."""
    cart = places.mobile_class(g.scope, code)
    wanted = asked(request.args, cart.slots)
    names = _names(cart, wanted)
    shown_pages = sheets(wanted.stock, wanted.start, len(names))
    return render_template(
        "inventory/labels.html", cart=cart, asked=wanted, stocks=STOCKS.values(), fields=FIELDS, names=names, sheets=shown_pages,
        kinds=(Names.CART, Names.SLOT, Names.TABLET), args=wanted.args,
    )  # fmt: skip


def _names(cart: MobileClass, wanted: Asked) -> list[str]:
    """What the labels are called in the preview, before any code is made."""
    told = [cart.code] if Names.CART in wanted.what else []
    told += [tell("N° {slot}", slot=slot) for slot in wanted.slots] if Names.SLOT in wanted.what else []
    if Names.TABLET in wanted.what:
        told += [tablet.asset_tag or tablet.serial for tablet in reading.tablets_inside(g.scope, cart, wanted.slots)]
    return told


@pages.post("/classes/<code>/etiquettes")
@may(FIELD, scope=Reach.SCOPE)
def sheet_prepare(code: str) -> Response:
    """Give their codes to the things that have none, and open the sheets."""
    cart = places.mobile_class(g.scope, code)
    wanted = asked(request.form, cart.slots)
    labels.prepare(cart, reading.tablets_inside(g.scope, cart, range(1, cart.slots + 1)), hand())
    return redirect(url_for("labels.sheet_pdf", code=cart.code, **wanted.args))


@pages.get("/classes/<code>/etiquettes.pdf")
@may(FIELD, scope=Reach.SCOPE)
@speaking(FRENCH)
def sheet_pdf(code: str) -> Response:
    """The sheets of a cart."""
    cart = places.mobile_class(g.scope, code)
    wanted = asked(request.args, cart.slots)
    found = reading.faces(g.scope, cart, wanted.what, wanted.slots, request.url_root)
    if not found:
        raise Refused(tell("Aucun code n'est encore fait pour cette planche : l'ouvrir depuis la page « Étiquettes »."))
    return _file(found, wanted, tell("Étiquettes de {cart}", cart=cart.code), f"etiquettes-{cart.code}.pdf")


def _file(found: list[Face], wanted: Asked, title: str, name: str) -> Response:
    answer = Response(pdf(found, wanted.stock, wanted.start, title, reading.mention(), g.now), mimetype=SHEET)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@pages.get("/etiquettes")
@may(FIELD, scope=Reach.NOTHING)
def blank() -> str:
    """Blank labels: the lots made, and a new one."""
    wanted = asked(request.args, 1)
    return render_template("inventory/blank_labels.html", lots=reading.lots(), asked=wanted, stocks=STOCKS.values(), fields=FIELDS, args=wanted.args)


@pages.post("/etiquettes")
@may(FIELD, scope=Reach.NOTHING)
def blank_make() -> Response:
    """Make a lot of blank labels, and open its sheets."""
    wanted = asked(request.form, 1)
    lot = labels.make_blank(_count(request.form, wanted), hand())
    return redirect(url_for("labels.blank_pdf", lot=lot, **wanted.args))


def _count(form: Mapping[str, str], wanted: Asked) -> int:
    """How many: as written, else as many as are left on the sheet."""
    text = form.get("count", "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Refused(tell("Nombre = « {text} » : demander de 1 à {most} étiquettes vierges.", text=text, most=labels.MOST_BLANK))
    return int(text) if text else wanted.stock.cells - wanted.start + 1


@pages.get("/etiquettes/vierges.pdf")
@may(FIELD, scope=Reach.NOTHING)
@speaking(FRENCH)
def blank_pdf() -> Response:
    """The sheets of a lot of blank labels; of the newest one when none is said."""
    known, text = reading.lots(), request.args.get("lot", "")
    lot = int(text) if text.isdecimal() and len(text) < 10 else known[0][0] if known and not text else 0
    return _file(reading.blank_faces(lot, request.url_root), asked(request.args, 1), tell("Étiquettes vierges, lot {lot}", lot=lot), f"etiquettes-vierges-{lot}.pdf")


@pages.get("/e/<label>")
@may(ANYONE, scope=Reach.SCOPE)
def opened(label: str) -> str:
    """What a scanned code names, to who may see it; a blank one is stuck on something here. Without an account, only what others hang here."""
    row = reading.label(label) if g.person is None else reading.named(g.scope, label)
    return render_template(
        "inventory/label.html", label=row, names=Names(row.names), shown=shown(row.code), url=_way(row) if g.person else None,
        may_stick=g.person is not None and row.names == Names.BLANK.value and g.person.role in FIELD,
        panels=panels_of("label", row, g.scope, None, g.now),
    )  # fmt: skip


def _way(row: Label) -> str | None:
    """The page of the thing that a label names."""
    if row.tablet is not None:
        return url_for("inventory.tablet", tablet_id=row.tablet.id)
    return url_for("inventory.mobile_class", code=row.mobile_class.code) if row.mobile_class is not None else None


@pages.post("/e/<label>/coller")
@may(FIELD, scope=Reach.SCOPE)
def stick(label: str) -> Response:
    """Stick a blank label on a thing named by hand or by scanner."""
    row, text = reading.named(g.scope, label), request.form.get("thing", "")
    try:
        thing, slot = reading.thing(g.scope, text)
    except NotFound as fault:
        raise Refused(tell("« {text} » ne nomme rien ici : écrire un n° de série, un n° d'inventaire, une valise (AIX-CM01) ou une alvéole (AIX-CM01/7).", text=text)) from fault
    done = labels.stick(row.code, thing, slot, hand())
    flash(tell("Étiquette {code} collée.", code=shown(row.code)), "good")
    return redirect(_way(done) or url_for("labels.opened", label=row.code))
