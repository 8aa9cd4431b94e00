"""The opaque code of a label: nine characters drawn at random and one that catches a slip of the pen. It names, it opens nothing.

The alphabet is Crockford's base 32, without I, L, O and U; the last character is Luhn's modulo 32, which finds any one wrong
character and nearly every swap of two neighbours.
"""

from __future__ import annotations

import re

from inventory.status import Status

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 9
_READ_AS = str.maketrans("ILO", "110")
_NOISE = re.compile(r"[\s\-‐-―_.]+")


class Names(Status):
    """What a label is stuck on."""

    CART = "cart", "la valise", "briefcase", "plain"
    SLOT = "slot", "une alvéole", "square", "plain"
    TABLET = "tablet", "une tablette", "tablet", "plain"
    PAPER = "paper", "un document", "file-text", "plain"
    BLANK = "blank", "rien encore", "circle-dashed", "unknown"


def code_of(numbers: bytes) -> str:
    """The code of nine random bytes."""
    drawn = "".join(ALPHABET[number % 32] for number in numbers[:DRAWN])
    return drawn + ALPHABET[-_sum(drawn + "0") % 32]


def read_code(text: str) -> str | None:
    """A code as typed or scanned, alone or at the end of its address, in its one form; None if it is none."""
    plain = _NOISE.sub("", text.strip().rstrip("/").rpartition("/")[2]).upper().translate(_READ_AS)
    if len(plain) != DRAWN + 1 or any(sign not in ALPHABET for sign in plain):
        return None
    return plain if _sum(plain) % 32 == 0 else None


def shown(code: str) -> str:
    """A code in two halves, as people read it."""
    return f"{code[:5]}-{code[5:]}"


def _sum(plain: str) -> int:
    total = 0
    for place, sign in enumerate(reversed(plain)):
        value = ALPHABET.index(sign) * (2 if place % 2 else 1)
        total += value // 32 + value % 32
    return total
