"""A short run of the proof over the whole document of the API, and the proof that it sees what it looks for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from proof.api_fuzz import fuzz
from three_schools import Town, town


@pytest.fixture
def villeneuve(tmp_path: Path) -> Iterator[Town]:
    with town(tmp_path) as built:
        yield built


def test_six_hundred_requests_over_the_whole_document_find_no_fault_and_nothing_untold(villeneuve: Town) -> None:
    found = fuzz(villeneuve, 600, few=3)
    assert found.faults == {}
    assert found.sent == 600 and {200, 401, 403, 404, 409, 422} <= found.codes.keys()


def test_an_answer_that_the_document_does_not_tell_is_seen(villeneuve: Town) -> None:
    told = json.loads(villeneuve.app.test_client().get("/api/v1/openapi.json").text)
    del told["paths"]["/api/v1/tablets/{tablet_id}/stages"]["post"]["responses"]["422"]
    told["components"]["schemas"]["ClassLine"]["properties"]["slots"] = {"type": "string"}
    villeneuve.app.config["OPENAPI"] = json.dumps(told)
    kinds = "\n".join(fuzz(villeneuve, 220, few=3).faults)
    assert "POST /api/v1/tablets/{tablet_id}/stages: UndefinedStatusCode 422" in kinds
    assert "GET /api/v1/classes: JsonSchemaError 200" in kinds
