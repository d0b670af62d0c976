"""The Bot API: python-telegram-bot's `Bot` on our own wire, at a fraction of what its default client costs."""

from __future__ import annotations

import logging
import re
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from bot.adapters.telegram.http_answers import Answer
from bot.adapters.telegram.wire import Wire
from bot.fast_json import from_json, to_json

READ_SECONDS = 20.0
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_MESSAGE = re.compile(rb'{"ok": ?true, ?"result": ?{"message_id": ?(\d+)[,}]')
_OK = HTTPStatus.OK.value
_DEFAULT = BaseRequest.DEFAULT_NONE
_REFUSALS: dict[int, type[TelegramError]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: InvalidToken,  # so a token is refused that never was one
    HTTPStatus.CONFLICT: Conflict,
}


class ThrottledError(TelegramError):
    """Telegram asks to wait. (The library's own RetryAfter warns of its deprecation whenever it is made.)"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Telegram asks to wait {seconds:g} seconds")
        self.seconds = seconds


class Api(Bot):
    """The Bot API. `call` answers with plain data: the library's objects cost more than the call itself."""

    def __init__(self, token: str, base_url: str) -> None:
        # On DEBUG the library writes tokens and whole messages into the log.
        logging.getLogger("telegram").setLevel(logging.INFO)
        self._wire = Wire(base_url)
        request = _Request(self._wire)
        super().__init__(token, base_url=base_url, request=request, get_updates_request=request)
        self._path = urlsplit(self.base_url).path

    async def initialize(self) -> None:
        """Unlike the library's own this asks Telegram nothing, so it works while the network is away."""

    async def shutdown(self) -> None:
        """Close every connection."""
        self._wire.close()

    async def call(
        self, method: str, *, read_seconds: float = READ_SECONDS, urgent: bool = False, **params: Any
    ) -> Any:
        """Call any method. Raises TelegramError. What is urgent, or waits for long, does not queue for a connection."""
        path, body = f"{self._path}/{method}", to_json(params)
        queue = not urgent and read_seconds <= READ_SECONDS
        return _result(await self._wire.post(path, body, _JSON, read_seconds, queue=queue))

    async def message(self, method: str, *, urgent: bool = False, **params: Any) -> int | None:
        """Call a method that makes or changes a message: the message's id. Raises TelegramError."""
        path, body = f"{self._path}/{method}", to_json(params)
        answer = await self._wire.post(path, body, _JSON, READ_SECONDS, queue=not urgent)
        if answer.status == _OK and (found := _MESSAGE.match(answer.body)):
            return int(found[1])  # spares reading the rest, which repeats all that was sent
        result = _result(answer)
        return result.get("message_id") if isinstance(result, dict) else None

    async def upload(self, method: str, **params: Any) -> Any:
        """Call a method with a file among its parameters. Raises TelegramError."""
        return await self._post(method, params)


class _Request(BaseRequest):
    """What the library makes calls with, on our wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer where a call does not say."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """There is nothing to prepare."""

    async def shutdown(self) -> None:
        """The wire is closed by whom it belongs to."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - everything is posted
        request_data: RequestData | None = None,
        read_timeout: Any = _DEFAULT,  # noqa: ARG002 - the rest is the library's signature
        write_timeout: Any = _DEFAULT,  # noqa: ARG002
        connect_timeout: Any = _DEFAULT,  # noqa: ARG002
        pool_timeout: Any = _DEFAULT,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One call. Raises TelegramError."""
        body, kind = _encoded(request_data)
        answer = await self._wire.post(urlsplit(url).path, body, kind, READ_SECONDS)
        _result(answer)
        return answer.status, answer.body


def _result(answer: Answer) -> Any:
    """What the Bot API answers. Raises TelegramError.

    Only the Bot API itself may refuse a token or a chat: what a proxy answers passes, and its page may quote us.
    """
    try:
        data = from_json(answer.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        data = {}
    if answer.status == _OK and "result" in data:
        return data["result"]
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise ThrottledError(_wait_seconds(data))
    if answer.status == _OK or data.get("ok") is not False:
        raise NetworkError(f"HTTP {answer.status}, not from the Bot API")
    raise _refusal(answer.status, data)


def _refusal(status: int, data: dict[str, Any]) -> TelegramError:
    parameters = data.get("parameters")
    if isinstance(parameters, dict) and "migrate_to_chat_id" in parameters:
        return ChatMigrated(parameters["migrate_to_chat_id"])
    return _REFUSALS.get(status, NetworkError)(str(data.get("description") or f"HTTP {status}"))


def _wait_seconds(data: dict[str, Any]) -> float:
    try:
        return float(data["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 1.0


def _encoded(data: RequestData | None) -> tuple[bytes, str]:
    """A body and its type."""
    if data is None:
        return b"", _FORM
    if not data.contains_files:
        return data.url_encoded_parameters().encode(), _FORM
    boundary = secrets.token_hex(16)
    parts = [(f'name="{name}"', value.encode()) for name, value in data.json_parameters.items()]
    for name, (file, content, kind) in data.multipart_data.items():
        held = content if isinstance(content, bytes) else content.read()
        parts.append((f'name="{name}"; filename="{file}"\r\nContent-Type: {kind}', held))
    begin = f"--{boundary}\r\nContent-Disposition: form-data; "
    body = b"".join(f"{begin}{about}\r\n\r\n".encode() + held + b"\r\n" for about, held in parts)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
