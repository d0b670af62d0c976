"""HTTP to the Bot API: python-telegram-bot's `Bot` on aiohttp, at a tenth of what its default client costs."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

READ_SECONDS = 20.0
CONNECT_SECONDS = 10.0
CONNECTIONS = 100  # at once; more calls wait for a free one
_DEFAULT = BaseRequest.DEFAULT_NONE


class ThrottledError(TelegramError):
    """Telegram asks to wait. (The library's own RetryAfter warns of its deprecation whenever it is made.)"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} seconds")
        self.seconds = seconds


class UnreachableError(NetworkError):
    """No answer came at all."""


class AiohttpRequest(BaseRequest):
    """Reuses connections. Its errors never hold the address, because the address holds the token."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer where a call does not say."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Begin; needs a running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    async def shutdown(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,
        write_timeout: Any = _DEFAULT,  # noqa: ARG002 - the library's signature
        connect_timeout: Any = _DEFAULT,  # noqa: ARG002
        pool_timeout: Any = _DEFAULT,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One call. Raises NetworkError, UnreachableError, TimedOut, ThrottledError."""
        if self._session is None:
            raise UnreachableError("the transport is closed")
        seconds = read_timeout if isinstance(read_timeout, float | int) else READ_SECONDS
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=seconds)
        try:
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, _readable(response.status, await response.read())
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise UnreachableError(_reason(error)) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The library's own logs what it cannot read, and that may be what a patient wrote."""
        try:
            data = json.loads(payload)
        except ValueError:
            raise NetworkError("an answer that is not JSON") from None
        if not isinstance(data, dict) or not ("result" in data or data.get("ok") is False):
            raise NetworkError("an answer that is not the Bot API's")
        return data


class Api(Bot):
    """The Bot API. `call` answers with plain data: the library's objects cost more than the call itself."""

    def __init__(self, token: str, base_url: str) -> None:
        # On DEBUG the library writes tokens and whole messages into the log.
        logging.getLogger("telegram").setLevel(logging.INFO)
        transport = AiohttpRequest()
        super().__init__(token, base_url=base_url, request=transport, get_updates_request=transport)
        self._transport = transport

    async def initialize(self) -> None:
        """Begin. Unlike the library's own this asks Telegram nothing, so it works while the network is away."""
        await self._transport.initialize()

    async def shutdown(self) -> None:
        """Close every connection."""
        await self._transport.shutdown()

    async def call(self, method: str, *, read_seconds: float = READ_SECONDS, **params: Any) -> Any:
        """Call any method. Raises TelegramError."""
        return await self._post(method, params, read_timeout=read_seconds)


def _body(data: RequestData | None) -> aiohttp.FormData | None:
    if data is None:
        return None
    form = aiohttp.FormData(data.json_parameters)
    if data.contains_files:
        for name, (filename, content, kind) in data.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=kind)
    return form


def _readable(status: int, body: bytes) -> bytes:
    """Only the Bot API itself may refuse a token or a chat: what a proxy answers passes, and its page may quote us."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ThrottledError(_wait_seconds(body))
    if (status == HTTPStatus.OK) == _is_refusal(status, body):
        raise NetworkError(f"HTTP {status}, not from the Bot API")
    return body


def _is_refusal(status: int, body: bytes) -> bool:
    if status == HTTPStatus.OK and b'"result"' in body:  # spares reading it twice
        return False
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and answer.get("ok") is False


def _wait_seconds(body: bytes) -> float:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0


def _reason(error: Exception) -> str:
    """What went wrong, without the texts that may quote the address."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
