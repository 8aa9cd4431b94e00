"""The API's own routes: its published document, and what a token may do."""

from __future__ import annotations

from flask import Blueprint, current_app, g
from werkzeug.wrappers import Response

from config import openapi, people
from deploy.api import ground, money, quarters
from deploy.api import reading as deployment
from deploy.api import writing as steps
from inventory.access import ANYONE, Reach, may
from inventory.api import files, gaps
from inventory.api import reading as inventory
from inventory.api import writing as stages
from inventory.api.frame import JSON, PREFIX, operation
from inventory.api.shapes import Myself
from inventory.roles import READERS, Role
from mdm import api as mdm

ROOMS: tuple[Blueprint, ...] = tuple(room.pages for room in (inventory, gaps, stages, files, mdm, deployment, steps, quarters, money, ground))
pages = Blueprint("api", __name__, url_prefix=PREFIX)


@pages.get("/openapi.json")
@may(ANYONE, scope=Reach.NOTHING)
def document() -> Response:
    """The published document, made once."""
    if "OPENAPI" not in current_app.config:
        current_app.config["OPENAPI"] = openapi.text(current_app)
    return Response(current_app.config["OPENAPI"], content_type=JSON)


@pages.get("/me")
@may(READERS, scope=Reach.NOTHING)
@operation("Ce que peut ce jeton", gives=Myself)
def myself() -> Myself:
    return Myself(g.token.name, Role(g.person.role), g.scope.everywhere, people.schools_of(g.person), g.token.until)
