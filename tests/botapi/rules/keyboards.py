"""What Telegram checks in the buttons under a message."""

from typing import Any

from tests.botapi.params import Params
from tests.botapi.rules.errors import bad_request
from tests.botapi.rules.urls import url_problem

MAX_BUTTONS = 100
MAX_BUTTONS_A_ROW = 8
MAX_DATA_BYTES = 64

Markup = dict[str, Any]


def read_markup(params: Params) -> Markup:
    """The reply_markup of a new message, checked; empty when none is given. Raises RefusedError."""
    markup = params.data("reply_markup", "reply keyboard markup")
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _checked_inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        _check_plain(markup["keyboard"])
    return markup


def read_inline_markup(params: Params) -> Markup:
    """The same for an edit, where only buttons under the message are allowed. Raises RefusedError."""
    markup = read_markup(params)
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _checked_inline(rows: Any) -> Markup:
    _check_shape(rows, "inline_keyboard")
    for button in (button for row in rows for button in row):
        _check_inline_button(button)
    # Telegram itself does not always refuse these two; what happens to the extra buttons is not promised anywhere.
    if sum(map(len, rows)) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    shown = [row for row in rows if row]
    return {"inline_keyboard": shown} if shown else {}


def _check_shape(rows: Any, name: str) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        owner = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise bad_request(f'field "{name}"{owner} must be an Array of Arrays')


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not str(button["text"]).strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("url"):
        _check_url(button["url"])
    elif button.get("callback_data"):
        _check_data(button["callback_data"])
    elif not button.keys() & {"switch_inline_query", "switch_inline_query_current_chat", "web_app", "copy_text"}:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _check_url(url: str) -> None:
    problem = url_problem(url)
    if problem:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {problem}")


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or len(data.encode()) > MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_plain(rows: Any) -> None:
    _check_shape(rows, "keyboard")
    for button in (button for row in rows for button in row):
        label = button.get("text", "") if isinstance(button, dict) else button
        if not isinstance(label, str) or not label.strip():
            raise bad_request("keyboard button text must be non-empty")
