"""The demonstration's autumn as a database for tests: built once, copied for whoever writes in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from databases import copy, environment
from flask import Flask
from flask.testing import FlaskClient

from config import passwords
from config.app import create_app
from config.demo.build import build
from config.demo.people import PASSWORD
from config.settings import Settings, read

AS_OF = "2018-01-08T09:30"
"""The first school day after the autumn: the cart of the Floriales is not finished yet."""
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def settings_at(folder: Path) -> Settings:
    return read(environment(folder) | {"CARTABLE_AS_OF": AS_OF})


def built(folder: Path) -> Path:
    """Replay the autumn into a folder."""
    passwords.use(LIGHT)
    build(settings_at(folder), lambda done, total: None)
    return folder


def copied(source: Path, target: Path) -> Path:
    """The same autumn, to write in."""
    copy(source, target)
    return target


def app_over(folder: Path) -> Flask:
    passwords.use(LIGHT)
    app = create_app(settings_at(folder))
    app.testing = True
    return app


@contextmanager
def signed_in(app: Flask, login: str) -> Iterator[FlaskClient]:
    """A browser of this person."""
    with app.test_client() as client:
        answer = client.post("/connexion", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        yield client


def proof(client: FlaskClient, page: str) -> str:
    """The proof that the forms of a page carry."""
    text = client.get(page).text
    mark = 'name="csrf_token" value="'
    start = text.index(mark) + len(mark)
    return text[start : text.index('"', start)]
