"""Polling: nothing is confirmed before it is saved, and nothing that fails holds up the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.adapters.telegram.asking import Asking
from bot.adapters.telegram.rivals import CONFLICTS, WebhookSetError
from bot.adapters.telegram.transport import Api
from bot.adapters.telegram.trouble import SecondPollerError, TokenError
from bot.dialogue.inputs import Typed
from bot.dialogue.outputs import Output, Say
from bot.ports import StorageError, Update
from tests.botapi import BotApiServer, Fault, Patient
from tests.integration.conftest import Told
from tests.support.memory_store import MemoryStore
from tests.support.telegram_bot import Script, running, settled, until


@pytest.fixture
def script() -> Script:
    return Script(MemoryStore(time.time), _repeated)


def _repeated(update: Update) -> Sequence[Output]:
    return [Say(f"You said {update.done.text}.")] if isinstance(update.done, Typed) else []


async def test_an_update_is_confirmed_only_after_it_was_saved(
    server: BotApiServer, patient: Patient, script: Script
) -> None:
    script.failures = [RuntimeError("the disk is full")]
    async with running(server, script.handle, script.store):
        await patient.say("knee")
        await patient.until_sees("You said knee.")
        await settled(server, script.store)
    assert len(script.seen) == 2  # delivered again
    assert [seen.text for seen in patient.said] == ["You said knee."]


async def test_what_cannot_be_handled_does_not_hold_up_the_others(
    server: BotApiServer, patient: Patient, script: Script, told: Told
) -> None:
    sick, well = script.handle, Patient(server, 8)

    def handle(updates: Sequence[Update]) -> None:
        if any(update.done == Typed("poison") for update in updates):
            raise RuntimeError("poison, said the patient")
        sick(updates)

    await patient.say("poison")
    await well.say("knee")
    async with running(server, handle, script.store):
        await well.until_sees("You said knee.")
        for number in range(3):
            await well.say(f"{number}")
            await well.until_sees(f"You said {number}.")
        await patient.say("knee")
        await patient.until_sees("You said knee.")
    assert "passed over" in told()
    assert "poison" not in told()
    assert [seen.text for seen in patient.said] == ["Something went wrong.", "You said knee."]


async def test_a_single_update_that_cannot_be_handled_is_given_up(
    server: BotApiServer, patient: Patient, script: Script
) -> None:
    script.failures = [RuntimeError("a mistake of ours")] * 6  # each try is made with its batch, then alone
    async with running(server, script.handle, script.store):
        await patient.say("one")
        await patient.until_sees("Something went wrong.")
        await patient.say("two")
        await patient.until_sees("You said two.")
    assert [update.done for update in script.taken] == [Typed("two")]


async def test_a_database_that_is_away_loses_nothing(
    server: BotApiServer, patient: Patient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.polling.LONGEST_PAUSE_SECONDS", 0.1)
    script.failures = [StorageError("away")] * 12
    async with running(server, script.handle, script.store):
        await patient.say("one")
        await patient.say("two")
        await patient.until_sees("You said two.")
    assert [seen.text for seen in patient.said] == ["You said one.", "You said two."]


async def test_after_a_passing_fault_a_chat_goes_on_in_order(
    server: BotApiServer, patient: Patient, script: Script
) -> None:
    well = Patient(server, 8)
    script.failures = [StorageError("away")] * 2  # of the batch, then of the first alone
    await patient.say("one")
    await well.say("knee")
    await patient.say("two")
    async with running(server, script.handle, script.store):
        await patient.until_sees("You said two.")
    assert [update.done for update in script.taken if update.chat == 7] == [Typed("one"), Typed("two")]
    assert script.taken[0].chat == 8  # others did not wait


async def test_updates_of_a_time_without_the_bot_are_handled_in_order(
    server: BotApiServer, patient: Patient, script: Script
) -> None:
    for number in range(150):
        await patient.say(f"{number}")
    async with running(server, script.handle, script.store):
        await patient.until_sees("You said 149.")
    assert [seen.text for seen in patient.said] == [f"You said {number}." for number in range(150)]


async def test_unknown_kinds_and_nobodys_updates(server: BotApiServer, patient: Patient, script: Script) -> None:
    server.push_update({"message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "hi"}})
    server.push_update({"channel_post": {"chat": {"id": -1, "type": "channel"}, "text": "news"}})
    server.push_update({"update_of_next_year": {"a": 1}})
    async with running(server, script.handle, script.store):
        await patient.say("knee")
        await patient.until_sees("You said knee.")
    assert len(script.taken) == 4


async def test_a_start_that_telegram_slows_down(
    server: BotApiServer, patient: Patient, script: Script, told: Told
) -> None:
    server.faults.add("getUpdates", Fault(code=429, retry_after=1))
    server.faults.add("setMyCommands", Fault(code=429, retry_after=9))
    async with running(server, script.handle, script.store):
        await patient.say("knee")
        await patient.until_sees("You said knee.")
    assert "The bot's menu could not be set" in told()


async def test_our_own_webhook_is_removed_and_what_waited_there_comes_here(
    server: BotApiServer, patient: Patient, script: Script, told: Told
) -> None:
    server.world.webhook = {"url": "https://bot.example.org/secret"}
    await patient.say("knee")
    async with running(server, script.handle, script.store, own_webhook="https://bot.example.org/secret"):
        await patient.until_sees("You said knee.")
    assert "host='bot.example.org'" in told()
    assert "/secret" not in told()


async def test_a_foreign_webhook_is_left_alone_and_named(server: BotApiServer, script: Script) -> None:
    server.world.webhook = {"url": "https://other.example.org/secret"}
    async with running(server, script.handle, script.store, own_webhook="https://bot.example.org") as bot:
        with pytest.raises(WebhookSetError, match=r"at other\.example\.org\. .* `ptbot run --take-over`") as raised:
            await asyncio.wait_for(bot, 5)
    assert "secret" not in str(raised.value)
    assert server.calls("deleteWebhook") == []


async def test_a_foreign_webhook_is_taken_over_where_that_is_asked(
    server: BotApiServer, patient: Patient, script: Script
) -> None:
    server.world.webhook = {"url": "https://other.example.org"}
    await patient.say("knee")
    async with running(server, script.handle, script.store, take_over=True):
        await patient.until_sees("You said knee.")


async def test_a_refused_token(server: BotApiServer, script: Script) -> None:
    async with running(server, script.handle, script.store, token="1:wrong") as bot:
        with pytest.raises(TokenError, match="Telegram refuses the token") as raised:
            await asyncio.wait_for(bot, 5)
    assert "1:wrong" not in str(raised.value)
    assert [violation.method for violation in server.violations] == ["getMe"]
    server.violations.clear()


async def test_a_second_poller_gives_way(
    server: BotApiServer, patient: Patient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.rivals.NEWCOMER_SECONDS", 0.5)
    monkeypatch.setattr("bot.adapters.telegram.rivals.CONFLICTS", 2)
    other = Script(MemoryStore(time.time), _repeated)
    async with running(server, script.handle, script.store):
        await asyncio.sleep(0.6)
        async with running(server, other.handle, other.store) as second:
            with pytest.raises(SecondPollerError, match="Another program receives"):
                await asyncio.wait_for(second, 10)
        await patient.say("knee")
        await patient.until_sees("You said knee.")
    assert {violation.code for violation in server.violations} == {409}
    server.violations.clear()


async def test_a_webhook_set_meanwhile_ends_the_bot_and_is_named(server: BotApiServer, script: Script) -> None:
    async with running(server, script.handle, script.store) as bot:
        await until(lambda: server.calls("getUpdates"))
        server.world.webhook = {"url": "https://new.example.org"}
        server.world.updates.interrupt_for_webhook()
        with pytest.raises(WebhookSetError, match=r"new\.example\.org"):
            await asyncio.wait_for(bot, 5)
    server.violations.clear()  # polling against the webhook


async def test_conflicts_of_long_ago_do_not_count(
    server: BotApiServer, patient: Patient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.rivals.CALM_SECONDS", 0)
    async with running(server, script.handle, script.store):
        for number in range(CONFLICTS + 1):
            server.faults.add("getUpdates", Fault(code=409))
            await patient.say(f"{number}")
            await patient.until_sees(f"You said {number}.")


async def test_a_network_that_is_away_is_said_once_and_waited_for(
    server: BotApiServer, patient: Patient, script: Script, told: Told
) -> None:
    server.faults.add("getUpdates", Fault(reset=True), times=2)
    server.faults.add("getUpdates", Fault(code=502), times=2)
    await patient.say("my secret")
    async with running(server, script.handle, script.store):
        await patient.until_sees("You said my secret.")
    assert told().count("Telegram cannot be reached. Trying") == 1
    assert told().count("Telegram cannot be reached: over") == 1
    assert server.token not in told()
    assert "my secret" not in told()


@pytest.mark.parametrize("error", [TelegramError("odd"), Forbidden("no"), BadRequest("what?")])
@pytest.mark.parametrize("odd", [True, [1], {}, [{"update_id": "1"}], None])
async def test_odd_answers_and_errors_while_polling_pass(
    server: BotApiServer,
    patient: Patient,
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
    error: TelegramError,
    odd: object,
) -> None:
    answers, call = [error, odd, error], Api.call

    async def sometimes(api: Api, method: str, **params: Any) -> Any:
        if method != "getUpdates" or not answers:
            return await call(api, method, **params)
        if isinstance(answer := answers.pop(), TelegramError):
            raise answer
        return answer

    monkeypatch.setattr(Api, "call", sometimes)
    await patient.say("knee")
    async with running(server, script.handle, script.store):
        await patient.until_sees("You said knee.")


async def test_nobody_listens_at_the_address(told: Told) -> None:
    async with Api("1:secret", "http://127.0.0.1:9/bot") as api:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Asking(api).ask("getMe", bool), 1.5)
    assert "Telegram cannot be reached. Trying again until it works" in told()
    assert "Error: Connect call failed" in told()
    assert "secret" not in told()
