"""What Telegram remembers: chats, their messages, taps waiting for an answer, files."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.botapi.rules.entities import Entity
from tests.botapi.signals import Signal
from tests.botapi.updates import Updates

Json = dict[str, Any]


@dataclass
class Message:
    chat: "Chat"
    message_id: int
    date: int
    sender: Json
    text: str = ""  # or the caption
    entities: list[Entity] = field(default_factory=list)
    photo: list[Json] = field(default_factory=list)
    markup: Json = field(default_factory=dict)  # inline keyboard, reply keyboard, its removal, force reply
    extra: Json = field(default_factory=dict)  # sticker, voice, location, reply_to_message, ...
    edit_date: int = 0
    edits: list[str] = field(default_factory=list)  # what it said before, oldest first

    @property
    def from_bot(self) -> bool:
        return bool(self.sender["is_bot"])

    def as_json(self) -> Json:
        text, entities = ("caption", "caption_entities") if self.photo else ("text", "entities")
        optional = {
            text: self.text,
            entities: self.entities,
            "photo": self.photo,
            "edit_date": self.edit_date,
            "reply_markup": self.markup if "inline_keyboard" in self.markup else None,
        }
        fixed = {"message_id": self.message_id, "date": self.date, "from": self.sender, "chat": self.chat.as_json()}
        return fixed | {name: value for name, value in optional.items() if value} | self.extra


@dataclass
class Tap:
    """A tap on a button, until the bot answers it."""

    query_id: str
    chat: "Chat"
    at: float
    answers: list[str] = field(default_factory=list)  # toast texts, empty for a silent answer


@dataclass
class Chat:
    chat_id: int
    about: Json  # type, first_name or title
    messages: dict[int, Message] = field(default_factory=dict)  # in the order they appear
    taps: list[Tap] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)  # typing, ...
    met: bool = False  # the bot may write here: somebody has written to it first
    blocked: bool = False  # by the person, or the bot was removed from the group
    changed: Signal = field(default_factory=Signal)

    @property
    def private(self) -> bool:
        return bool(self.about["type"] == "private")

    def as_json(self) -> Json:
        return {"id": self.chat_id} | self.about


class World:
    """Everything on Telegram's side. Effects are immediate; nothing here knows HTTP."""

    def __init__(self, bot: Json, clock: Callable[[], float] = time.time, tap_seconds: float = 15.0) -> None:
        self.bot = bot
        self.clock = clock
        self.tap_seconds = tap_seconds  # how long a tap can be answered
        self.updates = Updates()
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.photos: dict[str, list[Json]] = {}  # sizes by file_id
        self.commands: dict[tuple[str, str], list[Json]] = {}  # by scope (as JSON) and language
        self.descriptions: dict[tuple[str, str], str] = {}  # by field and language
        self.webhook: Json = {}  # as getWebhookInfo tells it, and its secret
        self._numbers = itertools.count(1)

    def now(self) -> int:
        """Telegram's times are whole seconds."""
        return int(self.clock())

    def number(self) -> int:
        """The next id: of a message, a file, a tap."""
        return next(self._numbers)

    def chat(self, chat_id: int, about: Json) -> Chat:
        """This chat; the bot cannot write to it before it has been met."""
        return self.chats.setdefault(chat_id, Chat(chat_id, about))

    def add_message(self, chat: Chat, sender: Json, **content: Any) -> Message:
        message = Message(chat, self.number(), self.now(), sender, **content)
        chat.messages[message.message_id] = message
        chat.changed.fire()
        return message

    def add_tap(self, chat: Chat, query_id: str = "") -> Tap:
        tap = Tap(query_id or str(7_000_000_000 + self.number()), chat, self.clock())
        self.taps[tap.query_id] = tap
        chat.taps.append(tap)
        return tap
