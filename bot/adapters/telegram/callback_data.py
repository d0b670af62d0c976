"""What a button carries: the turn it belongs to, what it does, and to which choice. Telegram allows 64 bytes.

Anybody can send any data, so reading never raises. The engine checks that the turn is the present one.
"""

from __future__ import annotations

import functools
import re

from bot.dialogue.inputs import Chose, Commanded, Finished, Input, Ticked

VERSION = "1"  # the first character; data of another version reads as unknown
ID_LENGTH = 48  # of a choice's id, so that 64 bytes always suffice

UNKNOWN = Chose((), turn=0)  # a tap that belongs to no question: the engine shows the present one

_ABOUT = re.compile(rf"[a-z0-9_]{{1,{ID_LENGTH}}}", re.ASCII)
_DATA = re.compile(rf"{VERSION}([ctukd])(\d{{1,12}})(?:\.({_ABOUT.pattern}))?", re.ASCII)


def choose(turn: int, choice: str) -> str:
    """Data of a button that gives this answer."""
    return f"{VERSION}c{turn}.{_checked(choice)}"


def tick(turn: int, choice: str, *, on: bool) -> str:
    """Data of a button that ticks or unticks: it sets and never flips, so that a double tap changes nothing."""
    return f"{VERSION}{'t' if on else 'u'}{turn}.{_checked(choice)}"


def command(turn: int, name: str) -> str:
    """Data of a button that gives a command."""
    return f"{VERSION}k{turn}.{_checked(name)}"


def finish(turn: int) -> str:
    """Data of the Done button."""
    return f"{VERSION}d{turn}"


@functools.cache  # there are as many as the flow has
def _checked(about: str) -> str:
    if not _ABOUT.fullmatch(about):
        raise ValueError(f"`{about}` does not fit on a button: at most {ID_LENGTH} of a-z, 0-9 and _")
    return about


def read(data: str) -> Input:
    """What a tap on a button with this data did; `UNKNOWN` where nobody can tell."""
    match = _DATA.fullmatch(data)
    if match is None:
        return UNKNOWN
    verb, turn, about = match[1], int(match[2]), match[3]
    if verb == "d":
        return Finished(turn) if about is None else UNKNOWN
    if about is None:
        return UNKNOWN
    if verb == "k":
        return Commanded(about, turn)
    return Chose((about,), turn) if verb == "c" else Ticked(about, verb == "t", turn)
