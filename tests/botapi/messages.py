"""The methods that send, edit and delete messages."""

from typing import Any

from tests.botapi.lookup import find_chat, find_message, find_own_message, known_chat
from tests.botapi.params import Params
from tests.botapi.rules.entities import Entity
from tests.botapi.rules.errors import NOT_MODIFIED, bad_request
from tests.botapi.rules.keyboards import Markup, read_inline_markup, read_markup
from tests.botapi.rules.photos import read_photo
from tests.botapi.rules.texts import read_caption, read_text
from tests.botapi.state import Chat, Json, Message, World

DELETABLE_SECONDS = 48 * 3600
ACTIONS = {
    "typing",
    "choose_sticker",
    "find_location",
    "upload_document",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "record_video_note",
    "upload_video_note",
}


async def send_message(params: Params, world: World) -> Json:
    text, entities = read_text(params)
    return _sent(params, world, text=text, entities=entities)


async def send_photo(params: Params, world: World) -> Json:
    photo = read_photo(params, world)
    text, entities = read_caption(params)
    return _sent(params, world, text=text, entities=entities, photo=photo)


async def send_chat_action(params: Params, world: World) -> bool:
    if params.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = find_chat(params, world)
    chat.actions.append(params.text("action"))
    chat.changed.fire()
    return True


async def edit_message_text(params: Params, world: World) -> Json:
    text, entities = read_text(params, too_long="MESSAGE_TOO_LONG")
    message = find_own_message(params, world)
    if message.photo:
        raise bad_request("there is no text in the message to edit")
    return _edited(message, world, text, entities, read_inline_markup(params))


async def edit_message_caption(params: Params, world: World) -> Json:
    text, entities = read_caption(params, too_long="MEDIA_CAPTION_TOO_LONG")
    message = find_own_message(params, world)
    if not message.photo:
        raise bad_request("there is no caption in the message to edit")
    return _edited(message, world, text, entities, read_inline_markup(params))


async def edit_message_reply_markup(params: Params, world: World) -> Json:
    markup = read_inline_markup(params)
    message = find_own_message(params, world)
    return _edited(message, world, message.text, message.entities, markup)


async def delete_message(params: Params, world: World) -> bool:
    chat = known_chat(params, world)
    if not params.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = find_message(params, chat, "message to delete")
    too_old = world.now() - message.date > DELETABLE_SECONDS
    if too_old or not (message.from_bot or chat.private):
        raise bad_request("message can't be deleted")
    del chat.messages[message.message_id]
    chat.changed.fire()
    return True


def _sent(params: Params, world: World, **content: Any) -> Json:
    markup = read_markup(params)
    chat = find_chat(params, world)
    extra = _reply_to(params, chat)
    return world.add_message(chat, world.bot, markup=markup, extra=extra, **content).as_json()


def _reply_to(params: Params, chat: Chat) -> Json:
    wanted = params.data("reply_parameters", "reply parameters")
    if not wanted:
        return {}
    message = chat.messages.get(wanted.get("message_id", 0))
    if message:
        return {"reply_to_message": message.as_json()}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def _edited(message: Message, world: World, text: str, entities: list[Entity], markup: Markup) -> Json:
    """The message as it is after the edit; buttons that are not given again are gone. Raises RefusedError."""
    if (text, entities, markup) == (message.text, message.entities, message.markup):
        raise bad_request(NOT_MODIFIED)
    message.edits.append(message.text)
    message.text, message.entities, message.markup = text, entities, markup
    message.edit_date = world.now()
    message.chat.changed.fire()
    return message.as_json()
