"""What the contacts of the large site have besides names and addresses: ten fields of every type, tags,
companies, messengers, places and where they came from.

Six values for each contact on the average; `h(n, seed)` is the same fraction every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[Any, ...]]

CITIES = [
    "São Paulo",
    "Rio de Janeiro",
    "Belo Horizonte",
    "Curitiba",
    "Recife",
    "Salvador",
    "Florianópolis",
    "Campinas",
    "Kraków",
    "Gdańsk",
    "Łódź",
    "Wrocław",
]
ORIGINS = ["google", "instagram", "newsletter", "fair", "partner", "podcast"]
WORDS = ["urgente", "reforma", "orçamento", "retornar", "indicação", "feira", "aguarda", "viagem"]
COMPANIES, TAGS = 20_000, 30

# name, type, choices, and the share of contacts that have it
FIELDS = (
    ("CPF", "text", 0, 0.7),
    ("Segmento", "select", 8, 0.9),
    ("Interesses", "multiselect", 6, 0.6),
    ("Unidades", "number", 0, 0.8),
    ("Receita", "number", 0, 0.5),
    ("Contrato", "moment", 0, 0.6),
    ("Site", "link", 0, 0.3),
    ("VIP", "checkbox", 0, 0.1),
    ("Observação", "text", 0, 0.4),
    ("Canal", "text", 0, 1.0),
)
FIELD = """
INSERT INTO contacts_field (workspace_id, entity, name, kind, format, is_required, is_on_card, state, position, created_at)
VALUES (%s, 'contact', %s, %s, '', false, true, 'active', %s, now()) RETURNING id
"""
OPTION = """
INSERT INTO contacts_fieldoption (workspace_id, field_id, label, position, is_archived)
SELECT %s, %s, 'Opção ' || n, n, false FROM generate_series(1, %s) AS n RETURNING id
"""
TAG = """
INSERT INTO contacts_tag (workspace_id, name, color, created_at)
SELECT %s, 'Etiqueta ' || n, n %% 24, now() FROM generate_series(1, %s) AS n RETURNING id
"""
COMPANY = """
INSERT INTO contacts_company (workspace_id, name, domain, phone, address, currency, created_at, updated_at)
SELECT %s, 'Empresa ' || n, 'empresa' || n || '.example', '', '', '', now(), now() FROM generate_series(1, %s) AS n RETURNING id
"""
_VALUE = """
INSERT INTO contacts_contactvalue (workspace_id, contact_id, field_id, {column})
SELECT %(ws)s, n, (%(fields)s::bigint[])[{place}], {value}
  FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n WHERE h(n, {seed}) < {share}
"""
_VALUES = {
    "CPF": ("text", "lpad(floor(h(n, 31) * 1e9)::bigint::text, 9, '0') || '09'"),
    "Segmento": ("option_id", "(%(segments)s::bigint[])[1 + floor(8 * power(h(n, 32), 1.5))::int]"),
    "Interesses": ("option_id", "(%(interests)s::bigint[])[1 + floor(3 * h(n, 33))::int]"),
    "Unidades": ("number", "1 + floor(500 * power(h(n, 34), 2))"),
    "Receita": ("number", "round((h(n, 35) * 1000000)::numeric, 2)"),
    "Contrato": ("moment", "date_trunc('hour', now() - make_interval(secs => h(n, 36) * 94608000))"),
    "Site": ("text", "'https://site' || n || '.example/'"),
    "VIP": ("number", "1"),
    "Observação": (
        "text",
        "(%(words)s::text[])[1 + floor(8 * h(n, 37))::int] || ' ' || (%(words)s::text[])[1 + floor(8 * h(n, 38))::int]",
    ),
    "Canal": ("text", "(%(origins)s::text[])[1 + floor(6 * power(h(n, 39), 2))::int]"),
}
SECOND_INTEREST = """
INSERT INTO contacts_contactvalue (workspace_id, contact_id, field_id, option_id)
SELECT %(ws)s, n, (%(fields)s::bigint[])[3], (%(interests)s::bigint[])[4 + floor(3 * h(n, 40))::int]
  FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n WHERE h(n, 23) < 0.3
"""
TAGGED = """
INSERT INTO contacts_contacttag (workspace_id, contact_id, tag_id)
SELECT %(ws)s, n, (%(tags)s::bigint[])[1 + floor(15 * power(h(n, 41), 2))::int + g]
  FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n, LATERAL (VALUES (0, 0.4), (15, 0.1)) AS v (g, share)
 WHERE h(n, 42 + g) < share
"""
EMPLOYED = """
INSERT INTO contacts_companycontact (workspace_id, company_id, contact_id, position, created_at)
SELECT %(ws)s, (%(companies)s::bigint[])[1 + floor(20000 * h(n, 61))::int], n, '', now()
  FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n WHERE h(n, 60) < 0.3
"""
MESSENGERS = """
INSERT INTO contacts_contactmessenger (workspace_id, contact_id, kind, value, external_id, is_primary)
SELECT %(ws)s, n, (ARRAY['whatsapp', 'telegram', 'instagram'])[1 + floor(3 * power(h(n, 63), 2))::int], 'pessoa' || n, '', true
  FROM generate_series(%(from)s::bigint, %(last_id)s::bigint) AS n WHERE h(n, 62) < 0.15
"""
STATEMENTS = (
    *(
        _VALUE.format(
            column=_VALUES[name][0], value=_VALUES[name][1], place=place, seed=20 + place, share=share
        )
        for place, (name, _kind, _choices, share) in enumerate(FIELDS, start=1)
    ),
    SECOND_INTEREST,
    TAGGED,
    EMPLOYED,
    MESSENGERS,
)


def begin(admin: Connection, workspace_id: int) -> dict[str, Any]:
    """Make fields, choices, tags and companies of a workspace; their numbers, for STATEMENTS."""
    fields, options = [], {}
    for place, (name, kind, choices, _share) in enumerate(FIELDS):
        row = admin.execute(FIELD, [workspace_id, name, kind, place]).fetchone()
        assert row is not None
        fields.append(row[0])
        options[name] = _ids(admin, OPTION, workspace_id, row[0], choices)
    return {
        "fields": fields,
        "segments": options["Segmento"],
        "interests": options["Interesses"],
        "tags": _ids(admin, TAG, workspace_id, TAGS),
        "companies": _ids(admin, COMPANY, workspace_id, COMPANIES),
        "words": WORDS,
        "origins": ORIGINS,
    }


def _ids(admin: Connection, statement: str, *said: int) -> list[int]:
    return [row[0] for row in admin.execute(statement, said).fetchall()]  # type: ignore[arg-type]
