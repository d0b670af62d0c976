"""A worker stays in memory for months: what it does not need, it does not load."""

from __future__ import annotations

from pathlib import Path

from tests.botapi import BotApiServer, Patient
from tests.support.ports import free_port
from tests.support.process import BotProcess, running

AT_EXIT = """
import atexit, pathlib, sys
atexit.register(lambda: pathlib.Path({file!r}).write_text("\\n".join(sys.modules)))
"""


async def loaded(folder: Path, **settings: str) -> set[str]:
    """The packages that `ptbot run` has loaded after somebody talked to it."""
    (folder / "sitecustomize.py").write_text(AT_EXIT.format(file=str(folder / "modules")))
    async with BotApiServer() as server:
        patient = Patient(server, 7)
        bot = BotProcess(server, f"sqlite:///{folder / 'bot.db'}", PYTHONPATH=str(folder), **settings)
        async with running(bot):
            await patient.start()
            await patient.until(lambda screen: screen.said, 60)
    return {module.partition(".")[0] for module in (folder / "modules").read_text().splitlines()}


async def test_polling_loads_only_what_it_needs(tmp_path: Path) -> None:
    packages = await loaded(tmp_path)

    assert {"bot", "structlog", "telegram"} <= packages
    assert (
        packages & {"alembic", "sqlalchemy", "rich", "pygments", "aiohttp", "prometheus_client", "segno", "psycopg"}
        == set()
    )


async def test_life_signs_load_no_other_server(tmp_path: Path) -> None:
    packages = await loaded(tmp_path, PTBOT_HEALTH__PORT=str(free_port()))

    assert "prometheus_client" in packages
    assert "aiohttp" not in packages
