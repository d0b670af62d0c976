"""/healthz, /readyz and /metrics, on a port of their own that patients' phones and Telegram never see."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.adapters.web.asked import Asked
from bot.adapters.web.metrics import Metrics, age
from bot.ports import Backlog, Clock

CLOSE_SECONDS = 0.5  # a stop waits so long for requests under way

_log = structlog.get_logger(__name__)


class LifeSigns:
    """Answers those who watch over the bot.

    `backlog` asks the store, in its thread; `may_send` tells whether this worker holds its lease.
    """

    def __init__(
        self,
        metrics: Metrics,
        backlog: Callable[[], Awaitable[Backlog]],
        may_send: Callable[[], bool],
        clock: Clock = time.time,
    ) -> None:
        self._metrics, self._backlog, self._may_send, self._clock = metrics, Asked(backlog), may_send, clock

    @asynccontextmanager
    async def shown(self, host: str, port: int) -> AsyncIterator[None]:
        """Answer meanwhile. Patients do not wait for this: where the port is taken, the bot goes on without."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/healthz", self._healthz, allow_head=False),
                web.get("/readyz", self._readyz, allow_head=False),
                web.get("/metrics", self._page, allow_head=False),
            ]
        )
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=CLOSE_SECONDS)
        await runner.setup()
        try:
            await _listen(runner, host, port)
            yield
        finally:
            await runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The event loop answers by answering. A database that is away is no reason to start the process anew."""
        await self._backlog.answer()
        return web.json_response({"alive": not self._backlog.stuck}, status=503 if self._backlog.stuck else 200)

    async def _readyz(self, _request: web.Request) -> web.Response:
        backlog, lease = await self._backlog.answer(), self._may_send()
        ready = backlog is not None and lease
        told = {"ready": ready, "database": backlog is not None, "lease": lease, **self._behind(backlog)}
        return web.json_response(told, status=200 if ready else 503)

    def _behind(self, backlog: Backlog | None) -> dict[str, Any]:
        if backlog is None:
            return {}
        now = self._clock()
        return {
            "last_update_seconds": age(backlog.last_update, now),
            "waiting": backlog.waiting,
            "oldest_seconds": age(backlog.oldest, now),
        }

    async def _page(self, _request: web.Request) -> web.Response:
        backlog = await self._backlog.answer()
        page = self._metrics.page(backlog, self._clock(), lease_held=self._may_send())
        return web.Response(body=page, headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        remedy = "Set another health.port, or 0 for none"
        reason = os.strerror(error.errno or 0)  # the loop's own text repeats the address
        _log.warning("Life signs cannot be shown", host=host, port=port, reason=reason, remedy=remedy)
    else:
        _log.info("Life signs are shown: /healthz, /readyz, /metrics", host=host, port=port)
