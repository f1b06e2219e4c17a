"""One rule of one stage: deals get another name at once."""

from __future__ import annotations

from typing import Any

from bench import inside


def rename(*, workspace_id: int, stage: int, name: str) -> dict[str, Any]:
    """Publish it; its definition."""
    from afluente.automation import services  # noqa: PLC0415  set up first
    from afluente.deals.models import Stage  # noqa: PLC0415
    from afluente.kernel.workspace import scope  # noqa: PLC0415

    rules = [{"id": "name", "action": "set", "params": {"name": name}}]
    with scope(workspace_id):
        definition = services.arrange_rules(stage=Stage.objects.get(pk=stage), rules=rules)
        services.publish_rules(definition=definition, by=None)
        return {"definition": definition.pk}


if __name__ == "__main__":
    inside.answer(rename)
