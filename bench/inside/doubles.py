"""How well people are recognised, and how fast their doubles are found."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from bench import inside
from bench.inside.people import Crowd, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

CHUNK = 500
# The floor: every pair that shares a whole address, in one statement over the tables.
PLAIN = """
SELECT count(*) FROM (
  SELECT a.contact_id, b.contact_id FROM contacts_contactemail a
    JOIN contacts_contactemail b ON b.workspace_id = a.workspace_id AND b.key = a.key AND b.contact_id < a.contact_id
   WHERE a.workspace_id = %(ws)s AND a.key <> ''
   UNION
  SELECT a.contact_id, b.contact_id FROM contacts_contactphone a
    JOIN contacts_contactphone b ON b.workspace_id = a.workspace_id AND b.e164 = a.e164 AND b.contact_id < a.contact_id
   WHERE a.workspace_id = %(ws)s AND a.e164 <> '') AS pairs
"""


def doubles(*, workspace_id: int, people: int) -> dict[str, Any]:
    """Fill the workspace with a crowd, look for doubles, let people knock; what was right."""
    from django.db import connection  # noqa: PLC0415  set up first

    from afluente.contacts import services  # noqa: PLC0415
    from afluente.contacts.models import PossibleDuplicate  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    crowd = Crowd(people)
    with scope(workspace_id):
        who = _fill(crowd.records)
    began = time.perf_counter()
    while True:
        with scope(workspace_id):
            if not services.look_for_duplicates():
                break
    seconds = time.perf_counter() - began
    with scope(workspace_id):
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, {"ws": workspace_id})
            (plain_pairs,) = cursor.fetchone()
        floor = time.perf_counter() - began
        said = {(one.contact_id, one.other_id) for one in PossibleDuplicate.objects.filter(resolved_at=None)}
        truth = _pairs(who)
        known = _knock(crowd.arrivals, who)
    right = len(said & truth)
    return {
        "contacts": len(who),
        "seconds": seconds,
        "floor_seconds": floor,
        "floor_pairs": plain_pairs,
        "suggested": len(said),
        "true_pairs": len(truth),
        "suggestion_precision": right / len(said) if said else 1.0,
        "suggestion_recall": right / len(truth),
        **known,
    }


def _fill(records: Sequence[Record]) -> dict[int, int]:
    """Make contacts of the records; by contact, who it really is."""
    from afluente.contacts import services  # noqa: PLC0415
    from afluente.contacts.models import Contact  # noqa: PLC0415
    from afluente.contacts.statements import search  # noqa: PLC0415
    from afluente.kernel import email, phone  # noqa: PLC0415
    from afluente.timeline.events import SYSTEM  # noqa: PLC0415

    who: dict[int, int] = {}
    companies: dict[int, list[int]] = {}
    for start in range(0, len(records), CHUNK):
        part = records[start : start + CHUNK]
        ids = services.create_contacts(
            contacts=[
                services.NewContact(
                    first_name=one.first,
                    last_name=one.last,
                    emails=[services.EmailValue(text, email.match_key(text) or "") for text in one.emails],
                    phones=[services.PhoneValue(text, phone.parse(text, "BR") or "") for text in one.phones],
                )
                for one in part
            ],
            by=SYSTEM,
        )
        for contact_id, one in zip(ids, part, strict=True):
            who[contact_id] = one.who
            if one.company:
                companies.setdefault(one.company, []).append(contact_id)
        placed = [
            Contact(pk=contact_id, location=one.city)
            for contact_id, one in zip(ids, part, strict=True)
            if one.city
        ]
        Contact.objects.bulk_update(placed, ["location"])
    for number, members in companies.items():
        company = services.create_company(name=f"Empresa {number}", by=SYSTEM)
        services.link_contacts(company_id=company.pk, contact_ids=members, by=SYSTEM, is_told=False)
    everybody = list(who)
    for start in range(0, len(everybody), CHUNK):
        search.index_contacts(everybody[start : start + CHUNK])
    return who


def _pairs(who: dict[int, int]) -> set[tuple[int, int]]:
    same: dict[int, list[int]] = {}
    for contact_id, person in who.items():
        same.setdefault(person, []).append(contact_id)
    return {(max(a, b), min(a, b)) for ids in same.values() for a in ids for b in ids if a != b}


def _knock(arrivals: Sequence[Record], who: dict[int, int]) -> dict[str, Any]:
    """Whom the product takes each arrival for, next to who it is."""
    from afluente.contacts import services  # noqa: PLC0415
    from afluente.kernel import email, phone  # noqa: PLC0415

    people = set(who.values())
    counted: Counter[str] = Counter()
    for start in range(0, len(arrivals), CHUNK):
        part = arrivals[start : start + CHUNK]
        matches = services.find_contacts(
            [
                services.Identity(
                    emails=tuple(filter(None, (email.match_key(text) for text in one.emails))),
                    phones=tuple(filter(None, (phone.parse(text, "BR") for text in one.phones))),
                    name=f"{one.first} {one.last}".strip(),
                )
                for one in part
            ]
        )
        for one, match in zip(part, matches, strict=True):
            if match.contact_id is not None:
                counted["right" if who[match.contact_id] == one.who else "wrong"] += 1
            elif one.who in people:
                counted["several" if match.contact_ids else "missed"] += 1
            else:
                counted["rightly_new"] += 1
    recognised = counted["right"] + counted["wrong"]
    due = sum(1 for one in arrivals if one.who in people)
    return {
        "arrivals": len(arrivals),
        **dict(counted),
        "identification_precision": counted["right"] / recognised if recognised else 1.0,
        "identification_recall": counted["right"] / due,
    }


if __name__ == "__main__":
    inside.answer(doubles)
