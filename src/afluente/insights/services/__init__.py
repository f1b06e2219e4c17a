"""Every change of insights."""

from afluente.insights.services.journeys import REBUILD_JOB, answer_deal, follow, rebuild, unanswer_deal

__all__ = ["REBUILD_JOB", "answer_deal", "follow", "rebuild", "unanswer_deal"]
