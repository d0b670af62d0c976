"""From Telegram's raw updates to what a person did. Whatever arrives, this gives an answer and never raises.

Plain dictionaries are read: building the library's objects costs a hundred microseconds an update.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.telegram import callback_data
from bot.dialogue.inputs import Commanded, Input, Opened, SentOther, Typed
from bot.ports import Update

Raw = Mapping[str, Any]

KINDS_OF_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_NOWHERE = 0  # stands for the chat of an update that has none
_GROUPS = ("group", "supergroup")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)

_SENT = {  # what a message may hold instead of words; an animation also holds a document, so the order counts
    "sticker": "sticker",
    "photo": "photo",
    "voice": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "audio": "audio",
    "document": "document",
    "venue": "location",
    "location": "location",
    "contact": "contact",
    "poll": "poll",
    "dice": "dice",
    "game": "game",
    "story": "story",
}
_OF_THE_CHAT = frozenset(  # messages that nobody wrote
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "chat_background_set",
        "write_access_allowed",
        "proximity_alert_triggered",
        "boost_added",
        "new_chat_members",
        "left_chat_member",
    }
)


@dataclass(frozen=True, slots=True)
class Received:
    """An update as read, with what the edge itself must do about it."""

    update: Update
    callback: str | None = None  # the tap to be answered, or the phone shows a waiting sign
    group: int | None = None  # the group chat it came from
    kind: str = "other"  # for those who watch


def is_update(raw: object) -> bool:
    """Can it be read?"""
    return isinstance(raw, dict) and type(raw.get("update_id")) is int


def read(raw: Raw) -> Received:
    """Read one update."""
    update_id = raw["update_id"]
    if isinstance(query := raw.get("callback_query"), dict):
        return _tap(update_id, query)
    if isinstance(message := raw.get("message"), dict):
        return _message(update_id, message, _done(message), "message")
    if isinstance(message := raw.get("edited_message"), dict):
        return _message(update_id, message, _edited(message), "edited")
    if isinstance(change := raw.get("my_chat_member"), dict):
        return _membership(update_id, change)
    return Received(Update(update_id, _NOWHERE, None))


def _tap(update_id: int, query: Raw) -> Received:
    """A tap counts only in the private chat of the person who tapped."""
    chat, person = _part(_part(query, "message"), "chat"), _part(query, "from")
    data, ident = query.get("data"), query.get("id")
    callback = ident if isinstance(ident, str) else None
    own = chat.get("type") == "private" and "id" in person and person["id"] == chat.get("id")
    done = callback_data.read(data) if own and isinstance(data, str) else None
    shown = _tapped(_part(query, "message")) if own else None
    update = Update(update_id, _id(chat), done, language=_language(person), message=shown)
    return Received(update, callback, _group(chat), "tap")


def _tapped(message: Raw) -> int | None:
    """The message's id, negative where it is a picture. A date of 0 marks messages too old to tell what they are."""
    ident = message.get("message_id")
    if not isinstance(ident, int) or ident <= 0 or not message.get("date"):
        return None
    return -ident if message.get("photo") else ident


def _message(update_id: int, message: Raw, done: Input | None, kind: str) -> Received:
    chat, person = _part(message, "chat"), _part(message, "from")
    by_somebody = chat.get("type") == "private" and "id" in person
    update = Update(update_id, _id(chat), done if by_somebody else None, language=_language(person))
    return Received(update, group=_group(chat), kind=kind)


def _done(message: Raw) -> Input | None:
    words = message.get("text") or message.get("caption")
    if isinstance(words, str):
        return _said(_storable(words))
    kind = next((kind for key, kind in _SENT.items() if key in message), "other")
    return None if kind == "other" and not _OF_THE_CHAT.isdisjoint(message) else SentOther(kind)


def _said(words: str) -> Input:
    match = _COMMAND.fullmatch(words.strip())
    if match is None:
        return Typed(words)
    name, rest = match[1].lower(), (match[2] or "").strip()
    if name == "start":
        return Opened(rest)
    return Typed(words) if rest else Commanded(name)  # words behind a command may tell of an emergency


def _edited(message: Raw) -> Input | None:
    """A live location is edited every few seconds: only changed words deserve a word."""
    words = message.get("text") or message.get("caption")
    return SentOther("edited", _storable(words)) if isinstance(words, str) else None


def _membership(update_id: int, change: Raw) -> Received:
    """The person blocked the bot or came back; or the bot was put into a group."""
    chat, status = _part(change, "chat"), _part(change, "new_chat_member").get("status")
    private, gone = chat.get("type") == "private", status in ("kicked", "left")
    update = Update(update_id, _id(chat), None, left=private and gone, returned=private and status == "member")
    return Received(update, group=None if gone else _group(chat), kind="membership")


def _part(whole: Raw, name: str) -> Raw:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _id(chat: Raw) -> int:
    ident = chat.get("id")
    return ident if isinstance(ident, int) else _NOWHERE


def _language(person: Raw) -> str | None:
    code = person.get("language_code")
    return code if isinstance(code, str) else None


def _group(chat: Raw) -> int | None:
    return _id(chat) if chat.get("type") in _GROUPS else None


def _storable(words: str) -> str:
    """Without halves of characters and zeros, which neither databases nor HTTP take."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
