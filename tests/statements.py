"""Every kind of statement that Cartable sends to PostgreSQL, and every key it counts on: the list by which another engine is judged.

`PYTHONPATH=.:tests python tests/statements.py` runs the tests of the verbs, the pages and the API over a server that writes down what it is sent,
and prints two tables for `docs/decisions/0051-…`: what the statements use with how many shapes of them do, and the unique keys with what leads them.
A shape is a statement without its values. `--shapes` prints the shapes themselves.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cluster
import psycopg
import pytest

TESTS = (
    "api_ground", "api_writes", "sync", "lists", "imports", "gaps", "committee", "funding", "handover", "acts", "commands_sent", "past", "counters", "webhooks",
    "letters", "term", "labels", "planning", "incidents", "accounts", "personal", "worker", "lease", "sets", "schema",
)  # fmt: skip
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)
ENTRY = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)
VALUES = (
    (re.compile(r"'(?:[^']|'')*'"), "?"), (re.compile(r"\$\d+|\b\d+\b"), "?"), (re.compile(r"\s+"), " "), (re.compile(r'"'), ""), (re.compile(r"_pg3_\w+|\bs[0-9a-f]{32}\b"), "s"),
    (re.compile(r"\(\?(?:, ?\?)*\)(?:, ?\(\?(?:, ?\?)*\))*"), "(?)"),
)  # fmt: skip
TOOLS = re.compile(r"^(CREATE|DROP) DATABASE|pg_terminate_backend|pg_stat_|pg_current_wal", re.IGNORECASE)
USES = {
    "advisory lock of a transaction: the turn of writing": r"pg_advisory_xact_lock",
    "advisory lock of a session: presence": r"pg_(try_)?advisory_lock",
    "SAVEPOINT": r"^(SAVEPOINT|RELEASE|ROLLBACK TO)",
    "REPEATABLE READ, READ ONLY": r"REPEATABLE READ",
    "INSERT … ON CONFLICT (columns) DO UPDATE … WHERE": r"ON CONFLICT \([^)]*\) DO UPDATE.* WHERE",
    "INSERT … ON CONFLICT (columns) DO UPDATE": r"ON CONFLICT \([^)]*\) DO UPDATE(?!.* WHERE)",
    "INSERT … ON CONFLICT DO NOTHING": r"ON CONFLICT(?: \([^)]*\))? DO NOTHING",
    "COPY … FROM STDIN": r"^COPY",
    "CREATE TEMP TABLE … AS SELECT": r"^CREATE TEMP",
    "INSERT … SELECT, UPDATE … FROM": r"^INSERT INTO [^(]*\([^)]*\) SELECT|^UPDATE .* FROM (copied_rows|\()",
    "RETURNING": r" RETURNING ",
    "list as one parameter (= ANY)": r"= ?ANY ?\(",
    "WITH (common table)": r"^WITH |\(WITH ",
    "WITH RECURSIVE": r"WITH RECURSIVE",
    "window function (OVER)": r" OVER ?\(",
    "LATERAL": r"LATERAL",
    "subquery in a condition (IN, EXISTS, scalar)": r"(IN|EXISTS|=|<|>|,|COALESCE) ?\(SELECT|\(\(SELECT",
    "join of a tablet with its class or school": r"\btablet\b.*JOIN.*(mobile_class|school)|(mobile_class|school)\b.*JOIN.*\btablet\b",
    "join of the journal by a subject's number": r"\bevent\b.*JOIN|JOIN.*\bevent\b",
    "ILIKE or LIKE": r" I?LIKE ",
    "SELECT … FOR UPDATE": r"FOR UPDATE",
    "setval, pg_get_serial_sequence": r"setval|pg_get_serial",
    "catalogue of the server (pg_constraint, pg_index, pg_database…)": r"pg_(constraint|index|database|class|locks|indexes|attribute)|information_schema",
    "CREATE TABLE … BIGSERIAL": r"BIGSERIAL",
    "CREATE TRIGGER … BEFORE UPDATE or DELETE": r"CREATE.* TRIGGER",
    "CREATE FUNCTION … plpgsql": r"LANGUAGE plpgsql",
    "CREATE INDEX over an expression": r"^CREATE (UNIQUE )?INDEX.*\(.*\(",
    "foreign key ON DELETE RESTRICT or CASCADE": r"ON DELETE",
    "DDL inside the transaction of all migrations": r"^(CREATE|ALTER|DROP) (TABLE|INDEX|UNIQUE)",
    "ANALYZE": r"^ANALYZE",
}
UNIQUE = """SELECT t.relname, string_agg(a.attname, ', ' ORDER BY k.place), bool_or(i.indisprimary)
FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(number, place) LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
WHERE i.indisunique AND n.nspname = 'public' GROUP BY t.relname, i.indexrelid ORDER BY 1, 2"""
FOREIGN = """SELECT f.relname || ' → ' || r.relname, string_agg(DISTINCT c.confdeltype::text, '') FROM pg_constraint c
JOIN pg_class f ON f.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid WHERE c.contype = 'f' GROUP BY 1 ORDER BY 1"""
SCHOOLS = frozenset({"school", "school_id"})


def sent(log: str) -> Iterator[str]:
    """The statements of a server's log, in their order."""
    for entry in ENTRY.split(log):
        if (found := STATEMENT.search(entry)) and not TOOLS.search(found[1]):
            yield found[1]


