"""Where a request comes from: a forwarded address counts only when a trusted proxy forwards it; guesses are counted by network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from config.models import NetworkTally
from inventory.db import atomic

Network = IPv4Network | IPv6Network
V4_BITS, V6_BITS = 24, 56
SPAN = timedelta(minutes=15)
MOST_FAILURES = 30


def network_of(peer: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The /24 or /56 of the client: `peer`, or the nearest forwarded address (last first) that is no trusted proxy; "" if unknown."""
    here = peer or ""
    for claimed in (*reversed(forwarded), ""):
        if not _is_in(here, trusted) or not claimed.strip():
            break
        here = claimed.strip()
    return _wide(here)


@atomic
def take_a_try(network: str, now: datetime, most: int = MOST_FAILURES) -> bool:
    """Count one more sign-in from a network before it is looked at; False once it failed `most` times within `SPAN`."""
    row = NetworkTally.get_or_none(NetworkTally.network == network)
    if row is None or not row.since <= now < row.since + SPAN:
        fresh = NetworkTally.insert(network=network, since=now, failures=1)
        fresh.on_conflict(conflict_target=[NetworkTally.network], update={"since": now, "failures": 1}).execute()
        return True
    if row.failures >= most:
        return False
    NetworkTally.update(failures=NetworkTally.failures + 1).where(NetworkTally.network == network).execute()
    return True


def give_back(network: str) -> None:
    """Uncount a try that succeeded."""
    NetworkTally.update(failures=NetworkTally.failures - 1).where((NetworkTally.network == network) & (NetworkTally.failures > 0)).execute()


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    try:
        return any(_plain(text) in network for network in networks)
    except ValueError:
        return False


def _wide(text: str) -> str:
    try:
        address = _plain(text)
    except ValueError:
        return ""
    return str(ip_network((address, V4_BITS if address.version == 4 else V6_BITS), strict=False))


def _plain(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
