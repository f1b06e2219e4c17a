"""What actions must know before they are asked: read once for a batch, and only what its rules need."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from afluente.accounts.models import Membership, Role
from afluente.automation.models import PersonHours, Turn
from afluente.deals.models import Deal, DealContact, Pipeline, Stage
from afluente.kernel.set_statements import among
from afluente.sales.models import Line
from afluente.timeline.models import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

LOOKED = 20  # changes of hands that are looked at for who had a deal before


@dataclass
class Turns:
    """Whose turn it is, by rule: counted in the database, each given out once (S-WHO)."""

    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    dealt: set[tuple[int, str]] = field(default_factory=set)

    def give(self, name: tuple[int, str], members: list[int]) -> int:
        """The member whose turn it is; the turn passes on."""
        number = self.counts.get(name, 0)
        self.counts[name] = number + 1
        self.dealt.add(name)
        return members[number % len(members)]

    def keep(self) -> None:
        """Write down how far the turns are."""
        for definition, rule in sorted(self.dealt):
            Turn.objects.filter(definition_id=definition, rule=rule).update(
                given=self.counts[definition, rule]
            )


def turns_of(names: Iterable[tuple[int, str]]) -> Turns:
    """The turns of rules, held until this transaction ends, so that two workers give out no turn twice."""
    wanted = sorted(set(names))
    if not wanted:
        return Turns()
    rows = [Turn(definition_id=definition, rule=rule) for definition, rule in wanted]
    Turn.objects.bulk_create(rows, ignore_conflicts=True)
    definitions = {definition for definition, _ in wanted}
    held = Turn.objects.filter(definition_id__in=definitions).order_by("pk").select_for_update(of=("self",))
    counts = {(one.definition_id, one.rule): one.given for one in held}
    return Turns({name: counts.get(name, 0) for name in wanted})


def turns_now() -> Turns:
    """How far the turns are, to look ahead: nothing is held and nothing written."""
    rows = Turn.objects.values_list("definition_id", "rule", "given")
    return Turns({(definition, rule): given for definition, rule, given in rows})


def _people(deal_ids: Collection[int]) -> dict[int, list[int]]:
    """The contacts of each deal, the main one first."""
    found: dict[int, list[int]] = defaultdict(list)
    links = DealContact.objects.filter(deal_id__in=among(deal_ids), contact__deleted_at=None)
    for deal_id, contact_id in links.order_by("deal_id", "-is_primary", "pk").values_list(
        "deal_id", "contact_id"
    ):
        found[deal_id].append(contact_id)
    return found


def _supervisors(_deal_ids: Collection[int]) -> dict[int, int]:
    rows = PersonHours.objects.exclude(supervisor=None).values_list("member_id", "supervisor_id")
    return {member: supervisor for member, supervisor in rows if supervisor is not None}


def _roles(_deal_ids: Collection[int]) -> dict[str, list[int]]:
    """Active members by role; of a role of the workspace's own making by its number."""
    found: dict[str, list[int]] = defaultdict(list)
    for pk, role, own in (
        Membership.objects.active().order_by("pk").values_list("pk", "role", "custom_role_id")
    ):
        found[str(own) if own else role].append(pk)
    found["admins"] = sorted(found[Role.OWNER] + found[Role.ADMIN])
    return found


def _loads(_deal_ids: Collection[int]) -> Counter[int]:
    """How many open deals each member has."""
    rows = (
        Deal.objects.open().exclude(assignee=None).order_by().values_list("assignee_id").annotate(Count("pk"))
    )
    return Counter(dict(rows))


def _previous(deal_ids: Collection[int]) -> dict[int, list[int]]:
    """Who had each deal before, the last first."""
    found: dict[int, list[int]] = defaultdict(list)
    events = Event.objects.filter(deal_id__in=deal_ids, kind="deal.assigned").order_by("-pk")
    for deal_id, data in events.values_list("deal_id", "data"):
        before = data.get("from")
        if deal_id and before and len(found[deal_id]) < LOOKED:
            found[deal_id].append(before)
    return found


def _lines(deal_ids: Collection[int]) -> set[int]:
    """The deals that have products."""
    found = Line.objects.filter(deal_id__in=deal_ids).values_list("deal_id", flat=True)
    return set(found)


def _leads(deal_ids: Collection[int]) -> set[int]:
    """Those that are leads."""
    found = Deal.objects.filter(pk__in=deal_ids, pipeline__kind=Pipeline.Kind.LEAD)
    return set(found.values_list("pk", flat=True))


def _opening(_deal_ids: Collection[int]) -> set[int]:
    """The stages in which a lead that was converted may open a deal."""
    found = Stage.objects.lasting().filter(kind=Stage.Kind.OPEN, pipeline__kind=Pipeline.Kind.DEAL)
    return set(found.values_list("pk", flat=True))


_loaders: dict[str, Callable[[Collection[int]], Any]] = {
    "people": _people,
    "supervisors": _supervisors,
    "roles": _roles,
    "loads": _loads,
    "previous": _previous,
    "lines": _lines,
    "leads": _leads,
    "opening": _opening,
}


def register_fact(name: str, load: Callable[[Collection[int]], Any]) -> None:
    """Let actions read what `load(deal_ids)` gives, under this name."""
    _loaders[name] = load


class Facts(dict[str, Any]):
    """What actions may ask of a batch of deals: each fact is loaded for all of them when the first one asks."""

    def __init__(self, deal_ids: Collection[int], own: Mapping[str, Callable[[], Any]], **given: Any) -> None:
        super().__init__(given)
        self.deal_ids, self.own = deal_ids, own

    def __missing__(self, name: str) -> Any:
        load = self.own.get(name)
        self[name] = load() if load else _loaders[name](self.deal_ids)
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The fact, loaded if it is one that is known."""
        known = name in self or name in self.own or name in _loaders
        return self[name] if known else default
