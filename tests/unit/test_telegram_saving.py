"""What is saved, tried again, or passed over, and what does not have to wait for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from bot.adapters.telegram import saving
from bot.adapters.telegram.reading import Received
from bot.adapters.telegram.saving import HOPELESS_TRIES, Saving
from bot.ports import NewerError, StorageError, Update
from bot.watch import Watch


class Keeper:
    """Saves, except updates with these errors."""

    def __init__(self, errors: dict[int, Exception]) -> None:
        self.errors, self.tried, self.given_up = errors, list[list[int]](), list[int]()

    async def handle(self, updates: Sequence[Update]) -> None:
        self.tried.append([update.id for update in updates])
        for update in updates:
            if update.id in self.errors:
                raise self.errors[update.id]

    async def give_up(self, update: Update) -> None:
        self.given_up.append(update.id)


class Noting(Watch):
    def __init__(self) -> None:
        self.batches: list[int] = []

    def saved(self, updates: int, seconds: float) -> None:
        self.batches.append(updates)


def batch(*chats: int, first: int = 1) -> list[Received]:
    return [Received(Update(number, chat, None)) for number, chat in enumerate(chats, first)]


async def save(keeper: Keeper, *batches: list[Received]) -> list[set[int]]:
    saving = Saving(keeper.handle, keeper.give_up, Watch())
    return [await saving.save(one, time.monotonic()) for one in batches]


async def test_what_works_is_saved_together() -> None:
    keeper, noting = Keeper({}), Noting()
    assert await Saving(keeper.handle, keeper.give_up, noting).save(batch(7, 8, 7), time.monotonic()) == {1, 2, 3}
    assert keeper.tried == [[1, 2, 3]]
    assert noting.batches == [3]


async def test_what_a_newer_version_kept_is_left_to_it_however_often_it_fails() -> None:
    keeper = Keeper({1: NewerError()})
    assert await save(keeper, *[batch(7, 8)] * (HOPELESS_TRIES + 1)) == [{2}] * (HOPELESS_TRIES + 1)
    assert keeper.given_up == []


async def test_nothing_overtakes_in_a_chat_and_others_do_not_wait() -> None:
    keeper = Keeper({1: RuntimeError()})
    assert await save(keeper, batch(7, 8, 7, 9)) == [{2, 4}]
    assert keeper.tried == [[1, 2, 3, 4], [1], [2], [4]]


async def test_what_fails_by_itself_is_passed_over_in_the_end_whatever_is_saved_in_between() -> None:
    keeper = Keeper({1: RuntimeError()})
    rounds = [part for number in range(HOPELESS_TRIES) for part in (batch(7), batch(8, first=10 + number))]
    assert await save(keeper, *rounds) == [set(), {10}, set(), {11}, {1}, {12}]
    assert keeper.given_up == [1]


async def test_what_failed_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "REMEMBERED_UPDATES", 2)
    keeper = Keeper({number: RuntimeError() for number in range(1, 5)})
    rounds = [batch(7, first=number) for number in (1, 1, 2, 2, 3, 1, 2, 2)]
    assert await save(keeper, *rounds) == [set()] * 8
    assert keeper.given_up == []


async def test_a_database_that_is_away_makes_nothing_hopeless() -> None:
    keeper = Keeper({1: StorageError("away"), 2: StorageError("away")})
    assert await save(keeper, *[batch(7, 8)] * (HOPELESS_TRIES + 2)) == [set()] * (HOPELESS_TRIES + 2)
    assert keeper.given_up == []


async def test_what_the_database_never_takes_is_passed_over_when_it_takes_others() -> None:
    keeper = Keeper({1: StorageError("no such character")})
    assert await save(keeper, *[batch(7, 8)] * HOPELESS_TRIES) == [{2}] * (HOPELESS_TRIES - 1) + [{1, 2}]
    assert keeper.given_up == [1]


async def test_a_database_that_takes_long_to_fail_is_not_tried_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SLOW_SECONDS", 0)
    keeper = Keeper({number: StorageError("timed out") for number in range(1, 9)})
    assert await save(keeper, batch(*range(1, 9))) == [set()]
    assert keeper.tried == [[*range(1, 9)], [1]]


@pytest.mark.parametrize(("error", "over"), [(StorageError("away"), set()), (RuntimeError(), {1})])
async def test_a_farewell_that_fails_too(error: Exception, over: set[int]) -> None:
    class Mute(Keeper):
        async def give_up(self, update: Update) -> None:
            raise error

    assert (await save(Mute({1: RuntimeError()}), *[batch(7)] * HOPELESS_TRIES))[-1] == over
