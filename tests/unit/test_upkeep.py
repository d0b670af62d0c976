"""What the bot does from time to time: a lease that may be lost, timers that go on after a fault."""

from __future__ import annotations

import asyncio

import pytest

from bot import upkeep
from bot.dialogue.outputs import Say
from bot.ports import LEASE_SECONDS, Beat, StorageError, Unsent
from bot.upkeep import Lease, keep_ringing
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


async def test_a_lease_is_held_until_it_was_not_renewed_for_its_time(clock: Clock) -> None:
    heart, shares = Heart(clock), list[int]()
    lease = Lease(heart.beat, shares.append, clock)
    assert not lease.held()
    await lease.renew()
    assert lease.held()
    assert shares == [2]
    heart.error = True
    clock.now += LEASE_SECONDS - 0.1
    await lease.renew()
    assert lease.held()
    clock.now += 0.2
    await lease.renew()
    assert not lease.held()
    heart.error = False
    await lease.renew()
    assert lease.held()


async def test_a_lease_counts_from_before_it_was_asked_for(clock: Clock) -> None:
    heart = Heart(clock)
    heart.seconds = LEASE_SECONDS + 1
    lease = Lease(heart.beat, lambda _: None, clock)
    await lease.renew()
    assert not lease.held()


async def test_sharing_comes_before_the_lease_counts_again(clock: Clock) -> None:
    """Who shares drops what may belong to others by now, which takes a lease that is not held."""
    held: list[bool] = []
    lease = Lease(Heart(clock).beat, lambda _: held.append(lease.held()), clock)
    await lease.renew()
    await lease.renew()
    clock.now += LEASE_SECONDS + 1
    await lease.renew()
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
