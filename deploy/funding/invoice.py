"""An invoice as the town keeps it: its lines, who bears them, the proof that it was paid (article 7.1, *état récapitulatif des dépenses*)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.convention.money import BudgetKind
from deploy.funding.subsidy import NOTHING
from inventory.status import Status
from inventory.words import tell


class Key(Status):
    """How a line shared by several classes is cut between them."""

    TABLETS = "tablets", "au nombre de tablettes", "tablet", "plain"
    EQUAL = "equal", "à parts égales", "square", "plain"
    SERIALS = "serials", "aux numéros de série", "scan-line", "plain"
    MANUAL = "manual", "montants écrits", "pencil", "plain"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its amounts in euros, its eligibility with the reason, its shares by class code, the serial numbers it bought."""

    words: str
    kind: BudgetKind
    quantity: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    eligible: bool
    reason: str
    key: Key
    shares: Mapping[str, Decimal] = field(default_factory=dict)
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mandate:
    """The payment order of a public body: its number and its day prove that the invoice was paid."""

    number: str
    day: date


@dataclass(frozen=True, slots=True)
class Invoice:
    """A supplier's invoice, with its lines in the order they were written."""

    supplier: str
    number: str
    day: date
    order: str = ""
    mandate: Mandate | None = None
    evidence: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def gross(self) -> Decimal:
        """What all its lines cost, taxes included."""
        return sum((line.gross for line in self.lines), NOTHING)

    @property
    def missing(self) -> tuple[str, ...]:
        """What it lacks before its lines may be claimed: nothing, or French names of pieces."""
        told = ((tell("la date et le numéro de mandat"), self.mandate), (tell("la pièce justificative"), self.evidence), (tell("les lignes"), self.lines))
        return tuple(name for name, there in told if not there)

    def with_line(self, line: Line) -> Invoice:
        return replace(self, lines=(*self.lines, line))

    def without_line(self, position: int) -> Invoice:
        """The invoice less its line of this place, 0 first; IndexError when there is none."""
        self.lines[position]
        return replace(self, lines=self.lines[:position] + self.lines[position + 1 :])


def faults(line: Line, *, classes: Sequence[str]) -> Iterator[str]:
    """What is wrong with a line, in French; nothing when it may be written. `classes` are the codes of the convention."""
    if line.quantity < 1:
        yield tell("Quantité {quantity} : au moins 1.", quantity=line.quantity)
    if min(line.net, line.vat, line.gross) < NOTHING:
        yield tell("« {words} » : un montant est négatif ; un avoir s'enregistre en retirant la ligne qu'il annule.", words=line.words)
    if line.net + line.vat != line.gross:
        yield tell("« {words} » : HT {net} + TVA {vat} ne font pas TTC {gross} ; corriger un des trois montants.", words=line.words, net=line.net, vat=line.vat, gross=line.gross)
    if not line.reason.strip():
        yield tell("« {words} » : dire pourquoi la ligne est éligible ou ne l'est pas (article 6.2).", words=line.words)
    if line.eligible and line.kind is not BudgetKind.EQUIPMENT:
        yield tell("« {words} » : seuls les équipements mobiles et services associés sont subventionnés (article 6.2).", words=line.words)
    unknown = sorted(set(line.shares) - set(classes))
    if unknown:
        yield tell("« {words} » : {unknown} n'est pas une classe mobile de la convention.", words=line.words, unknown=', '.join(unknown))
    if line.eligible and sum(line.shares.values(), NOTHING) != line.gross:
        yield tell("« {words} » : les parts des classes ne font pas {gross} ; les répartir en entier.", words=line.words, gross=line.gross)
    if len(line.serials) > line.quantity:
        yield tell("« {words} » : {count} numéros de série pour une quantité de {quantity}.", words=line.words, count=len(line.serials), quantity=line.quantity)


def told(invoice: Invoice) -> dict[str, Any]:
    """The invoice as JSON values, amounts as texts: what its journal keeps."""
    plain: dict[str, Any] = _plain(asdict(invoice))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | Status) else value


def read(values: Mapping[str, Any]) -> Invoice:
    """The invoice that `told` gave."""
    mandate = values["mandate"]
    return Invoice(
        supplier=values["supplier"], number=values["number"], day=date.fromisoformat(values["day"]), order=values["order"],
        mandate=Mandate(mandate["number"], date.fromisoformat(mandate["day"])) if mandate else None, evidence=values["evidence"],
        lines=tuple(_line(line) for line in values["lines"]),
    )  # fmt: skip


def _line(values: Mapping[str, Any]) -> Line:
    amounts = {name: Decimal(values[name]) for name in ("net", "vat", "gross")}
    shares = {code: Decimal(part) for code, part in values["shares"].items()}
    return Line(
        values["words"], BudgetKind(values["kind"]), values["quantity"], **amounts, eligible=values["eligible"],
        reason=values["reason"], key=Key(values["key"]), shares=shares, serials=tuple(values["serials"]),
    )  # fmt: skip
