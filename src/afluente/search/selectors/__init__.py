"""Every read of the search box."""

from afluente.search.selectors.looking import Group, Results, beginning, look, look_in, look_in_kinds
from afluente.search.selectors.places import find_actions, find_places

__all__ = ["Group", "Results", "beginning", "find_actions", "find_places", "look", "look_in", "look_in_kinds"]
