"""What is sent is handed over or found in the outbox, by the worker that holds the lease."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from bot.dialogue.outputs import Conclude, Say
from bot.ports import Beat, StorageError, Unsent
from tests.botapi import BotApiServer, Fault
from tests.support.delivering import delivering, met
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import until


class CountingStore(MemoryStore):
    """Counts how often its outbox is read."""

    readings = 0

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        self.readings += 1
        return super().unsent(limit, but)


async def test_what_was_just_saved_is_sent_without_reading_it_again(
    server: BotApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_SECONDS", 60.0)
    store, (patient,) = CountingStore(time.time), await met(server, 7)
    async with delivering(server, store) as desk:
        await until(lambda: store.readings)
        for number in range(5):
            desk.put(7, Say(f"{number}"))
        await patient.until_sees("4")
        await until(lambda: not store.tables.outbox)
    assert [seen.text for seen in patient.said] == ["0", "1", "2", "3", "4"]
    assert store.readings == 1


async def test_what_is_handed_over_before_the_first_reading_comes_after_what_waited(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    with store.unit() as unit:
        unit.send(7, [Say("waited")])
    async with delivering(server, store) as desk:
        desk.put(7, Say("new"))
        await patient.until_sees("new")
    assert [seen.text for seen in patient.said] == ["waited", "new"]


async def test_what_was_taken_over_is_found(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        desk.save(7, Say("of a dead worker"))
        await patient.until_sees("of a dead worker")


async def test_a_long_outbox_is_taken_in_pieces_what_is_urgent_first(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.HELD_AT_MOST", 10)
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_AT_ONCE", 10)
    monkeypatch.setattr("bot.adapters.telegram.delivery.READ_ON_SECONDS", 0.02)
    patient, other = await met(server, 7, 8)
    server.faults.rate("sendMessage", 1, Fault(seconds=0.02))
    with store.unit() as unit:
        unit.send(7, [Say(f"{number}") for number in range(40)])
    async with delivering(server, store) as desk:
        await patient.until_sees("0")
        desk.save(8, Say("Call 112 now.", urgent=True))
        desk.put(7, Say("40"))  # not before what is still in the outbox
        await patient.until_sees("40")
    assert [seen.text for seen in patient.said] == [f"{number}" for number in range(41)]
    assert other.said[0].message_id < patient.said[-1].message_id


# A lease that is lost


async def test_nothing_is_sent_without_the_lease(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    held = [False]
    async with delivering(server, store, may_send=lambda: held[0]) as desk:
        desk.put(7, Say("one"))
        await asyncio.sleep(0.5)
        assert not server.calls("sendMessage")
        held[0] = True
        await patient.until_sees("one")


async def test_what_was_taken_over_meanwhile_is_left_to_the_other_worker(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    held = [True]
    server.faults.add("sendMessage", Fault(code=502), times=6)
    async with delivering(server, store, may_send=lambda: held[0]) as desk:
        desk.put(7, Say("one"))
        await until(lambda: len(server.calls("sendMessage")) == 4)  # its next try comes in 0.8 seconds
        held[0] = False
        store.tables.outbox.clear()  # as if another worker had sent it
        desk.delivery.renewed(Beat(2))
        held[0] = True
        server.faults.clear()
        desk.put(7, Say("two"))
        await patient.until_sees("two")
        await asyncio.sleep(1)
    assert [seen.text for seen in patient.said] == ["two"]


async def test_what_was_taken_over_in_a_gap_that_nobody_noticed_is_not_sent(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        server.faults.add("sendMessage", Fault(code=502), times=4)
        desk.put(7, Say("one"))
        await until(lambda: len(server.calls("sendMessage")) == 4)  # its next try comes in 0.8 seconds
        store.tables.outbox.clear()  # as if another worker had sent it
        desk.delivery.renewed(Beat(2, unbroken=False))
        desk.put(7, Say("two"))
        await patient.until_sees("two")
        await asyncio.sleep(1)
    assert [seen.text for seen in patient.said] == ["two"]


@pytest.mark.parametrize("answers", [True, False])
async def test_what_need_not_be_sent_any_more_is_not_tried_again(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    """As a tap that another worker hears tells; or the outbox is away, and trying again is the safer way."""
    monkeypatch.setattr("bot.adapters.telegram.delivery.LOOK_SECONDS", 3600)
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        server.faults.add("sendMessage", Fault(reset=True, after=True))
        desk.put(7, Say("one"))
        await until(lambda: patient.sees("one"))
        store.tables.outbox.clear()
        if not answers:
            monkeypatch.setattr(store, "waiting", broken)
        desk.put(7, Say("two"))
        await patient.until_sees("two")
        await until(lambda: not store.tables.outbox)
        desk.put(7, Say("three"))
        await patient.until_sees("three")
    assert [seen.text for seen in patient.said] == ["one", *([] if answers else ["one"]), "two", "three"]


async def test_an_alarm_is_tried_again_whatever_the_outbox_says(server: BotApiServer, store: MemoryStore) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        server.faults.add("sendMessage", Fault(reset=True, after=True))
        desk.put(7, Say("Call 112 now.", urgent=True))
        await until(lambda: patient.sees("112"))
        store.tables.outbox.clear()
        await until(lambda: len(patient.said) == 2)


async def test_of_what_another_worker_has_taken_over_no_part_follows(
    server: BotApiServer, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.delivery.LOOK_SECONDS", 3600)
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        server.faults.add("sendMessage", Fault(reset=True, after=True))
        desk.put(7, Conclude(2, "result", ("One", "Two"), (), {}))
        await until(lambda: patient.sees("One"))
        ((ident, row),) = store.tables.outbox.items()
        store.tables.outbox[ident] = taken = replace(row, worker="another")
        await asyncio.sleep(1)
        assert [seen.text for seen in patient.said] == ["One"]
        assert store.tables.outbox == {ident: taken}
        store.tables.outbox[ident] = row  # that one died, too
        await patient.until_sees("Two")


def broken(_: object) -> set[int]:
    raise StorageError("The database is away.")


class GapStore(MemoryStore):
    """Something happens while its outbox is read."""

    happens: Callable[[], None] | None = None

    def unsent(self, limit: int = 1000, but: Collection[int] = ()) -> list[Unsent]:
        found = super().unsent(limit, but)
        if found and self.happens:
            self.happens()
            self.happens = None
        return found


async def test_what_was_taken_over_while_it_was_read_is_not_sent(server: BotApiServer) -> None:
    store, (patient,) = GapStore(time.time), await met(server, 7)
    async with delivering(server, store) as desk:

        def gap() -> None:
            store.tables.outbox.clear()
            desk.delivery.renewed(Beat(2, unbroken=False))

        store.happens = gap
        desk.save(7, Say("one"))
        await until(lambda: not store.happens)
        desk.put(7, Say("two"))
        await patient.until_sees("two")
    assert [seen.text for seen in patient.said] == ["two"]


async def test_what_is_dropped_before_its_lane_has_begun_is_sent_all_the_same(
    server: BotApiServer, store: MemoryStore
) -> None:
    (patient,) = await met(server, 7)
    async with delivering(server, store) as desk:
        desk.put(7, Say("one"))
        await until(lambda: patient.sees("one") and not store.tables.outbox)
        desk.put(7, Say("two"))
        desk.delivery.renewed(Beat(1, unbroken=False))
        desk.put(7, Say("three"))
        await patient.until_sees("three")
    assert [seen.text for seen in patient.said] == ["one", "two", "three"]
