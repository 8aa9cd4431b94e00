"""The commands in processes of their own, each forked from one that has read the code: a start costs a twentieth of what it does from nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

from databases import environment

ROOT = Path(__file__).parent.parent
SECONDS = 120
_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(["config.cli"])


class Shell:
    """Runs the command in a folder of its own, at a moment."""

    def __init__(self, folder: Path, as_of: str = "") -> None:
        self.folder = folder
        self.as_of = as_of

    def __call__(self, *words: str, ok: bool = True) -> str:
        done = self.run(*words)
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout if ok else done.stderr

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CARTABLE_")}
        return kept | environment(self.folder) | ({"CARTABLE_AS_OF": self.as_of} if self.as_of else {})

    def run(self, *words: str) -> CompletedProcess[str]:
        said = [self.folder / name for name in ("said.out", "said.err")]
        process = _forked.Process(target=_command, args=(words, self.environment(), said))
        process.start()
        process.join(SECONDS)
        process.kill()
        out, err = (path.read_text(encoding="utf-8") for path in said)
        for path in said:
            path.unlink()
        return CompletedProcess(words, -9 if process.exitcode is None else process.exitcode, out, err)

    def json(self, *words: str) -> object:
        return json.loads(self(*words, "--json"))


def _command(words: tuple[str, ...], environment: Mapping[str, str], said: list[Path]) -> None:
    for number, path in enumerate([Path(os.devnull), *said]):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww"))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["cartable", *words]
    from config.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
