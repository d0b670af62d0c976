"""When somebody is reminded: some hours after they stopped, when people are awake where they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.dialogue.engine import Engine
from bot.dialogue.session import Session
from bot.flow.clinics import Clinic
from bot.flow_files import load_package_numbers
from bot.reminders import Reminder, timer_kinds
from bot.settings import Reminders
from tests.support.dialogue_flow import dialogue_flow
from tests.support.player import Player

CLINICS = {
    "tokyo": Clinic("tokyo", "Tokyo Physio", time_zone="Asia/Tokyo"),
    "nowhere": Clinic("nowhere", "Nowhere Physio"),
}
ENGINE = Engine(dialogue_flow(), load_package_numbers(), CLINICS)
MIDDLE = Player(ENGINE).answers(who="me", signs="none").session
HOUR, DAY = 3600.0, 86_400.0
SETTINGS = Reminders()  # after 2 hours, not from 21 to 9


def stopped(text: str, **changes: object) -> Session:
    """A session in the middle, last touched then, by UTC."""
    return MIDDLE.but(touched_at=datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp(), **changes)


def due(session: Session, settings: Reminders = SETTINGS, now: float = 0.0) -> str | None:
    """The time of the reminder, by UTC."""
    at = Reminder(settings, ENGINE).due(session, max(now, session.touched_at))
    return None if at is None else f"{datetime.fromtimestamp(at, UTC):%d %H:%M}"


def test_it_comes_after_the_time_set_and_not_at_night() -> None:
    berlin = replace(SETTINGS, time_zone="Europe/Berlin")  # an hour ahead of UTC
    assert due(stopped("2026-11-22 10:00"), berlin) == "22 12:00"
    assert due(stopped("2026-11-22 17:50"), berlin) == "22 19:50"
    assert due(stopped("2026-11-22 18:10"), berlin) == "23 08:00"
    assert due(stopped("2026-11-22 10:00"), replace(berlin, after_hours=8)) == "22 18:00"
    assert due(stopped("2026-11-22 10:00"), replace(berlin, quiet_from=time(12), quiet_until=time(14))) == "22 13:00"


def test_the_clock_is_the_patients_else_the_clinics_else_the_settings() -> None:
    berlin = replace(SETTINGS, time_zone="Europe/Berlin")
    late = "2026-11-22 11:00"  # 12 in Berlin, 20 in Tokyo
    assert due(stopped(late), berlin) == "22 13:00"
    assert due(stopped(late, clinic="nowhere"), berlin) == "22 13:00"
    assert due(stopped(late, clinic="gone"), berlin) == "22 13:00"
    assert due(stopped(late, clinic="tokyo"), berlin) == "23 00:00"
    assert due(stopped(late, clinic="tokyo", utc_offset=0), berlin) == "22 13:00"
    assert due(stopped(late, clinic="tokyo", utc_offset=-12 * 60), berlin) == "22 21:00"


def test_where_no_clock_is_known_it_comes_a_day_later() -> None:
    assert due(stopped("2026-11-22 10:00")) == "23 10:00"
    assert due(stopped("2026-11-22 10:00", clinic="nowhere")) == "23 10:00"
    assert due(stopped("2026-11-22 10:00"), replace(SETTINGS, after_hours=30)) == "24 10:00"
    assert due(stopped("2026-11-22 10:00"), replace(SETTINGS, after_hours=0.5)) == "22 10:30"


def test_without_quiet_hours_no_clock_is_needed() -> None:
    assert due(stopped("2026-11-22 23:00"), replace(SETTINGS, quiet_until=SETTINGS.quiet_from)) == "23 01:00"


def test_a_bot_that_was_down_reminds_late_and_still_not_at_night() -> None:
    session = stopped("2026-11-22 10:00", utc_offset=0)
    day, night = session.touched_at + 5 * DAY, session.touched_at + 5 * DAY + 12 * HOUR
    assert due(session, now=day) == "27 10:00"
    assert due(session, now=night) == "28 09:00"
    unknown = session.but(utc_offset=None)
    assert due(unknown, now=day + 600) == "27 10:10"
    assert due(unknown, now=night) == "28 10:00"


@pytest.mark.parametrize(("after_hours", "step"), [(2, 600.0), (240, 600.0), (1, 300.0), (0.01, 3.0)])
def test_a_quick_talk_has_one_timer(after_hours: float, step: float) -> None:
    begun = stopped("2026-11-22 11:00", utc_offset=0)
    reminder = Reminder(replace(SETTINGS, after_hours=after_hours), ENGINE)
    seen = [begun.but(touched_at=begun.touched_at + part * step) for part in (0.01, 0.5, 1, 1.01)]
    times = [reminder.due(session, session.touched_at) for session in seen]
    last = begun.touched_at + step + after_hours * HOUR
    assert times == [last, last, last, last + step]


def test_there_is_none_where_none_would_be_fitting() -> None:
    assert due(MIDDLE) is not None
    assert due(MIDDLE.but(let_be=True)) is None
    assert due(MIDDLE.but(reminders=False)) is None
    assert due(MIDDLE.but(node="result")) is None


def test_after_no_hours_means_never() -> None:
    assert timer_kinds(replace(SETTINGS, after_hours=0), ENGINE) == {}
    assert list(timer_kinds(SETTINGS, ENGINE)) == ["reminder"]


def test_it_says_what_the_engine_says() -> None:
    assert timer_kinds(SETTINGS, ENGINE)["reminder"].happen(MIDDLE) == ENGINE.remind(MIDDLE)


@pytest.mark.parametrize("offset", [-720, -210, 0, 345, 705])
def test_every_offset_that_can_be_told_is_a_time_zone(offset: int) -> None:
    session = stopped("2026-11-22 10:00", utc_offset=offset)
    at = Reminder(SETTINGS, ENGINE).due(session, session.touched_at)
    assert at is not None
    assert 9 <= datetime.fromtimestamp(at, timezone(timedelta(minutes=offset))).hour < 21


@pytest.mark.parametrize("text", ["2026-03-28 19:30", "2026-10-24 18:30"])
def test_the_morning_after_the_clocks_change_begins_at_nine(text: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    session = stopped(text)
    at = Reminder(replace(SETTINGS, time_zone="Europe/Berlin"), ENGINE).due(session, session.touched_at)
    assert at is not None
    assert f"{datetime.fromtimestamp(at, berlin):%H:%M}" == "09:00"
