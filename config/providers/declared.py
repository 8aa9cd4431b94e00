"""The file that declares the providers: `address`, then one `[[provider]]` each; read once, refused whole with every fault at once."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inventory.errors import Refused

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
LONGEST_ISSUER = 255
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TEXTS = ("key", "name", "issuer", "client_id")
LISTS = ("email_domains", "accepted_factors")
KNOWN = frozenset({*TEXTS, *LISTS, "secret_file", "required_claim", "required_value"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as the operator declares it. `back` is the one address it may send a browser back to.

    `domains`: the e-mail domains let in, all if empty; `required`: a claim and the value it must have or hold;
    `factors`: the values of `amr` or `acr` that stand for the local second factor, none by default.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    back: str
    secret: str = field(default="", repr=False)
    domains: frozenset[str] = frozenset()
    required: tuple[str, str] | None = None
    factors: frozenset[str] = frozenset()


def read_providers(file: Path | None) -> tuple[Provider, ...]:
    """The providers of a TOML file, in its order; none without a file. Raises `Refused` naming the provider, the field and the remedy."""
    if file is None:
        return ()
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Refused(f"CARTABLE_PROVIDERS = « {file} » ne se lit pas : donner un fichier TOML lisible ({fault}).") from fault
    rows = told.get("provider", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(f"{file} : écrire chaque fournisseur sous [[provider]].")
    complaints = [*_outside(told), *(said for number, row in enumerate(rows, 1) for said in _complaints(row, number))]
    keys = [row.get("key") for row in rows]
    complaints += [f"key = « {key} » : deux fournisseurs la portent, en changer une." for key in sorted({str(key) for key in keys if keys.count(key) > 1})]
    issuers = [row.get("issuer") for row in rows]
    complaints += [f"issuer = « {one} » : déclaré deux fois, en retirer un." for one in sorted({str(one) for one in issuers if issuers.count(one) > 1})]
    if complaints:
        raise Refused(*(f"{file} : {said}" for said in complaints))
    return tuple(_provider(row, str(told["address"]).rstrip("/"), file.parent) for row in rows)


def secure(url: Any) -> bool:
    """Whether an address may be trusted with a secret: https, or http towards this very machine; without fragment or user."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return bool(host) and "@" not in parts.netloc and not parts.fragment and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
    except ValueError:
        return False


def _outside(told: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(told.keys() - {"address", "provider"}):
        yield f"« {name} » est inconnu : garder « address » et les tables [[provider]]."
    if not secure(told.get("address")):
        yield f"address = « {told.get('address', '')} » : écrire l'adresse publique de Cartable, par exemple « https://tablettes.ville.fr »."


def _complaints(row: Mapping[str, Any], number: int) -> Iterator[str]:
    where = f"fournisseur n° {number} ({row.get('key', 'sans key')}), "
    for name in sorted(row.keys() - KNOWN):
        yield f"{where}« {name} » est inconnu : choisir parmi {', '.join(sorted(KNOWN))}."
    for name in TEXTS:
        if not isinstance(row.get(name), str) or not row[name].strip():
            yield f"{where}{name} manque : l'écrire entre guillemets."
    if not KEY.fullmatch(str(row.get("key", ""))):
        yield f"{where}key = « {row.get('key', '')} » : écrire 1 à 30 minuscules, chiffres et tirets, par exemple « academie »."
    if not secure(row.get("issuer")) or "?" in row["issuer"] or len(row["issuer"]) > LONGEST_ISSUER:
        yield f"{where}issuer = « {row.get('issuer', '')} » : écrire l'adresse en https:// que le fournisseur donne de lui-même, au signe près."
    for name in LISTS:
        told = row.get(name, [])
        if not isinstance(told, list) or not all(isinstance(one, str) and one for one in told):
            yield f"{where}{name} : écrire une liste de textes, par exemple [\"ville.fr\"]."
        elif name == "email_domains" and not all(DOMAIN.fullmatch(one.lower()) for one in told):
            yield f"{where}email_domains : écrire des domaines sans arobase, par exemple [\"ville.fr\"]."
    pair = [row.get("required_claim"), row.get("required_value")]
    if pair != [None, None] and not all(isinstance(one, str) and one for one in pair):
        yield f"{where}required_claim et required_value vont ensemble : écrire les deux, en textes."


def _provider(row: Mapping[str, Any], address: str, folder: Path) -> Provider:
    return Provider(
        row["key"], row["name"].strip(), row["issuer"], row["client_id"], f"{address}/connexion/fournisseur/{row['key']}/retour",
        _secret(folder / row["secret_file"]) if row.get("secret_file") else "",
        frozenset(domain.lower() for domain in row.get("email_domains", [])),
        (row["required_claim"], row["required_value"]) if row.get("required_claim") else None,
        frozenset(row.get("accepted_factors", [])),
    )  # fmt: skip


def _secret(file: Path) -> str:
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Refused(f"secret_file = « {file} » : d'autres que son propriétaire peuvent le lire ; « chmod 600 {file} ».")
        secret = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as fault:
        raise Refused(f"secret_file = « {file} » ne se lit pas : y écrire le secret donné par le fournisseur.") from fault
    if not secret or not secret.isprintable():
        raise Refused(f"secret_file = « {file} » : y écrire le secret donné par le fournisseur, seul sur une ligne.")
    return secret
