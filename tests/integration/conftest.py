"""What the tests on real databases and on Telegram share."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import structlog

from tests.botapi import BotApiServer, Patient
from tests.support.memory_store import MemoryStore
from tests.support.stores import Clock, MemoryPlace, Place, SqlPlace

Told = Callable[[], str]


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    """All that the bot has told its operator so far, whatever its level."""
    renderer = structlog.processors.KeyValueRenderer(key_order=["event"])
    structlog.configure(processors=[renderer], logger_factory=structlog.stdlib.LoggerFactory())
    caplog.set_level(logging.DEBUG)
    yield lambda: caplog.text
    structlog.reset_defaults()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """Every call of the bot must have been a proper one."""
    async with BotApiServer() as started:
        yield started
        assert started.violations == []


@pytest.fixture
def patient(server: BotApiServer) -> Patient:
    return Patient(server, 7)


@pytest.fixture
def store() -> MemoryStore:
    """For tests that are not about stores."""
    return MemoryStore(time.time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Each kind of store in turn."""
    opened: Place = MemoryPlace() if request.param == "memory" else _database(request, request.param)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[SqlPlace]:
    """Each kind of database in turn."""
    opened = _database(request, request.param)
    yield opened
    opened.close()


def _database(request: pytest.FixtureRequest, kind: str) -> SqlPlace:
    if kind == "postgresql":
        return SqlPlace(request.getfixturevalue("clean_postgres"))
    folder: Path = request.getfixturevalue("tmp_path")
    return SqlPlace(f"sqlite:///{folder / 'bot.db'}")
