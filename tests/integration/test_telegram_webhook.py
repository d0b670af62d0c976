"""The webhook: only Telegram is let in, and hears 200 when what it brought is saved."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from bot.adapters.telegram.webhook import SECRET_HEADER, PortTakenError, WebhookRefusedError, secret_of
from bot.dialogue.inputs import Chose, Typed
from bot.dialogue.outputs import Ask, Offered, Output, Say
from bot.ports import StorageError, Update
from bot.watch import Watch
from tests.botapi import BotApiServer, Group, Patient
from tests.integration.conftest import Told
from tests.support.memory_store import MemoryStore
from tests.support.ports import free_port
from tests.support.telegram_bot import WORDS, Script, running, settled, until

QUESTION = Ask(1, "pain", "yes_no", "Does it hurt?", (Offered("yes", "Yes"), Offered("no", "No")))


@pytest.fixture
def script() -> Script:
    return Script(MemoryStore(time.time), _react)


@pytest.fixture
def webhook() -> tuple[str, int]:
    """Its address and port."""
    port = free_port()
    return f"http://127.0.0.1:{port}/telegram", port


def _react(update: Update) -> Sequence[Output]:
    match update.done:
        case Typed("ask"):
            return [QUESTION]
        case Typed(text):
            return [Say(f"You said {text}.")]
        case Chose((choice,)):
            return [Say(f"You chose {choice}.")]
    return []


class Counting(Watch):
    def __init__(self) -> None:
        self.came = 0
        self.batches: list[int] = []

    def received(self, kind: str) -> None:
        self.came += 1

    def saved(self, updates: int, seconds: float) -> None:
        self.batches.append(updates)


async def posted(url: str, body: bytes | BytesIO, secret: str | None, method: str = "POST") -> int:
    """The status of one request, as soon as somebody listens."""
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.request(method, url, data=body, headers=headers) as response:
                    return response.status
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.01)


async def posted_update(server: BotApiServer, webhook: tuple[str, int], number: int) -> int:
    return await posted(webhook[0], json.dumps({"update_id": number}).encode(), secret_of(server.token))


async def test_a_conversation(server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int]) -> None:
    async with running(server, script.handle, script.store, webhook=webhook):
        await patient.say("ask")
        await patient.until_sees("Does it hurt?")
        await patient.tap("No")
        await patient.until_sees("You chose no.")
        await patient.until(lambda screen: not screen.waiting_taps)
        await settled(server, script.store)
    assert server.calls("getUpdates") == []
    assert len(server.calls("answerCallbackQuery")) == 1
    assert [call.params["url"] for call in server.calls("setWebhook")] == [webhook[0]]
    assert server.world.webhook["secret_token"] == secret_of(server.token)
    assert server.world.webhook["url"] == webhook[0]  # others may serve it; what comes meanwhile is kept
    assert "message" in server.world.updates.allowed


async def test_a_tap_is_answered_without_a_call_of_our_own(
    server: BotApiServer, script: Script, webhook: tuple[str, int]
) -> None:
    query = {"id": "q7", "from": {"id": 8}, "message": {"chat": {"id": 7, "type": "private"}}, "data": "1c1.yes"}
    tap = json.dumps({"update_id": 1, "callback_query": query}).encode()
    async with running(server, script.handle, script.store, webhook=webhook):
        await posted_update(server, webhook, 2)
        async with (
            aiohttp.ClientSession(headers={SECRET_HEADER: secret_of(server.token)}) as client,
            client.post(webhook[0], data=tap) as response,
        ):
            assert await response.json() == {"method": "answerCallbackQuery", "callback_query_id": "q7"}
    assert server.calls("answerCallbackQuery") == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"url": "/"}, 404),
        ({"url": "/telegram/"}, 404),
        ({"url": "/telegram?x=1"}, 404),
        ({"method": "GET"}, 405),
        ({"method": "PUT"}, 405),
        ({"secret": None}, 403),
        ({"secret": ""}, 403),
        ({"secret": "wrong"}, 403),
        ({"secret": "grün"}, 403),
        ({"body": BytesIO(b"x" * 2_000_000)}, 413),
        ({"body": b""}, 400),
        ({"body": b"{"}, 400),
        ({"body": b"\xff"}, 400),
        ({"body": b"[" * 100_000}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b"{}"}, 400),
        ({"body": b'{"update_id": "1"}'}, 400),
        ({"body": b'{"update_id": true}'}, 400),
    ],
)
async def test_anything_else_is_refused(
    server: BotApiServer, script: Script, webhook: tuple[str, int], changed: dict[str, Any], status: int
) -> None:
    request = {"url": "/telegram", "body": b'{"update_id": 2}', "secret": secret_of(server.token), **changed}
    request["url"] = f"http://127.0.0.1:{webhook[1]}{request['url']}"
    async with running(server, script.handle, script.store, webhook=webhook):
        assert await posted_update(server, webhook, 1) == 200
        assert await posted(**request) == status
    assert [update.id for update in script.taken] == [1]


async def test_what_comes_twice_counts_once(server: BotApiServer, script: Script, webhook: tuple[str, int]) -> None:
    async with running(server, script.handle, script.store, webhook=webhook):
        assert [await posted_update(server, webhook, 1) for _ in range(2)] == [200, 200]
        assert await asyncio.gather(*(posted_update(server, webhook, 2) for _ in range(2))) == [200, 200]
    assert [update.id for update in script.taken] == [1, 2]


async def test_what_waits_while_a_batch_is_saved_forms_the_next(
    server: BotApiServer, script: Script, webhook: tuple[str, int]
) -> None:
    batches: list[int] = []
    counting, go_on = Counting(), asyncio.Event()

    async def handle(updates: Sequence[Update]) -> None:
        batches.append(len(updates))
        await go_on.wait()
        script.handle(updates)

    async with running(server, handle, script.store, webhook=webhook, watch=counting):
        posts = [asyncio.create_task(posted_update(server, webhook, 1))]
        await until(lambda: batches)
        posts += [asyncio.create_task(posted_update(server, webhook, number)) for number in range(2, 31)]
        await until(lambda: counting.came == 30)
        go_on.set()
        assert await asyncio.gather(*posts) == [200] * 30
    assert batches == [1, 29]
    assert counting.batches == [1, 29]


async def test_what_cannot_be_saved_now_has_to_come_again(
    server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.queueing.PATIENCE_SECONDS", 0.05)
    script.failures = [StorageError("The database is away.")] * 10
    async with running(server, script.handle, script.store, webhook=webhook):
        await patient.say("one")
        await patient.say("two")
        await until(lambda: "503" in server.world.webhook.get("last_error_message", ""))
        await patient.until_sees("You said two.")
    assert [seen.text for seen in patient.said] == ["You said one.", "You said two."]


async def test_a_short_trouble_is_waited_for(
    server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int]
) -> None:
    script.failures = [StorageError("The database is away.")] * 4
    async with running(server, script.handle, script.store, webhook=webhook):
        await patient.say("one")
        await patient.until_sees("You said one.")
    assert "last_error_message" not in server.world.webhook


async def test_what_is_hopeless_is_passed_over(
    server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int], told: Told
) -> None:
    well = Patient(server, 8)

    def handle(updates: Sequence[Update]) -> None:
        if any(update.done == Typed("poison") for update in updates):
            raise RuntimeError("poison, said the patient")
        script.handle(updates)

    async with running(server, handle, script.store, webhook=webhook):
        await patient.say("poison")
        await patient.say("knee")
        await well.say("hip")
        await well.until_sees("You said hip.")
        await patient.until_sees("You said knee.")
    assert [seen.text for seen in patient.said] == ["Something went wrong.", "You said knee."]
    assert "poison" not in told()


async def test_groups_are_told_once(
    server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int]
) -> None:
    group = Group(server, -5)
    async with running(server, script.handle, script.store, webhook=webhook):
        await group.add_bot(patient)
        await group.until_sees("private chats only")
        await group.say(patient, "/start")
        await settled(server, script.store)
    assert [seen.text for seen in group.said] == [WORDS["group_reply"]]


async def test_another_webhook_is_named(
    server: BotApiServer, patient: Patient, script: Script, webhook: tuple[str, int], told: Told
) -> None:
    server.world.webhook = {"url": "https://old.example.org/secret"}
    async with running(server, script.handle, script.store, webhook=webhook):
        await patient.say("knee")
        await patient.until_sees("You said knee.")
    assert "host='old.example.org'" in told()
    assert "/secret" not in told()


async def test_a_webhook_that_is_taken_away_is_missed(
    server: BotApiServer,
    patient: Patient,
    script: Script,
    webhook: tuple[str, int],
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.webhook.LOOK_SECONDS", 0.02)
    async with running(server, script.handle, script.store, webhook=webhook):
        await patient.say("one")
        await patient.until_sees("You said one.")
        ours = server.world.webhook
        server.world.webhook = {"url": "https://other.example.org/secret"}
        await until(lambda: "Telegram does not bring the bot's messages here any more." in told())
        server.world.webhook = ours
        await until(lambda: "Telegram does not bring the bot's messages here any more: over" in told())
    assert "the webhook is at other.example.org" in told()
    assert "/secret" not in told()


async def test_a_stop_finishes_what_is_under_way(
    server: BotApiServer, script: Script, webhook: tuple[str, int]
) -> None:
    saving, go_on = asyncio.Event(), asyncio.Event()

    async def handle(updates: Sequence[Update]) -> None:
        saving.set()
        await go_on.wait()
        script.handle(updates)

    async with running(server, handle, script.store, webhook=webhook) as bot:
        post = asyncio.create_task(posted_update(server, webhook, 1))
        await saving.wait()
        bot.cancel()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
        assert await post == 200
    assert [update.id for update in script.taken] == [1]


async def test_an_address_that_telegram_refuses(server: BotApiServer, script: Script) -> None:
    async with running(server, script.handle, script.store, webhook=("http://bot.example.org/", free_port())) as bot:
        with pytest.raises(WebhookRefusedError, match=r"webhook\.url: .*https url must be provided"):
            await asyncio.wait_for(bot, 5)
    server.violations.clear()


async def test_a_port_that_is_taken(server: BotApiServer, script: Script) -> None:
    async with running(server, script.handle, script.store, webhook=("https://b.example.org/", server.port)) as bot:
        with pytest.raises(PortTakenError, match=rf"port {server.port} .* Set webhook\.host and webhook\.port"):
            await asyncio.wait_for(bot, 5)
    assert server.calls("setWebhook") == []


@pytest.mark.parametrize(
    "sent",
    [
        "POST /telegram HTTP/1.1\r\nHost: x\r\n{secret}Content-Length: 9\r\n\r\nhalf",
        "POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
        "POST /telegram HTTP/1.1\r\nHost: x\r\n{secret}Transfer-Encoding: chunked\r\n\r\nno size\r\n",
        "POST /telegram HTTP/1.1\r\nHost: x\r\n{secret}Content-Length: 3\r\nContent-Encoding: deflate\r\n\r\nno!",
        "POST /telegram HTTP/1.1\r\nno header\r\n\r\n",
        "POST /telegram HTTP/1.1\r\nlong: " + 20_000 * "x",
        "\x16\x03\x01 no HTTP at all\r\n\r\n",
    ],
    ids=["breaks off", "a stranger breaks off", "no chunk", "no deflate", "no header", "too long", "no HTTP"],
)
async def test_nobody_can_fill_the_log(
    server: BotApiServer, script: Script, webhook: tuple[str, int], told: Told, sent: str
) -> None:
    secret = f"{SECRET_HEADER}: {secret_of(server.token)}\r\n"
    async with running(server, script.handle, script.store, webhook=webhook):
        assert await posted_update(server, webhook, 1) == 200
        for _ in range(3):
            _, writer = await asyncio.open_connection("127.0.0.1", webhook[1])
            writer.write(sent.format(secret=secret).encode())
            await writer.drain()
            await asyncio.sleep(0.05)  # until it was read
            writer.transport.abort()
        assert await posted_update(server, webhook, 2) == 200
    assert "ERROR" not in told()
    assert "WARNING" not in told()
    assert [update.id for update in script.taken] == [1, 2]


async def test_a_body_that_does_not_come_is_not_waited_for(
    server: BotApiServer, script: Script, webhook: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.telegram.webhook.BODY_SECONDS", 0.1)
    secret = f"{SECRET_HEADER}: {secret_of(server.token)}"
    async with running(server, script.handle, script.store, webhook=webhook):
        assert await posted_update(server, webhook, 1) == 200
        reader, writer = await asyncio.open_connection("127.0.0.1", webhook[1])
        writer.write(f"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n{secret}\r\n\r\n".encode())
        async with asyncio.timeout(5):
            assert await reader.readline() == b"HTTP/1.1 408 Request Timeout\r\n"
        writer.close()
