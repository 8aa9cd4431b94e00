"""What was answered to a program under the key it gave for a write, kept in the transaction of that write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from inventory.actions.records import Hand
from inventory.models import ApiAnswer

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out: its status, its bytes, the version of the object it shows."""

    status: int
    body: bytes
    etag: str = ""


def answered(key: str, hand: Hand) -> tuple[str, Answer] | None:
    """What was asked (its digest) and answered under this key by the same token, less than a day ago; None if it is new."""
    row = ApiAnswer.get_or_none((ApiAnswer.person == hand.by) & (ApiAnswer.key == key))
    if row is None or hand.now - row.at >= KEPT:
        return None
    return row.asked, Answer(row.status, bytes(row.body), row.etag)


def keep(key: str, asked: str, answer: Answer, hand: Hand) -> None:
    """Keep the answer of a write under its key: to be called in the transaction of the write."""
    ApiAnswer.delete().where((ApiAnswer.person == hand.by) & (ApiAnswer.key == key)).execute()
    ApiAnswer.create(
        person=hand.by, key=key, asked=asked, status=answer.status, etag=answer.etag, body=answer.body, at=hand.now
    )
