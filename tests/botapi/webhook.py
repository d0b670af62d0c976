"""Delivers updates to the webhook: in order within a queue, queues side by side, again until they are taken."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import aiohttp

from tests.botapi.faults import Faults
from tests.botapi.params import Params, params_of
from tests.botapi.posting import NotTakenError, Post
from tests.botapi.state import Json, World
from tests.botapi.updates import Queue, Update, queue_of

FIRST_PAUSE_SECONDS = 0.05  # Telegram's are 0, 2, 4 ... 60 seconds
LONGEST_PAUSE_SECONDS = 1.0
READ_SECONDS = 10.0
NOT_IN_AN_ANSWER = ("get", "setwebhook", "deletewebhook", "close", "logout")  # methods that Telegram passes over there

Perform = Callable[[str, Params], Awaitable[None]]


class WebhookDelivery:
    """`perform` does the call that an answer of the webhook may hold.

    `addresses` ("127.0.0.1:8443") are the workers behind the webhook's address, as a load balancer would know them:
    they take turns, and one that refuses the connection is passed over.
    """

    def __init__(self, world: World, faults: Faults, perform: Perform) -> None:
        self.addresses: list[str] = []
        self._world, self._faults, self._perform = world, faults, perform
        self._webhook: Json | None = None
        self._under_way: dict[Queue, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Deliver until cancelled."""
        timeout = aiohttp.ClientTimeout(total=READ_SECONDS)
        self._webhook = None
        async with (
            aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as client,
            asyncio.TaskGroup() as group,
        ):
            while True:
                self._follow(client)
                self._begin(group)
                await self._world.updates.changed.wait()

    def _follow(self, client: aiohttp.ClientSession) -> None:
        """When the webhook is changed or taken away, nothing goes to the old one any more."""
        if self._webhook is self._world.webhook:
            return
        self._webhook = self._world.webhook
        for task in self._under_way.values():
            task.cancel()
        self._under_way = {}
        self._connections = asyncio.Semaphore(self._webhook.get("max_connections", 40))
        self._post = Post(client, self._webhook, self.addresses, self._faults)

    def _begin(self, group: asyncio.TaskGroup) -> None:
        if not self._webhook:
            return
        for update in self._world.updates.heads(but=self._under_way):
            queue = queue_of(update)
            self._under_way[queue] = group.create_task(self._deliver(update, queue))

    async def _deliver(self, update: Update, queue: Queue) -> None:
        answer = await self._taken(update)
        await self._obey(answer)
        del self._under_way[queue]
        self._world.updates.confirm_one(update)

    async def _taken(self, update: Update) -> object:
        """What the webhook answered when it took the update at last."""
        for pause in _pauses():
            try:
                async with self._connections:
                    return await self._post(update)
            except NotTakenError as error:
                self._world.webhook |= {"last_error_date": self._world.now(), "last_error_message": str(error)}
            await asyncio.sleep(pause)
        raise AssertionError("pauses never end")

    async def _obey(self, answer: object) -> None:
        method = str(answer.pop("method", "")) if isinstance(answer, dict) else ""
        if isinstance(answer, dict) and method and not method.lower().startswith(NOT_IN_AN_ANSWER):
            await self._perform(method, params_of(answer))


def _pauses() -> Iterator[float]:
    seconds = FIRST_PAUSE_SECONDS
    while True:
        yield seconds
        seconds = min(2 * seconds, LONGEST_PAUSE_SECONDS)
