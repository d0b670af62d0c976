"""What the store needs to work with a database, made ready by preparing.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.storage.rows import json_text
from bot.adapters.storage.target import Target

ROWS = "rows"  # the parameter that gives many rows at once


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters, as the driver takes it."""

    text: str
    constants: Mapping[str, object]  # parameters whose values belong to the statement

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all parameters; rows become JSON."""
        values = {**self.constants, **given}
        if ROWS in values:
            values[ROWS] = json_text(values[ROWS])
        return values


@dataclass(frozen=True)
class Spelled:
    """The statements in one dialect. What is done for many chats or outputs at once takes them as rows."""

    note_updates: Statement  # returns the ids that are new
    forget_updates: Statement
    lock_chats: Statement | None  # one after the other, with a row for each; SQLite locks everything by itself
    unlock_empty: Statement  # rows that were made only to be locked
    read_sessions: Statement  # with the least rank of what others have yet to send there; the same, if a turn arrived
    save_sessions: Statement
    mark_left: Statement
    add_answers: Statement
    add_outputs: Statement  # returns the ids
    find_outputs: Statement
    find_blocked: Statement
    read_outputs: Statement
    find_mine: Statement
    forget_over: Statement  # by chat, turn (null: any) and kind
    forget_outputs: Statement  # returns the ids that were still there
    forget_until: Statement
    count_waiting: Statement
    read_shown: Statement
    note_shown: Statement
    forget_shown: Statement
    forget_shown_but: Statement
    add_timers: Statement
    forget_timers: Statement
    lock_due_chats: Statement  # returns a chat once for each of its timers
    take_timers: Statement  # those that are due; returns them
    erase_session: Statement
    erase_answers: Statement
    erase_outputs: Statement
    erase_timers: Statement
    backlog: Statement
    renew_lease: Statement  # returns since when it is held, and until when
    end_lease: Statement
    forget_dead: Statement
    take_over: Statement  # what the dead had to send; returns its chats and ranks
    count_living: Statement


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database whose schema is up to date, and what is said to it."""

    target: Target
    spelled: Spelled
