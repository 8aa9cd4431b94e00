"""The published document of the API (OpenAPI 3.1.0), made of the routes themselves; `python -m config.openapi` writes `docs/openapi.json`."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from flask import Flask

from config.problems import KIND, TITLES, Problem
from inventory.access import ANYONE, policy
from inventory.api.events import EVENTS
from inventory.api.frame import FILE, JSON, PREFIX, NoQuestion, Operation
from inventory.outbox import EventKind
from inventory.roles import Role

REFERENCE = "#/components/schemas/{name}"
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
DESCRIPTION = (
    "Tout ce que les pages de Cartable montrent et enregistrent, pour des programmes. Chaque demande porte un jeton "
    "(« Authorization: Bearer ctb_… ») qu'un administrateur crée avec un rôle, des écoles et une fin ; ce qui n'est pas de ces écoles "
    "n'existe pas pour lui. Les refus sont des problèmes (RFC 9457) en français. Une écriture porte une « Idempotency-Key » neuve : "
    "répétée avec le même corps, elle reçoit la même réponse et n'enregistre rien de plus. « If-Match » y porte l'ETag lu."
)
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[!-~]{8,200}$"},
    "description": "Neuve à chaque écriture, la même à chaque nouvel essai de la même écriture.",
}  # fmt: skip
MATCH = {
    "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string", "minLength": 1},
    "description": "L'ETag de l'objet sur lequel l'écriture a été décidée.",
}  # fmt: skip
ETAG = {"ETag": {"required": True, "schema": {"type": "string"}, "description": "La version de l'objet."}}

TOLD_WITH = {
    "Cartable-Event": "L'identifiant de l'événement : le même à chaque nouvel essai.", "Cartable-Kind": "Son genre.",
    "Cartable-Signature": "« t=<secondes>,v1=<hexadécimal> » : HMAC-SHA256, sous le secret de l'abonnement, de « <secondes>.<corps> ».",
}  # fmt: skip


def document(app: Flask) -> dict[str, Any]:
    """The document of every operation of `app`."""
    found = sorted(_operations(app), key=lambda one: (one[0], one[1]))
    types = [Problem, *EVENTS.values(), *(kind for *_, told, _ in found for kind in (told.query, told.gives, told.body) if kind not in (None, bytes))]
    schemas, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    by_type = {_name(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for path, method, name, told, roles in found:
        paths.setdefault(path, {})[method] = _described(path, method, name, told, roles, by_type, components)
    shown = {name: schema for name, schema in components.items() if name not in {told.query.__name__ for *_, told, _ in found}}
    return {
        "openapi": "3.1.0", "info": {"title": "Cartable", "version": "1", "description": DESCRIPTION},
        "paths": paths, "webhooks": {kind.value: _told(kind, by_type[_name(event)]) for kind, event in EVENTS.items()}, "security": [{"token": []}],
        "components": {"schemas": shown, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }  # fmt: skip


def text(app: Flask) -> str:
    """The document as it is served and committed."""
    return json.dumps(document(app), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _operations(app: Flask) -> Iterator[tuple[str, str, str, Operation, frozenset[Role]]]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        told, admitted = getattr(view, "operation", None), policy(view)
        if rule.rule.startswith(f"{PREFIX}/") and told is not None and admitted is not None:
            path = ARGUMENT.sub(r"{\2}", rule.rule)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield path, method.lower(), rule.endpoint, told, admitted.roles


def _described(
    path: str, method: str, name: str, told: Operation, roles: frozenset[Role], by_type: Mapping[str, Any], components: Mapping[str, Any]
) -> dict[str, Any]:  # fmt: skip
    arguments = [_argument(one) for one in re.findall(r"{(\w+)}", path)]
    query = list(_query(components[told.query.__name__])) if told.query is not NoQuestion else []
    found: dict[str, Any] = {
        "operationId": name.replace(".", "_"), "summary": told.summary, "tags": [path.split("/")[3]],
        "parameters": arguments + query + ([KEY] if told.once else []) + ([MATCH] if told.matched else []),
        "responses": {str(told.status): _given(told, by_type)} | {str(code): _problem(code) for code in _codes(path, method, told, roles)},
    }  # fmt: skip
    if roles != ANYONE and len(roles) < len(Role):
        found["description"] = f"Rôles : {', '.join(sorted(role.french for role in roles))}."
    if roles == ANYONE:
        found["security"] = []
    if told.body is not None:
        found["requestBody"] = {"required": True, "content": _content(told.body, by_type)}
    return found


def _codes(path: str, method: str, told: Operation, roles: frozenset[Role]) -> list[int]:
    """The refusals that an operation may give."""
    codes = {400, 422, *({404} if "{" in path or method == "post" else ())}
    codes |= set() if roles == ANYONE else {401, 403, 429}
    codes |= {413, 415} if told.body is not None else set()
    codes |= {412, 428} if told.matched else {412} if told.each_matched else set()
    codes |= {404} if told.absent else set()
    codes |= {409, 503, 507} if method == "post" else set()
    return sorted(codes)


def _argument(name: str) -> dict[str, Any]:
    number = name.endswith("_id")
    schema: dict[str, Any] = {"type": "integer", "minimum": 0} if number else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, one in schema["properties"].items():
        bare = {key: value for key, value in one.items() if key not in ("description", "default")}
        choices = bare.get("anyOf")
        if choices:
            bare = next(choice for choice in choices if choice != {"type": "null"})
        told = {"description": one["description"]} if "description" in one else {}
        yield {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": bare, **told}


def _given(told: Operation, by_type: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"description": told.summary, "content": _content(told.gives, by_type)}
    return found | ({"headers": ETAG} if told.versioned else {})


def _content(kind: Any, by_type: Mapping[str, Any]) -> dict[str, Any]:
    return {FILE: {"schema": {"type": "string", "format": "binary"}}} if kind is bytes else {JSON: {"schema": by_type[_name(kind)]}}


def _problem(code: int) -> dict[str, Any]:
    return {"description": TITLES[code], "content": {KIND: {"schema": {"$ref": REFERENCE.format(name="Problem")}}}}


def _told(kind: EventKind, schema: Mapping[str, Any]) -> dict[str, Any]:
    """An event as its program receives it."""
    headers = [{"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": said} for name, said in TOLD_WITH.items()]
    body = {"required": True, "content": {JSON: {"schema": schema}}}
    answers = {"2XX": {"description": "Reçu. Toute autre réponse est un échec : l'événement revient, douze fois au plus, de plus en plus tard."}}
    return {"post": {"summary": kind.french, "parameters": headers, "requestBody": body, "responses": answers, "security": []}}


def _name(kind: Any) -> str:
    return repr(kind)


if __name__ == "__main__":
    from config import schema
    from config.app import create_app
    from config.settings import read
    from config.wiring import wire

    with tempfile.TemporaryDirectory() as folder:
        told = read({"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db"})
        wire(told)
        schema.migrate()
        sys.stdout.write(text(create_app(told)))