def shape(statement: str) -> str:
    """A statement without its values."""
    for mark, instead in VALUES:
        statement = mark.sub(instead, statement)
    return statement.strip().rstrip(";")


def used(shapes: Iterable[str]) -> Counter[str]:
    """How many shapes use each thing; those that use none are plain reads and writes of one table or of a join."""
    found: Counter[str] = Counter()
    for one in shapes:
        uses = [name for name, mark in USES.items() if re.search(mark, one, re.IGNORECASE)]
        found.update(uses or ["nothing but what every SQL engine has"])
    return found


def listened(files: Iterable[str]) -> tuple[int, str, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Run tests over a server that writes down what it is sent: their outcome, its log, the keys of a database that they made."""
    cluster.HABITS += ("-c", "log_statement=all", "-c", "log_min_error_statement=panic", "-c", "log_parameter_max_length=0")
    told: list[Any] = ["", [], []]
    ended = cluster.Cluster.end

    def end(server: cluster.Cluster) -> None:
        told[0] += (server.data / "log").read_text(errors="replace")
        name = server.told("SELECT datname FROM pg_database WHERE datname LIKE 't%' AND NOT datistemplate ORDER BY oid LIMIT 1")
        if name:
            with psycopg.connect(server.url(str(name))) as there:
                told[1], told[2] = (there.execute(sql.encode()).fetchall() for sql in (UNIQUE, FOREIGN))
        ended(server)

    cluster.Cluster.end = end  # type: ignore[method-assign]
    outcome = pytest.main(["-q", "--postgresql", "-p", "no:cacheprovider", *files])
    return int(outcome), *told  # type: ignore[return-value]


def lines(shapes: Counter[str], unique: list[tuple[Any, ...]], foreign: list[tuple[Any, ...]]) -> Iterator[str]:
    yield f"{sum(shapes.values())} statements of {len(shapes)} shapes."
    yield "\n| uses | shapes | statements |\n| --- | ---: | ---: |"
    for name, count in used(shapes).most_common():
        times = sum(n for one, n in shapes.items() if (name in USES and re.search(USES[name], one, re.IGNORECASE)))
        yield f"| {name} | {count} | {times or ''} |"
    led = [row for row in unique if not SCHOOLS.isdisjoint(str(row[1]).split(", "))]
    yield f"\n{len(unique)} unique keys, {len(led)} of which hold the school: {', '.join(f'{row[0]} ({row[1]})' for row in led)}."
    yield "The others: " + ", ".join(f"{row[0]} ({row[1]})" for row in unique if row not in led) + "."
    yield f"\n{len(foreign)} foreign keys: " + ", ".join(row[0] for row in foreign) + "."


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--shapes", action="store_true")
    asked = ask.parse_args()
    here = Path(__file__).parent
    outcome, log, unique, foreign = listened([str(here / f"test_{name}.py") for name in TESTS])
    shapes = Counter(map(shape, sent(log)))
    print("\n".join(lines(shapes, unique, foreign)))
    if asked.shapes:
        print("\n".join(f"{count:>7}  {one}" for one, count in shapes.most_common()))
    return outcome


if __name__ == "__main__":
    sys.exit(main())
