"""Rows `search_1m` and `list_1m`: 50 of 1,000,000 contacts."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from psycopg import errors

from bench.figures import Found, percentile, rounded

if TYPE_CHECKING:
    import psycopg

    from bench.work import Bench

    Connection = psycopg.Connection[tuple[Any, ...]]
    Asked = tuple[str, dict[str, Any]]

ROUNDS = 3
SAMPLE = """
SELECT c.id, c.sort_name, e.email, ltrim(p.e164, '+') FROM contacts_contact c
  JOIN contacts_contactemail e ON e.workspace_id = c.workspace_id AND e.contact_id = c.id
  JOIN contacts_contactphone p ON p.workspace_id = c.workspace_id AND p.contact_id = c.id
 WHERE c.workspace_id = %(ws)s AND c.id = ANY(%(ids)s) ORDER BY c.id
"""
# The floor: a table of its own for one workspace, without row-level security, read by the superuser.
ROWS = """
SELECT c.id, c.first_name, c.last_name, c.source_name, c.created_at, e.email, p.e164
  FROM contacts_contact c
  LEFT JOIN contacts_contactemail e ON e.workspace_id = c.workspace_id AND e.contact_id = c.id AND e.is_primary
  LEFT JOIN contacts_contactphone p ON p.workspace_id = c.workspace_id AND p.contact_id = c.id AND p.is_primary
 WHERE c.workspace_id = %(ws)s AND c.id = ANY(%(ids)s)
"""
BY_INDEX = """
WITH hit AS MATERIALIZED (
  SELECT id FROM bench.person WHERE words @@ %(query)s::tsquery AND position(%(digits)s IN digits) > 0)
SELECT id FROM hit ORDER BY id DESC LIMIT 51
"""
BY_WALK = """
SELECT id FROM (SELECT id, words, digits FROM bench.person ORDER BY id DESC OFFSET 0) AS newest
 WHERE words @@ %(query)s::tsquery AND position(%(digits)s IN digits) > 0 LIMIT 51
"""
PLAIN = """
SELECT c.id, c.first_name, c.last_name, c.source_name, c.created_at, e.email, p.e164
  FROM (SELECT * FROM contacts_contact WHERE workspace_id = %(ws)s AND deleted_at IS NULL {where}
         ORDER BY {order} LIMIT 51) AS c
  LEFT JOIN contacts_contactemail e ON e.workspace_id = c.workspace_id AND e.contact_id = c.id AND e.is_primary
  LEFT JOIN contacts_contactphone p ON p.workspace_id = c.workspace_id AND p.contact_id = c.id AND p.is_primary
