"""What can go wrong between Telegram and us: trouble that passes by itself, and trouble that somebody must mend."""

from __future__ import annotations

import asyncio
import math
import time
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import structlog

from bot.flow.errors import PtbotError
from bot.ports import StorageError

NOT_TOLD = 2  # failures in a row that one more try may cure before anybody needs to know
CALM_SECONDS = 30.0  # what comes back sooner is not told again, unless it stays for as long

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class TokenError(PtbotError):
    """Telegram refuses the token. Copy it again from @BotFather into PTBOT_TELEGRAM__TOKEN, or ask it for a new one."""


class SecondPollerError(PtbotError):
    """Another program receives this bot's messages. Stop it (or remove its webhook), or use a token of your own."""


class Trouble:
    """Something that may stop working for a while. Says so once, and once more when all of it works again.

    What comes and goes is told twice in CALM_SECONDS at most.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._clock = what, clock  # such as "Telegram cannot be reached"
        self._failing: Counter[str] = Counter()  # by what was tried: failures in a row
        self._since, self._over_at = 0.0, -math.inf  # when it was told to be over
        self._told = False

    def met(self, reason: object, trying: str = "") -> None:
        """It did not work."""
        if not self._failing:
            self._since = self._clock()
        self._failing[trying] += 1
        if self._failing[trying] > NOT_TOLD and not self._told and self._is_news():
            self._told = True
            _log.warning(f"{self._what}. Trying again until it works", reason=str(reason))

    def over(self, trying: str = "") -> None:
        """It works."""
        if not self._failing:
            return
        del self._failing[trying]
        if not self._failing and self._told:
            self._told, self._over_at = False, self._clock()
            _log.warning(f"{self._what}: over", seconds=round(self._over_at - self._since))

    def _is_news(self) -> bool:
        """All was well for long enough, or it has failed for as long."""
        return max(self._since - self._over_at, self._clock() - self._since) >= CALM_SECONDS


def pauses(longest_seconds: float, first_seconds: float = 0.1) -> Iterator[float]:
    """Seconds to wait before each new try, doubling up to the longest."""
    seconds = first_seconds
    while True:
        yield seconds
        seconds = min(2 * seconds, longest_seconds)


def place(error: BaseException) -> str:
    """Which error it was and where. Its text stays out of the log, as it may quote what a patient wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return f"{type(error).__name__} at " + " < ".join(f"{f.filename}:{f.lineno}" for f in reversed(frames))


def first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Of errors that came together the one somebody can mend, where there is one."""
    mendable = errors.subgroup(PtbotError) or errors
    error: BaseException = mendable.exceptions[0]
    return first(error) if isinstance(error, BaseExceptionGroup) else error


async def insist(act: Callable[[], Awaitable[T]], trouble: Trouble, longest_seconds: float) -> T:
    """Do it until it works. A database that is away is told of where it is used, for all who use it."""
    for pause in pauses(longest_seconds):
        try:
            done = await act()
        except StorageError:
            await asyncio.sleep(pause)
        except Exception as error:  # a mistake of ours, which may depend on what else happens
            trouble.met(place(error))
            await asyncio.sleep(pause)
        else:
            trouble.over()
            return done
    raise AssertionError("pauses never end")
