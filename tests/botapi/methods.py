"""Every method of the Bot API that this server knows, by its lower-case name."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.botapi import messages, profile
from tests.botapi.params import Params
from tests.botapi.rules.errors import QUERY_TOO_OLD, WEBHOOK_ACTIVE, RefusedError, bad_request
from tests.botapi.rules.texts import read_toast
from tests.botapi.state import World
from tests.botapi.updates import Update

Method = Callable[[Params, World], Awaitable[Any]]


async def get_updates(params: Params, world: World) -> list[Update]:
    if world.webhook:
        raise RefusedError(409, WEBHOOK_ACTIVE)
    profile.read_allowed_updates(params, world)
    offset, limit = params.integer("offset"), params.integer("limit", 100)
    return await world.updates.get(offset, limit, params.integer("timeout"))


async def answer_callback_query(params: Params, world: World) -> bool:
    toast = read_toast(params)
    tap = world.taps.get(params.text("callback_query_id"))
    if tap is None:
        raise bad_request(QUERY_TOO_OLD)
    if world.clock() - tap.at > world.tap_seconds:
        raise bad_request(QUERY_TOO_OLD, avoidable=False)  # the bot was slow or down, not wrong
    tap.answers.append(toast)
    tap.chat.changed.fire()
    return True


METHODS: dict[str, Method] = {
    "getme": profile.get_me,
    "getupdates": get_updates,
    "sendmessage": messages.send_message,
    "sendphoto": messages.send_photo,
    "sendchataction": messages.send_chat_action,
    "editmessagetext": messages.edit_message_text,
    "editmessagecaption": messages.edit_message_caption,
    "editmessagereplymarkup": messages.edit_message_reply_markup,
    "deletemessage": messages.delete_message,
    "answercallbackquery": answer_callback_query,
    "setmycommands": profile.set_my_commands,
    "setmydescription": profile.set_my_description,
    "setmyshortdescription": profile.set_my_short_description,
    "getwebhookinfo": profile.get_webhook_info,
    "setwebhook": profile.set_webhook,
    "deletewebhook": profile.delete_webhook,
}


async def perform(method: str, params: Params, world: World) -> Any:
    """The result of one call. Raises RefusedError."""
    known = METHODS.get(method.lower())
    if known is None:
        raise RefusedError(404, "Not Found: method not found")
    return await known(params, world)
