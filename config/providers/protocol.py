"""The conversation with a provider: authorization code with PKCE, state and nonce, and an ID token believed only when all of it holds.

OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, RFC 7636 (PKCE), RFC 9207 (`iss` of the answer), RFC 9700 (what goes wrong). Authlib writes
the requests and judges the claims, joserfc the signature; every call goes through the bounded client of `mdm.http`, once, in seconds.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from config.providers.declared import Provider, secure
from inventory.errors import Refused
from inventory.words import tell
from mdm.driver import MdmError
from mdm.http import Client, Limits

LIMITS = Limits(connect=4, read=8, whole=10, most_bytes=2**20, tries=1)
WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY_SECONDS = 60
FRESH, REST = timedelta(hours=1), timedelta(seconds=30)
LONGEST_SUBJECT = 255
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
log = logging.getLogger(__name__)


class NotVouched(Refused):
    """A provider that does not answer (503), or an answer that is not believed (422): what to tell, with the local way in."""

    def __init__(self, sentence: str, code: int = 422) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who a provider says it is: `email` in lower case and only if it was verified; `factors` from `amr` and `acr`."""

    issuer: str
    subject: str
    email: str
    factors: frozenset[str]


class Counter:
    """One provider as it is spoken with; its description and its keys are asked again after an hour."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._known: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._silent_at: datetime | None = None

    def description(self, now: datetime) -> Mapping[str, Any]:
        """The discovery document; raises `NotVouched` unless it is the issuer's own and its addresses are safe."""
        if self._known is None or not timedelta() <= now - self._known[0] < FRESH:
            told = self._described(now)
            if told.get("issuer") != self.provider.issuer:
                raise self._unbelieved("issuer of the discovery document")
            if not all(secure(told.get(name)) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
                raise self._unbelieved("address of the discovery document")
            self._known = now, told
        return self._known[1]

    def _described(self, now: datetime) -> Mapping[str, Any]:
        """Asked of the provider; one that was silent is left in peace for half a minute, so that it keeps no thread waiting."""
        if self._silent_at is not None and timedelta() <= now - self._silent_at < REST:
            raise self._silent()
        self._silent_at = now
        told = self._asked("GET", self.provider.issuer.rstrip("/") + WELL_KNOWN)
        self._silent_at = None
        return told

    def way(self, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """The address that sends a browser to the provider."""
        challenge = create_s256_code_challenge(verifier)
        return str(prepare_grant_uri(
            self.description(now)["authorization_endpoint"], self.provider.client_id, "code", self.provider.back, "openid email", state,
            nonce=nonce, code_challenge=challenge, code_challenge_method="S256",
        ))  # fmt: skip

    def vouched(self, code: str, nonce: str, verifier: str, now: datetime) -> Vouched:
        """Exchange a code for an ID token and believe it, or raise `NotVouched`."""
        token = self._exchanged(code, verifier, now)
        try:
            claims = self._claims(token, nonce, now)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as fault:
            raise self._unbelieved(f"{type(fault).__name__} {getattr(fault, 'claim', '') or ''}".strip()) from fault
        subject = claims["sub"]
        if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
            raise self._unbelieved("sub")
        email = _email(claims)
        self._refuse_outsider(claims, email)
        return Vouched(self.provider.issuer, subject, email, _factors(claims))

    def farewell(self, home: str, now: datetime) -> str:
        """The address that ends the session at the provider too (RP-Initiated Logout 1.0); raises `NotVouched` if it has none."""
        end = self.description(now).get("end_session_endpoint")
        if not secure(end):
            raise NotVouched(tell("« {name} » ne sait pas fermer sa session d'ici : fermer le navigateur.", name=self.provider.name))
        return str(add_params_to_uri(end, [("client_id", self.provider.client_id), ("post_logout_redirect_uri", home)]))

    def _exchanged(self, code: str, verifier: str, now: datetime) -> Mapping[str, Any]:
        known, provider = self.description(now), self.provider
        offered = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "none" if not provider.secret else "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"
        body = prepare_token_request("authorization_code", redirect_uri=provider.back, code=code, code_verifier=verifier)
        _, headers, body = ClientAuth(provider.client_id, provider.secret, method).prepare("POST", "", dict(FORM), body)
        return self._asked("POST", known["token_endpoint"], headers, body)

    def _claims(self, token: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """The claims of the ID token once its signature, issuer, audience, times and nonce are right."""
        try:
            decoded = jwt.decode(token["id_token"], self._key_set(now), algorithms=list(ALGORITHMS))
        except (InvalidKeyIdError, BadSignatureError):
            self._keys = None
            decoded = jwt.decode(token["id_token"], self._key_set(now), algorithms=list(ALGORITHMS))
        mine = {"iss": self.provider.issuer, "aud": self.provider.client_id}
        options = {name: {"essential": True, "value": value} for name, value in mine.items()}
        sent = {"nonce": nonce, "client_id": self.provider.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, options, sent)
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        return claims

    def _key_set(self, now: datetime) -> KeySet:
        if self._keys is None or not timedelta() <= now - self._keys[0] < FRESH:
            told = self._asked("GET", self.description(now)["jwks_uri"])
            self._keys = now, KeySet.import_key_set(told)  # type: ignore[arg-type]
        return self._keys[1]

    def _refuse_outsider(self, claims: Mapping[str, Any], email: str) -> None:
        """Raise `NotVouched` for somebody whom this provider knows, and whom the operator does not let in."""
        domains, required = self.provider.domains, self.provider.required
        if domains and email.rpartition("@")[2] not in domains:
            raise NotVouched(tell("« {name} » ne confirme pas une adresse de {domains} : demander à l'administrateur quelle identité employer.",
                                  name=self.provider.name, domains=", ".join(sorted(domains))))  # fmt: skip
        if required is not None:
            told = claims.get(required[0])
            if required[1] not in (told if isinstance(told, list) else [told]):
                raise NotVouched(tell("« {name} » ne vous ouvre pas Cartable : demander ce droit à qui tient ses comptes.", name=self.provider.name))

    def _asked(self, method: str, url: str, headers: Mapping[str, str] | None = None, form: str | None = None) -> Mapping[str, Any]:
        """The JSON object at an address; raises `NotVouched` when there is none: with the fault in the log, without any secret."""
        parts = urlsplit(url)
        client = Client(f"{parts.scheme}://{parts.netloc}", limits=LIMITS)
        try:
            answer = client.ask(method, url.removeprefix(client.base), form=form, headers=headers)
            told = client.decoded(answer)
        except MdmError as fault:
            log.warning("provider %s: %s", self.provider.key, fault)
            raise self._silent() from fault
        if answer.status >= 500 or not isinstance(told, dict):
            log.warning("provider %s: HTTP %d", self.provider.key, answer.status)
            raise self._silent()
        if answer.status >= 400:
            raise self._unbelieved(f"HTTP {answer.status} {json.dumps(told.get('error', ''))[:60]}")
        return told

    def _silent(self) -> NotVouched:
        return NotVouched(
            tell("« {name} » ne répond pas : entrer avec l'identifiant et le mot de passe de Cartable, ou réessayer plus tard.", name=self.provider.name),
            503,
        )

    def _unbelieved(self, why: str) -> NotVouched:
        log.warning("provider %s is not believed: %s", self.provider.key, why)
        return NotVouched(tell("La réponse de « {name} » n'est pas recevable : recommencer, puis prévenir l'administrateur.", name=self.provider.name))


def _email(claims: Mapping[str, Any]) -> str:
    told = claims.get("email")
    if not isinstance(told, str) or claims.get("email_verified") is not True:
        return ""
    return told.strip().lower() if told.isascii() and told.isprintable() and told.count("@") == 1 else ""


def _factors(claims: Mapping[str, Any]) -> frozenset[str]:
    told = [*(claims.get("amr") or []), claims.get("acr")]
    return frozenset(one for one in told if isinstance(one, str))
