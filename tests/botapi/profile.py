"""The methods about the bot itself: who it is, its commands and descriptions, its webhook."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.botapi.params import Params
from tests.botapi.rules.errors import bad_request
from tests.botapi.rules.urls import LOOPBACK
from tests.botapi.state import Json, World

MAX_COMMANDS = 100
COMMAND_LETTERS = 32
COMMAND_DESCRIPTION_LETTERS = 256
DESCRIPTION_LETTERS = {"description": 512, "short_description": 120}
SECRET_LETTERS = 256
WEBHOOK_PORTS = (None, 80, 88, 443, 8443)


async def get_me(params: Params, world: World) -> Json:
    rights = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return world.bot | rights


async def set_my_commands(params: Params, world: World) -> bool:
    commands = params.data("commands", "commands") or []
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    scope = json.dumps(params.data("scope", "BotCommandScope") or {"type": "default"}, sort_keys=True)
    world.commands[scope, _language(params)] = [_command(given) for given in commands]
    return True


async def set_my_description(params: Params, world: World) -> bool:
    return _describe("description", params, world)


async def set_my_short_description(params: Params, world: World) -> bool:
    return _describe("short_description", params, world)


async def get_webhook_info(params: Params, world: World) -> Json:
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.updates.pending)}
    if world.updates.allowed:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info | {name: value for name, value in world.webhook.items() if name != "secret_token"}


async def set_webhook(params: Params, world: World) -> bool:
    """From now on updates go to this address (webhook.py), those that wait first, and getUpdates is refused."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return await delete_webhook(params, world)
    _check_webhook(url, secret)
    _drop_if_asked(params, world)
    read_allowed_updates(params, world)
    world.updates.interrupt_for_webhook()
    connections = max(1, min(params.integer("max_connections", 40), 100))
    _webhook_becomes({"url": url, "secret_token": secret, "max_connections": connections}, world)
    return True


async def delete_webhook(params: Params, world: World) -> bool:
    """What waits is for getUpdates again."""
    _drop_if_asked(params, world)
    _webhook_becomes({}, world)
    return True


def _webhook_becomes(webhook: Json, world: World) -> None:
    if webhook.items() <= world.webhook.items() and webhook:
        return  # set again just as it was: what is under way goes on
    world.webhook = webhook
    world.updates.changed.fire()


def _check_webhook(url: str, secret: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:  # loopback, so that tests need no TLS
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.scheme == "https" and parts.port not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(secret) > SECRET_LETTERS:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")


def read_allowed_updates(params: Params, world: World) -> None:
    """Which kinds of update come from now on; unchanged when not given, Telegram's default when empty."""
    asked = params.data("allowed_updates", "allowed updates")
    if isinstance(asked, list):
        world.updates.allowed = frozenset(map(str, asked))


def _drop_if_asked(params: Params, world: World) -> None:
    if params.flag("drop_pending_updates"):
        world.updates.drop()


def _command(given: Any) -> Json:
    if not isinstance(given, dict) or not {"command", "description"} <= given.keys():
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = given["command"].strip().removeprefix("/"), given["description"].strip()
    _check_command(name, description)
    return {"command": name, "description": description}


def _check_command(name: str, description: str) -> None:
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > COMMAND_LETTERS:
        raise bad_request(f"command length must not exceed {COMMAND_LETTERS}")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > COMMAND_DESCRIPTION_LETTERS:
        raise bad_request(f"command description length must not exceed {COMMAND_DESCRIPTION_LETTERS}")
    if not re.fullmatch(r"[a-z0-9_]+", name):
        raise bad_request("BOT_COMMAND_INVALID")


def _describe(name: str, params: Params, world: World) -> bool:
    if len(params.text(name)) > DESCRIPTION_LETTERS[name]:
        raise bad_request(f"{name.upper()}_TOO_LONG")  # Telegram's limit; its wording for it is not documented
    world.descriptions[name, _language(params)] = params.text(name)
    return True


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code
