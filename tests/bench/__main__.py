"""`python -m bench --sizes 28,6000 --only sync`: run the modules `bench_*.py` of this folder, each with its `measure(size, runs)`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from bench.harness import Row, keep, table


def main() -> None:
    """Print each row as soon as it is measured, then all of them as one table."""
    asked = _asked()
    if asked.keep:
        os.environ["BENCH_KEEP"] = asked.keep
    if asked.processor:
        os.environ["BENCH_PROCESSOR"] = "1"
    rows = []
    for row in _rows(asked):
        rows.append(row)
        print("  ".join(row.told()), flush=True)
    print("\n" + table(rows))
    if asked.json:
        keep(rows, asked.json)


def _asked() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="bench")
    reader.add_argument("--sizes", default="28,6000,200000")
    reader.add_argument("--only", default="")
    reader.add_argument("--runs", type=int, default=3)
    reader.add_argument("--json", type=Path)
    reader.add_argument("--processor", action="store_true", help="tell seconds computed, not seconds waited: for a machine that others keep busy")
    reader.add_argument("--keep", help="a folder where towns are made once, for every module and for the next run")
    return reader.parse_args()


def _rows(asked: argparse.Namespace) -> Iterator[Row]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = {f"bench_{name}" for name in asked.only.split(",") if name}
    for size in map(int, asked.sizes.split(",")):
        for name in names:
            if not wanted or name in wanted:
                yield from import_module(f"bench.{name}").measure(size, asked.runs)


if __name__ == "__main__":
    main()
