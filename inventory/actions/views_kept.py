"""The views of lists that people keep: their own, and those shared with their role."""

from __future__ import annotations

from urllib.parse import parse_qs

from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.models import MobileClass, Person, SavedView, School
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.words import tell

NAME_LENGTH = 60
MOST_KEPT = 50


@atomic
def keep_view(page: str, name: str, query: str, hand: Hand, *, shared: bool = False) -> SavedView:
    """Keep the view of a list under a name of this person; the same name again replaces it. Raises `Refused` on a bad name."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_LENGTH:
        raise Refused(tell("Nom de la vue : {count} caractères ; en donner un de 1 à {most} caractères.", count=len(name), most=NAME_LENGTH))
    mine = SavedView.select().where((SavedView.person == hand.by) & (SavedView.page == page))
    row = mine.where(SavedView.name == name).first() or SavedView(person=hand.by, page=page, name=name)
    if row.id is None and mine.count() >= MOST_KEPT:
        raise Refused(tell("{most} vues sont déjà gardées pour cette liste : en oublier une d'abord.", most=MOST_KEPT))
    row.query, row.shared, row.at = query, shared, hand.now
    row.save()
    return row


@atomic
def forget_view(view_id: int, hand: Hand) -> SavedView:
    """Forget a view of this person; another's is as if it did not exist (`NotFound`)."""
    row = SavedView.get_or_none((SavedView.id == view_id) & (SavedView.person == hand.by))
    if row is None:
        raise NotFound
    row.delete_instance()
    return row


def views_of(page: str, person: Person, scope: Scope) -> list[SavedView]:
    """The views of a list that this person kept, then those that people of the same role share and that name nothing beyond `scope`."""
    shown = (SavedView.person == person) | (SavedView.shared & (Person.role == person.role))
    rows = SavedView.select(SavedView, Person).join(Person).where((SavedView.page == page) & shown)
    within = [row for row in rows if row.person_id == person.id or _reaches(row.query, scope)]
    return sorted(within, key=lambda row: (row.person_id != person.id, row.name))


def _reaches(query: str, scope: Scope) -> bool:
    """Whether somebody of `scope` may read what a view asks for: words typed freely may name any place."""
    asked = parse_qs(query)
    places = [(School, School.uai, uai) for uai in asked.get("ecole", ())] + [(MobileClass, MobileClass.code, code) for code in asked.get("classe", ())]
    return scope.everywhere or (
        "q" not in asked and all(visible(scope, model).where(column == name.upper()).exists() for model, column, name in places)
    )
