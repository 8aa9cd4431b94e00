"""NanoMDM's API: no list in any release, a version that needs no key; all the rest is in the events that it sends."""

from __future__ import annotations

import plistlib
from base64 import b64encode
from urllib.parse import unquote

from mdm.simulator.apis.spoken import Api
from mdm.simulator.exchange import Ask, Reply

ENQUEUE = "/v1/enqueue/"


class NanoMdmApi(Api):
    def answer(self, ask: Ask) -> Reply:
        if (ask.method, ask.path) == ("GET", "/version"):
            return Reply(200, {"version": "v0.9.0"}, page=(True, True))
        if ask.method == "PUT" and ask.path.startswith(ENQUEUE):
            return self._enqueue(ask)
        return Reply(404, {})

    def _enqueue(self, ask: Ask) -> Reply:
        """Queue a property list for one device; an id that it does not know fails alone, which is HTTP 500 when it is the only one."""
        if ask.headers.get("authorization") != "Basic " + b64encode(f"nanomdm:{self.mdm.password}".encode()).decode():
            return Reply(401, {})
        device, told = unquote(ask.path.removeprefix(ENQUEUE)), plistlib.loads(ask.raw)
        if not any(one.udid == device for one in self.mdm.devices()):
            return Reply(500, {"status": {device: {"command_error": "not found"}}, "command_error": "not found"})
        command = told["Command"]
        self.mdm.orders.take(command["RequestType"], device, self.mdm.at, words=command.get("Message"), uuid=told["CommandUUID"])
        return Reply(200, {"status": {device: {"push_result": "1"}}, "command_uuid": told["CommandUUID"], "request_type": command["RequestType"]})
