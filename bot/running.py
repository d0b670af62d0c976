"""The process of `ptbot run`: opens the database, runs a worker until it is stopped, and closes in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import secrets
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog

from bot.adapters.storage.prepared import Prepared
from bot.adapters.storage.store import open_store
from bot.adapters.storage.writer import Writer
from bot.dialogue.engine import Engine
from bot.flow.errors import PtbotError
from bot.logs import set_up_logs
from bot.ports import Clock
from bot.settings import Settings
from bot.starting import STOPS, by_a_child, ended_at_once
from bot.worker import Worker

SWITCH_SECONDS = 0.0005  # or each thread, the loop's and the store's, may wait 5 ms for the other at every turn
NEW_OBJECTS = 10_000  # between two looks for garbage; looking after every 700, as is usual, costs a tenth of everything
ALONE = "poller"  # who has no other beside it: after a crash the next one goes on with what the last one left
STOP_SECONDS = 4.5  # after a signal. What hangs for longer, such as the database, is left as a crash would leave it

_log = structlog.get_logger(__name__)


class WebhookMissingError(PtbotError):
    """With --webhook, set webhook.url (PTBOT_WEBHOOK__URL) to the https address at which Telegram reaches this bot."""


def run_bot(
    settings: Settings,
    engine: Engine,
    clock: Clock = time.time,
    *,
    webhook: bool = False,
    take_over: bool = False,
) -> None:
    """Until Ctrl-C or SIGTERM. Raises PtbotError where somebody must mend something."""
    if webhook and not settings.webhook.url:
        raise WebhookMissingError
    set_up_logs(settings.log.level)
    with ended_at_once():
        _work(settings, engine, clock, webhook=webhook, take_over=take_over)


def _work(settings: Settings, engine: Engine, clock: Clock, *, webhook: bool, take_over: bool) -> None:
    shared = webhook and not _is_a_file(settings.database.url)
    worker = _worker_id() if shared else ALONE
    prepared = by_a_child(partial(_prepared, settings, worker))
    writer, store = Writer(), open_store(prepared, clock, worker)
    deadline = threading.Timer(STOP_SECONDS, _leave)
    deadline.daemon = True
    try:
        if not shared:
            store.claim_polling()
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            work = Worker(settings, engine, store, writer, clock).run(webhook, take_over)
            runner.run(_until_stopped(work, deadline))
    finally:
        writer.close()
        store.close()
        deadline.cancel()


def _prepared(settings: Settings, worker: str) -> Prepared:
    from bot.adapters.storage.owner import Tenant  # here: with SQLAlchemy it takes 20 MiB, and is needed once
    from bot.adapters.storage.preparing import prepare

    bot = settings.telegram.bot
    return prepare(settings.database.url, Tenant(bot, worker) if bot else None)


def _is_a_file(database: str) -> bool:
    """Is it SQLite's? Its outbox has room for one process only, whichever way updates come."""
    return database.startswith("sqlite")


def _worker_id() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # it does not exist for Windows
        return None
    return uvloop.new_event_loop


async def _until_stopped(work: Coroutine[Any, Any, None], deadline: threading.Timer) -> None:
    running = asyncio.ensure_future(work)

    def end() -> None:
        if not deadline.is_alive():
            deadline.start()
        running.cancel()

    for stop in STOPS:
        asyncio.get_running_loop().add_signal_handler(stop, end)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not walk through it again and again
    gc.set_threshold(NEW_OBJECTS)
    with contextlib.suppress(asyncio.CancelledError):
        await running


def _leave() -> None:
    _log.warning("Something hangs, most likely the database. The next start goes on with what was under way")
    os._exit(0)
