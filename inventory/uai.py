"""A school's identifier, the UAI: seven digits and a check letter, the number modulo 23 (répertoire académique et ministériel)."""

from __future__ import annotations

import re
import unicodedata

from inventory.words import tell

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
SHAPE = re.compile(r"(0[0-8][0-9]|09[0-5]|9[78][0-9]|[67]20)[0-9]{4}[A-Z]")


def letter(number: int) -> str:
    """The check letter of a seven-digit number: 0131204 gives N."""
    return LETTERS[number % len(LETTERS)]


def is_valid(text: str) -> bool:
    """True for a UAI as it is stored: upper case, a département that exists, its own check letter."""
    return bool(SHAPE.fullmatch(text)) and letter(int(text[:7])) == text[7]


def normalise(text: str) -> str:
    """The UAI as it is stored; ValueError, in French, with the value and the remedy.

    Lower case and spaces are accepted, the check letter is verified and never guessed.
    """
    code = _code(text)
    wrong = fault(text)
    if wrong:
        raise ValueError(tell("UAI « {text} » : {wrong} ; {remedy}.", text=text, wrong=wrong[0], remedy=wrong[1]))
    return code


def fault(text: str) -> tuple[str, str] | None:
    """What is wrong with a UAI and its remedy, in French; None if it is right."""
    code = _code(text)
    if not SHAPE.fullmatch(code):
        return tell("il faut sept chiffres, dont le département, et une lettre"), tell("écrire par exemple 0131204N")
    expected = letter(int(code[:7]))
    if expected != code[7]:
        return tell("la lettre de contrôle de {number} est {expected}, pas {letter}", number=code[:7], expected=expected, letter=code[7]), tell("vérifier les chiffres et la lettre")
    return None


def _code(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
