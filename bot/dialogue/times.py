"""The time of day in typed words, and what it says about where somebody is."""

from __future__ import annotations

import re

DAY = 24 * 60  # minutes
_HALF_DAY = DAY // 2
_QUARTER = 15  # every place's clock is so many minutes, or a multiple, from UTC
_HOURS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = ("twenty", "thirty", "forty", "fifty")
_FIVES = ("five", "ten", "fifteen", *(f"{ten}{five}" for ten in _TENS for five in ("", " five")))
_MINUTES = {name: number * 5 for number, name in enumerate(_FIVES, 1)}
_PAST = {"quarter": 15, "half": 30, **{str(minutes): minutes for minutes in range(1, 60)}, **_MINUTES}
_HOUR = rf"(?:{'|'.join(_HOURS)}|\d{{1,2}})"
_SPOKEN = re.compile(rf"\b({'|'.join(sorted(_PAST, key=len, reverse=True))}) (past|after|to|till) ({_HOUR})\b")
_IN_WORDS = re.compile(rf"\b({'|'.join(_HOURS)})\b(?: ({'|'.join(sorted(_MINUTES, key=len, reverse=True))})\b)?")
_TIME = re.compile(
    r"(?<![\d:.])(\d{1,2})(?:\s*[:.h]\s*([0-5]\d))?(?![\d:])"
    r"\s*(?:o.?clock\s*)?(a\.?m\b|p\.?m\b|(?:in the |this |at )?(?:morning|afternoon|evening|night|tonight)\b)?"
)
_NAMED = {"midday": "12:00 pm", "noon": "12:00 pm", "midnight": "12:00 am"}
_LATE_NIGHT = 6  # "9 at night" is late, "3 at night" is early


def read_time(text: str) -> int | None:
    """Minutes after midnight; None where there is no time, or where it could be morning or evening, such as "2:20"."""
    found = [match for match in _times(text) if match[1] or match[2]]
    return _minutes(*found[0]) if len(found) == 1 else None


def could_be_two(text: str) -> bool:
    """Is there one time, which could be in the morning or in the evening?"""
    found = _times(text)
    return len(found) == 1 and not found[0][2] and 1 <= int(found[0][0]) <= 12 and read_time(text) is None


def _times(text: str) -> list[tuple[str, str, str]]:
    return _TIME.findall(_in_digits(text.lower()))


def _in_digits(text: str) -> str:
    """ "half past nine" and "nine thirty" are 9:30."""
    for name, time in _NAMED.items():
        text = re.sub(rf"\b{name}\b", time, text)
    text = re.sub(rf"\bhalf (?={_HOUR}\b)", "half past ", text.replace("-", " "))
    text = _SPOKEN.sub(_clock, text)
    return _IN_WORDS.sub(lambda said: f"{_hour(said[1])}:{_MINUTES.get(said[2], 0):02}", text)


def _clock(said: re.Match[str]) -> str:
    minutes, hour = _PAST[said[1]], _hour(said[3])
    if said[2] in ("past", "after"):
        return f"{hour}:{minutes:02}"
    return f"{(hour - 1) or 12}:{60 - minutes:02}"


def _hour(said: str) -> int:
    return _HOURS.index(said) + 1 if said in _HOURS else int(said)


def _minutes(hour: str, minute: str, half: str) -> int | None:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        late = _is_late(half, hours)
        return hours % 12 * 60 + minutes + late * _HALF_DAY if 1 <= hours <= 12 else None
    on_24_hours = hour.startswith("0") or 12 < hours < 24
    return hours * 60 + minutes if on_24_hours else None


def _is_late(half: str, hours: int) -> bool:
    if half.endswith("night"):
        return _LATE_NIGHT <= hours < 12
    return half.startswith("p") or half.endswith(("noon", "evening"))


def utc_offset(minute: int, now: float) -> int:
    """Minutes ahead of UTC where it is so many minutes after midnight: a quarter of an hour's multiple, -720 to 719."""
    ahead = minute - int(now // 60) % DAY
    return (round(ahead / _QUARTER) * _QUARTER + _HALF_DAY) % DAY - _HALF_DAY
