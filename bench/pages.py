"""Rows `board_10000` and `contact_10000_events`: pages through the real web process."""

from __future__ import annotations

import json
import time
from statistics import median
from typing import TYPE_CHECKING

from bench import browser, contacts, pipeline
from bench.figures import Found, percentile, rounded, spread
from bench.machine import cpu_seconds

if TYPE_CHECKING:
    from bench.product import Site
    from bench.work import Bench

MOST_BYTES = 150_000

TOPS = """
SELECT s.id, d.* FROM deals_stage s,
  LATERAL (SELECT d.id, d.number, d.name, d.amount, d.currency, d.stage_entered_at, d.position, c.first_name, c.last_name
             FROM deals_deal d
             JOIN deals_dealcontact l ON l.workspace_id = d.workspace_id AND l.deal_id = d.id AND l.is_primary
             JOIN contacts_contact c ON c.workspace_id = d.workspace_id AND c.id = l.contact_id
            WHERE d.workspace_id = s.workspace_id AND d.stage_id = s.id AND d.deleted_at IS NULL
            ORDER BY d.position, d.id LIMIT 21) AS d
 WHERE s.workspace_id = %(ws)s AND s.kind = 'open'
"""
TOTALS = """
SELECT stage_id, currency, count(*), sum(amount) FROM deals_deal
 WHERE workspace_id = %(ws)s AND deleted_at IS NULL GROUP BY 1, 2
"""
# Of the oldest, who has most: nearly all fields are filled, then tags, a company, a messenger.
FULLEST = """
SELECT contact_id FROM (
  SELECT contact_id FROM contacts_contactvalue WHERE workspace_id = %(ws)s AND contact_id <= 20000
   UNION ALL SELECT contact_id FROM contacts_contacttag WHERE workspace_id = %(ws)s AND contact_id <= 20000
   UNION ALL SELECT contact_id FROM contacts_companycontact WHERE workspace_id = %(ws)s AND contact_id <= 20000
   UNION ALL SELECT contact_id FROM contacts_contactmessenger WHERE workspace_id = %(ws)s AND contact_id <= 20000
  ) AS has GROUP BY contact_id ORDER BY count(*) DESC, contact_id LIMIT 1
"""
FILLED = """
SELECT contact_id FROM timeline_event WHERE workspace_id = %(ws)s AND actor_name = 'Medida'
 GROUP BY contact_id HAVING count(*) = %(count)s ORDER BY contact_id LIMIT 1
"""
DEAL = """
WITH made AS (
  INSERT INTO deals_deal (workspace_id, number, name, amount, currency, pipeline_id, stage_id, stage_epoch, stage_entered_at,
                          position, assignee_id, source, source_name, lost_reason, created_at, updated_at)
  SELECT s.workspace_id, (SELECT coalesce(max(number), 0) + 1 FROM deals_deal WHERE workspace_id = %(ws)s), 'Plano anual', 900, 'BRL', s.pipeline_id, s.id, 1, now(), -1,
         (SELECT min(id) FROM accounts_membership WHERE workspace_id = %(ws)s), 'form', 'Contato', '', now(), now()
    FROM deals_stage AS s WHERE s.workspace_id = %(ws)s AND s.kind = 'open' ORDER BY s.position, s.id LIMIT 1
  RETURNING id
)
INSERT INTO deals_dealcontact (workspace_id, deal_id, contact_id, is_primary)
SELECT %(ws)s, id, %(contact)s, true FROM made
"""
EVENTS = """
INSERT INTO timeline_event (workspace_id, at, kind, contact_id, deal_id, actor_kind, actor_name, data)
SELECT %(ws)s, now() - make_interval(mins => (%(count)s - n)), (ARRAY['deal.moved', 'comment.added', 'lead.received', 'contact.changed'])[1 + n %% 4],
       %(contact)s, CASE WHEN n %% 4 = 0 THEN (SELECT min(deal_id) FROM deals_dealcontact WHERE workspace_id = %(ws)s AND contact_id = %(contact)s) END, 'member', 'Medida',
       CASE n %% 4 WHEN 0 THEN '{"from": 1, "to": 2, "from_name": "Novo", "to_name": "Em andamento", "to_kind": "open", "epoch": 2}'::jsonb
                   WHEN 2 THEN '{"source": "form", "source_name": "Contato", "fields": {"plano": "anual"}, "utm": {"utm_source": "google"}}'::jsonb
                   WHEN 3 THEN '{"last_name": ["Lima", "Souza"]}'::jsonb ELSE '{}'::jsonb END
  FROM generate_series(1, %(count)s) AS n
"""
COMMENTS = """
INSERT INTO timeline_comment (workspace_id, contact_id, author_id, event_id, text, created_at)
SELECT workspace_id, contact_id, (SELECT min(id) FROM accounts_membership m WHERE m.workspace_id = e.workspace_id), id,
       'Ligou e pediu o contrato ' || id, at
  FROM timeline_event e WHERE kind = 'comment.added' AND workspace_id = %(ws)s AND contact_id = %(contact)s
"""
HISTORY = """
SELECT id, at, kind, deal_id, actor_kind, actor_name, data FROM timeline_event
 WHERE workspace_id = %(ws)s AND contact_id = %(contact)s ORDER BY id DESC LIMIT 31
"""


