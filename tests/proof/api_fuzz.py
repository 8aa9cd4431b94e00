"""What no program should be able to get of the API: a fault, or an answer that its document does not tell.

`python tests/proof/api_fuzz.py --requests 100000` sends what schemathesis makes of the whole document, sound and unsound, with good objects and
made-up ones, by tokens of several roles and by none; it prints how many requests were answered by each code, and what was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from three_schools import THURSDAY, Town, town

from config import tokens
from inventory.actions import drafts
from inventory.actions.records import Hand
from inventory.db import database
from inventory.models import School
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance]
SOUND, UNSOUND = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
FEW, TOLD_EVERY = 20, 5_000


@dataclass
class Found:
    """What was answered, and the first faults of each kind."""

    sent: int = 0
    codes: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bearer:
    """How a batch of requests is sent: by which token, with which objects, made how."""

    text: str
    objects: dict[str, object]
    made: GenerationMode


def bearers(built: Town) -> list[Bearer]:
    """Tokens of several roles and none, over objects that are there, another school's, and made up."""
    with database.connection_context():
        own = Scope.of([School.get(School.uai == built.own["uai"]).id])
        manager, text = tokens.add("fuzz", Role.MANAGER, EVERYWHERE, date(2018, 12, 31), THURSDAY, by=None)
        technician = tokens.add("fuzz", Role.TECHNICIAN, own, date(2018, 12, 31), THURSDAY, by=None)[1]
        auditor = tokens.add("fuzz", Role.AUDITOR, EVERYWHERE, date(2018, 12, 31), THURSDAY, by=None)[1]
        note = f"N° de série;Classe mobile;Alvéole\nTESTV700001;{built.own['code']};12\n".encode()
        draft = drafts.keep("tablets", "bon.csv", note, Hand(manager.person, THURSDAY)).id
    there = {**built.own, "draft_id": draft, "name": "trimestre.json"}
    return [
        Bearer(text, there, SOUND), Bearer(text, {}, SOUND), Bearer(text, there, UNSOUND), Bearer(technician, there, SOUND),
        Bearer(technician, dict(built.foreign), SOUND), Bearer(auditor, there, SOUND), Bearer("", there, SOUND),
    ]  # fmt: skip


def fuzz(built: Town, requests: int, *, few: int = FEW, start: int = 0) -> Found:
    """Send `requests` requests, a few of each operation in turn; stops early once ten kinds of fault are known, or interrupted."""
    built.app.config["PACE"]._most = 10**9
    built.app.testing = False
    schema, found, several = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", built.app), Found(), bearers(built)
    operations = [one.ok() for one in schema.get_all_operations()]
    turns = ((operation, bearer) for _ in iter(int, 1) for bearer in several for operation in operations)
    for number, (operation, bearer) in enumerate(turns, start):
        if found.sent >= requests or len(found.faults) >= 10:
            return found
        before = found.sent // TOLD_EVERY
        try:
            _batch(operation, bearer, min(few, requests - found.sent), number, found)
        except KeyboardInterrupt:
            return found
        if found.sent // TOLD_EVERY > before:
            print(f"{found.sent} requests, {len(found.faults)} faults; the next begins at --start {number + 1}", file=sys.stderr, flush=True)
    return found


def _batch(operation: Any, bearer: Bearer, most: int, number: int, found: Found) -> None:
    arguments = {name: value for name, value in bearer.objects.items() if f"{{{name}}}" in operation.path}
    matched = bearer.made is SOUND and any(one.name == "If-Match" for one in operation.headers)
    try:
        cases = operation.as_strategy(bearer.made, path_parameters=arguments or None, headers={"If-Match": "*"} if matched else None)
        _run(cases, bearer, most, number, found)
    except schemathesis.errors.SchemathesisError:  # nothing of this kind can be made of this operation
        return


def _run(cases: Any, bearer: Bearer, most: int, number: int, found: Found) -> None:
    @seed(number)
    @settings(max_examples=most, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=cases)
    def send(case: Any) -> None:
        _send(case, bearer, found)

    send()


def _send(case: Any, bearer: Bearer, found: Found) -> None:
    headers = {"Authorization": f"Bearer {bearer.text}"} if bearer.text else {}
    answer = case.call(headers=headers)
    found.sent += 1
    found.codes[answer.status_code] += 1
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        for fault in group.exceptions:
            kind = f"{case.method} {case.path}: {type(fault).__name__} {answer.status_code}"
            found.faults.setdefault(kind, f"{fault}\n{case.as_curl_command()}"[:1500])


def lines(found: Found) -> Iterator[str]:
    """What to print."""
    yield f"{found.sent} requests: " + ", ".join(f"{count} × {code}" for code, count in sorted(found.codes.items()))
    yield f"{sum(count for code, count in found.codes.items() if code >= 500)} × 500, {len(found.faults)} kinds of answer that the document does not tell"
    yield from (f"\n{kind}\n{told}" for kind, told in found.faults.items())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--start", type=int, default=0, help="the seed of the first batch")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, town(Path(folder)) as built:
        found = fuzz(built, told.requests, start=told.start)
    print("\n".join(lines(found)))
    return 1 if found.faults or found.sent < told.requests else 0


if __name__ == "__main__":
    sys.exit(main())
