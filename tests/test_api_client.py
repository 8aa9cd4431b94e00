"""The program that the README shows does what the README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from test_api_tokens import JUNE
from test_browser import served
from three_schools import OWN, THURSDAY, town

from config import tokens
from inventory.db import database
from inventory.models import School, Tablet
from inventory.roles import Role
from inventory.scope import Scope

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture
def program() -> str:
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[0]


def test_the_program_of_the_readme_checks_the_tablets_of_a_cart(tmp_path: Path, program: str) -> None:
    with town(tmp_path) as villeneuve, served(villeneuve.app) as address:
        own = Scope.of([School.get(School.uai == OWN).id])
        text = tokens.add("GLPI", Role.TECHNICIAN, own, JUNE, THURSDAY, by=None)[1]
        environ = {"PATH": os.environ["PATH"], "CARTABLE_URL": address, "CARTABLE_TOKEN": text}
        ran = subprocess.run([sys.executable, "-c", program, str(villeneuve.own["code"])], env=environ, capture_output=True, text=True, check=True)
        database.close()
        inside = Tablet.select().where(Tablet.stage == "checked")
        assert len(ran.stdout.splitlines()) == inside.count() == 5
        assert all(line.endswith(" checked") for line in ran.stdout.splitlines())


def test_the_program_fits_thirty_lines(program: str) -> None:
    assert sum(bool(line.strip()) for line in program.splitlines()) <= 30
