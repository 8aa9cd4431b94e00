"""What a stock-take finds, compared with what is expected; and the decisions that end it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inventory.status import Status


class Decided(Status):
    """What is decided of something missing or unexpected."""

    SEARCH = "search", "à chercher : incident ouvert", "search-x", "watch"
    ELSEWHERE = "elsewhere", "vue ailleurs, elle reviendra", "school", "watch"
    TAKE_OUT = "take_out", "sortie de la valise", "archive", "rest"
    PLACE = "place", "rangée dans cette valise", "briefcase", "good"
    RETURN = "return", "à rendre à sa valise", "undo-2", "watch"
    REGISTER = "register", "à inscrire à l'inventaire", "file-up", "watch"
    NOTHING = "nothing", "ne compte pas", "circle-slash", "rest"


OF_MISSING = (Decided.SEARCH, Decided.ELSEWHERE, Decided.TAKE_OUT)
OF_UNEXPECTED = (Decided.PLACE, Decided.RETURN)
OF_UNKNOWN = (Decided.REGISTER, Decided.NOTHING)


@dataclass(frozen=True, slots=True)
class Difference:
    """The ids of tablets found where expected, missing, unexpected; and the texts that name nothing."""

    found: tuple[int, ...]
    missing: tuple[int, ...]
    unexpected: tuple[int, ...]
    unknown: tuple[str, ...]

    def undecided(self, decided: Mapping[str, str]) -> list[str]:
        """The keys (`tablet:7`, `text:ABC`) of what still waits for a decision."""
        keys = [f"tablet:{one}" for one in (*self.missing, *self.unexpected)] + [f"text:{one}" for one in self.unknown]
        return [key for key in keys if key not in decided]


def compare(expected: Iterable[int], seen: Iterable[tuple[str, int | None]]) -> Difference:
    """What was seen, each a (text, tablet id or None), beside the ids expected; the same tablet scanned twice counts once."""
    wanted, rows = list(dict.fromkeys(expected)), list(seen)
    known = dict.fromkeys(tablet for _, tablet in rows if tablet is not None)
    return Difference(
        tuple(one for one in wanted if one in known), tuple(one for one in wanted if one not in known),
        tuple(one for one in known if one not in set(wanted)), tuple(text for text, tablet in rows if tablet is None),
    )  # fmt: skip
