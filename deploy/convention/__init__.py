"""A convention as data: what its articles print, beside what was retained."""

from pathlib import Path

from deploy.convention.convention import Convention, Window
from deploy.convention.reader import FaultyConvention, parse

__all__ = ["Convention", "FaultyConvention", "Window", "load", "parse"]


def load(path: Path) -> Convention:
    """Read a convention's file; raises `FaultyConvention`."""
    return parse(path.read_text(encoding="utf-8"), path.name)
