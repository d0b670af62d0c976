"""What the bot does from time to time: a lease that may be lost, timers that go on after a fault."""

from __future__ import annotations

import asyncio

import pytest

from bot import upkeep
from bot.dialogue.outputs import Say
from bot.ports import LEASE_SECONDS, Beat, StorageError, Unsent
from bot.upkeep import RightToSend, keep_ringing
from tests.support.stores import Clock

AWAY = StorageError("The database is away.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Heart:
    """Says how many workers live, or fails."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.error, self.seconds = clock, False, 0.0

    async def beat(self) -> Beat:
        self.clock.now += self.seconds
        if self.error:
            raise AWAY
        return Beat(2)


async def test_the_right_is_held_until_it_was_not_renewed_for_its_time(clock: Clock) -> None:
    heart, beats = Heart(clock), list[Beat]()
    right = RightToSend(heart.beat, beats.append, clock)
    assert not right.held()
    await right.renew()
    assert right.held()
    assert beats == [Beat(2)]
    heart.error = True
    clock.now += LEASE_SECONDS - 0.1
    await right.renew()
    assert right.held()
    clock.now += 0.2
    await right.renew()
    assert not right.held()
    heart.error = False
    await right.renew()
    assert right.held()


async def test_the_right_counts_from_before_it_was_asked_for(clock: Clock) -> None:
    heart = Heart(clock)
    heart.seconds = LEASE_SECONDS + 1
    right = RightToSend(heart.beat, lambda _: None, clock)
    await right.renew()
    assert not right.held()


async def test_the_beat_is_told_before_the_right_counts_again(clock: Clock) -> None:
    """Who is told drops what may belong to others by now, which takes a right that is not held."""
    held: list[bool] = []
    right = RightToSend(Heart(clock).beat, lambda _: held.append(right.held()), clock)
    await right.renew()
    await right.renew()
    clock.now += LEASE_SECONDS + 1
    await right.renew()
    assert held == [False, True, False]


async def test_timers_go_on_after_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "RING_SECONDS", 0)
    rung = [Unsent(1, 7, Say("Shall we go on?"))]
    outcomes: list[list[Unsent] | Exception] = [AWAY, ValueError("a mistake of ours"), rung]
    heard: asyncio.Queue[list[Unsent]] = asyncio.Queue()

    async def ring(limit: int) -> list[Unsent]:
        outcome = outcomes.pop(0) if outcomes else []
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    ringing = asyncio.create_task(keep_ringing(ring, lambda unsent: heard.put_nowait(list(unsent))))
    assert await asyncio.wait_for(heard.get(), 5) == rung
    ringing.cancel()
