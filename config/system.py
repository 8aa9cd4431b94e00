"""The administrator's page on how the house stands, and the same figures for a monitor (Prometheus text format 0.0.4)."""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, current_app, g, render_template, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from werkzeug.wrappers import Response

from config.condition import condition, figures
from config.settings import Settings
from inventory.access import ANYONE, Reach, may
from inventory.roles import KEEPERS

pages = Blueprint("system", __name__)
LABELS = {
    "job_last_done_timestamp_seconds": "job", "reading_last_complete_timestamp_seconds": "connector", "devices": "connector",
}  # fmt: skip


@pages.get("/systeme")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def page() -> str:
    """How the disk, the database, the timetable and the connectors stand."""
    return render_template("system.html", facts=condition(_settings(), g.now))


@pages.get("/metrics")
@may(ANYONE, scope=Reach.NOTHING)
def metrics() -> Response:
    """The figures, to who bears the monitor's token (RFC 6750); to anybody else there is no such page."""
    token = _settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
        abort(404)
    registry = CollectorRegistry()
    for name, values in figures(_settings(), g.now).items():
        labels = [LABELS[name]] if name in LABELS else []
        gauge = Gauge(f"cartable_{name}", name.replace("_", " "), labels, registry=registry)
        for of, value in values.items():
            (gauge.labels(of) if labels else gauge).set(value)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _settings() -> Settings:
    return current_app.config["CARTABLE"]
