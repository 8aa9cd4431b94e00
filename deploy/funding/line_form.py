"""An invoice line as a form tells it: each fault names its field, its value and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from deploy.convention.money import BudgetKind
from deploy.form import euros_of, number_of
from deploy.funding.invoice import Key, Line
from deploy.funding.subsidy import NOTHING
from inventory.errors import Refused
from inventory.serials import normalise
from inventory.words import tell


def line_of(form: Mapping[str, str], classes: Sequence[str]) -> Line:
    """The line of a form; `classes` are the codes ticked, whose shares are worked out later unless their amounts are written."""
    words, kind, key = form.get("words", "").strip(), form.get("kind", ""), form.get("key", "")
    if not words:
        raise Refused(tell("Indiquer ce que la ligne achète."))
    if kind not in list(BudgetKind) or key not in list(Key):
        raise Refused(tell("Choisir le poste de dépense et la clé de répartition."))
    eligible = form.get("eligible") == "yes"
    return Line(
        words, BudgetKind(kind), number_of(form, "quantity"), net=euros_of(form, "net"), vat=euros_of(form, "vat"),
        gross=euros_of(form, "gross"), eligible=eligible, reason=form.get("reason", "").strip(), key=Key(key),
        shares={code: _share(form, code, Key(key)) for code in classes} if eligible else {},
        serials=tuple(normalise(one) for one in form.get("serials", "").replace(",", " ").split()),
    )  # fmt: skip


def _share(form: Mapping[str, str], code: str, key: Key) -> Decimal:
    return euros_of({"amount": form.get(f"share-{code}", "")}, "amount") if key is Key.MANUAL else NOTHING
