"""What people do on their side: each act changes the chat and becomes an update for the bot."""

from typing import Any

from tests.botapi.rules.entities import command_entities
from tests.botapi.state import Chat, Json, Message, Tap, World

FILE = {"file_id": "AwACAgIAAxk0", "file_unique_id": "AgAD0"}
STICKER = {**FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
VOICE = {**FILE, "duration": 3, "mime_type": "audio/ogg"}
LOCATION = {"latitude": 59.91, "longitude": 10.75}


def send(world: World, chat: Chat, person: Json, text: str = "", **content: Any) -> Message:
    """A new message from this person."""
    _meet(chat)
    message = world.add_message(chat, person, text=text, entities=command_entities(text), **content)
    world.updates.deliver("message", message.as_json())
    return message


def edit(world: World, message: Message, text: str) -> None:
    """The person changes what they wrote."""
    message.edits.append(message.text)
    message.text, message.entities, message.edit_date = text, command_entities(text), world.now()
    world.updates.deliver("edited_message", message.as_json())


def tap(world: World, chat: Chat, person: Json, message_id: int, data: str) -> Tap:
    """A tap on a button with this data, which the message need not show any more."""
    _meet(chat)
    made = world.add_tap(chat)
    message = chat.messages.get(message_id)
    gone = {"chat": chat.as_json(), "message_id": message_id, "date": 0}
    query = {"id": made.query_id, "from": person, "chat_instance": str(chat.chat_id), "data": data}
    world.updates.deliver("callback_query", query | {"message": message.as_json() if message else gone})
    return made


def set_blocked(world: World, chat: Chat, person: Json, *, blocked: bool) -> None:
    """The bot is shut out of this chat, or let in again."""
    chat.met = True
    chat.blocked = blocked
    states = [{"user": world.bot, "status": "member"}, {"user": world.bot, "status": "kicked", "until_date": 0}]
    old, new = states if blocked else reversed(states)
    change = {"chat": chat.as_json(), "from": person, "date": world.now()}
    world.updates.deliver("my_chat_member", change | {"old_chat_member": old, "new_chat_member": new})


def _meet(chat: Chat) -> None:
    assert not chat.blocked, "the bot is blocked here: unblock it first"
    chat.met = True
