"""Pages for those who watch, over HTTP: one request a connection, and no bodies. A whole server takes 10 MiB more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

HEAD_BYTES = 8192  # of a request; nobody who looks sends more
VISIT_SECONDS = 5.0  # for all of a visit, so that nobody who is slow holds us up
CLOSE_SECONDS = 0.5  # a stop waits so long for visits under way


@dataclass(frozen=True, slots=True)
class Page:
    """`kind` is its media type."""

    body: bytes = b""
    kind: str = "text/plain"
    status: HTTPStatus = HTTPStatus.OK


Pages = Mapping[str, Callable[[], Awaitable[Page]]]  # by path


@asynccontextmanager
async def shown(pages: Pages, host: str, port: int) -> AsyncIterator[None]:
    """Show the pages meanwhile. Raises OSError where we cannot listen."""
    visits = _Visits(pages)
    server = await asyncio.start_server(visits.begin, host, port, limit=HEAD_BYTES)
    try:
        yield
    finally:
        server.close()
        await visits.end()


class _Visits:
    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody came."""
        task = asyncio.create_task(self._visit(reader, writer))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def end(self) -> None:
        """Those who are still here get what they came for, if it takes no time."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=CLOSE_SECONDS)
            for task in late:
                task.cancel()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whoever leaves, or is slow, gets nothing."""
        try:
            with contextlib.suppress(OSError, EOFError, TimeoutError):
                async with asyncio.timeout(VISIT_SECONDS):
                    writer.write(_encoded(await self._answer(reader)))
                    writer.close()
                    await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader) -> Page:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return Page(status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return await self._page(head.partition(b"\r\n")[0].decode("latin-1"))

    async def _page(self, line: str) -> Page:
        match line.split(" "):
            case [method, target, "HTTP/1.0" | "HTTP/1.1"]:
                page = self._pages.get(target.partition("?")[0])
            case _:
                return Page(status=HTTPStatus.BAD_REQUEST)
        if page is None:
            return Page(status=HTTPStatus.NOT_FOUND)
        return await page() if method == "GET" else Page(status=HTTPStatus.METHOD_NOT_ALLOWED)


def _encoded(page: Page) -> bytes:
    head = (
        f"HTTP/1.1 {page.status.value} {page.status.phrase}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(page.body)}",
        "Allow: GET",
        "Connection: close",
    )
    return "\r\n".join((*head, "", "")).encode() + page.body
