"""The time of day in typed words, and what it says about where somebody is."""

from __future__ import annotations

import re

DAY = 24 * 60  # minutes
_HALF_DAY = DAY // 2
_QUARTER = 15  # every place's clock is so many minutes, or a multiple, from UTC
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:\s*[:.h]\s*([0-5]\d))?(?![\d:])"
    r"\s*(a\.?m\b|p\.?m\b|(?:in the |this )?(?:morning|afternoon|evening))?"
)


def read_time(text: str) -> int | None:
    """Minutes after midnight; None where there is no time, or where it could be morning or evening, such as "2:20"."""
    found = [match for match in _TIME.findall(text.lower()) if match[1] or match[2]]
    return _minutes(*found[0]) if len(found) == 1 else None


def _minutes(hour: str, minute: str, half: str) -> int | None:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        late = half.startswith("p") or half.endswith(("noon", "evening"))
        return hours % 12 * 60 + minutes + late * _HALF_DAY if 1 <= hours <= 12 else None
    on_24_hours = hour.startswith("0") or 12 < hours < 24
    return hours * 60 + minutes if on_24_hours else None


def utc_offset(minute: int, now: float) -> int:
    """Minutes ahead of UTC where it is so many minutes after midnight: a quarter of an hour's multiple, -720 to 719."""
    ahead = minute - int(now // 60) % DAY
    return (round(ahead / _QUARTER) * _QUARTER + _HALF_DAY) % DAY - _HALF_DAY
