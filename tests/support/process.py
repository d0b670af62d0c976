"""The bot as operators run it: a process of its own, against a test server and a real database."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.botapi import BotApiServer

ROOT = Path(__file__).parents[2]


class BotProcess:
    """`python -m bot run`, started, killed and started again."""

    def __init__(self, server: BotApiServer, database_url: str, **settings: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PTBOT_")},
            "PTBOT_TELEGRAM__TOKEN": server.token,
            "PTBOT_TELEGRAM__BASE_URL": server.base_url,
            "PTBOT_TELEGRAM__CALLS_PER_SECOND": "100000",  # the test server sets no pace
            "PTBOT_DATABASE__URL": database_url,
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None
        self.log = b""

    async def start(self) -> None:
        """Start it; its log is collected."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", cwd=ROOT, env=self._environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._collect())

    async def _collect(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self.log += line

    async def kill(self) -> None:
        """As a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As an operator would; the exit code."""
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(how)
        code = await self._process.wait()
        await self._reading
        return code
