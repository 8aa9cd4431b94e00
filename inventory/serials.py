"""Serial numbers as people and scanners write them: one normal form, those that name nothing, those easily confused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from inventory.words import tell

SHORTEST, LONGEST = 5, 40
PLACEHOLDERS = frozenset({
    "TOBEFILLEDBYOEM", "TOBEFILLED", "UNKNOWN", "INCONNU", "INCONNUE", "NONE", "NULL", "DEFAULT", "DEFAULTSTRING",
    "SYSTEMSERIALNUMBER", "SERIALNUMBER", "SERIAL", "NUMERODESERIE", "NOTSPECIFIED", "NOTAPPLICABLE", "NOTAVAILABLE",
    "NONRENSEIGNE", "SANSNUMERO", "AUCUN", "NEANT", "0123456789ABCDEF", "ABCDEFGHIJ",
})  # fmt: skip
_NOISE = re.compile(r"[\s\-‐-―_./\\]+")
_CONFUSED = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1"})
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_USUAL = re.compile(rf"(?!S)(?!(.)\1*\Z)(?=[0-9]*[A-Z])[0-9A-Z]{{{SHORTEST},{LONGEST}}}")
"""A letter somewhere, no S before it all, not one sign alone."""
_COUNTING = "01234567890123456789012345678901234567890"
_APPLE = re.compile(r"[0-9A-HJ-NP-Z]{3}[C-HJ-NP-TV-Z][1-9C-HJ-NP-RTV-Y][0-9A-HJ-NP-Z]{7}")
"""Apple's twelve characters until 2021: plant 3, year 1, week 1, unique 3, model 4; no O and no I."""


def normalise(text: str) -> str:
    """Upper case, no spaces, hyphens or dots, width and accents of the keyboard undone (NFKC).

    The S that Apple's bar codes put before the number goes when what follows is an Apple number, and only then.
    """
    plain = text.upper() if text.isascii() and text.isalnum() else _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
    return plain[1:] if plain.startswith("S") and _APPLE.fullmatch(plain[1:]) else plain


def usual(text: str) -> bool:
    """Whether a text is a serial number in its normal form, seen at a glance: without a fault. A `False` says nothing."""
    return _USUAL.fullmatch(text) is not None and text not in PLACEHOLDERS


def complaint(serial: str) -> str | None:
    """Why a serial number names no device, in French; None if it may be one."""
    wrong = None if usual(serial) else fault(serial)
    if wrong is None:
        return None
    value = tell(" « {serial} »", serial=serial) if serial.strip() else ""
    return tell("N° de série{value} : {wrong} ; {remedy}.", value=value, wrong=wrong[0], remedy=wrong[1])


def fault(serial: str) -> tuple[str, str] | None:
    """What is wrong with a serial number and its remedy, in French; None if it may be one."""
    plain = normalise(serial)
    if not plain:
        return tell("il est absent"), tell("le relever au dos de la tablette")
    if _SCIENTIFIC.fullmatch(serial.strip()):
        return tell("le tableur l'a changé en nombre"), tell("mettre la colonne en texte et le ressaisir")
    if plain in PLACEHOLDERS or len(set(plain)) == 1 or (len(plain) >= SHORTEST and plain in _COUNTING):
        return tell("ce n'est qu'un remplissage du fabricant"), tell("relever le vrai numéro sur la tablette")
    if not plain.isascii() or not plain.isalnum():
        return tell("seuls des chiffres et des lettres sans accent sont attendus"), tell("vérifier la saisie")
    if not SHORTEST <= len(plain) <= LONGEST:
        return tell("{count} caractères, il en faut de {shortest} à {longest}", count=len(plain), shortest=SHORTEST, longest=LONGEST), tell("vérifier la saisie")
    return None


def confusion_key(serial: str) -> str:
    """The serial with the letters that look like digits as those digits (O, Q as 0; I, L as 1): alike numbers share it."""
    return (serial if usual(serial) else normalise(serial)).translate(_CONFUSED)


def confusion_keys(normalised: Iterable[str]) -> list[str]:
    """The keys of many serials in their normal form, which have no line end: translated all at once."""
    return "\n".join(normalised).translate(_CONFUSED).split("\n")


def one_edit(one: str, other: str) -> bool:
    """Whether one character added, removed or changed, or two neighbours swapped, makes one of the other (both normalised, not equal)."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right or left == right[1:]


def near_duplicates(serials: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of different serials that only O/0 or I/1 tell apart: each one with the first of its likes, in the order given."""
    first: dict[str, str] = {}
    pairs = []
    for serial in dict.fromkeys(normalise(serial) for serial in serials):
        other = first.setdefault(confusion_key(serial), serial)
        if other != serial:
            pairs.append((other, serial))
    return pairs
