"""How a process starts that stays for months: what only the start needs, a child does, and its memory goes with it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from typing import NoReturn, TypeVar, cast

from bot.flow.errors import PtbotError

STOPS = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM)  # there Ctrl-C is an exception

T = TypeVar("T")


def by_a_child(work: Callable[[], T]) -> T:
    """What the work returns, or raises as PtbotError. Only while there is one thread; on Windows it is done here."""
    if sys.platform == "win32":
        return work()
    told = _told(work)
    if not told:  # something else went wrong: it will meet us
        return work()
    done = pickle.loads(told)  # noqa: S301 - our own child wrote it
    if isinstance(done, PtbotError):
        raise done
    return cast(T, done)


@contextlib.contextmanager
def ended_at_once(*children: int) -> Iterator[None]:
    """A signal ends this process and its children at once, however the database hangs, until the loop takes signals.

    Until then nothing is under way but a transaction of the schema, which is as if it had never begun.
    """

    def end(*_: object) -> None:
        for child in children:
            os.kill(child, signal.SIGKILL)
        os._exit(0)

    before = [(stop, signal.signal(stop, end)) for stop in STOPS]
    try:
        yield
    finally:
        for stop, handler in before:
            signal.signal(stop, handler)


def _told(work: Callable[[], object]) -> bytes:
    reading, writing = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until it is known whom they end besides
    child = os.fork()
    with ended_at_once(*filter(None, [child])):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        if not child:
            _tell(work, writing)
        os.close(writing)
        with open(reading, "rb") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
    return told


def _tell(work: Callable[[], object], writing: int) -> NoReturn:
    with contextlib.suppress(BaseException), open(writing, "wb") as pipe:
        pipe.write(pickle.dumps(_done(work)))
    os._exit(0)


def _done(work: Callable[[], object]) -> object:
    try:
        return work()
    except PtbotError as error:
        return error
