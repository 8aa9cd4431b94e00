"""What every route of the API is made of: typed questions and answers, the versions of things, writes that are never done twice.

An operation says what it is asked and what it gives as msgspec types: they are checked here, and the published document is made of
them. Refusals are RFC 9457 problems, in French; a key that replays an answer is the Idempotency-Key of the IETF draft of that name.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from flask import g, request
from msgspec import Struct
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from inventory.actions import answers
from inventory.actions.answers import Answer
from inventory.actions.records import Hand
from inventory.api.faults import said_in_french
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.queries.listing import Page
from inventory.queries.versions import version

PREFIX = "/api/v1"
KEY = re.compile(r"[!-~]{8,200}")
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
JSON = "application/json"
FILE = "application/octet-stream"
View = Callable[..., Any]
R = TypeVar("R")
S = TypeVar("S")
T = TypeVar("T")


class NoQuestion(Struct, forbid_unknown_fields=True):
    """An address without arguments."""


class Listed(Struct, Generic[T]):
    """Une page d'une liste ; « next » et « previous » se donnent en « cursor » pour lire la page d'après ou d'avant."""

    items: list[T]
    next: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What the published document says of a route; `gives` and `body` are msgspec types, or `bytes` for a file.

    `once`: the write bears an Idempotency-Key. `matched`: it bears the version it was decided on (`each_matched`: one for each thing,
    in its body). `versioned`: the answer tells it. `absent`: there may be nothing to give, before a convention is loaded.
    """

    summary: str
    gives: Any
    status: int = 200
    query: type[Struct] = NoQuestion
    body: Any = None
    once: bool = False
    matched: bool = False
    each_matched: bool = False
    versioned: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Versioned(Generic[T]):
    """What a view gives with the version of the object it shows."""

    value: T
    etag: str


class Declined(HTTPException):
    """A request that HTTP itself has a code for (400, 412, 428…), with a French sentence that says the remedy."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def operation(summary: str, **more: Any) -> Callable[[View], View]:
    """Have a view asked and answered as an `Operation`: it gets `asked` (the query) and `sent` (the body), and returns a value of `gives`."""
    told = Operation(summary, **more)

    def mark(view: View) -> View:
        @functools.wraps(view)
        def answered(**objects: Any) -> Response:
            if any("\0" in str(one) for one in objects.values()):
                raise NotFound
            asked = _question(told.query)
            objects |= {"asked": asked} if told.query is not NoQuestion else {}
            objects |= {"sent": _sent(told.body)} if told.body is not None else {}
            made = _done_once(lambda: _answer(told, view(**objects))) if told.once else _answer(told, view(**objects))
            return _response(told, made)

        answered.operation = told  # type: ignore[attr-defined]
        return answered

    return mark


def hand() -> Hand:
    """The hand of the token whose request this is."""
    return Hand(g.person, g.now)


def etag(subject: str, subject_id: int, told: int | None = None) -> str:
    """The version of a thing (`told`, if it was read already) as its ETag: it changes with every word of a person on it, never with an MDM's."""
    return f"{subject_id}-{version(subject, subject_id) if told is None else told}"


def listed(page: Page[R], line: Callable[[R], S]) -> Listed[S]:
    """A page of a list as the API gives it."""
    return Listed([line(row) for row in page.rows], *(str(one) if one else None for one in (page.after, page.before)))


def refuse_stale(subject: str, subject_id: int) -> None:
    """Raise `Declined` unless `If-Match` bears the version of a thing (RFC 9110, RFC 6585): 428 without one, 412 on another."""
    if not request.headers.get("If-Match", "").strip():
        raise Declined(428, "En-tête If-Match absent : relire l'objet, et renvoyer l'ETag de cette lecture.")
    if not request.if_match.contains(etag(subject, subject_id)):
        raise Declined(412, "L'objet a changé depuis cette lecture : le relire, décider de nouveau, et renvoyer son nouvel ETag.")


def _question(kind: type[Struct]) -> Any:
    if any("\0" in text for pair in request.args.items() for text in pair):
        raise Refused("Une adresse ne contient pas de caractère nul : l'ôter.")
    return _checked(lambda: msgspec.convert(request.args.to_dict(), kind, strict=False))


def _sent(kind: Any) -> Any:
    if kind is bytes:
        _refuse_kind(FILE)
        return request.get_data()
    _refuse_kind(JSON)
    if NUL.search(request.get_data()):
        raise Refused("Un texte ne contient pas de caractère nul : l'ôter.")
    return _checked(lambda: msgspec.json.decode(request.get_data(), type=kind))


def _refuse_kind(wanted: str) -> None:
    if request.mimetype != wanted:
        raise Declined(415, f"Content-Type = « {request.mimetype[:80]} » : envoyer {wanted}.")


def _checked(read: Callable[[], T]) -> T:
    try:
        return read()
    except msgspec.ValidationError as fault:
        raise Refused(said_in_french(str(fault))) from fault
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Declined(400, "Le corps de la requête n'est pas du JSON lisible, en UTF-8 : le corriger.") from fault


def _answer(told: Operation, given: Any) -> Answer:
    version_told = given.etag if isinstance(given, Versioned) else ""
    value = given.value if isinstance(given, Versioned) else given
    return Answer(told.status, value if told.gives is bytes else msgspec.json.encode(value), version_told)


def _done_once(make: Callable[[], Answer]) -> Answer:
    """Make an answer and keep it under its key in one transaction, or give the one that was kept: the same bytes."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Declined(400, "En-tête Idempotency-Key absent ou illisible : en donner un de 8 à 200 caractères sans espace, neuf à chaque écriture.")
    asked = hashlib.sha256(b"\0".join([request.method.encode(), request.full_path.encode(errors="replace"), request.get_data()])).hexdigest()
    with atomic():
        kept = answers.answered(key, hand())
        if kept is not None and kept[0] != asked:
            raise Refused("Cette Idempotency-Key a servi à une autre demande : en donner une neuve.")
        if kept is not None:
            return kept[1]
        made = make()
        answers.keep(key, asked, made, hand())
    return made


def _response(told: Operation, made: Answer) -> Response:
    answer = Response(made.body, made.status, content_type=FILE if told.gives is bytes else JSON)
    if made.etag:
        answer.set_etag(made.etag)
    return answer
