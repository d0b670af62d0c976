"""Messages of the bot and acts of patients, as the JSON that the Bot API would write."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

BOT = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_BOT = json.dumps(BOT)


@dataclass(slots=True)
class Message:
    """A message of the bot."""

    id: int
    text: str
    markup: dict[str, Any] | None
    photo: bool
    json: str = ""  # as the Bot API shows it

    def written(self, chat: int) -> str:
        """The message as JSON; to be called again after a change."""
        shown = f',"reply_markup":{json.dumps(self.markup)}' if self.markup else ""
        words = f'"{"caption" if self.photo else "text"}":{json.dumps(self.text)}'
        photo = ',"photo":[{"file_id":"p","file_unique_id":"u","width":9,"height":9}]' if self.photo else ""
        about = f'"message_id":{self.id},"from":{_BOT},"chat":{_chat(chat)},"date":{int(time.time())}'
        self.json = f"{{{about},{words}{photo}{shown}}}"
        return self.json

    def data_of(self, label: str) -> str:
        """What the button with this label carries; ticks before a label do not count. Raises LookupError."""
        for row in self.markup["inline_keyboard"] if self.markup else ():
            for key in row:
                if key["text"].lstrip("☐☑ ") == label:
                    return str(key["callback_data"])
        raise LookupError(f"no button {label!r} under {self.text!r}")


def written(update: int, chat: int, message: int, text: str) -> str:
    """An update: the patient wrote this."""
    entities = f',"entities":[{{"type":"bot_command","offset":0,"length":{len(text)}}}]' if text[0] == "/" else ""
    return (
        f'{{"update_id":{update},"message":{{"message_id":{message},"from":{_person(chat)},"chat":{_chat(chat)},'
        f'"date":{int(time.time())},"text":{json.dumps(text)}{entities}}}}}'
    )


def tapped(update: int, chat: int, callback: str, message: Message, data: str) -> str:
    """An update: the patient tapped on a button of this message."""
    return (
        f'{{"update_id":{update},"callback_query":{{"id":"{callback}","from":{_person(chat)},"message":{message.json},'
        f'"chat_instance":"1","data":{json.dumps(data)}}}}}'
    )


def _chat(chat: int) -> str:
    return f'{{"id":{chat},"type":"private","first_name":"Pat"}}'


def _person(chat: int) -> str:
    return f'{{"id":{chat},"is_bot":false,"first_name":"Pat","language_code":"en"}}'
