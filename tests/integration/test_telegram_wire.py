"""Our own wire, against a server that answers as a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.error import TimedOut

from bot.adapters.telegram.wire import UnreachableError, Wire
from tests.support.telegram_bot import until

CERTIFICATE = Path(__file__).parents[1] / "support" / "localhost.pem"  # of nobody, and its key


class Server:
    """Answers each request with the next of its answers; None breaks the connection."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.connections = 0
        self.requests: list[bytes] = []
        self.held = asyncio.Event()  # answers wait for it
        self.held.set()
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.talks: list[asyncio.Task[None] | None] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        self.talks.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                await self.held.wait()
                if (answer := self.answers.pop(0)) is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"Content-length" not in answer:
                    break
        writer.close()

    async def close(self) -> None:
        """Break all connections."""
        self.held.set()
        for writer in self.writers:
            writer.close()
        await asyncio.gather(*filter(None, self.talks))


@contextlib.asynccontextmanager
async def serving(*answers: bytes | None, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Server, Wire]]:
    server = Server(*answers)
    async with await asyncio.start_server(server.talk, "localhost", ssl=tls) as listening:
        port = listening.sockets[0].getsockname()[1]
        wire = Wire(f"{'https' if tls else 'http'}://localhost:{port}/bot")
        try:
            yield server, wire
        finally:
            wire.close()
            await server.close()


def answer(body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-length: %d\r\n%b\r\n%b" % (len(body), more, body)


async def post(wire: Wire, body: bytes = b"{}", seconds: float = 30.0, *, queue: bool = True) -> bytes:
    return (await wire.post("/bot1:secret/getMe", body, "application/json", seconds, queue=queue)).body


async def test_a_connection_is_used_again() -> None:
    async with serving(answer(b"one"), answer(b"two")) as (server, wire):
        assert [await post(wire, b"a"), await post(wire, b"b")] == [b"one", b"two"]
    assert server.connections == 1
    head, _, body = server.requests[1].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /bot1:secret/getMe HTTP/1.1\r\nHost: localhost:")
    assert b"Content-Type: application/json" in head
    assert body == b"b"


async def test_what_is_asked_side_by_side_has_a_connection_each() -> None:
    async with serving(answer(b"one"), answer(b"two"), answer(b"three")) as (server, wire):
        server.held.clear()
        both = [asyncio.create_task(post(wire)) for _ in range(2)]
        await until(lambda: len(server.requests) == 2)
        server.held.set()
        assert sorted(await asyncio.gather(*both)) == [b"one", b"two"]
        assert await post(wire) == b"three"
    assert server.connections == 2


@pytest.mark.parametrize("last", [answer(b"one", b"Connection: close\r\n"), b"HTTP/1.1 200 OK\r\n\r\none"])
async def test_a_connection_that_the_server_closes_is_not_used_again(last: bytes) -> None:
    async with serving(last, answer(b"two")) as (server, wire):
        assert [await post(wire), await post(wire)] == [b"one", b"two"]
    assert server.connections == 2


async def test_a_connection_that_was_closed_while_nobody_used_it() -> None:
    async with serving(answer(b"one"), answer(b"two")) as (server, wire):
        assert await post(wire) == b"one"
        server.writers[0].close()
        await server.writers[0].wait_closed()
        await asyncio.sleep(0.05)
        assert await post(wire) == b"two"


async def test_a_connection_that_was_idle_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.wire.KEEP_SECONDS", 0.0)
    async with serving(answer(b"one"), answer(b"two")) as (server, wire):
        assert [await post(wire), await post(wire)] == [b"one", b"two"]
    assert server.connections == 2


@pytest.mark.parametrize("odd", [None, b"HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 9\r\n\r\nhalf", b"what?\r\n\r\n"])
async def test_no_whole_answer(odd: bytes | None) -> None:
    async with serving(odd, answer(b"two")) as (_, wire):
        with pytest.raises(UnreachableError) as raised:
            await post(wire)
        assert "secret" not in str(raised.value)
        assert await post(wire) == b"two"


async def test_an_answer_that_does_not_come() -> None:
    async with serving(answer(b"late"), answer(b"two")) as (server, wire):
        server.held.clear()
        with pytest.raises(TimedOut):
            await post(wire, seconds=0.05)
        server.held.set()
        assert await post(wire) == b"two"  # and not the late one
    assert server.connections == 2


async def test_each_answer_has_its_own_time_on_a_connection_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.wire.LOOK_SECONDS", 0.05)
    async with serving(answer(b"one"), answer(b"two"), answer(b"late")) as (server, wire):
        assert await post(wire, seconds=30) == b"one"
        server.held.clear()
        asking = asyncio.create_task(post(wire, seconds=30))
        await asyncio.sleep(0.2)
        server.held.set()
        assert await asking == b"two"
        server.held.clear()
        async with asyncio.timeout(10):
            with pytest.raises(TimedOut):
                await post(wire, seconds=0.1)
    assert server.connections == 1


async def test_who_does_not_queue_gets_through_when_all_connections_are_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.adapters.telegram.wire.CONNECTIONS", 1)
    async with serving(answer(b"1"), answer(b"2"), answer(b"3")) as (server, wire):
        server.held.clear()
        tasks = [asyncio.create_task(post(wire, name, queue=name != b"urgent")) for name in (b"a", b"b", b"urgent")]
        await until(lambda: len(server.requests) == 2)
        server.held.set()
        await asyncio.gather(*tasks)
    assert [request[-1:] for request in server.requests] == [b"a", b"t", b"b"]


async def test_nobody_listens() -> None:
    with pytest.raises(UnreachableError, match="Error: "):
        await post(Wire("http://localhost:9/bot"))


async def test_a_name_that_does_not_exist() -> None:
    with pytest.raises(UnreachableError, match="gaierror"):
        await post(Wire("http://nowhere.invalid/bot"))


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_tls(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with serving(answer(b"one"), answer(b"two"), tls=tls) as (server, wire):
        assert [await post(wire), await post(wire)] == [b"one", b"two"]
    assert server.connections == 1


async def test_a_certificate_that_nobody_vouches_for(tls: ssl.SSLContext) -> None:
    async with serving(answer(b"one"), tls=tls) as (server, wire):
        with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
            await post(wire)
    assert server.requests == []
