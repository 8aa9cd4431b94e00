"""What an operator decides of each connector in a file, out of reach of the pages: the hosts it may speak to, its zone, its pace, its options.

    [mdm-ville]
    hosts = ["mdm.ville.fr"]
    zone = "Europe/Paris"
    every_minutes = 60
    ca = "/etc/cartable/ca-ville.pem"
    full_every_hours = 6
    detail_requests = 50
    commands = ["refresh", "message", "lost_mode"]
    [mdm-ville.options]
    team = 3

A connector that the file does not name may only speak to this machine: a changed address leads nowhere. What `commands` does not name is
never asked of a tablet, whoever asks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from inventory.errors import Refused
from inventory.paris import PARIS
from mdm.commands.order import Action

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_MINUTES = 1440
MOST_HOURS = 168
FULL_EVERY = 6
MOST_DETAILS = 10_000
DETAILS = 50
KNOWN = frozenset({"hosts", "zone", "every_minutes", "full_every_hours", "detail_requests", "ca", "options", "commands"})


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one connector; `every_minutes` 0 reads it at each turn of the timetable; `full_every_hours` is how long the timetable
    may read what changed only, of a server that can tell it (0: each reading is whole); `detail_requests` how many devices a
    reading may ask for one by one, of a server that tells more of them so."""

    hosts: frozenset[str] = frozenset()
    zone: ZoneInfo = PARIS
    every_minutes: int = 0
    full_every_hours: int = FULL_EVERY
    detail_requests: int = DETAILS
    ca: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    commands: frozenset[Action] = frozenset()


class _File:
    path: Path | None = None


def use(path: Path) -> None:
    """Take the terms from this file from now on; it may not exist."""
    _File.path = path


def of(name: str) -> Terms:
    """The terms of a connector, as the file has them now; raises `Refused` on a file that cannot be read."""
    if _File.path is None or not _File.path.exists():
        return Terms()
    return read(_File.path).get(name, Terms())


def read(path: Path) -> Mapping[str, Terms]:
    """The terms of every connector of a file; raises `Refused` naming everything that is wrong in it."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise Refused(f"{path} ne se lit pas ({fault}) : le corriger, puis « cartable connector test ».") from fault
    wrong: list[str] = []
    found = {name: _terms(name, part, wrong) for name, part in told.items()}
    if wrong:
        raise Refused(*(f"{path}, {sentence}" for sentence in wrong))
    return found


def _terms(name: str, told: Any, wrong: list[str]) -> Terms:
    if not isinstance(told, dict):
        wrong.append(f"« {name} » : écrire une section [{name}].")
        return Terms()
    wrong += [f"[{name}] {key} : réglage inconnu ; choisir {', '.join(sorted(KNOWN))}." for key in sorted(told.keys() - KNOWN)]
    hosts, options = told.get("hosts", []), told.get("options", {})
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        wrong.append(f'[{name}] hosts : écrire une liste de noms, ["mdm.ville.fr"].')
        hosts = []
    paces = (("every_minutes", 0, MOST_MINUTES), ("full_every_hours", FULL_EVERY, MOST_HOURS), ("detail_requests", DETAILS, MOST_DETAILS))
    minutes, hours, details = (_number(name, told, *pace, wrong) for pace in paces)
    if not isinstance(options, dict):
        wrong.append(f"[{name}] options : écrire une section [{name}.options].")
        options = {}
    allowed = frozenset(host.lower() for host in hosts)
    return Terms(allowed, _zone(name, told, wrong), minutes, hours, details, _ca(name, told, wrong), options, _commands(name, told, wrong))


def _number(name: str, told: Mapping[str, Any], key: str, usual: int, most: int, wrong: list[str]) -> int:
    value = told.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        wrong.append(f"[{name}] {key} = « {value} » : écrire un nombre de 0 à {most}.")
        return usual
    return value


def _commands(name: str, told: Mapping[str, Any], wrong: list[str]) -> frozenset[Action]:
    asked, known = told.get("commands", []), [action.value for action in Action]
    if not isinstance(asked, list) or not all(one in known for one in asked):
        wrong.append(f"[{name}] commands = « {asked} » : écrire une liste prise dans {', '.join(known)} ; sans elle, aucune commande ne part.")
        return frozenset()
    return frozenset(Action(one) for one in asked)


def _zone(name: str, told: Mapping[str, Any], wrong: list[str]) -> ZoneInfo:
    key = told.get("zone", PARIS.key)
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, TypeError, OSError):
        wrong.append(f"[{name}] zone = « {key} » : écrire un fuseau comme Europe/Paris ou Indian/Reunion.")
        return PARIS


def _ca(name: str, told: Mapping[str, Any], wrong: list[str]) -> Path | None:
    text = told.get("ca")
    if text is None:
        return None
    if not isinstance(text, str) or not Path(text).is_file():
        wrong.append(f"[{name}] ca = « {text} » : écrire le chemin du fichier PEM de l'autorité, lisible par Cartable.")
        return None
    return Path(text)


def refuse_host(name: str, url: str, terms: Terms) -> None:
    """Raise `Refused` for a server that the operator did not allow this connector to speak to."""
    parts, where = urlsplit(url), _File.path or Path("connectors.toml")
    if parts.scheme == "file":
        folder, file = str(terms.options.get("folder", "")), Path(unquote(parts.path)).resolve()
        if not folder or not file.is_relative_to(Path(folder).resolve()):
            raise Refused(f"« {name} » ne doit pas lire {file} : l'autoriser dans {where}, section [{name}.options], par folder = \"{file.parent}\".")
        return
    host = (parts.hostname or "").lower()
    if host in LOCAL or host in terms.hosts:
        return
    raise Refused(f"« {name} » ne doit pas parler à {host} : l'autoriser dans {where}, section [{name}], par hosts = [\"{host}\"].")
