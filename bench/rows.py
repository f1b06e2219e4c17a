"""Every row, in the order of DESIGN.md section 6."""

from __future__ import annotations

from bench import (
    accept,
    arriving,
    contacts,
    deals,
    doubles,
    effect,
    filters,
    importing,
    moving,
    pages,
    reminding,
    starting,
    tasks,
)
from bench.figures import Row

ROWS = (
    Row(
        "accept",
        "requests/s",
        "≥ 0.5 of INSERT; COMMIT on one connection",
        accept.measure,
        least_ratio=0.5,
        is_rate=True,
    ),
    Row(
        "effect",
        "events/s",
        "≥ 0.5 of plain SQL; ≥ 3,000 per CPU-second",
        effect.measure,
        least_ratio=0.5,
        is_rate=True,
    ),
    Row("move", "ms", "≤ 10 ms", moving.measure_one, most=10),
    Row("move_10000", "s", "≤ 6 s", moving.measure_bulk, most=6),
    Row("reminders_50000", "s", "≤ 60 s until all are queued", reminding.measure, most=60),
    Row("tasks_500k", "ms (p95)", "≤ 50 ms", tasks.measure, most=50),
    Row("repeat_10_years", "ms (p95)", "≤ 10 ms", tasks.measure_repeating, most=10),
    Row("deals_1m", "ms (p95)", "≤ 50 ms", deals.measure, most=50),
    Row("submit_to_board", "ms (p95)", "≤ 500 ms", arriving.measure, most=500),
    Row("board_10000", "ms", "≤ 100 ms, ≤ 150 kB", pages.measure_board, most=100),
    Row("search_1m", "ms (p95)", "≤ 50 ms", contacts.measure_search, most=50),
    Row("list_1m", "ms (p95)", "≤ 50 ms", contacts.measure_list, most=50),
    Row("filter_1m", "ms (p95)", "≤ 50 ms", filters.measure, most=50),
    Row(
        "identify",
        "precision",
        "≥ 0.995 of automatic identifications are right",
        doubles.measure_identification,
        least_ratio=1,
        is_rate=True,
    ),
    Row(
        "duplicates",
        "contacts/s",
        "precision and recall of suggestions; next to a plain join over equal addresses",
        doubles.measure_duplicates,
        least_ratio=0.001,
        is_rate=True,
    ),
    Row("import_100k", "s", "≤ 30 s for 100,000 rows", importing.measure, most=30),
    Row("contact_10000_events", "ms", "≤ 60 ms", pages.measure_contact, most=60),
    Row("cold_start", "s", "≤ 5 s", starting.measure_cold, most=5),
    Row("warm_start", "s", "≤ 2 s", starting.measure_warm, most=2),
    Row("memory_at_rest", "MB", "≤ 300 MB", starting.measure_memory, most=300),
)
