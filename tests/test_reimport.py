"""What a list wrote may be taken in again: nothing is new, nothing changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from autumn import app_over, copied, signed_in

from inventory.actions import imports
from inventory.db import database
from inventory.journal import head


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_taken_back_in_changes_nothing(kind: str, autumn: Path, tmp_path: Path) -> None:
    with signed_in(app_over(copied(autumn, tmp_path)), "dsi") as client:
        schools, tablets = (client.get(f"/listes/{name}.{kind}").data for name in ("ecoles", "tablettes"))
    with database.connection_context():
        before = head()
        for plan, same in ((imports.plan_schools(schools, f"ecoles.{kind}"), 2), (imports.plan_tablets(tablets, f"tablettes.{kind}"), 28)):
            assert (plan.complaints, plan.created, plan.changed, plan.same) == ([], 0, 0, same)
        assert head() == before
