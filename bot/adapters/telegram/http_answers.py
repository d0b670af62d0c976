"""Reads answers of HTTP/1.1, as far as they are there. Pure: bytes in, values out."""

from __future__ import annotations

import re
from typing import NamedTuple

_END_OF_HEAD, _END_OF_LINE = b"\r\n\r\n", b"\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked")
_CLOSES = re.compile(rb"\r\nconnection:[^\r]*close")


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    body: bytes
    keep: bool  # the connection may be used again


def read_answer(received: bytes, *, ended: bool = False) -> Answer | None:
    """The answer, once it is whole; `ended`: nothing more will come. Raises ValueError where it is not HTTP."""
    end = received.find(_END_OF_HEAD)
    if end < 0:
        return None
    head, start = received[:end].lower(), end + len(_END_OF_HEAD)
    if not head.startswith(b"http/1."):
        raise ValueError("not HTTP/1")
    status, keep = int(head[9:12]), head.startswith(b"http/1.1") and not _CLOSES.search(head)
    if _CHUNKED.search(head):
        body, after = _unchunked(received, start)
    elif length := _LENGTH.search(head):
        after = start + int(length[1])
        body = received[start:after] if len(received) >= after else None
    else:  # it is over when the connection is
        body, after = received[start:] if ended else None, -1
    return None if body is None else Answer(status, body, keep and after == len(received))


def _unchunked(received: bytes, start: int) -> tuple[bytes | None, int]:
    """The body, and where it ended; None where it is not whole yet."""
    body = bytearray()
    while (end := received.find(_END_OF_LINE, start)) >= 0:
        size = int(received[start:end].partition(b";")[0], 16)
        start, after = end + 2, end + 2 + size + 2
        if len(received) < after:
            break
        if size == 0:
            return bytes(body), after
        body += received[start : start + size]
        start = after
    return None, 0
