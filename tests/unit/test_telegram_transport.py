"""What answers of the Bot API mean, and of those that stand between."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.adapters.telegram.http_answers import Answer
from bot.adapters.telegram.transport import ThrottledError, _result


def result(status: int, body: bytes) -> object:
    return _result(Answer(status, body, keep=True))


def test_a_result() -> None:
    assert result(200, b'{"ok":true,"result":{"message_id":7}}') == {"message_id": 7}
    assert result(200, b'{"ok":true,"result":false}') is False


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, InvalidToken),
        (403, Forbidden),
        (404, InvalidToken),
        (409, Conflict),
        (500, NetworkError),
    ],
)
def test_refusals(status: int, error: type[TelegramError]) -> None:
    with pytest.raises(error, match="not like this") as raised:
        result(status, b'{"ok":false,"description":"not like this"}')
    assert type(raised.value) is error


def test_a_chat_that_moved() -> None:
    with pytest.raises(ChatMigrated):
        result(400, b'{"ok":false,"description":"group upgraded","parameters":{"migrate_to_chat_id":-100}}')


@pytest.mark.parametrize(
    ("body", "seconds"), [(b'{"ok":false,"parameters":{"retry_after":7}}', 7), (b"{}", 1), (b"<html>", 1)]
)
def test_how_long_telegram_asks_to_wait(body: bytes, seconds: float) -> None:
    with pytest.raises(ThrottledError) as raised:
        result(429, body)
    assert raised.value.seconds == seconds


def test_error_pages_of_proxies_stay_out_of_errors() -> None:
    with pytest.raises(NetworkError, match="HTTP 502, not from the Bot API"):
        result(502, b"<html>GET /bot1:secret/getMe</html>")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
@pytest.mark.parametrize("body", [b"", b"Forbidden", b"{}", b'{"error":"blocked"}', b"[1]", b"true", b'{"ok":true}'])
def test_only_telegram_itself_refuses_a_token_or_a_chat(status: int, body: bytes) -> None:
    with pytest.raises(NetworkError, match="not from the Bot API") as raised:
        result(status, body)
    assert type(raised.value) is NetworkError


@pytest.mark.parametrize("body", [b"true", b"[1]", b"{}", b"<html>", b'{"ok":true}', b'{"ok":false}'])
def test_odd_answers_are_trouble_that_passes(body: bytes) -> None:
    with pytest.raises(NetworkError):
        result(200, body)
