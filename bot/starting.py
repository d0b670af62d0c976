"""How a process starts that stays for months: what only the start needs, a child does, and its memory goes with it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from typing import BinaryIO, NoReturn, TypeVar, cast

from bot.flow.errors import PtbotError

STOPS = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM)  # there Ctrl-C is an exception

T = TypeVar("T")


def by_a_child(work: Callable[[], T]) -> T:
    """What the work returns, or raises as PtbotError. Only while there is one thread; on Windows it is done here."""
    if sys.platform == "win32":
        return work()
    try:
        done = pickle.loads(_told(work))  # noqa: S301 - our own child wrote it
    except (OSError, EOFError, pickle.UnpicklingError):  # no child, or something else went wrong in it: it will meet us
        return work()
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
            with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(child, signal.SIGKILL)
        os._exit(0)

    before = [(stop, signal.signal(stop, end)) for stop in STOPS]
    try:
        yield
    finally:
        for stop, handler in before:
            signal.signal(stop, handler)


def _told(work: Callable[[], object]) -> bytes:
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until it is known whom they end besides
    try:
        child, pipe = _forked()
        with ended_at_once(*filter(None, [child])), pipe:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
            if not child:
                _tell(work, pipe)
            told = pipe.read()
            os.waitpid(child, 0)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    return told


def _forked() -> tuple[int, BinaryIO]:
    """The child's id, 0 in the child itself; and this one's end of a pipe from it."""
    reading, writing = os.pipe()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        raise
    os.close(writing if child else reading)
    return child, open(reading, "rb") if child else open(writing, "wb")


def _tell(work: Callable[[], object], pipe: BinaryIO) -> NoReturn:
    with contextlib.suppress(BaseException):
        pipe.write(pickle.dumps(_done(work)))
        pipe.flush()
    os._exit(0)


def _done(work: Callable[[], object]) -> object:
    try:
        return work()
    except PtbotError as error:
        return error