"""


def measure_search(bench: Bench) -> Found:
    """The 95th percentile over the searches that people make."""
    with bench.million.database():
        with bench.million.connect() as admin:
            workspace_id, count = workspace_of(admin)
            asked = _searches(_sample(admin, workspace_id, count))
            floor = [_fastest(admin, workspace_id, query["q"]) for _, query in asked]
        ours = bench.million.inside("look", workspace_id=workspace_id, asked=asked, rounds=ROUNDS)
    return found_of(ours, floor, {"contacts": count, "searches": len(asked)})


def measure_list(bench: Bench) -> Found:
    """The 95th percentile over filters, sorts and pages, the last as well as the first."""
    with bench.million.database():
        with bench.million.connect() as admin:
            workspace_id, count = workspace_of(admin)
            members = admin.execute(
                "SELECT id FROM accounts_membership WHERE workspace_id = %s ORDER BY id", [workspace_id]
            ).fetchall()
            asked = _lists([row[0] for row in members], count)
            floor = [_plain(admin, workspace_id, query) for _, query in asked]
        ours = bench.million.inside("look", workspace_id=workspace_id, asked=asked, rounds=ROUNDS)
    return found_of(ours, floor, {"contacts": count, "pages": len(asked)})


def found_of(looked: dict[str, Any], floor: list[float], details: dict[str, Any]) -> Found:
    ours: list[Any] = looked["found"]
    kinds: dict[str, list[float]] = defaultdict(list)
    for kind, _, seconds, _ in ours:
        kinds[kind].append(seconds)
    seconds = [one[2] for one in ours]
    slowest = sorted(ours, key=lambda one: -one[2])[:3]
    details |= {
        "p50_ms": rounded(percentile(seconds, 0.5) * 1000),
        "worst_ms": rounded(max(seconds) * 1000),
        "floor_p50_ms": rounded(percentile(floor, 0.5) * 1000),
        "p95_ms_by_kind": {kind: rounded(percentile(those, 0.95) * 1000) for kind, those in kinds.items()},
        "count_p95_ms": rounded(percentile(looked["counted"], 0.95) * 1000),
        "rows_least": min(one[3] for one in ours),
        "slowest": [f"{kind}: {typed} {took * 1000:.0f} ms" for kind, typed, took, _ in slowest],
    }
    return Found(percentile(seconds, 0.95) * 1000, percentile(floor, 0.95) * 1000, details)


def workspace_of(admin: Connection) -> tuple[int, int]:
    """The largest workspace and how many contacts it has."""
    row = admin.execute(
        "SELECT workspace_id, count(*) FROM contacts_contact GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def _sample(admin: Connection, workspace_id: int, count: int) -> list[tuple[Any, ...]]:
    """Contacts from everywhere in the table."""
    ids = [1 + number * (count - 1) // 19 for number in range(20)]
    return admin.execute(SAMPLE, {"ws": workspace_id, "ids": ids}).fetchall()


def _searches(people: list[tuple[Any, ...]]) -> list[Asked]:
    """What people type, by kind."""
    said: dict[str, list[str]] = {
        "first name": ["maria", "joao", "jose", "fabio", "leticia", "zoe", "Íris", "conceicao"],
        "full name": [name for _, name, _, _ in people],
        "first and last": [f"{name.split()[0]} {name.split()[-1]}" for _, name, _, _ in people[:10]],
        "rare surname": ["vortanelo7", "vortanelo42", "vortanelo99", "maria vortanelo", "zanetti wanderley"],
        "common prefix": ["ma", "jo", "s", "a", "sil", "mar sil", "ca ol"],
        "phone fragment": [digits[start : start + size] for (_, _, _, digits), start, size in zip(
            people, [4, 5, 6, 4, 7, 2, 5, 4, 6, 8] * 2, [4, 5, 6, 8, 5, 7, 4, 9, 7, 5] * 2, strict=True)],
        "phone as written": [f"({d[2:4]}) {d[4:9]}-{d[9:]}" for _, _, _, d in people[:8]],
        "three digits": ["984", "119", "555"],
        "e-mail": [email for _, _, email, _ in people[:10]],
        "e-mail part": [email[:9] for _, _, email, _ in people[10:]] + ["gmail.example", "empresa42", "empresa699.example"],
        "nobody": ["xyzzy", "maria xyzzy", "000000000000", "silva vortanelo7 zoe"],
    }  # fmt: skip
    return [(kind, {"q": text}) for kind, texts in said.items() for text in texts]


def _lists(members: list[int], count: int) -> list[Asked]:
    """Every filter and sort of the page, at its beginning, in its middle and near its end."""
    filters: dict[str, dict[str, str]] = {
        "all": {},
        "assignee": {"assignee": str(members[3])},
        "nobody's": {"assignee": "0"},
    }
    filters |= {f"source {kind}": {"source": kind} for kind in ("form", "manual", "import")}
    filters["source and assignee"] = {"source": "manual", "assignee": str(members[5])}
    depths = {"first page": {}, "middle": {"after": str(count // 2)}, "deep": {"after": str(count // 50)}}
    return [
        (f"{'by name' if sort else 'newest'}, {name}, {depth}", {**sort, **chosen, **after})
        for sort in ({}, {"sort": "name"})
        for name, chosen in filters.items()
        for depth, after in depths.items()
    ]


def _fastest(admin: Connection, workspace_id: int, typed: str) -> float:
    """The better of two plain statements, twice, with the rows to show."""
    query, digits = _as_tsquery(admin, typed)
    best = 9.9
    for _ in range(2):
        for statement in (BY_INDEX, BY_WALK):
            try:
                with admin.transaction():
                    admin.execute(f"SET LOCAL statement_timeout = {int(best * 1000) + 1}")  # type: ignore[arg-type]
                    began = time.perf_counter()
                    ids = [row[0] for row in admin.execute(statement, {"query": query, "digits": digits})]
                    admin.execute(ROWS, {"ws": workspace_id, "ids": ids}).fetchall()
                    best = min(best, time.perf_counter() - began)
            except errors.QueryCanceled:
                continue
    return best


def _as_tsquery(admin: Connection, typed: str) -> tuple[str, str]:
    """What was typed for the plain table: words as prefixes, digits by pieces of three."""
    (norm,) = admin.execute("SELECT af_norm(%s)", [typed]).fetchone() or ("",)
    digits = re.sub(r"\D", "", norm) if re.fullmatch(r"[+()\-. 0-9]+", norm) else ""
    if digits:
        pieces = {digits[start : start + 3] for start in range(len(digits) - 2)}
        return " & ".join(f"'#{piece}'" for piece in sorted(pieces)), digits
    return " & ".join(f"'{word}':*" for word in norm.split()), ""


def _plain(admin: Connection, workspace_id: int, query: dict[str, str]) -> float:
    """The same page by one plain statement; the better of two."""
    said: dict[str, Any] = {"ws": workspace_id}
    where, order = "", "created_at DESC, id DESC"
    if "source" in query:
        where, said = f"{where} AND source = %(source)s", said | {"source": query["source"]}
    if query.get("assignee") == "0":
        where += " AND assignee_id IS NULL"
    elif "assignee" in query:
        where, said = f"{where} AND assignee_id = %(assignee)s", said | {"assignee": int(query["assignee"])}
    columns, sign = ("sort_name, id", ">") if "sort" in query else ("created_at, id", "<")
    if "sort" in query:
        order = "sort_name, id"
    if "after" in query:
        last = f"SELECT {columns} FROM contacts_contact WHERE workspace_id = %s AND id = %s"  # noqa: S608
        first, second = admin.execute(last, [workspace_id, int(query["after"])]).fetchone() or ("", 0)  # type: ignore[arg-type]
        where, said = (
            f"{where} AND ({columns}) {sign} (%(first)s, %(second)s)",
            said | {"first": first, "second": second},
        )
    best = 9.9
    for _ in range(2):
        began = time.perf_counter()
        admin.execute(PLAIN.format(where=where, order=order), said).fetchall()  # type: ignore[arg-type]
        best = min(best, time.perf_counter() - began)
    return best
