"""The address at which the pages answer, as it is printed in a code."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


def read_address(text: str) -> str:
    """An address without its last stroke; empty when none is given. Raises `ValueError` with the remedy."""
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError("écrire l'adresse complète des pages, comme https://tablettes.ville.fr")
    return text.rstrip("/")
