"""A row of a file as a task: where it stands, when it is due, and whom and what it names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from afluente.accounts.policies import assignable_by
from afluente.kernel import clock, text
from afluente.kernel.sayings import gettext
from afluente.tasks import policies
from afluente.tasks import services as tasks
from afluente.tasks.models import PHONE, PLACE, TITLE, Board, Step, Task
from afluente.transfer.models import Import
from afluente.transfer.services import parsing
from afluente.transfer.services.people import Person, Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from afluente.contacts.selectors import Place
    from afluente.transfer.selectors.tables import Shape

TEXTS = {
    "title": TITLE,
    "board": 100,
    "step": 100,
    "place": PLACE,
    "call_phone": PHONE,
    "repeat": 200,
    "deal": 255,
}
_SAID = frozenset(
    {*TEXTS, "number", "description", "priority", "kind", "start", "due", "done_at", "observers"}
)
# What systems call these, folded; in English, Portuguese and Polish.
_PRIORITIES = {
    "3": "high|urgent|highest|critical|alta|urgente|maxima|wysoki|wysoka|pilne|pilny|3",
    "2": "medium|normal|media|sredni|srednia|normalny|2",
    "1": "low|lowest|none|baixa|minima|niski|niska|1",
}
_KINDS = {
    Task.Kind.CALL: "call|phone call|ligacao|chamada|telefonema|rozmowa|telefon|polaczenie",
    Task.Kind.MEETING: "meeting|appointment|reuniao|encontro|spotkanie",
    Task.Kind.TASK: "task|to do|todo|to-do|e-mail|email|deadline|lunch|tarefa|afazer|zadanie|do zrobienia",
}
_STATES = {
    Step.Kind.DONE: "done|completed|complete|closed|finished|yes|true|concluida|concluido|feita|feito|fechada|sim|zakonczone"
    "|zrobione|gotowe|ukonczone|tak",
    Step.Kind.PROGRESS: "in progress|doing|started|em andamento|fazendo|em progresso|w toku|w trakcie",
    Step.Kind.NEW: "open|to do|todo|new|not started|pending|no|false|a fazer|aberta|nova|pendente|nao|do zrobienia|nowe|otwarte|nie",
}


def _known(words: Mapping[Any, str]) -> dict[str, Any]:
    return {word: kind for kind, said in words.items() for word in said.split("|")}


PRIORITIES, KINDS, STATES = _known(_PRIORITIES), _known(_KINDS), _known(_STATES)


@dataclass
class TaskRow(Person):
    """What a row says of a task, beside whom it is about. `step` is where it goes once the row was looked at."""

    said: dict[str, Any] = field(default_factory=dict)  # by target, as read
    step: Step | None = None
    may_be_known: bool = False  # it names a task by number; what it leaves out stays as it is then

    @property
    def name(self) -> str:
        return str(self.said.get("title", ""))

    @property
    def person(self) -> str:
        """What the person it is about is called."""
        return f"{self.parts.get('first_name', '')} {self.parts.get('last_name', '')}".strip()


class TaskReader(Reader):
    """Reads rows of tasks. `home` is the step of those that name none."""

    def __init__(self, given: Import, shape: Shape, place: Place) -> None:
        super().__init__(given, shape, place.country, place)
        assert given.member is not None
        boards = list(policies.boards_of(given.member).order_by("-is_default", "position", "pk"))
        self._boards = {text.norm(one.name): one for one in reversed(boards)}
        self._steps: dict[int, list[Step]] = defaultdict(list)
        for step in Step.objects.filter(board__in=boards).order_by("position", "pk"):
            self._steps[step.board_id].append(step)
        every = [one for board in boards for one in self._steps[board.pk]]
        wanted = given.options.get("step")
        self._home = next((one for one in every if one.pk == wanted), None)
        self._home_board = next((one for one in boards if self._home and one.pk == self._home.board_id), None)
        self._home_board = self._home_board or next(iter(boards), None)
        self._may_have = set(assignable_by(given.member).values_list("pk", flat=True))
        self._match = given.match

    def blank(self, number: int, problem: str) -> TaskRow:
        return TaskRow(number, problem=problem)

    def cell(self, target: str, raw: str) -> Any:
        if target in TEXTS:
            return parsing.line(raw, TEXTS[target])
        known = {
            "number": parsing.number_of_ours,
            "description": _description,
            "priority": _priority,
            "kind": _kind,
            "start": self.moment,
            "due": self.deadline,
            "done_at": self.moment,
            "observers": self._people,
        }.get(target)
        return known(raw) if known is not None else super().cell(target, raw)

    def put(self, found: Person, target: str, read: Any) -> None:
        if not (isinstance(found, TaskRow) and target in _SAID):
            super().put(found, target, read)
        elif target == "observers":
            found.said.setdefault(target, []).extend(read)
        else:
            found.said[target] = read

    def member(self, raw: str) -> int:
        found = super().member(raw)
        if found not in self._may_have:
            raise parsing.BadCellError(gettext("You may give tasks to nobody called so."))
        return found

    def finish(self, found: Person) -> None:
        """Find the step; what stands in the way is said by column, so that it can be mended there."""
        assert isinstance(found, TaskRow)
        found.may_be_known = bool(key_of(found, self._match))
        if not (found.name or found.bad or found.may_be_known):
            found.problem = nameless()
            return
        board = self._board(found)
        if board is not None and not found.failure:
            found.step = self._step(found, board)
        self._check(found)
        if found.may_be_known and not found.said.get("board"):
            return  # a known task is on a board of its own
        said = gettext("This field belongs to another board. It is left out.")
        self.drop_others(found, board.pk if board else None, said)

    def _board(self, found: TaskRow) -> Board | None:
        wanted = found.said.get("board", "")
        if not wanted:
            if self._home_board is None:
                found.problem = gettext("There is no board yet. Make one first.")
            return self._home_board
        known = self._boards.get(text.norm(wanted))
        if known is None:
            names = ", ".join(one.name for one in self._boards.values())
            said = gettext("There is no board called so. There are: {names}").format(names=names[:300])
            self.refuse(found, "board", wanted, said)
        return known

    def _step(self, found: TaskRow, board: Board) -> Step | None:
        steps = self._steps[board.pk]
        step = said_step(found, steps)
        if step is None and found.said.get("step"):
            if found.may_be_known and not found.said.get("board"):
                return None
            self.refuse(found, "step", found.said["step"], stepless(board.name, steps))
            return None
        if step is None and self._home is not None and self._home.board_id == board.pk:
            return self._home
        return step or next((one for one in steps if one.kind == Step.Kind.NEW), steps[0])

    def _check(self, found: TaskRow) -> None:
        """What the services would refuse is said by the column it stands in."""
        start, due = found.said.get("start"), found.said.get("due", (None, False))[0]
        kind = found.said.get("kind", Task.Kind.TASK)
        if start and due and start > due:
            self.refuse(found, "due", str(due), gettext("The deadline is before the start."))
        if kind != Task.Kind.TASK and not (start and due) and not found.may_be_known:
            found.said["kind"] = Task.Kind.TASK
            said = gettext("A call or a meeting needs a start and an end. It comes in as a task.")
            self.refuse(found, "kind", str(kind), said, is_fatal=False)
        if rule := found.said.get("repeat"):
            try:
                anchor = due or start or (clock.now() if found.may_be_known else None)
                found.said["repeat"] = tasks.checked_rule(rule, anchor=anchor, at=self._place.zone)
            except tasks.TaskRefusedError as refused:
                self.refuse(found, "repeat", rule, str(refused))

    def _people(self, raw: str) -> list[int]:
        parts = [part for part in parsing.names(raw) if part]
        return [super(TaskReader, self).member(part) for part in parts]


def said_step(row: TaskRow, steps: Sequence[Step]) -> Step | None:
    """The step, of these of one board, that a row names, by its name or in words such as `done`; None for none."""
    wanted = text.norm(row.said.get("step", ""))
    named = next((one for one in steps if text.norm(one.name) == wanted), None) if wanted else None
    kind = STATES.get(wanted, "") if wanted else Step.Kind.DONE if row.said.get("done_at") else ""
    if named is None and kind:
        return next((one for one in steps if one.kind == kind), steps[0])
    return named


def stepless(board: str, steps: Sequence[Step]) -> str:
    """What is said of a status that a board does not have."""
    said = gettext("{board} has no status called so. There are: {names}")
    return said.format(board=board, names=", ".join(one.name for one in steps)[:300])


def key_of(row: Person, match: str) -> str:
    """By what a row names a task that may be known; "" when it names none."""
    if match == Import.Match.EXTERNAL:
        return f"x:{row.external_id}" if row.external_id else ""
    number = row.said.get("number") if isinstance(row, TaskRow) and match == Import.Match.NUMBER else None
    return f"n:{number}" if number else ""


def nameless() -> str:
    """What is said of a row that would be a task without a title."""
    return gettext("Nothing in this row says what is to be done.")


def _description(raw: str) -> str:
    words = raw.replace("\x00", "").strip()
    if len(words) > tasks.LONGEST:
        raise parsing.BadCellError(gettext("This is longer than {n} characters.").format(n=tasks.LONGEST))
    return words


def _priority(raw: str) -> int:
    found = PRIORITIES.get(text.norm(raw)) or next(
        (str(value) for value, label in Task.Priority.choices if text.norm(str(label)) == text.norm(raw)),
        None,
    )
    if found is None:
        raise parsing.BadCellError(gettext("Write low, medium or high."))
    return int(found)


def _kind(raw: str) -> str:
    found = KINDS.get(text.norm(raw)) or next(
        (value for value, label in Task.Kind.choices if text.norm(str(label)) == text.norm(raw)), None
    )
    if found is None:
        raise parsing.BadCellError(gettext("Write task, call or meeting."))
    return str(found)
