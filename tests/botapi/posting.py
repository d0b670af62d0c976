"""One POST of an update to the webhook, through a stand-in for a load balancer, with trouble on demand."""

import asyncio
import json
from typing import Any

import aiohttp
from yarl import URL

from tests.botapi.faults import WEBHOOK, Fault, Faults
from tests.botapi.rules.urls import LOOPBACK
from tests.botapi.state import Json

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class NotTakenError(Exception):
    """The webhook did not take the update. In Telegram's words, as getWebhookInfo shows them."""


class Post:
    """`addresses` take turns; without any it is the webhook's own, if that is on this machine."""

    def __init__(self, client: aiohttp.ClientSession, webhook: Json, addresses: list[str], faults: Faults) -> None:
        self._client, self._addresses, self._faults = client, addresses, faults
        self._url = URL(webhook.get("url", ""))
        self._headers = {"Content-Type": "application/json", "Connection": "keep-alive"}
        if webhook.get("secret_token"):
            self._headers[SECRET_HEADER] = webhook["secret_token"]
        self._turn = 0

    async def __call__(self, update: Json) -> Any:
        """The JSON it was answered with, if it was JSON. Raises NotTakenError."""
        body, fault = json.dumps(update).encode(), self._faults.next_for(WEBHOOK)
        if fault.reset:
            await self._break_off(body, fault)
        if not fault.after:
            await _suffer(fault)
        answer = await self._through(body)
        if fault.after:
            await _suffer(fault)
        return answer

    async def _through(self, body: bytes) -> Any:
        try:
            for url in self._next_urls():
                try:
                    return await self._posted(url, body)
                except aiohttp.ClientConnectorError:
                    continue
        except TimeoutError:
            raise NotTakenError("Read timeout expired") from None
        except aiohttp.ClientError:
            raise NotTakenError("Webhook connection closed") from None
        raise NotTakenError("Connection refused")

    async def _posted(self, url: URL, body: bytes) -> Any:
        async with self._client.post(url, data=body, headers=self._headers, allow_redirects=False) as answer:
            content = await answer.read()
        if not 200 <= answer.status <= 299:
            raise NotTakenError(f"Wrong response from the webhook: {answer.status} {answer.reason}")
        return _read(content)

    def _next_urls(self) -> list[URL]:
        """Whose turn it is, and after it the others. Raises NotTakenError."""
        if not self._addresses and self._url.host not in LOOPBACK:
            raise NotTakenError("Failed to resolve host: Name or service not known")
        if not self._addresses:
            return [self._url]
        self._turn = (self._turn + 1) % len(self._addresses)
        turns = self._addresses[self._turn :] + self._addresses[: self._turn]
        return [URL(f"http://{address}{self._url.raw_path_qs}", encoded=True) for address in turns]

    async def _break_off(self, body: bytes, fault: Fault) -> None:
        """The connection breaks: before the update is there, or while the webhook is at work on it."""
        url = self._next_urls()[0]
        try:
            _, writer = await asyncio.open_connection(url.host, url.port)
        except OSError:
            raise NotTakenError("Connection refused") from None
        headers = {"Host": url.authority, "Content-Length": len(body)} | self._headers
        lines = [f"POST {url.raw_path_qs} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        writer.write("\r\n".join(lines).encode() + body * fault.after)
        await asyncio.sleep(fault.seconds)
        writer.transport.abort()
        raise NotTakenError("Webhook connection closed")


async def _suffer(fault: Fault) -> None:
    await asyncio.sleep(fault.seconds)
    if fault.code:
        raise NotTakenError(f"Wrong response from the webhook: {fault.code}")


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
