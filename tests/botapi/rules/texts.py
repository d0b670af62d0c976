"""What Telegram checks in texts, captions and toasts before it does anything."""

from typing import Any

from tests.botapi.params import Params
from tests.botapi.rules.entities import Entity, parse_html, trimmed, units
from tests.botapi.rules.errors import bad_request

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
TOAST_UNITS = 200
RAW_BYTES = 1 << 15  # of a text before its HTML is read


def read_text(params: Params, too_long: str = "message is too long") -> tuple[str, list[Entity]]:
    """The text of a message: 1 to 4,096 units once entities are read. Raises RefusedError."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = _formatted(params.text("text"), params, "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if units(text) > TEXT_UNITS:
        raise bad_request(too_long)
    return text, entities


def read_caption(params: Params, too_long: str = "message caption is too long") -> tuple[str, list[Entity]]:
    """A caption: up to 1,024 units once entities are read, may be empty. Raises RefusedError."""
    text, entities = _formatted(params.text("caption"), params, "caption_entities")
    if units(text) > CAPTION_UNITS:
        raise bad_request(too_long)
    return text, entities


def read_toast(params: Params) -> str:
    """The text shown over the chat after a tap: up to 200 units. Raises RefusedError."""
    text = params.text("text")
    if units(text) > TOAST_UNITS:
        raise bad_request("MESSAGE_TOO_LONG")
    return text


def _formatted(source: str, params: Params, entities_field: str) -> tuple[str, list[Entity]]:
    if len(source.encode()) > RAW_BYTES:
        raise bad_request("text is too long")
    mode = params.text("parse_mode").lower()
    if mode == "html":
        return trimmed(*parse_html(source))
    if mode not in {"", "none"}:  # this project writes HTML only, so Markdown counts as a mistake here
        raise bad_request("unsupported parse_mode")
    return trimmed(source, _given_entities(params.data(entities_field, entities_field) or []))


def _given_entities(given: Any) -> list[Entity]:
    for entity in given:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad_request('can\'t parse MessageEntity: Can\'t find field "type", "offset" or "length"')
    return list(given)
