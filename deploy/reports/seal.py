"""The seal of a quarter: what it holds, which one it follows or replaces, signed with Ed25519 (RFC 8032) under the house's own key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.reports.manifest import digest
from deploy.reports.tables import utc
from deploy.reports.verifier import SEAL, canonical, packed

FORMAT = "cartable-seal-1"
VERIFIER = "verifier.py"
_seed: list[Callable[[], bytes]] = []


@dataclass(frozen=True, slots=True)
class Issue:
    """What a seal says beside its files: the n-th issue of a period, the digest of the seal it replaces, the period and seal before."""

    convention: str
    period: str
    number: int
    issued: datetime
    replaces: str | None
    reason: str
    previous: tuple[str, str] | None


def use(seed: Callable[[], bytes]) -> None:
    """Say where the 32 bytes of the signing key come from; asked for at each seal, never kept."""
    _seed[:] = [seed]


def sealed(told: Issue, content: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a quarter with their verifier and their seal."""
    key = Ed25519PrivateKey.from_private_bytes(_seed[0]())
    whole = {**content, VERIFIER: files("deploy.reports").joinpath(VERIFIER).read_bytes()}
    seal: dict[str, Any] = {
        "format": FORMAT,
        "convention": told.convention,
        "period": told.period,
        "number": told.number,
        "issued": utc(told.issued),
        "replaces": told.replaces,
        "reason": told.reason,
        "previous": {"period": told.previous[0], "seal": told.previous[1]} if told.previous else None,
        "files": {name: digest(each) for name, each in sorted(whole.items())},
        "public_key": key.public_key().public_bytes_raw().hex(),
    }
    signature = key.sign(canonical(seal)).hex()
    return {**whole, SEAL: canonical({**seal, "signature": signature})}


def fingerprint() -> str:
    """The SHA-256 of the public key, in hexadecimal: what a reader compares by another way."""
    return digest(Ed25519PrivateKey.from_private_bytes(_seed[0]()).public_key().public_bytes_raw())


def altered(files: Mapping[str, bytes]) -> list[str]:
    """What of some sealed files is not what their seal tells, in French; the seal itself is not judged here."""
    told: Mapping[str, str] = json.loads(files[SEAL])["files"]
    found = {name: digest(content) for name, content in files.items() if name != SEAL}
    return [f"{name} n'est pas ce que dit le sceau" for name in sorted(told.keys() | found.keys()) if told.get(name) != found.get(name)]


def archive(content: Mapping[str, bytes]) -> bytes:
    """The one archive of a sealed quarter: equal files give equal bytes, everywhere."""
    return packed(dict(content))
