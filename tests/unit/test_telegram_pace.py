"""How fast calls follow one another, and who goes first."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.telegram.pace import ChatPace, Pace


async def turns(pace: Pace, order: list[str], *names: str) -> list[asyncio.Task[None]]:
    """Everybody waits for a turn; those in capitals are urgent."""

    async def one(name: str) -> None:
        await pace.turn(urgent=name.isupper())
        order.append(name)

    tasks = [asyncio.create_task(one(name)) for name in names]
    await asyncio.sleep(0)
    return tasks


async def test_a_burst_and_then_evenly() -> None:
    loop, pace, order = asyncio.get_running_loop(), Pace(20), list[str]()
    began = loop.time()
    await turns(pace, order, *"abcdefghijklmnopqrst")
    assert len(order) == 20
    await asyncio.gather(*await turns(pace, order, *"uvwxyz"))
    assert loop.time() - began >= 5 / 20


async def test_shared_by_workers() -> None:
    loop, pace, order = asyncio.get_running_loop(), Pace(20), list[str]()
    pace.share(4)
    began = loop.time()
    await asyncio.gather(*await turns(pace, order, *"abcdefgh"))
    assert loop.time() - began >= 2 * 4 / 20
    assert order == list("abcdefgh")


async def test_without_a_limit() -> None:
    pace, order = Pace(None), list[str]()
    await turns(pace, order, *"ab" * 500)
    assert len(order) == 1000


async def test_what_is_urgent_does_not_wait() -> None:
    pace, order = Pace(2), list[str]()
    waiting = await turns(pace, order, *"abcd", "E")
    assert order == ["a", "b", "c", "E"]
    await asyncio.gather(*waiting)
    assert order == ["a", "b", "c", "E", "d"]


async def test_one_throttled_chat_holds_up_nobody_else() -> None:
    pace, order = Pace(10), list[str]()
    pace.throttled(7, 60)
    pace.throttled(7, 60)
    await turns(pace, order, "a", "B")
    assert order == ["a", "B"]


async def test_two_throttled_chats_hold_up_all_and_then_what_is_urgent_is_first() -> None:
    pace, order = Pace(10), list[str]()
    pace.throttled(7, 0.2)
    pace.throttled(8, 0.2)
    waiting = await turns(pace, order, "a", "b", "C", "d", "E")
    assert order == []
    await asyncio.gather(*waiting)
    assert order == ["C", "E", "a", "b", "d"]


async def test_two_throttled_at_different_times_are_not_the_whole_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.pace.SAME_CAUSE_SECONDS", 0.01)
    pace, order = Pace(10), list[str]()
    pace.throttled(7, 60)
    await asyncio.sleep(0.02)
    pace.throttled(8, 60)
    await turns(pace, order, "a")
    assert order == ["a"]


async def test_who_no_longer_waits_takes_no_turn() -> None:
    pace, order = Pace(5), list[str]()
    waiting = await turns(pace, order, *"abcdefghi")
    waiting[6].cancel()
    waiting[7].cancel()
    await waiting[8]
    assert order == list("abcdefi")


async def test_messages_to_a_chat() -> None:
    pace = ChatPace(0.01)
    for chat in (7, 8):  # others do not count
        for _ in range(5):
            await pace.turn(chat)
    sixth = asyncio.create_task(pace.turn(7))
    await asyncio.sleep(0.05)
    assert not sixth.done()
    sixth.cancel()


async def test_messages_to_a_chat_go_on() -> None:
    loop, pace = asyncio.get_running_loop(), ChatPace(20)
    began = loop.time()
    for _ in range(8):
        await pace.turn(7)
    assert loop.time() - began >= 3 / 20


async def test_chats_are_forgotten_when_they_no_longer_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.pace.REMEMBERED_CHATS", 3)
    pace = ChatPace(100)
    for chat in (1, 2, 3):
        await pace.turn(chat)
    await asyncio.sleep(0.1)
    await pace.turn(4)
    assert set(pace._next) == {4}


async def test_many_busy_chats_are_not_walked_through_with_every_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.pace.REMEMBERED_CHATS", 3)
    pace = ChatPace(0.01)
    looks = 0
    for chat in range(24):
        before = pace._next
        await pace.turn(chat)
        looks += pace._next is not before
    assert looks == 3  # at 3, 6 and 12 chats
    assert set(pace._next) == set(range(24))
