"""Readers of the settings' values: a text as an operator writes it, or `ValueError` with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from deploy.letters.digest import is_address
from inventory.roles import Role

HOST_NAME = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")
SHORTEST_TOKEN = 16
YES, NO = {"1", "oui", "yes", "true"}, {"0", "non", "no", "false"}


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers between two others, both included."""
    def read_number(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"écrire un nombre entier de {least} à {most}")
        return int(text)

    return read_number


def minutes(text: str) -> timedelta:
    """Minutes, a week at most."""
    return timedelta(minutes=number(1, 7 * 24 * 60)(text))


def hours(text: str) -> timedelta:
    """Hours, thirty days at most."""
    return timedelta(hours=number(1, 30 * 24)(text))


def yes_or_no(text: str) -> bool:
    """« oui » or « non »."""
    if text.lower() not in YES | NO:
        raise ValueError("écrire oui ou non")
    return text.lower() in YES


def host(text: str) -> str:
    """An address to listen on."""
    if not HOST_NAME.fullmatch(text) and not re.fullmatch(r"[0-9A-Fa-f:]+", text):
        raise ValueError("écrire une adresse d'écoute comme 127.0.0.1 ou 0.0.0.0")
    return text


def hosts(text: str) -> tuple[str, ...]:
    """Names of hosts separated by spaces, one at least."""
    names = tuple(text.split())
    if not names or not all(HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("écrire des noms séparés par des espaces, sans http:// ni port : tablettes.ville.fr localhost")
    return names


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses or networks separated by spaces."""
    try:
        return tuple(ip_network(one) for one in text.split())
    except ValueError as fault:
        raise ValueError("écrire des adresses ou des réseaux séparés par des espaces : 127.0.0.1 10.0.0.0/8") from fault


def roles(text: str) -> frozenset[Role]:
    """Roles separated by spaces."""
    try:
        return frozenset(Role(one) for one in text.split())
    except ValueError as fault:
        raise ValueError(f"écrire des rôles séparés par des espaces, parmi {' '.join(role.value for role in Role)}") from fault


def token(text: str) -> str:
    """A secret of visible letters, or nothing."""
    if text and (len(text) < SHORTEST_TOKEN or not text.isascii() or not text.isprintable() or " " in text):
        raise ValueError(f"écrire au moins {SHORTEST_TOKEN} caractères sans espace ni accent")
    return text


def smtp(text: str) -> tuple[str, str, int] | None:
    """A mail server as (scheme, host, port), None when it is empty."""
    if not text:
        return None
    told = re.fullmatch(r"(smtp|smtps|smtp\+starttls)://([^:/\s]+):([0-9]{1,5})/?", text)
    if told is None or not HOST_NAME.fullmatch(told[2]) or not 1 <= int(told[3]) <= 65535:
        raise ValueError("écrire smtp+starttls://hôte:587, smtps://hôte:465 ou smtp://hôte:25")
    return told[1], told[2], int(told[3])


def mailbox(text: str) -> str:
    """An address of e-mail, or nothing."""
    if text and not is_address(text):
        raise ValueError("écrire une adresse comme cartable@ville.fr")
    return text
