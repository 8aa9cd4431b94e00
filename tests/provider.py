"""A small but true provider of identities, in a process of its own on loopback: it signs RS256, turns its keys, and errs on demand.

`python tests/provider.py` prints its issuer. Whoever comes to `/authorize` is the person that `POST /control` said, at the moment it
said; `fault` names how the next ID tokens are wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cartable", "un-secret-de-ville"


class Provider:
    """What one provider knows: its keys, who is at its desk, the codes it gave, and how it errs."""

    def __init__(self) -> None:
        self.issuer, self.codes, self.asked = "", dict[str, dict[str, str]](), list[str]()
        self.told: dict[str, Any] = {"fault": "", "now": 0, "person": {"sub": "1"}, "description": {}}
        self.turn()

    def turn(self) -> None:
        """A new key, under another number; the old one is forgotten."""
        self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})

    def description(self) -> dict[str, Any]:
        ways = {"authorization": "authorize", "token": "token", "end_session": "logout"}
        return {
            "issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks", "response_types_supported": ["code"],
            "authorization_response_iss_parameter_supported": True,
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ways.items()}, **self.told["description"],
        }  # fmt: skip

    def code(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "person": json.dumps(self.told["person"])}
        return code

    def exchanged(self, form: dict[str, str], bearer: str) -> dict[str, Any]:
        """What the token endpoint answers: a code is good once, for its client, its address and its verifier."""
        given = self.codes.pop(form.get("code", ""), None)
        challenge = _encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if bearer != basic or given is None or given["redirect_uri"] != form.get("redirect_uri") or given["code_challenge"] != challenge:
            return {"error": "invalid_grant"}
        return {"access_token": "acces", "token_type": "Bearer", "id_token": self.id_token(given)}

    def id_token(self, given: dict[str, str]) -> str:
        fault, now = self.told["fault"], int(self.told["now"])
        claims = {"iss": self.issuer, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": given["nonce"], **json.loads(given["person"])}
        claims |= {
            "iss": {"iss": "https://ailleurs.example"}, "aud": {"aud": "autre-client"}, "aud of another": {"aud": "autre-client", "azp": CLIENT}, "several": {"aud": [CLIENT, "autre-client"]},
            "azp": {"aud": [CLIENT, "autre-client"], "azp": "autre-client"}, "nonce": {"nonce": "d'une autre fois"}, "expired": {"exp": now - 120},
            "future": {"iat": now + 3600}, "hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "sub": {"sub": ""}, "number": {"sub": 7},
        }.get(fault, {})  # fmt: skip
        claims = {name: value for name, value in claims.items() if fault != f"no {name}"}
        header = {"alg": "RS256", "kid": self.key.kid}
        if fault == "none":
            return ".".join([_part({"alg": "none", "kid": self.key.kid}), _part(claims), ""])
        if fault == "hs256":
            signed = ".".join(_part(one) for one in ({"alg": "HS256", "kid": self.key.kid}, claims))
            public = self.key.as_bytes(encoding="PEM", private=False)
            return f"{signed}.{_encoded(hmac.digest(public, signed.encode(), 'sha256'))}"
        if fault == "altered":
            signed = jwt.encode(header, claims, self.key).split(".")
            return ".".join([signed[0], _part({**claims, "sub": "2"}), signed[2]])
        stranger = RSAKey.generate_key(2048, {"kid": self.key.kid})
        return jwt.encode(header, claims, stranger if fault == "stranger" else self.key)


def _encoded(told: bytes) -> str:
    return base64.urlsafe_b64encode(told).rstrip(b"=").decode()


def _part(told: object) -> str:
    return _encoded(json.dumps(told).encode())


class Desk(BaseHTTPRequestHandler):
    """The addresses of a provider."""

    known: Provider

    def log_message(self, *told: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        parts, known = urlsplit(self.path), self.known
        if parts.path == "/asked":
            return self.say(200, {"asked": known.asked})
        known.asked.append(parts.path)
        if known.told["fault"] == "down":
            return self.say(503, {})
        if parts.path == "/authorize":
            asked = dict(parse_qsl(parts.query))
            answer = {"code": known.code(asked), "state": asked["state"], "iss": known.issuer}
            return self.say(302, {}, f"{asked['redirect_uri']}?{urlencode(answer)}")
        told = {"/.well-known/openid-configuration": known.description(), "/jwks": {"keys": [known.key.as_dict(private=False)]}}
        return self.say(200, told.get(parts.path, {}))

    def do_POST(self) -> None:
        sent, known = self.rfile.read(int(self.headers["Content-Length"])).decode(), self.known
        if self.path == "/control":
            known.told |= json.loads(sent)
            if known.told.pop("turn", False):
                known.turn()
            return self.say(200, {})
        known.asked.append(self.path)
        told = known.exchanged({name: values[0] for name, values in parse_qs(sent).items()}, self.headers.get("Authorization", ""))
        return self.say(400 if "error" in told else 200, told)

    def say(self, status: int, told: dict[str, Any], location: str = "") -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), "Location": location}.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Running:
    """A provider's process, seen from a test."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def control(self, **told: object) -> None:
        self._open("/control", json.dumps(told).encode())

    def asked(self) -> list[str]:
        return list(json.loads(self._open("/asked"))["asked"])

    def _open(self, path: str, sent: bytes | None = None) -> bytes:
        with urllib.request.urlopen(self.issuer + path, sent, timeout=10) as answer:
            return bytes(answer.read())


@contextmanager
def running() -> Iterator[Running]:
    """A provider in a process of its own."""
    process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent)
    try:
        assert process.stdout is not None
        yield Running(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()


def main() -> None:
    known = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("At", (Desk,), {"known": known}))
    known.issuer = f"http://127.0.0.1:{server.server_port}"
    print(known.issuer, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
