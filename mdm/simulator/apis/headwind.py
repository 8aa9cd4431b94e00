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
from mdm.simulator.orders import COMMANDS

BY_NUMBER = "/rest/private/devices/number/"
PUSH, MESSAGE, SEARCH = "/rest/private/push", "/rest/plugins/messaging/private/send", "/rest/plugins/messaging/private/search"
COMMANDED = frozenset({PUSH, MESSAGE, SEARCH})


class HeadwindApi(Api):
    def answer(self, ask: Ask) -> Reply:
        if ask.body is None:
            return Reply(400, {})
        if (ask.method, ask.path) == ("POST", "/rest/public/jwt/login"):
            return self._sign_in(ask.body)
        token = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.mdm.tokens:
            return Reply(403, {})
        if ask.path in COMMANDED:
            return self._command(ask.path, ask.body, token)
        if (ask.method, ask.path) == ("POST", "/rest/private/devices/search"):
            return self._search(ask.body)
        if ask.method == "GET" and ask.path.startswith(BY_NUMBER):
            found = self.mdm.device(unquote(ask.path.removeprefix(BY_NUMBER)))
            return Reply(200, {"status": "OK", "message": None, "data": found} if found else _error("error.notfound.device"))
        return Reply(404, {})

    def _command(self, path: str, asked: Mapping[str, Any], token: str) -> Reply:
        """A push skips in silence a number that it does not know; a message says so, inside HTTP 200."""
        orders, known = self.mdm.orders, {name for name, _, _ in self.mdm.listed()}
        if token not in orders.tokens:
            return Reply(200, _error("error.permission.denied"))
        if path == SEARCH:
            kept = [one for one in orders.received if one.what == "message" and one.device == asked.get("deviceFilter")]
            items = [{"id": n, "deviceNumber": one.device, "message": one.words, "ts": int(one.at.timestamp() * 1000), "status": int(orders.obeys)} for n, one in enumerate(kept)]
            return Reply(200, {"status": "OK", "message": None, "data": {"items": items, "totalItemsCount": len(items)}})
        if path == PUSH:
            for number in asked.get("deviceNumbers", []):
                if number in known:
                    orders.take(str(asked.get("messageType")), number, self.mdm.at)
        elif asked.get("deviceNumber") not in known:
            return Reply(200, _error("Attempt to send message to wrong device number"))
        else:
            orders.take("message", asked["deviceNumber"], self.mdm.at, words=asked.get("message"))
        return Reply(200, {"status": "OK", "message": None, "data": None})

    def _sign_in(self, asked: Mapping[str, Any]) -> Reply:
        opens = {(login, hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()) for login, password in ((self.mdm.login, self.mdm.password), (COMMANDS, COMMANDS))}
        if (asked.get("login"), asked.get("password")) not in opens:
            return Reply(401, {})
        token = secrets.token_urlsafe(24)
        self.mdm.tokens.add(token)
        if asked.get("login") == COMMANDS:
            self.mdm.orders.tokens.add(token)
        return Reply(200, {"id_token": token})

    def _search(self, asked: Mapping[str, Any]) -> Reply:
        number = asked.get("pageNum", 1)
        found = self.mdm.search(asked)
        pages = -(-found["devices"]["totalItemsCount"] // int(asked.get("pageSize", 50)))
        told = {"status": "OK", "message": None, "data": found}
        return Reply(200, told, page=(number == 1, number >= pages))


def _error(code: str) -> dict[str, Any]:
    return {"status": "ERROR", "message": code, "data": None}
