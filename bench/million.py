"""The site with 1,000,000 contacts in one workspace among several, made by set statements, kept for
the next run.

It is made anew when the tables, the search index or this file have changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from bench import million_details
from bench.product import ROOT, Site

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

FULL, QUICK = 1_000_000, 100_000
OTHERS = 4  # workspaces beside it, with a fiftieth of its contacts each
MEMBERS = 8  # people whom contacts are assigned to
CHUNK = 20_000  # contacts indexed by one statement
FAST = {"max_wal_size": "2GB", "maintenance_work_mem": "512MB"}  # only while it is made
INPUTS = ("src/afluente/*/migrations/*.py", "src/afluente/contacts/statements/search.py", "bench/million*.py")

FIRST = [
    "Maria",
    "José",
    "João",
    "Ana",
    "Antônio",
    "Francisco",
    "Carlos",
    "Paulo",
    "Pedro",
    "Lucas",
    "Luiz",
    "Marcos",
    "Luís",
    "Gabriel",
    "Rafael",
    "Daniel",
    "Marcelo",
    "Bruno",
    "Eduardo",
    "Felipe",
    "Rodrigo",
    "Manoel",
    "Mateus",
    "André",
    "Fernando",
    "Fábio",
    "Leonardo",
    "Gustavo",
    "Guilherme",
    "Letícia",
    "Júlia",
    "Patrícia",
    "Aline",
    "Márcia",
    "Vitória",
    "Sônia",
    "Cláudia",
    "Conceição",
    "Flávia",
    "Íris",
    "Mônica",
    "Raíssa",
    "Tânia",
    "Zoé",
]
LAST = [
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Pereira",
    "Lima",
    "Gomes",
    "Costa",
    "Ribeiro",
    "Martins",
    "Carvalho",
    "Almeida",
    "Lopes",
    "Soares",
    "Fernandes",
    "Vieira",
    "Barbosa",
    "Rocha",
    "Dias",
    "Nascimento",
    "Andrade",
    "Moreira",
    "Nunes",
    "Marques",
    "Machado",
    "Mendes",
    "Freitas",
    "Cardoso",
    "Ramos",
    "Gonçalves",
    "Santana",
    "Teixeira",
    "Araújo",
    "Assunção",
    "Galvão",
    "Nóbrega",
    "Simões",
    "Brandão",
    "Guimarães",
    "Magalhães",
    "Conceição",
    "Leão",
    "Falcão",
    "Antunes",
    "Bragança",
    "Queirós",
    "Furtado",
    "Wanderley",
    "Xavier",
    "Zanetti",
]
# One in a thousand has a surname of their own, such as «Vortanelo123».
CONTACTS = """
INSERT INTO contacts_contact
       (workspace_id, id, first_name, last_name, source, source_ref, source_name, assignee_id, location, address,
        utm_first, utm_last, created_at, updated_at)
SELECT %(ws)s, n, (%(first)s::text[])[1 + floor(44 * power(r1, 1.7))::int],
       CASE WHEN n %% 3 = 0 THEN (%(last)s::text[])[1 + floor(53 * r4)::int] || ' ' ELSE '' END
         || CASE WHEN n %% 1000 = 7 THEN 'Vortanelo' || n / 1000
                 ELSE (%(last)s::text[])[1 + floor(53 * power(r2, 1.5))::int] END,
       s.source, NULL, initcap(s.source),
       CASE WHEN n %% 10 < 8 THEN (%(members)s::bigint[])[1 + (n %% cardinality(%(members)s::bigint[]))] END,
       CASE WHEN n %% 5 < 4 THEN (%(cities)s::text[])[1 + floor(12 * power(h(n, 6), 2))::int] ELSE '' END, '',
       CASE WHEN n %% 5 < 2 THEN jsonb_build_object('utm_source', (%(origins)s::text[])[1 + floor(6 * h(n, 7))::int]) ELSE '{}' END,
       '{}', now() - make_interval(secs => (%(total)s - n) * 90), now() - make_interval(secs => (%(total)s - n) * 40)
  FROM (SELECT n, h(n, 1) AS r1, h(n, 2) AS r2, h(n, 3) AS r3, h(n, 4) AS r4
          FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n) AS g,
       LATERAL (SELECT CASE WHEN r3 < 0.45 THEN 'form' WHEN r3 < 0.7 THEN 'import' WHEN r3 < 0.88 THEN 'webhook'
                            WHEN r3 < 0.97 THEN 'api' ELSE 'manual' END AS source) AS s
"""
EMAILS = """
INSERT INTO contacts_contactemail (workspace_id, contact_id, email, key, is_primary)
SELECT workspace_id, id, address, address, true
  FROM (SELECT workspace_id, id, replace(sort_name, ' ', '.') || id %% 9973 || '@'
               || (ARRAY['gmail.example', 'hotmail.example', 'uol.example', 'empresa' || id %% 700 || '.example'])[1 + id %% 4]
               AS address
          FROM contacts_contact WHERE workspace_id = %(ws)s AND id BETWEEN %(from)s AND %(last_id)s) AS t
"""
PHONES = """
INSERT INTO contacts_contactphone (workspace_id, contact_id, raw, e164, is_primary)
SELECT workspace_id, id, '(' || ddd || ') 9' || left(rest, 4) || '-' || right(rest, 4), '+55' || ddd || '9' || rest, true
  FROM (SELECT workspace_id, id, (ARRAY[11, 21, 31, 41, 51, 61, 71, 81, 85, 91])[1 + id %% 10] AS ddd,
               lpad((floor(h(id, 5) * 100000000))::int::text, 8, '0') AS rest
          FROM contacts_contact WHERE workspace_id = %(ws)s AND id BETWEEN %(from)s AND %(last_id)s) AS t
