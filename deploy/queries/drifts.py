"""The tablets that were configured and no longer carry their baseline, chosen by what their MDM tells: few different words for many tablets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from deploy.queries.conventions import baselines
from deploy.setup.baseline import Baseline
from deploy.setup.drift import drifted
from inventory.db import read_many
from inventory.discrepancy import Discrepancy, Drifted, Kind
from inventory.mdm_status import MdmStatus
from inventory.queries.tablets import states
from inventory.scope import Scope
from inventory.sight import Seen

SOME = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TOLD = (
    "SELECT t.id, c.baseline, s.configuration, s.os_version, s.managed, s.permissions_granted, s.apps "
    "FROM tablet t JOIN mobile_class c ON c.id = t.mobile_class_id JOIN sighting s ON s.id = (SELECT o.id FROM sighting o "
    "WHERE o.serial = t.serial ORDER BY (o.status = 'gone'), COALESCE(o.enrolled_at, -4611686018427387904) DESC, o.id DESC LIMIT 1) "
    "WHERE NOT t.withdrawn AND t.stage IN ('configured', 'delivered', 'in_service') AND s.status = 'enrolled' AND c.baseline <> ''"
)


def drifts(scope: Scope) -> Iterator[Discrepancy]:
    """One discrepancy for each item that a configured tablet of a scope no longer carries."""
    known, judged = baselines(), dict[tuple[Any, ...], list[Drifted]]()
    wrong: dict[int, list[Drifted]] = {}
    for number, key, *told in read_many(_TOLD) if known else ():
        word = (key, *told)
        if word not in judged:
            judged[word] = _judged(told, known.get(key))
        if judged[word]:
            wrong[number] = judged[word]
    ids = sorted(wrong)
    for start in range(0, len(ids), SOME):
        for state in states(scope, ids=ids[start : start + SOME]):
            yield from (Discrepancy(Kind.DRIFT, state.serial, state, state.seen, drifted=one) for one in wrong[state.id])


def _judged(told: Sequence[Any], baseline: Baseline | None) -> list[Drifted]:
    return drifted(_as_told(*told), baseline) if baseline else []


def _as_told(configuration: str, os_version: str, managed: Any, permissions: Any, apps: str) -> Seen:
    """A device of these words, whichever it is."""
    flags = (None if managed is None else bool(managed), None if permissions is None else bool(permissions))
    listed = tuple((app[0], app[1], app[2]) for app in json.loads(apps))
    return Seen(0, "", "", "", "", MdmStatus.ENROLLED, EPOCH, "", os_version, configuration, *flags, listed, "", None, EPOCH, None)
