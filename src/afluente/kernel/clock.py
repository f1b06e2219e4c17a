"""The one place that reads the clock, so that tests can hold it still.

What decides a race or a due date asks the database (`now()` in SQL) instead: invariant 7.
"""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, in UTC."""
    return timezone.now()
