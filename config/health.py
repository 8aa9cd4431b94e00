"""Whether this process lives, and whether it can do its work: for a supervisor or a proxy, without sign-in and without detail."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from flask import Blueprint, current_app, jsonify
from werkzeug.wrappers import Response

from config.schema import refuse_other_schema
from config.settings import Settings
from inventory.access import ANYONE, Reach, may
from inventory.db import DatabaseError, can_write
from inventory.errors import Refused

pages = Blueprint("health", __name__, url_prefix="/health")
LEAST_FREE, LEAST_SHARE = 500 * 10**6, 0.10
log = logging.getLogger(__name__)


@pages.get("/live")
@may(ANYONE, scope=Reach.NOTHING)
def live() -> Response:
    """The process answers."""
    return jsonify(ok=True)


@pages.get("/ready")
@may(ANYONE, scope=Reach.NOTHING)
def ready() -> tuple[Response, int]:
    """200 when pages can be read and written here, else 503; the reasons go to the program's log."""
    settings: Settings = current_app.config["CARTABLE"]
    found = faults(settings.database_file.parent)
    for fault in found:
        log.warning("not ready: %s", fault)
    return jsonify(ok=not found), 503 if found else 200


def faults(folder: Path) -> list[str]:
    """Why this process cannot do its work: room in `folder`, the schema, a write that is rolled back."""
    found = [] if has_room(*room(folder)) else ["the disk of the database is nearly full"]
    try:
        refuse_other_schema()
        if not can_write():
            found.append("no turn to write came within a second")
    except Refused as refusal:
        found.extend(refusal.sentences)
    except DatabaseError as fault:
        found.append(str(fault))
    return found


def room(folder: Path) -> tuple[int, int, int]:
    """Bytes in all, used and free on the disk of `folder`, which is not made before its first file: total, used, free."""
    whole = folder.absolute()
    return shutil.disk_usage(next(one for one in (whole, *whole.parents) if one.exists()))


def has_room(total: int, used: int, free: int) -> bool:
    """More than 500 MB and a tenth of the disk are free (bytes)."""
    return free > LEAST_FREE and free > total * LEAST_SHARE
