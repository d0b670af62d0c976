"""Whether the bot lives and is ready, asked over real HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.adapters.web import asked
from bot.adapters.web.asked import Asked
from bot.adapters.web.life_signs import LifeSigns
from bot.adapters.web.metrics import Metrics
from bot.ports import Backlog, StorageError
from tests.support.ports import free_port

NOW = 1_800_000_000.0


@dataclass
class Bot:
    """What life signs are about. `answers` are what the store's thread says, in order; the last one goes on."""

    answers: list[Backlog | Exception] = field(default_factory=lambda: [Backlog(3, NOW - 1.5, NOW - 20)])
    lease: bool = True
    hanging: asyncio.Event | None = None  # until it is set
    asked: int = 0

    async def backlog(self) -> Backlog:
        self.asked += 1
        if self.hanging:
            await self.hanging.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@asynccontextmanager
async def watching(bot: Bot, port: int | None = None) -> AsyncIterator[Callable[..., Awaitable[tuple[int, str]]]]:
    """Asks the running server: a status and a text."""
    port = port or free_port()
    signs = LifeSigns(Metrics(), bot.backlog, lambda: bot.lease, lambda: NOW)
    async with signs.shown("127.0.0.1", port), aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

        async def ask(path: str, method: str = "GET") -> tuple[int, str]:
            async with session.request(method, path) as response:
                return response.status, await response.text()

        yield ask


async def json_of(answer: Awaitable[tuple[int, str]]) -> tuple[int, Any]:
    status, text = await answer
    return status, json.loads(text)


async def test_ready_tells_how_far_behind_the_bot_is() -> None:
    async with watching(Bot()) as ask:
        status, told = await json_of(ask("/readyz"))

    assert status == 200
    assert told == {
        "ready": True, "database": True, "lease": True,
        "last_update_seconds": 20, "waiting": 3, "oldest_seconds": 1.5,
    }  # fmt: skip


async def test_ready_before_anything_happened() -> None:
    async with watching(Bot([Backlog(0, None, None)])) as ask:
        status, told = await json_of(ask("/readyz"))

    assert status == 200
    assert (told["last_update_seconds"], told["oldest_seconds"]) == (None, None)


@pytest.mark.parametrize("error", [StorageError("The disk is full."), OSError("a driver's own")])
async def test_not_ready_without_its_database_but_alive(error: Exception) -> None:
    async with watching(Bot([error])) as ask:
        ready, alive = await json_of(ask("/readyz")), await json_of(ask("/healthz"))
        page = await ask("/metrics")

    assert ready == (503, {"ready": False, "database": False, "lease": True})
    assert alive == (200, {"alive": True})
    assert page[0] == 200
    assert "ptbot_database_up 0.0" in page[1]


async def test_not_ready_without_its_lease() -> None:
    async with watching(Bot(lease=False)) as ask:
        status, told = await json_of(ask("/readyz"))

    assert status == 503
    assert (told["ready"], told["database"], told["lease"]) == (False, True, False)


async def test_not_ready_while_the_store_does_not_answer_and_not_alive_when_it_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asked, "ANSWER_SECONDS", 0.05)
    bot = Bot(hanging=asyncio.Event())
    async with watching(bot) as ask:
        assert (await ask("/readyz"))[0] == 503
        assert (await ask("/healthz"))[0] == 200
        monkeypatch.setattr(asked, "STUCK_SECONDS", 0.0)
        assert await json_of(ask("/healthz")) == (503, {"alive": False})
        assert bot.asked == 1

        assert bot.hanging
        bot.hanging.set()
        monkeypatch.setattr(asked, "ANSWER_SECONDS", 30.0)
        assert (await ask("/healthz"))[0] == 200
        assert (await ask("/readyz"))[0] == 200


async def test_metrics_are_in_the_form_that_prometheus_reads() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/metrics"
    async with watching(Bot(), port), aiohttp.ClientSession() as session, session.get(url) as response:
        kind, page = response.headers["Content-Type"], await response.text()

    assert kind.startswith("text/plain; version=")
    assert "ptbot_outbox_waiting 3.0" in page
    assert "_created" not in page


async def test_nothing_else_is_answered() -> None:
    async with watching(Bot()) as ask:
        assert (await ask("/"))[0] == 404
        assert (await ask("/healthz", "POST"))[0] == 405
        assert (await ask("/metrics", "DELETE"))[0] == 405
        assert (await ask("/readyz", "HEAD"))[0] == 405


async def test_where_the_port_is_taken_the_bot_goes_on_and_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, capture_logs() as logs:
        port = taken.getsockname()[1]
        async with LifeSigns(Metrics(), Bot().backlog, lambda: True).shown("127.0.0.1", port):
            went_on = True

    assert went_on
    (line,) = logs
    assert (line["log_level"], line["port"], line["reason"]) == ("warning", port, "Address already in use")
    assert "health.port" in line["remedy"]


async def test_many_who_ask_at_once_are_one_question_to_the_store() -> None:
    bot = Bot()
    async with watching(bot) as ask:
        await asyncio.gather(*(ask(path) for path in ("/readyz", "/metrics", "/healthz") for _ in range(10)))

    assert bot.asked == 1


async def test_an_answer_is_good_for_a_second_and_no_longer() -> None:
    now = 0.0
    bot = Bot([Backlog(1, None, None), Backlog(2, None, None)])
    question = Asked(bot.backlog, lambda: now)

    assert await question.answer() == Backlog(1, None, None)
    now = asked.FRESH_SECONDS / 2
    assert await question.answer() == Backlog(1, None, None)
    now = asked.FRESH_SECONDS
    assert await question.answer() == Backlog(2, None, None)
    assert not question.stuck
