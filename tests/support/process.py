"""The bot as operators run it: a process of its own, against a test server and a real database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from tests.botapi import BotApiServer

ROOT = Path(__file__).parents[2]


PUBLIC_URL = "https://bot.example.org/telegram"  # what Telegram is told; the test server knows the workers behind it


class BotProcess:
    """`ptbot run`, started, killed and started again; `run --webhook` where it is given a port to listen on."""

    def __init__(self, server: BotApiServer, database_url: str, webhook_port: int = 0, **settings: str) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PTBOT_")},
            "PTBOT_TELEGRAM__TOKEN": server.token,
            "PTBOT_TELEGRAM__BASE_URL": server.base_url,
            "PTBOT_TELEGRAM__CALLS_PER_SECOND": "100000",  # the test server sets no pace
            "PTBOT_TELEGRAM__CHAT_CALLS_PER_SECOND": "100000",
            "PTBOT_DATABASE__URL": database_url,
            "PTBOT_HEALTH__PORT": "0",
            **settings,
        }
        self._arguments = ["run"]
        if webhook_port:
            self._arguments.append("--webhook")
            self._environment |= {
                "PTBOT_WEBHOOK__URL": PUBLIC_URL,
                "PTBOT_WEBHOOK__HOST": "127.0.0.1",
                "PTBOT_WEBHOOK__PORT": str(webhook_port),
            }
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False
        self._died = asyncio.Event()
        self.log, self._log_before = b"", b""  # of all its lives; before this one

    async def start(self) -> None:
        """Start it; its log is collected."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *self._arguments, cwd=ROOT, env=self._environment,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._ending, self._log_before = False, self.log
        self._reading = asyncio.create_task(self._collect())

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """As a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """As an operator would; the exit code. 0 as well if it had not begun, and the signal alone could end it."""
        code = await self._end(signal.SIGTERM)
        return 0 if code == -signal.SIGTERM and self.log == self._log_before else code

    async def must_live(self) -> None:
        """Raises AssertionError as soon as it ends without being told to."""
        await self._died.wait()
        raise AssertionError(f"the bot ended by itself:\n{self.log.decode()}")

    async def ended(self) -> int:
        """Wait until it ends by itself; the exit code."""
        assert self._process is not None
        code = await self._process.wait()
        await self._reading
        return code

    async def _collect(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        while line := await self._process.stderr.readline():
            self.log += line
        await self._process.wait()
        if not self._ending:
            self._died.set()

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._ending = True
        if self._process.returncode is None:
            self._process.send_signal(how)
        code = await self._process.wait()
        await self._reading
        return code


@contextlib.asynccontextmanager
async def running(*bots: BotProcess) -> AsyncIterator[None]:
    """They run during the block, unless it kills them, and stop well at its end. Raises AssertionError."""
    async with asyncio.TaskGroup() as group:
        living = [group.create_task(bot.must_live()) for bot in bots]
        try:
            for bot in bots:
                await bot.start()
            yield
        finally:
            codes = [await bot.stop() for bot in bots]
            for task in living:
                task.cancel()
        assert codes == [0] * len(codes), (codes, [bot.log for bot in bots])
