"""The seal of an export: the SHA-256 (FIPS 180-4) of every file, for `sha256sum -c` and for programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from deploy.reports.tables import Export, utc

SUMS = "MANIFEST.sha256"
MANIFEST = "manifest.json"
FORMAT = "cartable-manifest-1"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sums(files: Mapping[str, bytes]) -> bytes:
    """A line `digest, two spaces, name` for each file, as `sha256sum -c` reads it in the folder that holds them."""
    return "".join(f"{digest(files[name])}  {name}\n" for name in sorted(files)).encode()


def manifest(export: Export, files: Mapping[str, bytes]) -> bytes:
    """What was issued, when, from which line of the journal, and the size and digest of each of `files`."""
    told = {
        "format": FORMAT,
        "period": export.key,
        "issued": utc(export.summary.issued),
        "known": utc(export.summary.known),
        "provisional": export.summary.provisional,
        "mention": export.summary.mention,
        "journal_position": export.journal_position,
        "journal_digest": export.journal_digest,
        "version": export.version,
        "rows": {table.key: len(table.rows) for table in export.tables},
        "files": {name: {"size": len(content), "sha256": digest(content)} for name, content in files.items()},
    }
    return (json.dumps(told, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()
