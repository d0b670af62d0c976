"""What the bot needs is taken away and comes back: it says so once, goes on by itself, and loses nothing.

`python bench/drills.py` does the same for as long as it may take in earnest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.adapters.storage.engine import open_engine
from bot.adapters.storage.migrations import VERSION_TABLE
from tests.botapi import BotApiServer
from tests.support.drilling import Report, database_away, database_read_only, drill, no_room, telegram_cut
from tests.support.ports import free_port
from tests.support.postgres import Postgres, a_postgres
from tests.support.process import running
from tests.support.setups import Setup
from tests.support.stores import empty_postgres, looking_into
from tests.support.telegram_bot import until

SECONDS = 2.0


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """One that no other test misses when it is stopped."""
    with a_postgres() as server:
        yield server


def server_to_cut() -> BotApiServer:
    return BotApiServer(port=free_port(), tap_seconds=3600)


def all_is_well(report: Report, reason: str) -> None:
    assert (report.finished, report.answers_right) == (report.patients, True)
    assert report.told_once, report.logs
    assert all(reason in line.get("reason", reason) for log in report.logs for line in log), report.logs


@pytest.mark.parametrize("setup", ["sqlite", "webhook"], indirect=True)
async def test_telegram_cannot_be_reached(setup: Setup) -> None:
    async with server_to_cut() as server:
        bots = setup.bots(server)
        all_is_well(await drill(server, bots, setup.address, telegram_cut(server), SECONDS), "")


@pytest.mark.parametrize("name", ["postgres", "webhook"])
async def test_the_database_goes_away(own_postgres: Postgres, name: str) -> None:
    async with server_to_cut() as server:
        empty_postgres(own_postgres.address)
        bots = Setup(name, own_postgres.address).bots(server)
        report = await drill(server, bots, own_postgres.address, database_away(own_postgres), SECONDS)
    all_is_well(report, "cannot be reached. Check that the server runs")


async def test_the_database_becomes_read_only(clean_postgres: str) -> None:
    async with server_to_cut() as server:
        bots = Setup("postgres", clean_postgres).bots(server)
        report = await drill(server, bots, clean_postgres, database_read_only(clean_postgres), SECONDS)
    all_is_well(report, "is read-only. Connect to the primary server")


async def test_the_file_cannot_grow(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'bot.db'}"
    async with server_to_cut() as server:
        bots = Setup("sqlite", address).bots(server)
        all_is_well(await drill(server, bots, address, no_room(bots), SECONDS), "cannot be read or written")


@pytest.mark.parametrize("setup", ["sqlite", "postgres"], indirect=True)
async def test_a_newer_schema_is_refused_at_the_start(setup: Setup) -> None:
    open_engine(setup.address).dispose()
    ours = _set_version(setup.address, "9999")
    async with server_to_cut() as server:
        bot = setup.bots(server)[0]
        await bot.start()
        with pytest.raises(AssertionError, match="newer version of this program"):
            await bot.must_live()
        assert (await bot.stop(), bot.log.count(b"\n"), server.log) == (1, 1, [])
        _set_version(setup.address, ours)
        async with running(*setup.bots(server)):
            await until(lambda: server.calls("setMyCommands"), 60)


def _set_version(address: str, version: str) -> str:
    """What it was before."""
    with looking_into(address) as connection:
        before = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'"))
    return str(before)
