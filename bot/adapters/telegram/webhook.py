"""Receives updates by webhook: Telegram posts each one, and hears 200 only when its effects are saved."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from telegram.error import BadRequest

from bot.adapters.telegram.asking import Asking, is_object
from bot.adapters.telegram.courtesies import Courtesies
from bot.adapters.telegram.queueing import Queue
from bot.adapters.telegram.reading import KINDS_OF_UPDATES, Received, is_update, read
from bot.adapters.telegram.rivals import host_of
from bot.adapters.telegram.saving import Saving
from bot.adapters.telegram.trouble import Trouble
from bot.flow.errors import PtbotError
from bot.watch import Watch

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
CONNECTIONS = 100  # the most that Telegram opens
BODY_SECONDS = 10.0  # so long a request may take to come
STOP_SECONDS = 1.5  # what is under way at a stop gets so long
LOOK_SECONDS = 30.0  # so often we make sure that the webhook is still ours
IDLE_SECONDS = 75.0  # Telegram, or the load balancer, may use a connection again

_log = structlog.get_logger(__name__)


class WebhookRefusedError(PtbotError):
    """Telegram refuses webhook.url."""


class PortTakenError(PtbotError):
    """The webhook cannot listen."""


class Webhook:
    """Lets Telegram bring updates to `url`, which leads to `host` and `port`, where they are listened for.

    Any number of these may serve one bot: they share the address and, derived from the token, the secret.
    """

    def __init__(
        self,
        asking: Asking,
        saving: Saving,
        courtesies: Courtesies,
        watch: Watch,
        token: str,
        url: str,
        host: str,
        port: int,
    ) -> None:
        self._asking, self._queue, self._courtesies, self._watch = asking, Queue(saving), courtesies, watch
        self._url, self._path, self._host, self._port = url, urlsplit(url).path or "/", host, port
        self._secret = secret_of(token)

    async def begin(self) -> None:
        """Make sure that Telegram knows the bot. Raises PtbotError."""
        bot = await self._asking.ask("getMe", is_object)
        before = await self._asking.webhook()
        if before and before != self._url:
            _log.warning("The bot's messages went to another webhook. From now on they come here", host=host_of(before))
        _log.info("Listening on Telegram", bot=bot.get("username"), by="webhook")

    async def run(self) -> None:
        """Receive until cancelled; what has come is saved first. The webhook stays set. Raises PtbotError."""
        async with asyncio.TaskGroup() as group:
            saving = group.create_task(self._queue.run())
            async with self._listening():
                await self._set()
                group.create_task(self._look_after())
                await asyncio.wait([saving])

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        logging.getLogger("aiohttp.server").addFilter(_is_no_visitors_fault)
        server = web.Server(self._answer, access_log=None, keepalive_timeout=IDLE_SECONDS)
        runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            await self._listen(runner)
            yield
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.ServerRunner) -> None:
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as error:
            remedy = "Set webhook.host and webhook.port to an address of this machine that is free."
            told = f"The webhook cannot listen on {self._host}, port {self._port}"
            raise PortTakenError(f"{told} ({error.strerror}). {remedy}") from error

    async def _set(self) -> None:
        """Every time, as the secret that Telegram knows cannot be read. What waits there is kept."""
        try:
            await self._asking.ask(
                "setWebhook",
                bool,
                but=(BadRequest,),
                url=self._url,
                secret_token=self._secret,
                allowed_updates=KINDS_OF_UPDATES,
                max_connections=CONNECTIONS,
            )
        except BadRequest as error:
            raise WebhookRefusedError(f"Telegram refuses webhook.url: {error.message}.") from None

    async def _look_after(self) -> None:
        """Somebody may take the webhook away, and all goes quiet. It is not taken back: that may be on purpose."""
        trouble = Trouble("Telegram does not bring the bot's messages here any more")
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            url = await self._asking.webhook()
            if url == self._url:
                trouble.over()
            else:
                trouble.met(f"the webhook is at {host_of(url)}" if url else "the webhook was removed")

    async def _answer(self, request: web.BaseRequest) -> web.Response:
        """200 when it is saved, 503 when it cannot be saved now: Telegram tries again until it hears 200."""
        if refused := self._refused(request):
            return web.Response(status=refused)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                raw = json.loads(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        except (ValueError, RecursionError):
            raw = None
        if not is_update(raw):
            return web.Response(status=400)
        received = read(raw)
        self._watch.received(received.kind)
        if not await self._queue.saved(received):
            return web.Response(status=503)
        return self._with_courtesy(received)

    def _refused(self, request: web.BaseRequest) -> int | None:
        """The status for who is not Telegram."""
        if request.raw_path != self._path:
            return 404
        if request.method != "POST":
            return 405
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        return None if hmac.compare_digest(given, self._secret.encode()) else 403

    def _with_courtesy(self, received: Received) -> web.Response:
        """Telegram makes one call that stands in the answer: it spares us making it."""
        owed = self._courtesies.owed(received)
        if not owed:
            return web.Response()
        self._courtesies.make(owed[1:])
        body: dict[str, Any] = {"method": owed[0].method, **owed[0].params}
        return web.Response(body=json.dumps(body).encode(), content_type="application/json")


def _is_no_visitors_fault(record: logging.LogRecord) -> bool:
    """Anybody may break off a request, or send what is no HTTP: telling each time would let them flood the log."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, ConnectionError | HttpProcessingError | web.RequestPayloadError)


def secret_of(token: str) -> str:
    """What Telegram has to send along, or it is not Telegram."""
    return hmac.new(token.encode(), b"webhook of the bot", hashlib.sha256).hexdigest()
