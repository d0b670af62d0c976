"""Nobody is written to at night, whatever the clocks do there."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quiet_hours import QuietHours, awake_again

NIGHT = QuietHours(time(21), time(9))
BERLIN, NEPAL = ZoneInfo("Europe/Berlin"), timezone(timedelta(minutes=345))
ZONES = (BERLIN, NEPAL, UTC, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia"))
MINUTE, HOUR, DAY = 60, 3600, 86_400


def moment(text: str, zone: tzinfo, *, second_time: bool = False) -> float:
    """When the clock there shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=second_time).timestamp()


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-11-22 20:59:59", "2026-11-22 20:59:59"),
        ("2026-11-22 21:00", "2026-11-23 09:00"),
        ("2026-11-22 23:59:59.5", "2026-11-23 09:00"),
        ("2026-11-23 00:00", "2026-11-23 09:00"),
        ("2026-11-23 08:59:59.9", "2026-11-23 09:00"),
        ("2026-11-23 09:00", "2026-11-23 09:00"),
        ("2026-12-31 22:00", "2027-01-01 09:00"),
        ("2026-03-28 22:00", "2026-03-29 09:00"),  # the clocks go forward in this night
        ("2026-10-24 22:00", "2026-10-25 09:00"),  # and back in this one
    ],
)
@pytest.mark.parametrize("zone", [BERLIN, NEPAL])
def test_what_falls_into_the_night_waits_for_the_morning(asked: str, answered: str, zone: tzinfo) -> None:
    assert NIGHT.over(moment(asked, zone), zone) == moment(answered, zone)


def test_quiet_hours_may_lie_within_a_day() -> None:
    noon = QuietHours(time(12), time(14, 30))
    assert noon.over(moment("2026-11-22 12:00", BERLIN), BERLIN) == moment("2026-11-22 14:30", BERLIN)
    assert noon.over(moment("2026-11-22 23:00", BERLIN), BERLIN) == moment("2026-11-22 23:00", BERLIN)


def test_the_end_may_be_an_hour_that_the_clocks_skip_or_repeat() -> None:
    early = QuietHours(time(22), time(2, 30))
    skipped = early.over(moment("2026-03-29 01:50", BERLIN), BERLIN)
    assert skipped == moment("2026-03-29 03:30", BERLIN)
    first, second = "2026-10-25 02:10", moment("2026-10-25 02:10", BERLIN, second_time=True)
    assert early.over(moment(first, BERLIN), BERLIN) == moment("2026-10-25 02:30", BERLIN)
    assert early.over(second, BERLIN) == moment("2026-10-25 02:30", BERLIN, second_time=True)


def test_the_same_time_twice_means_none() -> None:
    none = QuietHours(time(9), time(9))
    assert none.never
    assert not NIGHT.never
    assert none.over(moment("2026-11-22 09:00", UTC), UTC) == moment("2026-11-22 09:00", UTC)


@given(
    asked=st.floats(1_600_000_000, 2_000_000_000),
    zone=st.sampled_from(ZONES),
    begin=st.integers(17 * 60, 23 * 60),
    end=st.integers(5 * 60, 11 * 60),
)
def test_it_is_the_first_moment_that_is_not_quiet(asked: float, zone: tzinfo, begin: int, end: int) -> None:
    def quiet(at: float) -> bool:
        there = datetime.fromtimestamp(at, zone)
        return not end <= there.hour * 60 + there.minute < begin

    answered = QuietHours(time(*divmod(begin, 60)), time(*divmod(end, 60))).over(asked, zone)
    assert asked <= answered
    assert not quiet(answered)
    assert answered == asked or all(quiet(at) for at in (asked, answered - 1, *steps(asked, answered)))


def steps(begin: float, end: float) -> list[float]:
    """Every quarter of an hour between the two."""
    return [begin + n * 900 for n in range(int((end - begin) // 900) + 1) if begin + n * 900 < end]


@pytest.mark.parametrize(
    ("later", "answered"),
    [
        (0, 0),
        (HOUR - 1, HOUR - 1),
        (HOUR, DAY),
        (2 * HOUR, DAY),
        (DAY + MINUTE, DAY + MINUTE),
        (3 * DAY - MINUTE, 3 * DAY),
        (3 * DAY + 2 * HOUR, 4 * DAY),
    ],
)
def test_where_no_clock_is_known_it_is_the_hour_they_were_awake(later: float, answered: float) -> None:
    awake = 1_800_000_000.0
    assert awake_again(awake, awake + later) == awake + answered
