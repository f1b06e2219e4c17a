"""A row of a file as a deal, with the person it is about: where it stands, what it is worth, when it is due."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.deals import policies
from afluente.deals.models import DealType, Stage
from afluente.kernel import money, text
from afluente.kernel.sayings import gettext
from afluente.transfer.models import Import
from afluente.transfer.services import parsing
from afluente.transfer.services.people import Person, Reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from afluente.contacts.selectors import Place
    from afluente.deals.models import Pipeline
    from afluente.transfer.selectors.tables import Shape

TEXTS = {"title": 255, "pipeline": 100, "stage": 100, "lost_reason": 255}
# What systems call the outcome of a deal, folded; in English, Portuguese and Polish.
_OUTCOMES = {
    "won": "won|closed won|closed - won|success|successful|ganho|ganha|fechado - ganho|venda ganha|wygrana|wygrany|sukces",
    "lost": "lost|closed lost|closed - lost|failed|unsuccessful|perdido|perdida|fechado - perdido|venda perdida|przegrana"
    "|przegrany|utracona",
    "open": "open|in progress|aberto|aberta|em andamento|otwarta|otwarty|w toku",
}
OUTCOMES = {word: kind for kind, words in _OUTCOMES.items() for word in words.split("|")}


@dataclass
class DealRow(Person):
    """What a row says of a deal, beside its person. `stage` is where it goes once the row was looked at."""

    said: dict[str, Any] = field(default_factory=dict)  # by target, as read
    stage: Stage | None = None
    may_be_known: bool = False  # it names a deal by number; what it leaves out stays as it is then

    @property
    def name(self) -> str:
        return str(self.said.get("title") or self.person or next(iter(self.companies), ""))[:255]

    @property
    def person(self) -> str:
        """What the person is called."""
        said = f"{self.parts.get('first_name', '')} {self.parts.get('last_name', '')}".strip()
        known = [one.email for one in self.emails] + [one.raw for one in self.phones]
        return said or next(iter(known), "")

    @property
    def has_person(self) -> bool:
        """Whether it says who the deal is about."""
        return bool(self.person)


class DealReader(Reader):
    """Reads rows of deals. `home` is the stage of those that name none."""

    def __init__(self, given: Import, shape: Shape, place: Place) -> None:
        super().__init__(given, shape, place.country, place)
        assert given.member is not None
        pipelines = list(policies.pipelines_of(given.member).order_by("position", "pk"))
        self._pipelines = {text.norm(one.name): one for one in reversed(pipelines)}
        self._stages: dict[int, list[Stage]] = defaultdict(list)
        stages = Stage.objects.lasting().filter(pipeline__in=pipelines).select_related("pipeline")
        for stage in stages.order_by("position", "pk"):
            self._stages[stage.pipeline_id].append(stage)
        wanted = given.options.get("stage")
        every = [one for found in self._stages.values() for one in found]
        self._home = next((one for one in every if one.pk == wanted), next(iter(every), None))
        self._types = {
            text.norm(name): pk
            for pk, name in DealType.objects.filter(archived_at=None).values_list("pk", "name")
        }
        self._match = given.match

    def blank(self, number: int, problem: str) -> DealRow:
        return DealRow(number, problem=problem)

    def cell(self, target: str, raw: str) -> Any:
        if target in TEXTS:
            return parsing.line(raw, TEXTS[target])
        known = {
            "amount": self._amount,
            "currency": self._currency,
            "status": _status,
            "type": self._type,
            "due": self.deadline,
            "number": parsing.number_of_ours,
            "closed_at": self.moment,
        }.get(target)
        return known(raw) if known is not None else super().cell(target, raw)

    def put(self, found: Person, target: str, read: Any) -> None:
        if isinstance(found, DealRow) and target in _SAID:
            found.said[target] = read
        else:
            super().put(found, target, read)

    def finish(self, found: Person) -> None:
        """Find the stage; what stands in the way is said by column, so that it can be mended there."""
        assert isinstance(found, DealRow)
        found.may_be_known = bool(key_of(found, self._match))
        if not (found.name or found.bad or found.may_be_known):
            found.problem = nameless()
            return
        pipeline = self._pipeline(found)
        if pipeline is not None and not found.failure:
            found.stage = self._stage(found, pipeline)
        if found.may_be_known and not found.said.get("pipeline"):
            return  # a known deal is in a pipeline of its own
        said = gettext("This field belongs to another pipeline. It is left out.")
        self.drop_others(found, pipeline.pk if pipeline else None, said)

    def _pipeline(self, found: DealRow) -> Pipeline | None:
        wanted = found.said.get("pipeline", "")
        if not wanted:
            if self._home is None:
                found.problem = gettext("There is no pipeline yet. Make one first.")
            return self._home.pipeline if self._home else None
        known = self._pipelines.get(text.norm(wanted))
        if known is None:
            names = ", ".join(one.name for one in self._pipelines.values())
            said = gettext("There is no pipeline called so. There are: {names}").format(names=names[:300])
            self.refuse(found, "pipeline", wanted, said)
        return known

    def _stage(self, found: DealRow, pipeline: Pipeline) -> Stage | None:
        stages = self._stages[pipeline.pk]
        named, wanted = said_stage(found, stages), found.said.get("stage", "")
        if named is not None:
            return named
        if wanted:
            if not found.may_be_known or found.said.get("pipeline"):
                self.refuse(found, "stage", wanted, self._elsewhere(wanted, pipeline))
            return None
        is_home = self._home is not None and self._home.pipeline_id == pipeline.pk
        return self._home if is_home else stages[0]

    def _elsewhere(self, wanted: str, pipeline: Pipeline) -> str:
        """Why a stage of this name will not do."""
        others = [one for found in self._stages.values() for one in found if one.pipeline_id != pipeline.pk]
        other = next((one for one in others if text.norm(one.name) == text.norm(wanted)), None)
        names = ", ".join(one.name for one in self._stages[pipeline.pk])
        if other is not None:
            said = gettext("This is a stage of {other}, not of {pipeline}, whose stages are: {names}")
            return said.format(other=other.pipeline.name, pipeline=pipeline.name, names=names[:300])
        said = gettext("{pipeline} has no stage called so. Its stages are: {names}")
        return said.format(pipeline=pipeline.name, names=names[:300])

    def _amount(self, raw: str) -> Decimal:
        try:
            found = money.amount(self.number(raw))
        except (ValueError, ArithmeticError) as refused:
            raise parsing.BadCellError(gettext("Write a number.")) from refused
        if found < 0:
            raise parsing.BadCellError(gettext("The value of a deal cannot be below zero."))
        return found

    def _currency(self, raw: str) -> str:
        code = _SIGNS.get(raw.strip(), raw.strip().upper())
        if not money.is_currency(code):
            raise parsing.BadCellError(
                gettext("This is no currency. Write three letters, such as BRL or EUR.")
            )
        return code

    def _type(self, raw: str) -> int:
        found = self._types.get(text.norm(raw))
        if found is None:
            raise parsing.BadCellError(gettext("There is no type of deals called so."))
        return found


_SAID = frozenset({*TEXTS, "amount", "currency", "status", "type", "due", "closed_at", "number"})
_SIGNS = {"R$": "BRL", "€": "EUR", "zł": "PLN", "£": "GBP", "US$": "USD", "$": "USD", "₴": "UAH", "₽": "RUB"}


def said_stage(row: DealRow, stages: Sequence[Stage]) -> Stage | None:
    """The one of these stages of one pipeline that a row names, by its name or as won or lost."""
    outcome, wanted = row.said.get("status", ""), row.said.get("stage", "")
    named = next((one for one in stages if text.norm(one.name) == text.norm(wanted)), None)
    if named is None and wanted:
        outcome = outcome or OUTCOMES.get(text.norm(wanted), "")
    if outcome in {Stage.Kind.WON, Stage.Kind.LOST}:
        return next(one for one in stages if one.kind == outcome)
    return named


def key_of(row: Person, match: str) -> str:
    """By what a row names a deal that may be known; "" when it names none."""
    if match == Import.Match.EXTERNAL:
        return f"x:{row.external_id}" if row.external_id else ""
    number = row.said.get("number") if isinstance(row, DealRow) and match == Import.Match.NUMBER else None
    return f"n:{number}" if number else ""


def nameless() -> str:
    """What is said of a row that would be a deal without any name."""
    return gettext("Nothing in this row says what it is: no deal, no person and no company.")


def _status(raw: str) -> str:
    found = OUTCOMES.get(text.norm(raw))
    if found is None:
        raise parsing.BadCellError(gettext("Write open, won or lost."))
    return found


def own_values(rows: Sequence[DealRow], ids: Sequence[int]) -> dict[int, dict[int, Any]]:
    """What the rows say of the workspace's own fields, by deal."""
    return {number: row.values for row, number in zip(rows, ids, strict=True) if row.values}
