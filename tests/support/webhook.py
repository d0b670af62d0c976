"""The other end of a webhook: a small server that notes what it is given and answers what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.support.ports import free_port


@dataclass
class Hook:
    """`answer` may be changed at any time; an int is a status."""

    answer: Callable[[dict[str, Any]], dict[str, Any] | int] = lambda update: 200
    open: bool = True  # lets requests through; else they wait until it is set again

    def __post_init__(self) -> None:
        self.port = free_port()
        self.taken: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self.at_once = self.most_at_once = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}/hook?x=1"

    @property
    def texts(self) -> list[str]:
        """Of the messages that came, in order."""
        return [update["message"]["text"] for update in self.taken if "message" in update]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.taken.append(update)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        while not self.open:  # noqa: ASYNC110 - a test opens it, and tells nobody
            await asyncio.sleep(0.005)
        self.at_once -= 1
        answer = self.answer(update)
        return web.Response(status=answer) if isinstance(answer, int) else web.json_response(answer)
