"""Updates by webhook: with the secret, in order within a queue, again until they are taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from random import Random

import pytest
from telegram import Bot
from telegram.error import Conflict

from tests.botapi import BotApiServer, Fault, Patient, shuffling, sometimes
from tests.support.botapi_client import CHAT, keys, refused
from tests.support.telegram_bot import until
from tests.support.webhook import Hook


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook() as running:
        yield running


def done(server: BotApiServer) -> bool:
    return not server.world.updates.pending


async def test_what_waits_is_delivered_with_the_secret(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook
) -> None:
    await bot.set_webhook(hook.url, secret_token="s3")
    await until(lambda: done(server))
    await patient.say("hello")
    await until(lambda: hook.texts == ["/start", "hello"])
    assert hook.secrets == ["s3", "s3"]
    with refused("Conflict: can't use getUpdates method while webhook is active", Conflict):
        await bot.get_updates()


async def test_a_chat_is_served_in_order_and_chats_side_by_side(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    hook.open = False
    await bot.set_webhook(hook.url, max_connections=3)
    patients = [Patient(server, number) for number in range(1, 6)]
    for words in "abc":
        for patient in patients:
            await patient.say(words)
    await until(lambda: hook.at_once == 3)
    hook.open = True
    await until(lambda: done(server))
    assert hook.most_at_once == 3
    for patient in patients:
        said = [
            update["message"]["text"] for update in hook.taken if update["message"]["chat"]["id"] == patient.chat_id
        ]
        assert said == ["a", "b", "c"]


async def test_a_tap_may_overtake_a_message(server: BotApiServer, bot: Bot, patient: Patient, hook: Hook) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(["a"]))
    hook.answer = lambda update: 503 if "message" in update else 200
    await bot.set_webhook(hook.url)
    await patient.tap("a")
    await until(lambda: [list(update)[1] for update in server.world.updates.pending] == ["message"])


async def test_what_is_not_taken_comes_again(server: BotApiServer, bot: Bot, patient: Patient, hook: Hook) -> None:
    tries = Counter[int]()

    def third_time_lucky(update: dict[str, int]) -> int:
        tries[update["update_id"]] += 1
        return 200 if tries[update["update_id"]] == 3 else 503

    hook.answer = third_time_lucky
    await patient.say("one")
    await bot.set_webhook(hook.url)
    await until(lambda: done(server))
    assert hook.texts == ["/start"] * 3 + ["one"] * 3
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    assert info.last_error_date
    assert (info.url, info.pending_update_count, info.max_connections) == (hook.url, 0, 40)


@pytest.mark.parametrize(
    ("fault", "arrives", "told"),
    [
        (Fault(reset=True), 1, "Webhook connection closed"),
        (Fault(reset=True, after=True, seconds=0.2), 2, "Webhook connection closed"),
        (Fault(code=502), 1, "Wrong response from the webhook: 502"),
        (Fault(code=502, after=True), 2, "Wrong response from the webhook: 502"),
    ],
)
async def test_trouble_on_the_way(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook, fault: Fault, arrives: int, told: str
) -> None:
    server.faults.add("webhook", fault)
    await bot.set_webhook(hook.url)
    await until(lambda: done(server))
    assert hook.texts == ["/start"] * arrives
    assert (await bot.get_webhook_info()).last_error_message == told


async def test_nobody_listens_yet(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    hook = Hook()
    await bot.set_webhook(hook.url)
    await until(lambda: "last_error_message" in server.world.webhook)
    info = await bot.get_webhook_info()
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    async with hook:
        await until(lambda: done(server))
    assert hook.texts == ["/start"]


async def test_what_was_confirmed_may_come_once_more(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook
) -> None:
    server.world.updates.again = sometimes(1.0, Random(1))
    await bot.set_webhook(hook.url)
    await until(lambda: hook.texts == ["/start"] * 2)
    await patient.say("a")
    await until(lambda: hook.texts == ["/start"] * 2 + ["a"] * 2)


async def test_chats_in_any_order(server: BotApiServer, bot: Bot, hook: Hook) -> None:
    for number in range(1, 31):
        await Patient(server, number).say(str(number))
    server.world.updates.arrange = shuffling(Random(1))
    await bot.set_webhook(hook.url, max_connections=1)
    await until(lambda: done(server))
    assert hook.texts != sorted(hook.texts, key=int)
    assert sorted(hook.texts, key=int) == [str(number) for number in range(1, 31)]


async def test_the_answer_may_be_a_call(server: BotApiServer, bot: Bot, patient: Patient, hook: Hook) -> None:
    await bot.send_message(CHAT, "x", reply_markup=keys(["a"]))

    def react(update: dict[str, dict[str, str]]) -> dict[str, object]:
        if "callback_query" in update:
            return {"method": "answerCallbackQuery", "callback_query_id": update["callback_query"]["id"], "text": "ok"}
        return {"method": "sendMessage", "chat_id": CHAT, "text": "hello", "reply_markup": {"inline_keyboard": []}}

    hook.answer = react
    await bot.set_webhook(hook.url)
    await patient.until_sees("hello")
    await patient.tap("a")
    await until(lambda: patient.toasts == ["ok"])
    assert server.violations == []


async def test_a_call_in_an_answer_keeps_the_rules_too(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook
) -> None:
    hook.answer = lambda update: {"method": "sendMessage", "chat_id": CHAT, "text": ""}
    await bot.set_webhook(hook.url)
    await until(lambda: done(server))
    assert [violation.description for violation in server.violations] == ["Bad Request: message text is empty"]
    hook.answer = lambda update: {"method": "deleteWebhook"}
    await patient.say("x")
    await until(lambda: done(server))
    assert server.world.webhook["url"] == hook.url


async def test_without_a_webhook_what_waits_is_for_polling_again(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook
) -> None:
    hook.answer = lambda update: 500
    await bot.set_webhook(hook.url)
    await until(lambda: hook.taken)
    await bot.delete_webhook()
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["/start"]
    await bot.set_webhook(hook.url, drop_pending_updates=True)
    assert server.world.updates.pending == []


async def test_several_workers_take_turns_and_stand_in_for_one_another(
    server: BotApiServer, bot: Bot, patient: Patient, hook: Hook
) -> None:
    async with Hook() as other:
        server.workers += [hook.address, other.address]
        await bot.set_webhook("https://bot.example.org/hook")
        for words in "abc":
            await patient.say(words)
        await until(lambda: done(server))
        assert (len(hook.taken), len(other.taken)) == (2, 2)
    for words in "def":
        await patient.say(words)
    await until(lambda: done(server))
    assert (len(hook.taken), len(other.taken)) == (5, 2)


async def test_the_network_is_cut_and_comes_back(server: BotApiServer, bot: Bot, patient: Patient, hook: Hook) -> None:
    await bot.set_webhook(hook.url)
    await until(lambda: done(server))
    await server.go_away()
    await patient.say("are you there?")
    with pytest.raises(Exception, match="onnect"):
        await bot.get_me()
    assert hook.texts == ["/start"]
    await server.come_back()
    await until(lambda: hook.texts == ["/start", "are you there?"])
    assert (await bot.get_me()).id == 1


@pytest.mark.parametrize(
    ("url", "secret", "problem"),
    [
        ("http://example.org", None, "Bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://example.org:8000", None, "Bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://example.org", "a b", "Secret token contains unallowed characters"),
        ("https://example.org", "a" * 257, "Secret token is too long"),
    ],
)
async def test_bad_webhooks_are_refused(bot: Bot, url: str, secret: str | None, problem: str) -> None:
    with refused(problem):
        await bot.set_webhook(url, secret_token=secret)


async def test_a_webhook_not_found_keeps_what_waits(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    await bot.set_webhook("https://example.org/hook", secret_token="s3", allowed_updates=["message"])
    await until(lambda: "last_error_message" in server.world.webhook)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == ("https://example.org/hook", 1, ("message",))
    assert info.last_error_message == "Failed to resolve host: Name or service not known"
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
