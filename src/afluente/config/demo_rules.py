"""What happens by itself in the demo: rules and triggers of its first pipeline, for the leads that arrive.

Nothing of it leaves the machine: nobody is written to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from afluente.accounts.models import Membership

DAYS = "days"
RESPONSIBLE = {"to": ["responsible"]}
# By the place of the stage. The example is of a Brazilian house, and so are its words.
RULES: dict[int, list[dict[str, Any]]] = {
    0: [
        {"id": "turn", "action": "assign", "params": {"how": "turn"}},
        {
            "id": "first",
            "action": "task",
            "params": {"title": "Ligar para o cliente", "due_days": 0},
            "follows": True,
        },
        {
            "id": "big",
            "action": "notify",
            "params": {**RESPONSIBLE, "text": "Um lead acima de R$ 7.000"},
            "where": ["amount.gt:7000"],
        },
        {
            "id": "slow",
            "action": "control",
            "params": {"text": "Lead parado há um dia"},
            "when": {"amount": 1, "unit": DAYS},
        },
    ],
    1: [
        {
            "id": "call",
            "action": "call",
            "params": {"title": "Perguntar como está indo", "due_days": 1, "at": "10:00"},
        },
        {
            "id": "stuck",
            "action": "control",
            "params": {"text": "Três dias sem avanço"},
            "when": {"amount": 3, "unit": DAYS},
        },
    ],
    2: [
        {
            "id": "eve",
            "action": "notify",
            "params": {**RESPONSIBLE, "text": "A reunião é amanhã"},
            "when": {"anchor": "field", "field": "due", "amount": -1, "unit": DAYS},
        },
    ],
    3: [
        {
            "id": "doubts",
            "action": "call",
            "params": {"title": "Tirar dúvidas da proposta", "due_days": 0},
            "when": {"amount": 3, "unit": DAYS},
        },
        {
            "id": "still",
            "action": "control",
            "params": {"text": "Proposta sem resposta"},
            "when": {"amount": 7, "unit": DAYS},
        },
    ],
    4: [
        {
            "id": "close",
            "action": "notify",
            "params": {**RESPONSIBLE, "text": "Hora de fechar"},
            "when": {"amount": 5, "unit": DAYS},
        },
    ],
}


def arrange(member: Membership) -> None:
    """Publish them and arm two triggers in the first pipeline of the present workspace, unless rules are there."""
    from afluente.accounts.models import Membership
    from afluente.automation import services
    from afluente.automation.models import Definition
    from afluente.deals.models import Pipeline, Stage

    if Definition.objects.exists():
        return
    pipeline = Pipeline.objects.present().order_by("position", "pk")[0]
    stages = list(pipeline.stages.filter(kind=Stage.Kind.OPEN).order_by("position"))
    team = list(Membership.objects.active().order_by("pk").values_list("pk", flat=True))
    for number, rules in RULES.items():
        written = [
            {**rule, "params": {**rule["params"], "members": team}} if rule["id"] == "turn" else rule
            for rule in rules
        ]
        definition = services.arrange_rules(stage=stages[number], rules=written)
        # Deals that are there begin to wait now; those in the first stage were seen to by people.
        services.publish_rules(definition=definition, by=member, is_for_present=number > 0)
    services.create_trigger(stage=stages[0], kind="form_submitted", values={})
    services.create_trigger(
        stage=stages[1],
        kind="task_status",
        values={"params": {"status": "done"}, "title": "Tarefa concluída"},
    )