def measure_board(bench: Bench) -> Found:
    """The first screen of a board with 10,000 open deals."""
    count = bench.size(10_000, 2_000)
    with pipeline.open_site(bench, "board", deals=count) as board:
        floor = _floor(board.site, [TOPS, TOTALS], {"ws": board.workspace_id})
    with board.site.running():
        answers, web_cpu = _ask(board.site, "/deals/", bench)
    seconds, wire = [answer.seconds for answer in answers], max(answer.wire for answer in answers)
    details = {
        "deals": count,
        **spread(seconds),
        "web_cpu_ms": rounded(web_cpu),
        "floor_ms": rounded(median(floor) * 1000),
        "wire_bytes": wire,
        "encoding": answers[0].headers.get("content-encoding", "none"),
        "page_bytes": len(answers[0].text.encode()),
        "cards": answers[0].text.count('id="deal-'),
    }
    missed = () if wire <= MOST_BYTES else (f"{MOST_BYTES} bytes on the wire",)
    return Found(percentile(seconds, 0.5) * 1000, median(floor) * 1000, details, missed)


def measure_contact(bench: Bench) -> Found:
    """The page of one of 1,000,000 contacts, with a value in each of its ten fields, tags, a company, a deal
    and 10,000 entries in its history.
    """
    count = bench.size(10_000, 2_000)
    with bench.million.database(), bench.million.connect() as admin:
        workspace_id, contacts_count = contacts.workspace_of(admin)
        said = {"ws": workspace_id, "count": count}
        filled = admin.execute(FILLED, said).fetchone()
        said["contact"] = (filled or admin.execute(FULLEST, said).fetchone() or (0,))[0]
        if not filled:
            for statement in (DEAL, EVENTS, COMMENTS, "VACUUM ANALYZE"):
                admin.execute(statement, said if "%(" in statement else None)  # type: ignore[arg-type]
        floor = _floor(bench.million, [HISTORY], said)
    with bench.million.running():
        answers, web_cpu = _ask(bench.million, f"/contacts/{said['contact']}/", bench)
    seconds = [answer.seconds for answer in answers]
    details = {
        "contacts": contacts_count,
        "events": count,
        **spread(seconds),
        "web_cpu_ms": rounded(web_cpu),
        "wire_bytes": max(answer.wire for answer in answers),
    }
    return Found(percentile(seconds, 0.5) * 1000, median(floor) * 1000, details)


def _ask(site: Site, path: str, bench: Bench) -> tuple[list[browser.Answer], float]:
    """The answers, and the milliseconds of processor time that the web process took for each."""
    person = browser.Browser(site.port)
    person.sign_in()
    web = json.loads((site.data_dir / "processes.json").read_text())["web"]
    browser.timed(person, path, 5)
    before, times = cpu_seconds(web), bench.size(100, 20)
    answers = browser.timed(person, path, times)
    return answers, (cpu_seconds(web) - before) / (times + browser.UNCOUNTED) * 1000


def _floor(site: Site, statements: list[str], said: dict[str, int]) -> list[float]:
    """The rows that the page shows, read by plain SQL as the superuser."""
    seconds = []
    with site.connect() as admin:
        for _ in range(30):
            began = time.perf_counter()
            for statement in statements:
                admin.execute(statement, said, prepare=True).fetchall()  # type: ignore[arg-type]
            seconds.append(time.perf_counter() - began)
    return seconds
