"""Passwords: argon2id (RFC 9106) with the library's own parameters, at least twelve characters, none that everybody tries first.

A digest costs memory and most of a second, so only a few are computed at once: a crowd at the door waits, the house stands.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from inventory.errors import Refused
from inventory.words import tell

SHORTEST, LONGEST = 12, 256
AT_ONCE = 2
# What is left of a password once its digits and signs are gone says how it was made; these are tried first in France.
TRIED_FIRST = frozenset({
    "motdepasse", "password", "passe", "azertyuiop", "azerty", "qwertyuiop", "qwerty", "cartable", "tablette", "tablettes",
    "ecole", "administrateur", "administrator", "admin", "bonjour", "soleil", "doudou", "loulou", "marseille",
    "aixenprovence", "changeme", "welcome", "bienvenue",
})  # fmt: skip
_turns = threading.BoundedSemaphore(AT_ONCE)
_hasher = PasswordHasher()


def use(hasher: PasswordHasher) -> None:
    """Weigh passwords otherwise: heavier on a strong machine, lighter in tests."""
    global _hasher
    _hasher = hasher
    decoy.cache_clear()


def refuse_weak(password: str, login: str) -> None:
    """Raise `Refused` for a password too short, or that would be guessed in a few tries."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(tell("Mot de passe de {count} caractères : en choisir de {shortest} à {longest}, une phrase par exemple.", count=len(password), shortest=SHORTEST, longest=LONGEST))
    letters, own = re.sub(r"[^a-z]", "", _plain(password)), _plain(login)
    if len(set(password)) < 5 or letters in TRIED_FIRST | {own} or (len(own) > 3 and own in _plain(password)):
        raise Refused(tell("Mot de passe trop facile à deviner : en choisir un sans l'identifiant, une phrase par exemple."))


def digest(password: str) -> str:
    """What is kept of a password."""
    with _turns:
        return _hasher.hash(_same(password))


def matches(kept: str, password: str) -> bool:
    """Whether this is the password kept; False too for a digest that is none."""
    try:
        with _turns:
            return _hasher.verify(kept, _same(password[: 4 * LONGEST]))
    except (VerificationError, InvalidHashError):
        return False


def outdated(kept: str) -> bool:
    """Whether the digest was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def decoy() -> str:
    """A digest that no password gives, so that an unknown login costs what a known one does."""
    return digest("\0 nobody")


def _same(password: str) -> str:
    """One form for the keyboards that write « é » as one character and those that write two."""
    return unicodedata.normalize("NFC", password)


def _plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(sign))
