"""When nobody is written to unless they wrote first: by the clock where they are, or by when they were last awake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

_HOUR = 3600.0  # seconds
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day until another, perhaps over midnight. None at all where both are the same."""

    begin: time
    end: time

    @property
    def never(self) -> bool:
        """Are there none?"""
        return self.begin == self.end

    def over(self, moment: float, zone: tzinfo) -> float:
        """The first moment from this one on, in seconds since 1970, that is not quiet in the zone."""
        there = datetime.fromtimestamp(moment, zone)
        if not self._holds(there.time()):
            return moment
        last_day = there if there.time() < self.end else there + timedelta(days=1)
        return last_day.replace(hour=self.end.hour, minute=self.end.minute, second=0, microsecond=0).timestamp()

    def _holds(self, now: time) -> bool:
        if self.begin <= self.end:
            return self.begin <= now < self.end
        return now >= self.begin or now < self.end


def awake_again(awake: float, moment: float) -> float:
    """The first moment from this one on that is within an hour of the time of day at which somebody was awake."""
    late = (moment - awake) % _DAY
    return moment if late < _HOUR else moment + _DAY - late
