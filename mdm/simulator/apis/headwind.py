"""Headwind's API (hmdm-server v5.39.1), its quirks included.

It sorts by number, answers 403 to a token it does not know, puts its errors inside HTTP 200, and tells more than a follow-up of
tablets may keep.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from mdm.simulator.apis.spoken import Api
from mdm.simulator.exchange import Ask, Reply

BY_NUMBER = "/rest/private/devices/number/"


class HeadwindApi(Api):
    def answer(self, ask: Ask) -> Reply:
        if ask.body is None:
            return Reply(400, {})
        if (ask.method, ask.path) == ("POST", "/rest/public/jwt/login"):
            return self._sign_in(ask.body)
        if ask.headers.get("authorization", "").removeprefix("Bearer ") not in self.mdm.tokens:
            return Reply(403, {})
        if (ask.method, ask.path) == ("POST", "/rest/private/devices/search"):
            return self._search(ask.body)
        if ask.method == "GET" and ask.path.startswith(BY_NUMBER):
            found = self.mdm.device(unquote(ask.path.removeprefix(BY_NUMBER)))
            return Reply(200, {"status": "OK", "message": None, "data": found} if found else _error("error.notfound.device"))
        return Reply(404, {})

    def _sign_in(self, asked: Mapping[str, Any]) -> Reply:
        digest = hashlib.md5(self.mdm.password.encode(), usedforsecurity=False).hexdigest().upper()
        if (asked.get("login"), asked.get("password")) != (self.mdm.login, digest):
            return Reply(401, {})
        token = secrets.token_urlsafe(24)
        self.mdm.tokens.add(token)
        return Reply(200, {"id_token": token})

    def _search(self, asked: Mapping[str, Any]) -> Reply:
        number = asked.get("pageNum", 1)
        pages = -(-len(self.mdm.listed()) // int(asked.get("pageSize", 50)))
        told = {"status": "OK", "message": None, "data": self.mdm.search(asked)}
        return Reply(200, told, page=(number == 1, number >= pages))


def _error(code: str) -> dict[str, Any]:
    return {"status": "ERROR", "message": code, "data": None}
