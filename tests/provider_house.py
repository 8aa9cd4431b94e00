"""The small house of Alice, and the providers of the town and of the académie, each in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import provider
import pytest
from flask import Flask
from provider_steps import ALICE, declared
from small_house import MORNING, PASSWORD, opened

from config import accounts
from config.providers.declared import Provider
from config.settings import Settings
from inventory.roles import Role
from inventory.scope import EVERYWHERE


@pytest.fixture(scope="module")
def running() -> Iterator[dict[str, provider.Running]]:
    with provider.running() as ville, provider.running() as academie:
        yield {"ville": ville, "academie": academie}


@pytest.fixture
def ville(running: dict[str, provider.Running]) -> provider.Running:
    """Alice is at the desk of each."""
    for one in running.values():
        one.control(fault="", person=ALICE, now=MORNING.timestamp(), description={})
    return running["ville"]


@pytest.fixture
def settings(tmp_path: Path, running: dict[str, provider.Running], ville: provider.Running) -> Iterator[Settings]:
    with opened(tmp_path) as told:
        accounts.add_user("claire", "Claire", Role.ADMINISTRATOR, EVERYWHERE, PASSWORD, MORNING)
        yield replace(told, providers=declared(tmp_path, running))


@pytest.fixture
def here(app: Flask) -> Provider:
    return app.config["PROVIDERS"]["ville"].provider
