"""The thread in which the store is used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial

import pytest

from bot.adapters.storage.writer import Writer


@pytest.fixture
def writer() -> Iterator[Writer]:
    opened = Writer()
    yield opened
    opened.close()


async def test_everything_runs_in_one_thread_that_is_not_the_loops(writer: Writer) -> None:
    threads = await asyncio.gather(*(writer.run(threading.get_ident) for _ in range(5)))
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


async def test_what_the_work_raises_comes_back(writer: Writer) -> None:
    with pytest.raises(ZeroDivisionError):
        await writer.run(lambda: 1 // 0)
    assert await writer.run(lambda: "next") == "next"


async def test_the_loop_goes_on_meanwhile_and_order_is_kept(writer: Writer) -> None:
    go, done = threading.Event(), list[int]()
    first = asyncio.ensure_future(writer.run(lambda: go.wait(5)))
    rest = [asyncio.ensure_future(writer.run(partial(done.append, number))) for number in range(3)]
    await asyncio.sleep(0.01)
    assert done == []
    go.set()
    await asyncio.gather(first, *rest)
    assert done == [0, 1, 2]


async def test_work_that_has_begun_is_finished_though_nobody_waits(writer: Writer) -> None:
    go, done = threading.Event(), list[int]()
    impatient = asyncio.ensure_future(writer.run(lambda: done.extend([1] if go.wait(5) else [])))
    await asyncio.sleep(0.01)
    impatient.cancel()
    go.set()
    await writer.run(lambda: done.append(2))
    assert done == [1, 2]


def test_closing_finishes_what_was_handed_in() -> None:
    done: list[int] = []

    async def hand_in() -> None:
        writer = Writer()
        waits = [asyncio.ensure_future(writer.run(partial(done.append, number))) for number in range(3)]
        await asyncio.sleep(0)
        writer.close()
        await asyncio.gather(*waits)

    asyncio.run(hand_in())
    assert done == [0, 1, 2]
