"""The time of day in typed words, and the distance from UTC that follows from it."""

from __future__ import annotations

import pytest

from bot.dialogue.times import could_be_two, read_time, utc_offset

NOON = 1_700_000_000.0 // 86_400 * 86_400 + 12 * 3600  # by UTC


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("14:20", "14:20"),
        ("14.20", "14:20"),
        ("14h20", "14:20"),
        ("14:20 Uhr", "14:20"),
        ("It is 2:20 pm here", "14:20"),
        ("2:20PM", "14:20"),
        ("2.20 p.m.", "14:20"),
        ("2 pm", "14:00"),
        ("2 in the afternoon", "14:00"),
        ("8:05 this evening", "20:05"),
        ("7 in the morning", "7:00"),
        ("9:05 am", "9:05"),
        ("09:05", "9:05"),
        ("0:10", "0:10"),
        ("00:00", "0:00"),
        ("12:10 am", "0:10"),
        ("12:10 pm", "12:10"),
        ("23:59", "23:59"),
        ("half past nine in the evening", "21:30"),
        ("half nine pm", "21:30"),
        ("9 in the evening", "21:00"),
        ("9 o'clock in the evening", "21:00"),
        ("nine pm", "21:00"),
        ("nine thirty am", "9:30"),
        ("a quarter to ten pm", "21:45"),
        ("twenty-five to one in the afternoon", "12:35"),
        ("five to 9 pm", "20:55"),
        ("10 past one am", "1:10"),
        ("half past 14", "14:30"),
        ("9 at night", "21:00"),
        ("3 at night", "3:00"),
        ("noon", "12:00"),
        ("midnight", "0:00"),
    ],
)
def test_a_time_is_read(text: str, time: str) -> None:
    hours, minutes = map(int, time.split(":"))
    assert read_time(text) == hours * 60 + minutes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "14",
        "2:20",
        "12:30",
        "24:00",
        "25:10",
        "14:60",
        "13 pm",
        "0 am",
        "14:205",
        "1420",
        "2:20 pm or 3:20 pm",
        "half past nine",
        "nine",
        "15:30 in the afternoon",
    ],
)
def test_what_is_no_time_or_could_be_two_is_not_guessed(text: str) -> None:
    assert read_time(text) is None


@pytest.mark.parametrize("text", ["half past nine", "2:20", "9", "nine o'clock", "12:30"])
def test_a_time_on_half_a_clock_could_be_two(text: str) -> None:
    assert could_be_two(text)


@pytest.mark.parametrize("text", ["", "now", "9 pm", "14:20", "9 or 10", "half past 14", "99", "0"])
def test_no_time_or_one_on_a_whole_clock_could_not(text: str) -> None:
    assert not could_be_two(text)


@pytest.mark.parametrize(
    ("time", "ahead"),
    [
        (12 * 60, 0),
        (12 * 60 + 7, 0),
        (12 * 60 + 8, 15),
        (14 * 60 - 3, 120),
        (17 * 60 + 45, 345),  # Nepal
        (8 * 60 + 30, -210),
        (23 * 60 + 45, 705),
        (0, -720),
        (1, -720),
        (23 * 60 + 59, -720),
        (60, -660),
    ],
)
def test_the_distance_from_utc_is_a_multiple_of_quarters(time: int, ahead: int) -> None:
    assert utc_offset(time, NOON) == ahead
    assert utc_offset(time, NOON + 59.9) == ahead
