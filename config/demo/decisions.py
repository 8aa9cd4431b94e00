"""What people decided of the discrepancies that the readings of autumn 2017 showed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from config.demo.story import Line, on
from inventory.actions.gaps import decide
from inventory.actions.records import Hand
from inventory.discrepancy import Kind, Verdict
from inventory.models import Gap
from inventory.roles import Role


def decisions() -> Iterator[Line]:
    """Every line in the order of its moment."""
    yield Line(on(12, 4, 9), "dsi", decided(Kind.UNKNOWN_TO_INVENTORY, Verdict.EXPLAINED, "Tablette de la direction des écoles, hors convention : vue avec le service", Role.MANAGER))
    yield Line(on(12, 6, 9), "technicien", decided(Kind.SERIAL_MISMATCH, Verdict.TO_FIX, "Relevé au dos : six zéros, la lettre O vient du bon de livraison", Role.MANAGER))


def decided(kind: Kind, verdict: Verdict, reason: str, owner: Role) -> Callable[[Hand], object]:
    def act(hand: Hand) -> None:
        row = Gap.select().where((Gap.kind == kind.value) & Gap.closed.is_null()).order_by(Gap.id).get()
        decide(row, verdict, reason, owner, row.facts, hand)

    return act
