"""Texts as Telegram wants them: HTML with everything escaped but our **bold**, and no longer than it allows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape, unescape

TEXT_LIMIT = 4096  # UTF-16 code units, once entities are read
CAPTION_LIMIT = 1024

_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_TAG = re.compile(r"</?[a-z]+>")


def units(text: str) -> int:
    """Length as Telegram counts it: most emoji count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fits(text: str, limit: int) -> bool:
    """Is it no longer than so many units?"""
    return 2 * len(text) <= limit or units(text) <= limit  # no character counts more than two


def literal(text: str) -> str:
    """Text in which nothing is markup."""
    return escape(text, quote=False)


def html(text: str) -> str:
    """Text in which **stars** make bold, and nothing else is markup."""
    safe = literal(text)
    return _BOLD.sub(r"<b>\1</b>", safe) if "**" in safe else safe


def plain(text: str) -> str:
    """What `html` made, as it reads without markup."""
    return unescape(_TAG.sub("", text))


def clip(text: str, limit: int) -> str:
    """The text, or its beginning where it is longer than the limit."""
    return text if fits(text, limit) else text[: _fitting(text, limit - 1)].rstrip() + "…"


def pieces(text: str, limit: int = TEXT_LIMIT) -> Iterator[str]:
    """The text in pieces that fit, cut at ends of paragraphs, else of lines, sentences, words."""
    rest = text.strip()
    while not fits(rest, limit):
        cut = _cut(rest, limit)
        yield rest[:cut].rstrip()
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _cut(text: str, limit: int) -> int:
    room = _fitting(text, limit)
    for mark in ("\n\n", "\n", ". ", " "):
        at = text.rfind(mark, room // 4, room)  # a tiny first piece would read oddly
        if at > 0:
            return at + len(mark.rstrip())
    return room


def _fitting(text: str, limit: int) -> int:
    """How many characters make up at most so many units."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "ignore"))
