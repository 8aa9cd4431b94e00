"""A school's identifier, the UAI: seven digits and a check letter, the number modulo 23 (répertoire académique et ministériel)."""

from __future__ import annotations

import re
import unicodedata

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
        raise ValueError(f"UAI « {text} » : {wrong[0]} ; {wrong[1]}.")
    return code


def fault(text: str) -> tuple[str, str] | None:
    """What is wrong with a UAI and its remedy, in French; None if it is right."""
    code = _code(text)
    if not SHAPE.fullmatch(code):
        return "il faut sept chiffres, dont le département, et une lettre", "écrire par exemple 0131204N"
    expected = letter(int(code[:7]))
    if expected != code[7]:
        return f"la lettre de contrôle de {code[:7]} est {expected}, pas {code[7]}", "vérifier les chiffres et la lettre"
    return None


def _code(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