"""
# For the floor of searching: one workspace in a table of its own, with the index one would give it.
PLAIN = """
CREATE SCHEMA bench;
CREATE TABLE bench.person AS
SELECT c.id, p.digits,
       array_to_tsvector(string_to_array(c.sort_name, ' ') || e.email || split_part(e.email, '@', 2)
         || ARRAY(SELECT '#' || substr(p.digits, place, 3) FROM generate_series(1, length(p.digits) - 2) AS place)) AS words
  FROM contacts_contact c
  JOIN contacts_contactemail e ON e.workspace_id = c.workspace_id AND e.contact_id = c.id
  JOIN (SELECT workspace_id, contact_id, ltrim(e164, '+') AS digits FROM contacts_contactphone) AS p
    ON p.workspace_id = c.workspace_id AND p.contact_id = c.id
 WHERE c.workspace_id = {ws} ORDER BY c.id;
ALTER TABLE bench.person ADD PRIMARY KEY (id);
CREATE INDEX ON bench.person USING gin (words)
"""
# The same number gives the same fraction between 0 and 1.
FRACTION = """
CREATE FUNCTION pg_temp.h(n bigint, seed bigint) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, seed) & 1073741823) / 1073741824.0
"""
MEMBER = """
WITH person AS (
  INSERT INTO accounts_user (password, email, name, language, timezone, theme, density, has_shortcuts, is_active, created_at)
  VALUES ('!', %(email)s, %(name)s, 'pt-br', '', 'system', 'regular', true, true, now()) RETURNING id)
INSERT INTO accounts_membership (workspace_id, user_id, role, contacts_reach, deals_reach, is_active, created_at)
SELECT %(ws)s, id, 'member', 'all', 'all', true, now() FROM person
"""


def prepare(base: Path, count: int) -> Site:
    """The site with `count` contacts in its first workspace; its database is not running."""
    folder = base / f"contacts-{count}"
    note = folder / "made.json"
    wanted = {"signature": signature(), "count": count}
    if not note.exists() or json.loads(note.read_text()) != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _make(Site(folder, overrides=FAST), count)
        note.write_text(json.dumps(wanted))
    return Site(folder)


def signature() -> str:
    """A digest of everything that decides what the site holds."""
    digest = hashlib.sha256()
    for pattern in INPUTS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:24]


def _make(site: Site, count: int) -> None:
    with site.database():
        numbers = [site.set_up(f"Medida {n}") for n in range(OTHERS + 1)]
        with site.connect() as admin:
            index = _drop_search_index(admin)
        after = 0
        for place, workspace_id in enumerate(numbers):
            share = count // 50 if place else count
            _fill(site, workspace_id, after, share)
            after += share
        with site.connect() as admin:
            admin.execute(index)  # type: ignore[arg-type]  # as the database wrote it down
            for statement in PLAIN.format(ws=numbers[0]).split(";"):
                admin.execute(statement)  # type: ignore[arg-type]
            admin.execute("SELECT setval(pg_get_serial_sequence('contacts_contact', 'id'), %s)", [after])
            admin.execute("VACUUM ANALYZE")
            admin.execute("CHECKPOINT")


def _drop_search_index(admin: Connection) -> str:
    """Building it once at the end takes a tenth of keeping it up to date; the statement that does."""
    row = admin.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'contact_search_words'").fetchone()
    assert row is not None
    admin.execute("DROP INDEX contact_search_words")
    return str(row[0])


def _fill(site: Site, workspace_id: int, after: int, count: int) -> None:
    with site.connect() as admin:
        for number in range(MEMBERS - 1):
            said = {
                "ws": workspace_id,
                "email": f"m{number}.{workspace_id}@bench.example",
                "name": f"Membro {number}",
            }
            admin.execute(MEMBER, said)
        rows = admin.execute(
            "SELECT id FROM accounts_membership WHERE workspace_id = %s", [workspace_id]
        ).fetchall()
        details = million_details.begin(admin, workspace_id)
    members = [row[0] for row in rows]
    index = site.inside("wording")["index"]
    chunks = range(after + 1, after + count + 1, CHUNK)
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(
                lambda first: _chunk(site, workspace_id, members, details, index, first, after + count),
                chunks,
            )
        )


def _chunk(
    site: Site,
    workspace_id: int,
    members: list[int],
    details: dict[str, Any],
    index: str,
    first: int,
    last: int,
) -> None:
    until = min(first + CHUNK - 1, last)
    said = {"ws": workspace_id, "from": first, "last_id": until, "total": last, "members": members}
    said |= {
        "first": FIRST,
        "last": LAST,
        "cities": million_details.CITIES,
        "origins": million_details.ORIGINS,
    }
    with site.connect() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("SET LOCAL synchronous_commit = off")
        admin.execute("SET LOCAL work_mem = '256MB'")
        admin.execute(FRACTION)
        admin.execute("SET LOCAL search_path = public, pg_temp")
        for statement in (CONTACTS, EMAILS, PHONES, *million_details.STATEMENTS):
            admin.execute(re.sub(r"\bh\(", "pg_temp.h(", statement), said | details)
        said = {"ws": workspace_id, "mark": f"{workspace_id}.", "ids": list(range(first, until + 1))}
        admin.execute(index, said)  # type: ignore[arg-type]  # the product's own, so the result is too
