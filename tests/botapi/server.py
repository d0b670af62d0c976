"""The HTTP side: one address per token and method, a log of every call, and the list of what was refused."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.botapi.control import add_control
from tests.botapi.faults import Fault, Faults
from tests.botapi.methods import perform
from tests.botapi.params import Params, read_params
from tests.botapi.rules.errors import RefusedError, injected
from tests.botapi.state import Json, Tap, World
from tests.botapi.webhook import WebhookDelivery

MAX_REQUEST_BYTES = 50_000_000


@dataclass
class Call:
    """One call and what it was answered with; `code` is 0 while it waits and when the answer was lost."""

    method: str
    params: dict[str, str]
    code: int = 0
    answer: Any = None  # the result, or the description of a refusal


@dataclass(frozen=True)
class Violation:
    """A call that broke a rule of the Bot API, so a mistake of the bot."""

    method: str
    code: int
    description: str
    params: dict[str, str]


class BotApiServer:
    def __init__(
        self,
        token: str = "1:test",
        port: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        tap_seconds: float = 15.0,
        keep_log: bool = True,
    ) -> None:
        self.token = token
        self.port = port  # 0 takes a free one
        bot_id = int(token.split(":", 1)[0])
        bot = {"id": bot_id, "is_bot": True, "first_name": "Test bot", "username": "test_bot"}
        self.world = World(bot, clock, tap_seconds)
        self.faults = Faults()
        self.log: list[Call] = []
        self.violations: list[Violation] = []
        self._keep_log = keep_log
        self._webhook = WebhookDelivery(self.world, self.faults, self._obey)
        self.workers = self._webhook.addresses  # "127.0.0.1:8443" each, where several stand behind the webhook

    async def __aenter__(self) -> Self:
        await self.come_back()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.updates.stop_polling()
        await self._stop()

    async def come_back(self) -> None:
        """Listen (again), on the same port as before."""
        app = web.Application(client_max_size=MAX_REQUEST_BYTES)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._handle)
        add_control(app, self)
        app.router.add_route("*", "/{rest:.*}", self._nowhere)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await self._site.start()
        self.port = self._runner.addresses[0][1]
        self._delivering = asyncio.create_task(self._webhook.run())

    async def go_away(self) -> None:
        """As if the network were cut: every connection breaks, and new ones are refused. People still type and tap."""
        await self._site.stop()
        for connection in self._runner.server.connections:
            if connection.transport:
                connection.transport.abort()
        await self._stop()

    async def _stop(self) -> None:
        self._delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._delivering
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls `base_url`: the token is appended to it."""
        return f"http://127.0.0.1:{self.port}/bot"

    @property
    def unanswered(self) -> list[Tap]:
        """Taps that still show a waiting sign on the person's phone."""
        return [tap for tap in self.world.taps.values() if not tap.answers]

    def calls(self, method: str) -> list[Call]:
        return [call for call in self.log if call.method == method]

    def push_update(self, update: Json) -> int:
        """Deliver exactly this update, however odd, whatever kinds the bot asked for; its update_id."""
        for content in update.values():
            if isinstance(content, dict):
                self._meet(content)
        return self.world.updates.push(update)

    def _meet(self, content: Json) -> None:
        """The bot may answer what a raw update tells of: its chat (or else its person's), its tap."""
        message = content.get("message")
        about = (message if isinstance(message, dict) else content).get("chat")
        if about is None and isinstance(content.get("from"), dict):
            about = {"id": content["from"].get("id"), "type": "private"}
        if not isinstance(about, dict) or not {"id", "type"} <= about.keys():
            return
        chat = self.world.chat(about["id"], {name: value for name, value in about.items() if name != "id"})
        chat.met = True
        if "data" in content and "id" in content:
            self.world.add_tap(chat, str(content["id"]))

    async def _nowhere(self, request: web.Request) -> web.Response:
        return _refused(RefusedError(404, "Not Found"))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        params = await read_params(request)
        call = self._noted(request.match_info["method"], params)
        try:
            self._check_token(request.match_info["token"])
            result = await self._perform(call, params, request)
        except RefusedError as refusal:
            return self._refuse(call, refusal)
        call.code, call.answer = 200, result
        return _answer(200, {"ok": True, "result": result})

    async def _obey(self, method: str, params: Params) -> None:
        """A call in the webhook's answer: it works like any other, but nobody is told its result."""
        call = self._noted(method, params)
        try:
            call.code, call.answer = 200, await perform(method, params, self.world)
        except RefusedError as refusal:
            self._refuse(call, refusal)

    def _noted(self, method: str, params: Params) -> Call:
        call = Call(method, params.for_log())
        if self._keep_log:
            self.log.append(call)
        return call

    async def _perform(self, call: Call, params: Params, request: web.Request) -> Any:
        fault = self.faults.next_for(call.method)
        if not fault.after:
            await _suffer(fault, request)
        result = await perform(call.method, params, self.world)
        if fault.after:
            await _suffer(fault, request)
        return result

    def _check_token(self, token: str) -> None:
        if ":" not in token or not token.split(":", 1)[0].isdigit():
            raise RefusedError(401, "Unauthorized: invalid token specified")
        if token != self.token:
            raise RefusedError(401, "Unauthorized")

    def _refuse(self, call: Call, refusal: RefusedError) -> web.Response:
        call.code, call.answer = refusal.code, refusal.description
        if refusal.avoidable:
            self.violations.append(Violation(call.method, refusal.code, refusal.description, call.params))
        return _refused(refusal)


async def _suffer(fault: Fault, request: web.Request) -> None:
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    if fault.reset and request.transport:
        request.transport.abort()
    if fault.code or fault.reset:
        raise injected(fault.code, fault.retry_after)


def _refused(refusal: RefusedError) -> web.Response:
    body: Json = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if not refusal.retry_after:
        return _answer(refusal.code or 500, body)
    body["parameters"] = {"retry_after": refusal.retry_after}
    return _answer(refusal.code, body, {"Retry-After": str(refusal.retry_after)})


def _answer(code: int, body: Json, headers: dict[str, str] | None = None) -> web.Response:
    content = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(status=code, body=content, content_type="application/json", headers=headers)
