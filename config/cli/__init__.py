"""The command `cartable`: every verb of the house from a shell; `--json` on standard output for scripts."""

from config.cli.root import main

__all__ = ["main"]
