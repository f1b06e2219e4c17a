"""What people write about a record (crm.md 5.12): comments, and replies to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext, ngettext

from afluente.kernel import clock
from afluente.timeline import policies
from afluente.timeline.events import Actor, NewEvent
from afluente.timeline.models import RECORDS, Comment, Mention
from afluente.timeline.services.attaching import attach_files
from afluente.timeline.services.drafting import forget_draft
from afluente.timeline.services.mentions import MOST, Place, find_mentions, keep_mentions
from afluente.timeline.services.notifying import Notice, notify
from afluente.timeline.services.recording import record
from afluente.ui import formats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from afluente.accounts.models import Membership

LIMIT = 5000  # characters that a person types (crm.md 2.8)
HARD_LIMIT = 65_535  # characters that another program may send


class CommentRefusedError(Exception):
    """A comment that cannot be kept; its text is a sentence for the person who wrote it."""


class BlindMentionError(CommentRefusedError):
    """It names somebody who cannot see the record. Sent again by who knows, it is kept."""


class Typed(TypedDict):
    """What a comment box sends."""

    text: str
    mentions: list[int]
    files: list[int]
    is_knowing: bool


def typed(post: QueryDict) -> Typed:
    """A comment box's fields: the words, the members picked in them, and whether a warning was read."""
    return {
        "text": post.get("text", ""),
        "mentions": _numbers(post.getlist("mention")),
        "files": _numbers(post.getlist("file")),
        "is_knowing": post.get("knowing") == "1",
    }


def _numbers(values: Sequence[str]) -> list[int]:
    return [int(one) for one in values[: 2 * MOST] if one.isascii() and one.isdigit() and len(one) < 19]


@transaction.atomic
def add_comment(
    *,
    text: str,
    by: Membership,
    contact_id: int | None = None,
    deal_id: int | None = None,
    company_id: int | None = None,
    task_id: int | None = None,
    parent: Comment | None = None,
    mentions: Sequence[int] = (),
    files: Sequence[int] = (),
    is_knowing: bool = True,
    limit: int = LIMIT,
    actor: Actor | None = None,
) -> Comment:
    """Write about a record (models.RECORDS) that the caller has found through its policy, or answer `parent`.

    Who is mentioned is told, and so are those of the thread, as far as they see the record. `files`
    are numbers of files that the author sees; with them the text may be empty. `actor` is who the log
    names, when that is not the author. Raises CommentRefusedError without text or
    beyond `limit` characters, BlindMentionError unless `is_knowing`.
    """
    words = _checked(text, limit, may_be_empty=bool(files))
    places = find_mentions(words, chosen=mentions)
    root = (parent.parent or parent) if parent else None
    named = {"contact_id": contact_id, "deal_id": deal_id, "company_id": company_id, "task_id": task_id}
    made = Comment(**(_named(root) if root else named), parent=root, author=by, text=words)
    told = _whom_to_tell(places, made.record, is_knowing)
    who = actor or Actor("member", by.pk, by.user.name)
    made.event_id, made.created_at = _write_down(who, made, root), clock.now()
    made.save(force_insert=True)
    keep_mentions(made, places)
    if not attach_files(comment=made, numbers=files, member=by) and not words:
        raise CommentRefusedError(gettext("Write something first."))
    forget_draft(comment=made, member=by)
    _tell_people(made, told, who)
    return made


@transaction.atomic
def edit_comment(
    *,
    comment: Comment,
    text: str,
    by: Membership,
    mentions: Sequence[int] = (),
    files: Sequence[int] = (),
    is_knowing: bool = True,
    limit: int = LIMIT,
    actor: Actor | None = None,
) -> Comment:
    """Change the words. The history marks it as edited; the log keeps the words before and after.

    Who is mentioned anew is told. Raises what `add_comment` does; a text longer than `limit` may
    stay as long as it is.
    """
    comment = Comment.objects.select_for_update().get(pk=comment.pk)
    attach_files(comment=comment, numbers=files, member=by)
    words = _checked(text, max(limit, len(comment.text)), may_be_empty=not comment.text)
    if words == comment.text:
        return comment
    before = set(Mention.objects.filter(comment_id=comment.pk).values_list("member_id", flat=True))
    places = find_mentions(words, chosen=mentions, kept=before)
    fresh = [place for place in places if place.member.pk not in before]
    told = _whom_to_tell(fresh, comment.record, is_knowing)
    who = actor or Actor("member", by.pk, by.user.name)
    _tell("edited", comment, who, text=[comment.text, words])
    comment.text, comment.edited_at = words, clock.now()
    comment.save(update_fields=["text", "edited_at"])
    keep_mentions(comment, places)
    _tell_people(comment, told, who, is_new=False)
    return comment


