"""A place in a sorted list: the sort value and the id of a row, so that a page begins where another ended, whatever was added."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from inventory.errors import Refused
from inventory.words import tell

LONGEST = 600


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows after (or before, if `back`) the row of this sort value and this id."""

    value: str | int
    id: int
    back: bool = False

    def __str__(self) -> str:
        told = json.dumps([self.value, self.id, int(self.back)], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(told.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def read_cursor(text: str, kind: type[str] | type[int]) -> Cursor | None:
    """The cursor written in an address, its value of the sort's `kind`; None if empty. Raises `Refused` on anything else."""
    if not text:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text) % 4)))
        value, number, back = told
    except (ValueError, TypeError, binascii.Error) as fault:
        raise _refusal(text) from fault
    if not isinstance(value, kind) or isinstance(value, bool) or type(number) is not int or back not in (0, 1) or abs(number) >= 2**63:
        raise _refusal(text)
    if isinstance(value, int) and abs(value) >= 2**63:
        raise _refusal(text)
    return Cursor(value, number, bool(back))


def _refusal(text: str) -> Refused:
    return Refused(tell("suite = « {value} » n'est pas une page de cette liste : reprendre la liste à son début.", value=text[:40]))
