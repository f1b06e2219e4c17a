"""Numbers for Prometheus, in its text format: counters and durations of this process, and gauges
that are read when somebody asks.

Only numbers and fixed words become labels: never a path, a name or anything of a person.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Mapping[str, str], float]

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds

_lock = threading.Lock()


@dataclass
class Counter:
    """Counts up, by labels."""

    name: str
    help: str
    values: dict[Labels, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, amount: float = 1, **labels: str) -> None:
        with _lock:
            self.values[tuple(sorted(labels.items()))] += amount

    def lines(self) -> Iterable[str]:
        with _lock:
            values = dict(self.values)
        yield from _head(self.name, self.help, "counter")
        for labels, value in values.items():
            yield _line(self.name, labels, value)


@dataclass
class Histogram:
    """Sorts durations (seconds) into BUCKETS."""

    name: str
    help: str
    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        with _lock:
            self.counts[bisect_left(BUCKETS, seconds)] += 1
            self.total += seconds

    def lines(self) -> Iterable[str]:
        with _lock:
            counts, total = list(self.counts), self.total
        yield from _head(self.name, self.help, "histogram")
        below = 0
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            below += count
            yield _line(f"{self.name}_bucket", (("le", bound),), below)
        yield _line(f"{self.name}_sum", (), round(total, 6))
        yield _line(f"{self.name}_count", (), below)


@dataclass(frozen=True)
class Gauge:
    """A number that is looked up when asked: `read` gives (labels, value) pairs."""

    name: str
    help: str
    read: Callable[[], Iterable[Sample]]

    def lines(self) -> Iterable[str]:
        samples = list(self.read())
        yield from _head(self.name, self.help, "gauge")
        for labels, value in samples:
            yield _line(self.name, tuple(labels.items()), value)


requests = Counter("afluente_requests_total", "Answered requests.")
durations = Histogram("afluente_request_seconds", "Time from request to the end of its answer.")
streams_dropped = Counter("afluente_streams_dropped_total", "Streams ended because the reader was too slow.")

_gauges: dict[str, Gauge] = {}


def gauge(name: str, help: str, read: Callable[[], Iterable[Sample]]) -> None:  # noqa: A002
    """Publish a number of this slice; `read` runs in a thread with the database at hand."""
    _gauges[name] = Gauge(name, help, read)


def text() -> str:
    """Everything, in Prometheus' text format 0.0.4. Asks the database: not for the event loop."""
    parts = [*requests.lines(), *durations.lines(), *streams_dropped.lines()]
    for each in _gauges.values():
        parts += each.lines()
    return "\n".join(parts) + "\n"


def _head(name: str, text: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"


def _line(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{text}"' for key, text in labels)
    return f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}"
