"""Simulated people, many at once, and the server as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from tests.botapi import BotApiServer, Patient
from tests.support.botapi_client import CHAT, keys


async def test_a_patient_waits_for_what_comes(bot: Bot, patient: Patient) -> None:
    async def soon() -> None:
        await asyncio.sleep(0.02)
        await bot.send_message(CHAT, "Where does it hurt?")

    task = asyncio.create_task(soon())
    assert (await patient.until_sees("hurt")).text == "Where does it hurt?"
    await task
    with pytest.raises(AssertionError, match=r"(?s)not seen within 0.01 s.*person: /start.*bot: Where does it hurt"):
        await patient.until(lambda screen: screen.buttons(), 0.01)


async def test_200_patients_at_once(server: BotApiServer) -> None:
    """Through raw HTTP, because python-telegram-bot's default client would be what is measured."""
    patients = [Patient(server, number) for number in range(1, 201)]
    url = f"{server.base_url}{server.token}/"
    async with aiohttp.ClientSession() as client, asyncio.TaskGroup() as group:
        echo = group.create_task(_echo(client, url))
        async with asyncio.TaskGroup() as people:
            for person in patients:
                people.create_task(_talk(person, 10))
        echo.cancel()
    assert len(server.calls("sendMessage")) == 2000
    assert server.violations == []


async def test_the_server_runs_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.botapi", "--port", "0", "--token", "5:x"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    base_url = (await process.stdout.readline()).decode().split()[1]
    control = base_url.removesuffix("/bot") + "/control"
    try:
        async with Bot("5:x", base_url=base_url) as bot, aiohttp.ClientSession() as client:
            await client.post(f"{control}/chats/3/start", data="")
            await bot.send_message(3, "hello", reply_markup=keys(["a"]))
            seen = await (await client.get(f"{control}/chats/3")).json()
            assert [message["text"] for message in seen] == ["/start", "hello"]
            assert (await client.post(f"{control}/chats/3/tap", data="a")).status == 200
            assert (await client.post(f"{control}/chats/3/tap", data="b")).status == 409
            await client.post(f"{control}/update", json={"odd": {}})
            assert len(await bot.get_updates()) == 3
            assert await (await client.get(f"{control}/violations")).json() == []
    finally:
        process.terminate()
        await process.wait()


async def _talk(person: Patient, turns: int) -> None:
    for turn in range(turns):
        await person.say(str(turn))
        await person.until_sees(f"echo {turn}.", 15)


async def _echo(client: aiohttp.ClientSession, url: str) -> None:
    """The smallest bot: one poller, all replies at once."""
    offset = 0
    while True:
        async with client.post(url + "getUpdates", data={"timeout": 10, "offset": offset}) as answer:
            updates = (await answer.json())["result"]
        offset = updates[-1]["update_id"] + 1 if updates else offset
        await asyncio.gather(*(_reply(client, url, update["message"]) for update in updates))


async def _reply(client: aiohttp.ClientSession, url: str, message: dict[str, Any]) -> None:
    content = {"chat_id": message["chat"]["id"], "text": f"echo {message['text']}."}
    async with client.post(url + "sendMessage", data=content) as answer:
        assert answer.status == 200
