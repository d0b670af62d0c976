"""Tokens, methods, and trouble on demand."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer, Fault, Patient
from tests.support.botapi_client import CHAT, png, refused


@pytest.mark.parametrize(
    ("token", "problem"), [("1:other", "Unauthorized"), ("nonsense", "Unauthorized: invalid token specified")]
)
async def test_a_wrong_token_is_refused(server: BotApiServer, token: str, problem: str) -> None:
    code, body = await _post(server, token, "getMe")
    assert (code, body["description"]) == (401, problem)
    async with HTTPXRequest() as request:
        with pytest.raises(InvalidToken):
            await Bot(token, base_url=server.base_url, request=request).get_me()


async def test_an_unknown_method_is_not_found(server: BotApiServer) -> None:
    code, body = await _post(server, server.token, "sendHug")
    assert (code, body) == (404, {"ok": False, "error_code": 404, "description": "Not Found: method not found"})
    assert [violation.method for violation in server.violations] == ["sendHug"]


async def test_arguments_may_come_as_json(server: BotApiServer, patient: Patient) -> None:
    code, body = await _post(server, server.token, "sendMessage", {"chat_id": CHAT, "text": "x", "entities": []})
    assert (code, body["result"]["text"]) == (200, "x")


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # the type of retry_after
async def test_429_says_how_long_to_wait_and_has_no_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(code=429, retry_after=3))
    with refused("Flood control exceeded. Retry in 3 seconds", RetryAfter):
        await bot.send_message(CHAT, "x")
    assert patient.said == []
    await bot.send_message(CHAT, "x")
    assert server.violations == []


async def test_502_before_and_after_the_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(code=502))
    server.faults.add("*", Fault(code=502, after=True))
    for _ in range(2):
        with refused("Bad Gateway", NetworkError):
            await bot.send_message(CHAT, "x")
    assert len(patient.said) == 1


async def test_a_connection_breaks_before_or_after_the_effect(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.add("sendMessage", Fault(reset=True))
    server.faults.add("sendMessage", Fault(reset=True, after=True))
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(CHAT, "x")
    assert len(patient.said) == 1
    assert [call.code for call in server.calls("sendMessage")] == [0, 0]


async def test_faults_by_rate_and_slowness(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    server.faults.rate("*", 1.0, Fault(seconds=0.05))
    started = asyncio.get_running_loop().time()
    await bot.send_message(CHAT, "x")
    assert asyncio.get_running_loop().time() - started >= 0.05
    server.faults.clear()
    server.faults.add("sendMessage", Fault(seconds=5, after=True))
    with pytest.raises(TimedOut):
        await bot.send_message(CHAT, "late", read_timeout=0.05)
    assert patient.last.text == "late"
    server.faults.rate("sendMessage", 0.5, Fault(code=502))
    results = await asyncio.gather(*(bot.send_message(CHAT, "x") for _ in range(40)), return_exceptions=True)
    assert 8 < sum(isinstance(result, NetworkError) for result in results) < 32


async def test_every_call_is_logged(server: BotApiServer, bot: Bot, patient: Patient) -> None:
    await bot.send_photo(CHAT, png())
    call = server.log[-1]
    assert (call.method, call.code, call.params["photo"]) == ("sendPhoto", 200, f"<{len(png())} bytes>")
    with pytest.raises(BadRequest):
        await bot.send_message(CHAT, "")
    assert (server.log[-1].code, server.log[-1].answer) == (400, "Bad Request: message text is empty")
    assert server.violations[0].description == "Bad Request: message text is empty"


async def _post(server: BotApiServer, token: str, method: str, body: object = None) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{server.base_url}{token}/{method}", json=body) as answer,
    ):
        return answer.status, await answer.json()
