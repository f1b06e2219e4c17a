"""Every change of tasks."""

from afluente.tasks.services.boards import change_board, create_board, delete_board, order_boards
from afluente.tasks.services.changing import (
    EDITABLE,
    ChangedMeanwhileError,
    change_each,
    change_tags,
    change_tasks,
    check_moments,
    merge_tag,
    set_observers,
    set_tags,
)
from afluente.tasks.services.creating import ASSIGNED, LONGEST, NewTask, checked_rule, create_tasks
from afluente.tasks.services.feeds import calendar_of, end_feed, feed_member, feed_secret, make_feed
from afluente.tasks.services.first_board import default_board
from afluente.tasks.services.giving import (
    give_each,
    held_of,
    misfit,
    places_of,
    plain_moment,
    put_back,
    take_back_each,
    words_of_key,
)
from afluente.tasks.services.items import (
    add_items,
    change_item,
    order_items,
    remove_item,
    set_parent,
    tick_items,
)
from afluente.tasks.services.linking import COMPANY, CONTACT, DEAL, link_tasks, unlink_tasks
from afluente.tasks.services.moving import (
    MovedMeanwhileError,
    complete_tasks,
    delete_tasks,
    move_tasks,
    reopen_tasks,
    restore_tasks,
)
from afluente.tasks.services.news import (
    DONE,
    FOLLOWED,
    RESCHEDULED,
    followers_of_tasks,
    is_news,
    tell_of_tasks,
)
from afluente.tasks.services.refusing import TaskRefusedError
from afluente.tasks.services.reminding import DUE, OVERDUE, tell_due, tell_overdue
from afluente.tasks.services.steps import StepDraft, delete_step, save_steps
from afluente.tasks.services.values import change_value, fill_values

__all__ = [
    "ASSIGNED",
    "COMPANY",
    "CONTACT",
    "DEAL",
    "DONE",
    "DUE",
    "EDITABLE",
    "FOLLOWED",
    "LONGEST",
    "OVERDUE",
    "RESCHEDULED",
    "ChangedMeanwhileError",
    "MovedMeanwhileError",
    "NewTask",
    "StepDraft",
    "TaskRefusedError",
    "add_items",
    "calendar_of",
    "change_board",
    "change_each",
    "change_item",
    "change_tags",
    "change_tasks",
    "change_value",
    "check_moments",
    "checked_rule",
    "complete_tasks",
    "create_board",
    "create_tasks",
    "default_board",
    "delete_board",
    "delete_step",
    "delete_tasks",
    "end_feed",
    "feed_member",
    "feed_secret",
    "fill_values",
    "followers_of_tasks",
    "give_each",
    "held_of",
    "is_news",
    "link_tasks",
    "make_feed",
    "merge_tag",
    "misfit",
    "move_tasks",
    "order_boards",
    "order_items",
    "places_of",
    "plain_moment",
    "put_back",
    "remove_item",
    "reopen_tasks",
    "restore_tasks",
    "save_steps",
    "set_observers",
    "set_parent",
    "set_tags",
    "take_back_each",
    "tell_due",
    "tell_of_tasks",
    "tell_overdue",
    "tick_items",
    "unlink_tasks",
    "words_of_key",
]
