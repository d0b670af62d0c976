"""Posts to one server over connections that are kept. Only what the Bot API needs: see docs/decisions/0011."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast
from urllib.parse import urlsplit

import aiohappyeyeballs
from telegram.error import NetworkError, TimedOut

from bot.adapters.telegram.http_answers import Answer, read_answer
from bot.adapters.telegram.places import Places

CONNECT_SECONDS = 10.0
NEXT_ADDRESS_SECONDS = 0.25  # where one address does not answer, the next is tried as well
KEEP_SECONDS = 50.0  # servers close idle connections after about a minute
LOOK_SECONDS = 1.0  # between two looks whether an answer is late: a timer for each costs as much as reading it
CONNECTIONS = 100  # at once; more calls wait for a free one, but for those that do not queue


class UnreachableError(NetworkError):
    """The connection could not be made, or broke before the whole answer came."""


class Wire:
    """Connections to the server of this address. Errors never hold the path, because the path holds the token."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._head = f" HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\nContent-Type: "
        self._idle: list[_Connection] = []
        self._places = Places(CONNECTIONS)

    async def post(self, path: str, body: bytes, kind: str, seconds: float, *, queue: bool = True) -> Answer:
        """The answer, within so many seconds, or one more. Raises UnreachableError, TimedOut.

        `kind`: the body's type; `queue`: wait for a free connection when too many are in use.
        """
        head = f"POST {path}{self._head}{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        if queue:
            await self._places.take()
        try:
            connection = self._kept() or await self._connected()
            answer = await connection.post(head.encode() + body, seconds)
            if answer.keep:
                self._idle.append(connection)
            else:
                connection.close()
            return answer
        finally:
            if queue:
                self._places.give()

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> _Connection | None:
        """The connection used last, which is the likeliest to live."""
        while self._idle:
            connection = self._idle.pop()
            if connection.fresh():
                return connection
            connection.close()
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                addresses = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
                connected = await aiohappyeyeballs.start_connection(
                    addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1, loop=loop
                )
                name = self._host if self._tls else None
                _, connection = await loop.create_connection(
                    _Connection, sock=connected, ssl=self._tls, server_hostname=name
                )
                return connection
        except TimeoutError:
            raise UnreachableError("no connection in time") from None
        except OSError as error:
            raise UnreachableError(_reason(error)) from None


class _Connection(asyncio.Protocol):
    """Carries one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None
        self._used_at = self._late_at = 0.0
        self._looks = False  # from time to time, whether the answer is late

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A piece of the answer came."""
        self._received += data
        self._read(ended=False)

    def connection_lost(self, error: Exception | None) -> None:
        """The server closed it, or the network broke."""
        self._read(ended=error is None)
        self._fail(UnreachableError(_reason(error) if error else "the connection was closed"))

    async def post(self, request: bytes, seconds: float) -> Answer:
        """The answer. Raises UnreachableError, TimedOut; then the connection is closed."""
        self._received = b""
        self._answer = self._loop.create_future()
        self._transport.write(request)
        self._late_at = self._loop.time() + seconds
        if not self._looks:
            self._look_later(seconds)
        try:
            return await self._answer
        except BaseException:
            self._transport.abort()
            raise
        finally:
            self._answer = None
            self._used_at = self._loop.time()

    def fresh(self) -> bool:
        """Does it stand, and was it used lately? Then the server will hardly close it this very moment."""
        return not self._transport.is_closing() and self._loop.time() - self._used_at < KEEP_SECONDS

    def close(self) -> None:
        """It is not needed any more."""
        self._transport.close()

    def _read(self, *, ended: bool) -> None:
        if self._answer is None:  # nobody asked for what came
            self._transport.close()
            return
        try:
            answer = read_answer(self._received, ended=ended)
        except ValueError:
            self._fail(UnreachableError("an answer that is not HTTP"))
        else:
            if answer and not self._answer.done():
                self._answer.set_result(answer)

    def _look_later(self, seconds: float) -> None:
        self._looks = True
        self._loop.call_later(min(seconds, LOOK_SECONDS), self._look)

    def _look(self) -> None:
        self._looks = False
        left = self._late_at - self._loop.time()
        if left <= 0:
            self._fail(TimedOut())
        elif self._answer:
            self._look_later(left)

    def _fail(self, error: Exception) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(error)


def _reason(error: BaseException) -> str:
    """What went wrong, without the texts that may quote an address."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else ""
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
