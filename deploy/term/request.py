"""A request of the State or a survey (article 8): what was asked, by when, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from inventory.french import amount, number, typeset
from inventory.status import Status


class RequestKind(Status):
    """Who is asked."""

    REPORTING = "reporting", "demande de l'État à la commune", "landmark", "plain"
    SURVEY = "survey", "enquête aux circonscriptions", "clipboard-list", "plain"


class RequestState(Status):
    """Where it stands."""

    OPEN = "open", "à répondre", "clock", "watch"
    LATE = "late", "en retard", "circle-alert", "bad"
    ANSWERED = "answered", "répondue", "circle-check", "good"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its kind, who sent it, the days it came and is due, its question; its answer once given."""

    kind: RequestKind
    sender: str
    received: date
    due: date | None
    question: str
    answered: date | None = None
    answer: str = ""

    def state(self, today: date) -> RequestState:
        """Answered, late, or still open on a day."""
        if self.answered:
            return RequestState.ANSWERED
        return RequestState.LATE if self.due and self.due < today else RequestState.OPEN


def told(request: Request) -> dict[str, Any]:
    """The request as JSON values: what its journal keeps."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(request).items()}


def read(values: Mapping[str, Any]) -> Request:
    """The request that `told` gave."""
    days = {key: date.fromisoformat(values[key]) if values[key] else None for key in ("due", "answered")}
    return Request(
        RequestKind(values["kind"]), values["sender"], date.fromisoformat(values["received"]), days["due"], values["question"], days["answered"],
        values["answer"],
    )  # fmt: skip


def prefilled(figures: Sequence[Mapping[str, Any]], opening: str, mention: str) -> str:
    """An answer to start from, in French: each figure of the quarter on its line, then the mention of article 9. A person reads it and corrects it."""
    lines = [f"- {one['label']} : {_value(one)}" for one in figures]
    return typeset("\n".join([opening, *lines, "", mention]))


def _value(figure: Mapping[str, Any]) -> str:
    if isinstance(figure["value"], int):
        return f"{number(figure['value'])} {figure['unit']}"
    return f"{amount(Decimal(figure['value']))} {str(figure['unit']).removeprefix('€').strip(' ,')}".strip()
