"""Every reading of labels: what a code names, and what the labels of a cart say when they are printed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from inventory.errors import NotFound
from inventory.labels.code import Names, read_code, shown
from inventory.labels.sheet import Face
from inventory.models import Label, MobileClass, School, Tablet
from inventory.queries.tablets import by_name
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.words import tell

PATH = "/e/"
_settings: dict[str, Any] = {}


def use(address: str, mention: Callable[[], str]) -> None:
    """Say at which address the codes are opened (empty: that of who prints), and how to ask for the sentence of article 9."""
    _settings.update(address=address, mention=mention)


def mention() -> str:
    """The sentence of article 9."""
    return str(_settings["mention"]()) if "mention" in _settings else ""


def address_of(code: str, here: str) -> str:
    """What a QR code holds: the address that opens it, else the code alone (nobody said an address)."""
    base = str(_settings.get("address", "")) or here.rstrip("/")
    return f"{base}{PATH}{code}" if base else code


def label(text: str) -> Label:
    """The label of a code, however typed; raises `NotFound`. What it names is shown by its scope only."""
    code = read_code(text)
    row = Label.get_or_none(Label.code == code) if code else None
    if row is None:
        raise NotFound
    return row


def named(scope: Scope, text: str) -> Label:
    """The label of a code in a scope; a blank one is anybody's to stick. Raises `NotFound`."""
    row = label(text)
    if row.names != Names.BLANK.value and not visible(scope, Label).where(Label.code == row.code).exists():
        raise NotFound
    return row


def thing(scope: Scope, text: str) -> tuple[MobileClass | Tablet, int | None]:
    """What somebody names by hand or by scanner: a label, a serial number, an asset tag, a cart, a slot (« AIX-CM01/7 »)."""
    code = read_code(text)
    known = visible(scope, Label).where(Label.code == code).first() if code else None
    if known is not None and known.tablet is not None:
        return known.tablet, None
    if known is not None and known.mobile_class is not None:
        return known.mobile_class, known.slot
    tablet = by_name(scope, text)
    if tablet is not None:
        return tablet, None
    cart, _, slot = text.strip().partition("/")
    row = visible(scope, MobileClass).where((MobileClass.code == cart.strip().upper()) & ~MobileClass.withdrawn).first()
    if row is None or (slot and not slot.strip().isdecimal()):
        raise NotFound
    return row, int(slot) if slot else None


def tablets_inside(scope: Scope, cart: MobileClass, slots: Collection[int]) -> list[Tablet]:
    """The tablets of some slots of a cart, in their order."""
    rows = visible(scope, Tablet).where((Tablet.mobile_class == cart) & Tablet.slot.in_(list(slots)) & ~Tablet.withdrawn)
    return list(rows.order_by(Tablet.slot))


def faces(scope: Scope, cart: MobileClass, what: Collection[str], slots: Sequence[int], here: str) -> list[Face]:
    """The labels of a cart that have a code: the cart's, its slots', its tablets', as asked; in this order."""
    inside = tablets_inside(scope, cart, slots)
    codes: dict[tuple[str, int | None], str] = {}
    mine = (Label.mobile_class == cart) | Label.tablet.in_([tablet.id for tablet in inside])
    for row in visible(scope, Label).where(mine & (Label.names != Names.PAPER.value)).order_by(Label.made, Label.code):
        codes.setdefault((row.names, row.slot if row.tablet_id is None else row.tablet_id), row.code)
    found = []
    if Names.CART in what and (Names.CART, None) in codes:
        found.append(_cart_face(cart, codes[Names.CART, None], here))
    if Names.SLOT in what:
        found += [_slot_face(cart, slot, codes[Names.SLOT, slot], here) for slot in slots if (Names.SLOT, slot) in codes]
    if Names.TABLET in what:
        found += [_tablet_face(cart, tablet, codes[Names.TABLET, tablet.id], here) for tablet in inside if (Names.TABLET, tablet.id) in codes]
    return found


def _cart_face(cart: MobileClass, code: str, here: str) -> Face:
    school: School = cart.school
    told = (school.name, shown(code), f"{cart.slots} alvéoles", "Scanner pour pointer")
    return Face(code, address_of(code, here), cart.code, cart.code, told)


def _slot_face(cart: MobileClass, slot: int, code: str, here: str) -> Face:
    return Face(code, address_of(code, here), code, f"N° {slot}", (cart.code, shown(code)))


def _tablet_face(cart: MobileClass, tablet: Tablet, code: str, here: str) -> Face:
    told = (tablet.serial, f"{cart.code} / {tablet.slot}", shown(code))
    return Face(code, address_of(code, here), tablet.serial, tablet.asset_tag or tablet.serial, told if tablet.asset_tag else told[1:])


def lots() -> list[tuple[int, int, int]]:
    """The lots of blank labels, newest first: number, labels made, labels still blank."""
    found: dict[int, tuple[int, int]] = {}
    for lot, names in Label.select(Label.lot, Label.names).where(Label.lot.is_null(False)).order_by(Label.lot.desc()).tuples():
        made, blank = found.get(lot, (0, 0))
        found[lot] = made + 1, blank + (names == Names.BLANK.value)
    return [(lot, made, blank) for lot, (made, blank) in found.items()][:50]


def blank_faces(lot: int, here: str) -> list[Face]:
    """The labels of a lot that are still blank; raises `NotFound` when there is none."""
    rows = list(Label.select().where((Label.lot == lot) & (Label.names == Names.BLANK.value)).order_by(Label.made, Label.code))
    if not rows:
        raise NotFound
    words = (tell("Coller, scanner,"), tell("dire sur quoi."))
    return [Face(row.code, address_of(row.code, here), row.code, shown(row.code), words) for row in rows]
