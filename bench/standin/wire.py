"""The server's side of HTTP/1.1 with connections kept alive, as far as clients of the Bot API use it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import cast

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")
_KIND = re.compile(rb"\r\ncontent-type: *([^\r]+)", re.IGNORECASE)  # kept as written: a boundary may hold capitals
_CHUNKED = b"transfer-encoding: chunked"
_HEAD = b"HTTP/1.1 %d %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
_WORDS = {200: b"OK", 400: b"Bad Request", 409: b"Conflict"}

Handle = Callable[["Connection", str, bytes, bytes], None]  # connection, path, content type, body


class Connection(asyncio.Protocol):
    """One client's connection. Whoever handles a request calls `reply` once, now or later."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head, start = self._buffer[:end], end + 4
            body, rest = _body(head.lower(), self._buffer, start)
            if body is None:
                return
            self._buffer = self._buffer[rest:]
            kind = _KIND.search(head)
            self._handle(self, head.split(b" ", 2)[1].decode(), kind[1] if kind else b"", body)

    @property
    def closed(self) -> bool:
        """Has the client gone?"""
        return self._transport.is_closing()

    def reply(self, body: bytes, status: int = 200) -> None:
        """Answer the request that waits on this connection."""
        if not self.closed:
            self._transport.write(_HEAD % (status, _WORDS.get(status, b""), len(body), body))


def _body(head: bytes, buffer: bytes, start: int) -> tuple[bytes | None, int]:
    """The body, None while it is not all here, and where the next request begins."""
    if _CHUNKED in head:
        return _unchunked(buffer, start)
    length = _LENGTH.search(head)
    end = start + (int(length[1]) if length else 0)
    return (buffer[start:end] if len(buffer) >= end else None), end


def _unchunked(buffer: bytes, start: int) -> tuple[bytes | None, int]:
    pieces: list[bytes] = []
    while (line := buffer.find(b"\r\n", start)) >= 0:
        size, start = int(buffer[start:line].split(b";")[0], 16), line + 2
        if len(buffer) < start + size + 2:
            break
        pieces.append(buffer[start : start + size])
        start += size + 2
        if size == 0:
            return b"".join(pieces), start
    return None, start
