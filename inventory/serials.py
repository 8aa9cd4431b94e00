"""Serial numbers as people and scanners write them: one normal form, those that name nothing, those easily confused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SHORTEST, LONGEST = 5, 40
PLACEHOLDERS = frozenset({
    "TOBEFILLEDBYOEM", "UNKNOWN", "INCONNU", "INCONNUE", "NONE", "NULL", "DEFAULTSTRING", "SYSTEMSERIALNUMBER", "SERIALNUMBER",
    "NUMERODESERIE", "NOTSPECIFIED", "NONRENSEIGNE", "0123456789", "123456789", "1234567890", "0123456789ABCDEF", "ABCDEFGHIJ",
})  # fmt: skip
_NOISE = re.compile(r"[\s\-‐-―_./\\]+")
_CONFUSED = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


def normalise(text: str) -> str:
    """Upper case, no spaces, hyphens or dots, width and accents of the keyboard undone (NFKC)."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def complaint(serial: str) -> str | None:
    """Why a serial number names no device, in French; None if it may be one."""
    if not serial:
        return "N° de série absent : le relever au dos de la tablette."
    if _SCIENTIFIC.fullmatch(serial.strip()):
        return f"N° de série « {serial} » : le tableur l'a changé en nombre ; mettre la colonne en texte et le ressaisir."
    plain = normalise(serial)
    if plain in PLACEHOLDERS or len(set(plain)) <= 1:
        return f"N° de série « {serial} » : ce n'est qu'un remplissage du fabricant ; relever le vrai numéro sur la tablette."
    if not plain.isascii() or not plain.isalnum():
        return f"N° de série « {serial} » : seuls des chiffres et des lettres sans accent sont attendus ; vérifier la saisie."
    if not SHORTEST <= len(plain) <= LONGEST:
        return f"N° de série « {serial} » : {len(plain)} caractères ; il en faut de {SHORTEST} à {LONGEST}, vérifier la saisie."
    return None


def confusion_key(serial: str) -> str:
    """The serial with the letters that look like digits as those digits (O, Q as 0; I, L as 1): alike numbers share it."""
    return normalise(serial).translate(_CONFUSED)


def near_duplicates(serials: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of different serials that only O/0 or I/1 tell apart, in the order given."""
    first: dict[str, str] = {}
    pairs = []
    for serial in serials:
        other = first.setdefault(confusion_key(serial), serial)
        if other != serial:
            pairs.append((other, serial))
    return pairs
