"""The release of the app: which files a phone keeps, and one name for the content of them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

NOT_KEPT = (".md", ".txt")
WORKER = "sw.js"


def kept(folder: Path) -> list[str]:
    """The app's own files that a phone keeps, by their path in `folder`."""
    return sorted(name for name in _files(folder) if not name.endswith(NOT_KEPT) and name != WORKER)


def release(folder: Path, others: Iterable[str], words: Mapping[str, str]) -> str:
    """A name that changes with any file of `folder`, any address among `others`, any sentence."""
    digest = hashlib.sha256()
    for name in sorted(_files(folder)):
        digest.update(f"{name}\0".encode() + hashlib.sha256((folder / name).read_bytes()).digest())
    for text in (*others, *words.values()):
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
