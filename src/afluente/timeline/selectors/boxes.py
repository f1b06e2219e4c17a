"""The box in which a comment, an answer or a change is written: what `_composer.html` needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import QueryDict

    from afluente.files.models import File


@dataclass(frozen=True, kw_only=True)
class Box:
    """`name` is the id of the box, `target` of what its answer replaces. `asks` is set when the text
    mentions somebody who cannot see the record, and `error` says so: sending again means knowing.
    """

    name: str
    url: str
    record_kind: str
    record_id: int
    target: str = ""
    draft: str = ""
    text: str = ""
    error: str = ""
    asks: bool = False
    mentions: Sequence[int] = ()
    is_reply: bool = False
    is_change: bool = False
    limit: int = 5000
    cancel_url: str = ""
    files: Callable[[], Sequence[File]] = tuple  # chosen before and not sent yet, asked where it is drawn

    @property
    def area(self) -> str:
        """The id of the text area."""
        return "comment" if self.name == "composer" else f"{self.name}-words"

    @property
    def goal(self) -> str:
        return self.target or self.name

    @property
    def count_from(self) -> int:
        """The length from which what is left is shown."""
        return self.limit - self.limit // 10

    @property
    def people_url(self) -> str:
        """Whom one may mention here."""
        about = urlencode({self.record_kind: self.record_id})
        return f"{reverse('timeline:people')}?{about}"

    def refused(self, problem: Exception, post: QueryDict, *, asks: bool) -> Box:
        """The same box with words that could not be taken."""
        chosen = [int(one) for one in post.getlist("mention") if one.isascii() and one.isdigit()]
        return replace(self, text=post.get("text", ""), error=str(problem), asks=asks, mentions=chosen)
