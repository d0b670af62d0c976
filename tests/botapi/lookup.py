"""Finding the chat or message a call is about, with Telegram's refusals."""

from tests.botapi.params import Params
from tests.botapi.rules.errors import bad_request, forbidden
from tests.botapi.state import Chat, Message, World


def find_chat(params: Params, world: World) -> Chat:
    """A chat the bot may write to. Raises RefusedError."""
    chat = known_chat(params, world)
    if chat.blocked and chat.private:
        raise forbidden("bot was blocked by the user")
    if chat.blocked:
        raise forbidden(f"bot was kicked from the {chat.about['type']} chat")
    return chat


def known_chat(params: Params, world: World) -> Chat:
    """A chat the bot has met, whether or not it may write to it. Raises RefusedError."""
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat = world.chats.get(params.integer("chat_id"))
    if chat is None or not chat.met:
        raise bad_request("chat not found")
    return chat


def find_own_message(params: Params, world: World) -> Message:
    """The bot's own message that is to be edited. Raises RefusedError."""
    if not params.text("chat_id") and not params.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = find_message(params, find_chat(params, world), "message to edit")
    plain_keyboard = bool(message.markup) and "inline_keyboard" not in message.markup
    if not message.from_bot or plain_keyboard:
        raise bad_request("message can't be edited")
    return message


def find_message(params: Params, chat: Chat, what: str) -> Message:
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request(f"{what} not found")
    return message
