"""Places in their order, none of them lost."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.telegram.places import Places

Came = list[str]


@pytest.fixture
def places() -> Places:
    return Places(1)


async def stay(places: Places, name: str, came: Came) -> None:
    await places.take()
    came.append(name)


async def waiting(places: Places, *names: str) -> tuple[Came, list[asyncio.Task[None]]]:
    """They wait in this order, as the only place is taken."""
    await places.take()
    came: Came = []
    tasks = [asyncio.create_task(stay(places, name, came)) for name in names]
    await asyncio.sleep(0)
    return came, tasks


async def passes() -> None:
    """Everybody who can goes on."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_free_place_goes_to_who_has_waited_longest(places: Places) -> None:
    came, (_, last) = await waiting(places, "a", "b")
    await passes()
    assert came == []
    places.give()
    await passes()
    assert came == ["a"]
    places.give()
    await last
    assert came == ["a", "b"]


async def test_who_does_not_wait_any_more_is_passed_over(places: Places) -> None:
    came, (first, last) = await waiting(places, "a", "b")
    first.cancel()
    places.give()
    await last
    assert came == ["b"]


async def test_who_is_cancelled_with_a_place_in_hand_passes_it_on(places: Places) -> None:
    came, (first, last) = await waiting(places, "a", "b")
    places.give()
    first.cancel()
    await last
    assert came == ["b"]


async def test_a_place_that_nobody_waits_for_is_there_for_the_next(places: Places) -> None:
    came, (only,) = await waiting(places, "a")
    only.cancel()
    places.give()
    await passes()
    await stay(places, "b", came)
    assert came == ["b"]
    latecomer = asyncio.create_task(stay(places, "c", came))
    await passes()
    assert came == ["b"]
    latecomer.cancel()