@transaction.atomic
def delete_comment(*, comment: Comment, by: Membership, actor: Actor | None = None) -> None:
    """Take a comment out of the history. `restore_comment` brings it back."""
    if comment.deleted_at is not None:
        return
    comment.deleted_at = clock.now()
    comment.save(update_fields=["deleted_at"])
    _tell("deleted", comment, actor or Actor("member", by.pk, by.user.name))


@transaction.atomic
def restore_comment(*, comment: Comment, by: Membership) -> None:
    """Bring back a deleted comment, at its old place."""
    if comment.deleted_at is None:
        return
    comment.deleted_at = None
    comment.save(update_fields=["deleted_at"])
    _tell("restored", comment, Actor("member", by.pk, by.user.name))


def _named(comment: Comment) -> dict[str, Any]:
    """The records that a comment names, as columns."""
    return {f"{kind}_id": getattr(comment, f"{kind}_id") for kind in RECORDS}


def _write_down(who: Actor, comment: Comment, root: Comment | None) -> int:
    """The event of a new comment, or of an answer to `root`."""
    about: Any = {"actor": who, **_named(comment)}
    said = (
        NewEvent(kind="comment.replied", data={"parent": root.pk}, **about)
        if root
        else NewEvent(kind="comment.added", **about)
    )
    return record([said])[0]


def _whom_to_tell(places: Sequence[Place], about: tuple[str, int], is_knowing: bool) -> list[int]:
    """Members mentioned who see the record. Those who do not are never told, and nobody is misled."""
    people = {place.member.pk: place.member for place in places if place.member.is_active}
    seeing = policies.seen_by(*about, list(people.values()))
    blind = [member.user.name for number, member in people.items() if number not in seeing]
    if blind and not is_knowing:
        raise BlindMentionError(
            ngettext(
                "{names} cannot see this record and will not be told. Change the text, or send it all the same.",
                "{names} cannot see this record and will not be told. Change the text, or send it all the same.",
                len(blind),
            ).format(names=", ".join(blind))
        )
    return [number for number in people if number in seeing]


def _tell_people(comment: Comment, mentioned: Sequence[int], who: Actor, *, is_new: bool = True) -> None:
    """Who is mentioned; when it is a new answer, the others of the thread; and, of what is new, who follows the
    record: each once, by the first of these that fits.
    """
    kind, number = comment.record
    thread = _others_of_thread(comment, mentioned) if is_new and comment.parent_id else []
    known = {*mentioned, *thread}
    following = sorted(policies.followers(kind, number) - known) if is_new else []
    notify(
        [
            Notice(
                member_id=member_id,
                kind=what,
                record_kind=kind,
                record_id=number,
                comment_id=comment.pk,
                actor=who,
            )
            for what, members in (("mention", mentioned), ("reply", thread), ("comment", following))
            for member_id in members
            if member_id != comment.author_id
        ]
    )


def _others_of_thread(comment: Comment, mentioned: Sequence[int]) -> list[int]:
    root_id = comment.parent_id or 0
    answers = Comment.objects.filter(parent_id=root_id, deleted_at=None)
    thread = answers | Comment.objects.filter(pk=root_id)
    authors = {
        one.author_id: one.author
        for one in thread.select_related("author__user", "author__workspace", "author__team")
        if one.author.is_active and one.author_id not in mentioned and one.author_id != comment.author_id
    }
    seeing = policies.seen_by(*comment.record, list(authors.values()))
    return [number for number in authors if number in seeing]


def _tell(what: str, comment: Comment, who: Actor, **more: Any) -> None:
    """One hidden event, so that open screens read the comment again."""
    record(
        [
            NewEvent(
                "comment.changed",
                who,
                **_named(comment),
                data={"comment": comment.pk, "what": what, **more},
            )
        ]
    )


def _checked(text: str, limit: int, *, may_be_empty: bool = False) -> str:
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words and not may_be_empty:
        raise CommentRefusedError(gettext("Write something first."))
    if (over := len(words) - limit) > 0:
        raise CommentRefusedError(
            ngettext(
                "A comment holds {limit} characters. Take out {n} character.",
                "A comment holds {limit} characters. Take out {n} characters.",
                over,
            ).format(n=over, limit=formats.number(limit))
        )
    return words
