"""What happens later, by itself: who stopped in the middle is reminded once, when people are awake where they are.

A timer that is stored only says when to look again. Whether it still holds follows from the session at that moment, so
that a change of the settings, of the clocks, or of mind needs no stored timer to be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cache, lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from bot.conversation import TimerKind
from bot.dialogue.engine import Engine
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.quiet_hours import QuietHours, awake_again
from bot.settings import Reminders

_COARSEST = 600.0  # seconds
_STEPS = 12  # in the time waited, if that is short

_REMEMBERED = 1000

_zone = cache(ZoneInfo)  # ZoneInfo itself remembers only a few


@cache
def _ahead(minutes: int) -> tzinfo:
    return timezone(timedelta(minutes=minutes))


def timer_kinds(settings: Reminders, engine: Engine) -> Mapping[str, TimerKind]:
    """Everything that may happen in a chat at a later time, by the name it is stored under."""
    return {"reminder": Reminder(settings, engine)} if settings.after_hours else {}


class Reminder:
    """Asks who stopped in the middle whether we go on."""

    def __init__(self, settings: Reminders, engine: Engine) -> None:
        self._engine = engine
        self._after = settings.after_hours * 3600
        self._step = min(_COARSEST, self._after / _STEPS)
        quiet = QuietHours(settings.quiet_from, settings.quiet_until)
        self._any_hour = quiet.never
        self._awake = lru_cache(_REMEMBERED)(quiet.over)  # many stop in the same ten minutes
        self._default = settings.time_zone

    def due(self, session: Session, now: float) -> float | None:
        """When to remind, or None. It stays the same for minutes while the patient goes on, to be written rarely."""
        if not self._engine.may_be_reminded(session):
            return None
        stopped = ceil(session.touched_at / self._step) * self._step
        return self._when_awake(session, stopped, max(stopped + self._after, now))

    def _when_awake(self, session: Session, stopped: float, moment: float) -> float:
        if self._any_hour:
            return moment
        zone = self._zone_of(session)
        return self._awake(moment, zone) if zone else awake_again(stopped, moment)

    def _zone_of(self, session: Session) -> tzinfo | None:
        """By the time that the patient told, else the clinic's, else the settings'."""
        if session.utc_offset is not None:
            return _ahead(session.utc_offset)
        clinic = self._engine.knowledge.clinic(session.clinic)
        name = (clinic.time_zone if clinic else None) or self._default
        return _zone(name) if name else None

    def happen(self, session: Session) -> Step:
        """Remind now."""
        return self._engine.remind(session)
