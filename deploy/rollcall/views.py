"""The pages of the check: of a cart by an account or by its label, of a school with its short code, of all carts after a holiday."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.rollcall import actions, queries
from deploy.rollcall.sight import Whereabouts
from inventory.access import ANYONE, Reach, may
from inventory.actions.records import Hand
from inventory.errors import NotFound, Refused
from inventory.keyset import read_cursor
from inventory.labels.code import Names
from inventory.models import Label, MobileClass
from inventory.paris import local_date
from inventory.queries import labels, places
from inventory.queries.listing import Ask
from inventory.roles import FIELD, READERS, Role
from inventory.scope import Scope
from inventory.words import tell

pages = Blueprint("rollcall", __name__)
WITNESSES = FIELD | {Role.SCHOOL}
CARTS = 50


@pages.get("/classes/<code>/pointage")
@may(WITNESSES, scope=Reach.SCOPE)
def check(code: str) -> str:
    """The grid of a cart, for somebody with an account: all there, or tap what is missing."""
    cart = places.mobile_class(g.scope, code)
    return _grid(cart, g.scope, url_for("rollcall.check_record", code=cart.code))


def _grid(cart: MobileClass, scope: Scope, action: str, typed: str = "") -> str:
    asked, away = queries.asked_of(scope, cart)
    return render_template("deploy/check.html", cart=cart, asked=asked, away=away, action=action, typed=typed, whys=list(Whereabouts))


@pages.post("/classes/<code>/pointage")
@may(WITNESSES, scope=Reach.SCOPE)
def check_record(code: str) -> Response:
    """Record what somebody with an account saw."""
    cart = places.mobile_class(g.scope, code)
    _record(cart, Hand(g.person, g.now))
    return redirect(url_for("inventory.mobile_class", code=cart.code))


def _record(cart: MobileClass, hand: Hand) -> None:
    wanted = [int(text) for text in request.form.getlist("missing") if text.isdecimal() and len(text) < 18]
    missing = {one: _why(one) for one in wanted}
    if not missing and request.form.get("all") is None:
        raise Refused(tell("Toucher ce qui manque, ou « Tout est là »."))
    here = actions.record_check(cart, missing, hand)
    if missing:
        flash(tell("C'est noté : {here} vues, {missing} pas dans la valise. Merci.", here=here, missing=len(missing)), "watch")
    else:
        flash(tell("C'est noté : les {here} tablettes de {cart} sont là. Merci.", here=here, cart=cart.code), "good")


def _why(tablet_id: int) -> Whereabouts:
    text = request.form.get(f"why-{tablet_id}", "")
    return Whereabouts(text) if text in list(Whereabouts) else Whereabouts.UNKNOWN


def _cart(label: str) -> tuple[Label, MobileClass]:
    """The cart that a label names; raises `NotFound` when it names none, or one that is in service no more."""
    row = labels.label(label)
    if row.names != Names.CART.value or row.mobile_class is None or row.mobile_class.withdrawn:
        raise NotFound
    return row, row.mobile_class


def _shut(cart: MobileClass) -> str | None:
    """Why the typed code does not open the check, after it was counted."""
    own = Scope.of([cart.school_id])
    return actions.guess(cart, request.form.get("code", ""), queries.code_of(own, cart.school, g.now), g.now)


@pages.post("/e/<label>/pointer")
@may(ANYONE, scope=Reach.NOTHING)
def check_open(label: str) -> str | tuple[str, int]:
    """The grid of a cart for whoever holds its label and the short code of its school; a wrong code is counted."""
    row, cart = _cart(label)
    wrong = _shut(cart)
    if wrong:
        return _knock(row, wrong), 422
    return _grid(cart, Scope.of([cart.school_id]), url_for("rollcall.check_by_label", label=row.code), request.form.get("code", ""))


def _knock(row: Label, wrong: str) -> str:
    return render_template("deploy/check_door.html", label=row, cart=row.mobile_class, wrong=wrong)


@pages.post("/e/<label>/pointage")
@may(ANYONE, scope=Reach.NOTHING)
def check_by_label(label: str) -> Response | tuple[str, int]:
    """Record what somebody without an account saw; the short code goes with it."""
    row, cart = _cart(label)
    wrong = _shut(cart)
    if wrong:
        return _knock(row, wrong), 422
    _record(cart, Hand(None, g.now, actions.BY_LABEL))
    return redirect(url_for("labels.opened", label=row.code), 303)


@pages.get("/ecoles/<uai>/pointage")
@may(WITNESSES, scope=Reach.SCOPE)
def school(uai: str) -> str:
    """A school's own page: its carts with both proofs, the short code of the week, the next visit, how to report a breakage."""
    row = places.school(g.scope, uai)
    today = local_date(g.now)
    ids = [record.id for record in places.classes(g.scope, school_id=row.id)]
    return render_template(
        "deploy/school_check.html", school=row, carts=queries.cart_checks(g.scope, ids, g.now), code=queries.code_of(g.scope, row, g.now),
        since=queries.return_of(row, today), today=today, visit=queries.visit_told(g.scope, row, g.now),
    )  # fmt: skip


@pages.get("/pointages")
@may(READERS, scope=Reach.SCOPE)
def after_holiday() -> str:
    """Every cart of the scope after the last holiday: who has pointed, which did not wake up."""
    ask = Ask(sort="code", size=CARTS, cursor=read_cursor(request.args.get("suite", ""), str))
    carts, page = queries.carts_after_holiday(g.scope, ask, g.now, g.when)
    return render_template("deploy/after_holiday.html", carts=carts, page=page, today=local_date(g.when.moment if g.when else g.now))
