"""Working hours as they are written in JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import AwareDatetime, Field

from afluente.automation.api.shapes import Shape

Shift = Annotated[list[int], Field(min_length=2, max_length=2)]
Day = Annotated[list[Shift], Field(max_length=6)]
Week = Annotated[list[Day], Field(min_length=7, max_length=7)]


class CompanyHoursIn(Shape):
    """Seven days of shifts, Monday first; a shift past midnight ends above 1440."""

    week: Week | None


class HolidayIn(Shape):
    name: str = Field("", max_length=100)
    hours: Day = Field(default_factory=list)


class PersonHoursIn(Shape):
    week: Week | None = None
    supervisor_id: int | None = None


class AbsenceIn(Shape):
    member_id: int
    since: AwareDatetime
    until: AwareDatetime
    note: str = Field("", max_length=100)


class HolidayOut(Schema):
    day: date
    name: str
    hours: list[list[int]]


class PersonHoursOut(Schema):
    member_id: int
    week: list[list[list[int]]] | None
    supervisor_id: int | None


class AbsenceOut(Schema):
    id: int
    member_id: int
    since: datetime
    until: datetime
    note: str


class HoursOut(Schema):
    """`week` is null when the company is always open. Absences are those that are not over."""

    week: list[list[list[int]]] | None
    holidays: list[HolidayOut]
    people: list[PersonHoursOut]
    absences: list[AbsenceOut]
