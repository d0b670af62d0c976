"""/healthz, /readyz and /metrics, on a port of their own that patients' phones and Telegram never see."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from bot.adapters.web.asked import Asked
from bot.adapters.web.metrics import Metrics, age
from bot.adapters.web.pages import Page, Pages, shown
from bot.ports import Backlog, Clock

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
        pages = {"/healthz": self._healthz, "/readyz": self._readyz, "/metrics": self._counts}
        async with AsyncExitStack() as stack:
            await _show(stack, pages, host, port)
            yield

    async def _healthz(self) -> Page:
        """The event loop answers by answering. A database that is away is no reason to start the process anew."""
        await self._backlog.answer()
        return _told({"alive": not self._backlog.stuck}, good=not self._backlog.stuck)

    async def _readyz(self) -> Page:
        backlog, lease = await self._backlog.answer(), self._may_send()
        ready = backlog is not None and lease
        told = {"ready": ready, "database": backlog is not None, "lease": lease, **self._behind(backlog)}
        return _told(told, good=ready)

    def _behind(self, backlog: Backlog | None) -> dict[str, Any]:
        if backlog is None:
            return {}
        now = self._clock()
        return {
            "last_update_seconds": age(backlog.last_update, now),
            "waiting": backlog.waiting,
            "oldest_seconds": age(backlog.oldest, now),
        }

    async def _counts(self) -> Page:
        backlog = await self._backlog.answer()
        return Page(self._metrics.page(backlog, self._clock(), lease_held=self._may_send()), CONTENT_TYPE_LATEST)


def _told(told: dict[str, Any], *, good: bool) -> Page:
    status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
    return Page(json.dumps(told).encode(), "application/json", status)


async def _show(stack: AsyncExitStack, pages: Pages, host: str, port: int) -> None:
    try:
        await stack.enter_async_context(shown(pages, host, port))
    except OSError as error:
        remedy = "Set another health.port, or 0 for none"
        reason = os.strerror(error.errno or 0)  # the loop's own text repeats the address
        _log.warning("Life signs cannot be shown", host=host, port=port, reason=reason, remedy=remedy)
    else:
        _log.info("Life signs are shown: /healthz, /readyz, /metrics", host=host, port=port)
