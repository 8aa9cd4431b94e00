"""NanoMDM's API: no list in any release, a version that needs no key; all the rest is in the events that it sends."""

from __future__ import annotations

from mdm.simulator.apis.spoken import Api
from mdm.simulator.exchange import Ask, Reply


class NanoMdmApi(Api):
    def answer(self, ask: Ask) -> Reply:
        return Reply(200, {"version": "v0.9.0"}) if (ask.method, ask.path) == ("GET", "/version") else Reply(404, {})
