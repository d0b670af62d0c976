"""The small web server, asked by hand: proper requests, odd ones, and people who are slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.adapters.web import pages
from bot.adapters.web.pages import HEAD_BYTES, Page, shown
from tests.support.ports import free_port

WELL = b"I am well."
GET = b"GET /well HTTP/1.1\r\nHost: x\r\n\r\n"
LONG = b"x" * 50_000_000  # more than any buffer on the way holds


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Of a running server."""
    found = free_port()
    async with shown({"/well": _well, "/long": _long, "/never": _never}, "127.0.0.1", found):
        yield found


async def _well() -> Page:
    return Page(WELL)


async def _long() -> Page:
    return Page(LONG)


async def _never() -> Page:
    await asyncio.Event().wait()
    return Page()


async def answered(port: int, *pieces: bytes) -> bytes:
    """All that is answered, until the server closes; empty where it answers nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.02)
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_a_page(port: int) -> None:
    head, _, body = (await answered(port, GET)).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 OK", b"Content-Type: text/plain", b"Content-Length: 10", b"Allow: GET", b"Connection: close",
    ]  # fmt: skip
    assert body == WELL


@pytest.mark.parametrize(
    "pieces",
    [
        (b"GET /well?x=/never HTTP/1.1\r\nHost: x\r\n\r\n",),
        (b"GET /well HTTP/1.0\r\n\r\n",),
        (b"GET /we", b"ll HTTP/1.1\r", b"\nHost: x\r\n\r", b"\n"),
        (GET + GET,),
        (GET, b"and more"),
    ],
)
async def test_other_proper_requests(port: int, pieces: tuple[bytes, ...]) -> None:
    answer = await answered(port, *pieces)
    assert answer.endswith(WELL)
    assert answer.count(b"HTTP/1.1 200 OK") == 1


async def test_a_long_page(port: int) -> None:
    assert (await answered(port, b"GET /long HTTP/1.1\r\n\r\n")).endswith(LONG)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 404),
        (b"GET /well/ HTTP/1.1\r\n\r\n", 404),
        (b"HEAD /well HTTP/1.1\r\n\r\n", 405),
        (b"POST /well HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405),
        (b"get /well HTTP/1.1\r\n\r\n", 405),
        (b"\r\n\r\n", 400),
        (b"GET /well\r\n\r\n", 400),
        (b"GET /well HTTP/2.0\r\n\r\n", 400),
        (b"GET  /well HTTP/1.1\r\n\r\n", 400),
        (b"GET /well HTTP/1.1 x\r\n\r\n", 400),
        (b"\x16\x03\x01\xff\x00\r\n\r\n", 400),
        (b"GET /" + b"x" * HEAD_BYTES, 431),
        (b"GET /well HTTP/1.1\r\nlong: " + b"x" * HEAD_BYTES + b"\r\n\r\n", 431),
    ],
)
async def test_refused(port: int, asked: bytes, status: int) -> None:
    head, _, body = (await answered(port, asked)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"Content-Length: 0" in head
    assert body == b""


@pytest.mark.parametrize(
    "begun", [b"", b"GET /we", b"GET /well HTTP/1.1\r\nHost: x\r\n", b"GET /never HTTP/1.1\r\n\r\n"]
)
async def test_nobody_is_waited_for_long(port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "VISIT_SECONDS", 0.1)
    assert await answered(port, begun) == b""
    assert (await answered(port, GET)).endswith(WELL)


async def test_who_does_not_read_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "VISIT_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(b"GET /long HTTP/1.1\r\n\r\n")
    await asyncio.sleep(0.3)
    got = 0
    async with asyncio.timeout(10):
        while piece := await reader.read(1_000_000):
            got += len(piece)
    assert got < len(LONG)
    writer.close()


async def test_who_leaves_leaves_no_trace(port: int, caplog: pytest.LogCaptureFixture) -> None:
    for begun in (b"", b"GET /we", GET, b"GET /long HTTP/1.1\r\n\r\n"):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begun)
        await asyncio.sleep(0.02)
        writer.transport.abort()
    assert (await answered(port, GET)).endswith(WELL)
    assert caplog.records == []


async def test_a_stop_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CLOSE_SECONDS", 0.05)
    port = free_port()
    async with asyncio.timeout(4):  # less than a visit may take
        async with shown({"/well": _well}, "127.0.0.1", port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.sleep(0.02)
        assert await reader.read() == b""
        writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
