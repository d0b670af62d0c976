"""What passes by itself is told once, however many notice it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.adapters.storage.writer import Writer
from bot.adapters.telegram.trouble import CALM_SECONDS, NOT_TOLD, Trouble
from bot.conversation import Conversation
from bot.ports import Beat, StorageError, Unsent
from bot.store_thread import StoreThread
from tests.support.memory_store import MemoryStore
from tests.support.stores import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


def told(trouble: Trouble, *happened: str) -> list[str]:
    """`met:what` and `over:what`, and what was said."""
    with capture_logs() as lines:
        for one in happened:
            how, _, what = one.partition(":")
            trouble.met("the reason", what) if how == "met" else trouble.over(what)
    return [line["event"] for line in lines]


BEGIN, END = "It fails. Trying again until it works", "It fails: over"


@pytest.mark.parametrize(
    ("happened", "said"),
    [
        (["met"] * NOT_TOLD + ["over"], []),
        (["met"] * 9, [BEGIN]),
        (["met"] * 9 + ["over"] * 3, [BEGIN, END]),
        (["met", "over"] * 9, []),
        (["met:a", "met:b"] * 9 + ["over:a", "over:b"], [BEGIN, END]),
        (["met:a", "met:b"] * 9 + ["over:a"], [BEGIN]),
        (["met:a", "over:b"] * 9 + ["over:a"], [BEGIN, END]),
        (["over:b", "met:a", "met:b", "over:c", "over:a", "over:b"], []),
        ((["met"] * 3 + ["over"]) * 9, [BEGIN, END]),
    ],
)
def test_trouble_is_told_once_and_over_once(happened: list[str], said: list[str]) -> None:
    assert told(Trouble("It fails"), *happened) == said


def test_trouble_that_comes_back_is_told_when_all_was_well_for_a_while_or_when_it_stays(clock: Clock) -> None:
    trouble, burst = Trouble("It fails", clock), ["met"] * 3
    assert told(trouble, *burst, "over") == [BEGIN, END]
    clock.now += CALM_SECONDS - 1
    assert told(trouble, *burst) == []
    clock.now += CALM_SECONDS - 1
    assert told(trouble, *burst) == []
    clock.now += 1
    assert told(trouble, *burst, "over") == [BEGIN, END]
    clock.now += CALM_SECONDS
    assert told(trouble, *burst, "over") == [BEGIN, END]


class AwayStore(MemoryStore):
    """May be away."""

    away = False

    def heartbeat(self) -> Beat:
        self._answer()
        return super().heartbeat()

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        self._answer()
        return []

    def _answer(self) -> None:
        if self.away:
            raise StorageError("The database bot.db cannot be reached.")


async def test_a_database_that_is_away_is_told_once_for_all_who_use_it() -> None:
    store, writer = AwayStore(Clock()), Writer()
    store.away = True
    thread = StoreThread(Conversation(cast(Any, None), store, Clock()), store, writer)

    async def use() -> None:
        for call in (thread.heartbeat, lambda: thread.unsent(1, ())):
            if store.away:
                with pytest.raises(StorageError):
                    await call()
            else:
                await call()

    with capture_logs() as lines:
        for _ in range(9):
            await use()
        store.away = False
        await use()
    writer.close()
    begin, end = lines
    assert begin["event"].startswith("The database cannot be used")
    assert begin["reason"] == "The database bot.db cannot be reached."
    assert end["event"] == "The database cannot be used: over"
