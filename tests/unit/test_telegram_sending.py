"""What refusals mean, what is left of a refused call, and the pace."""

from __future__ import annotations

import asyncio

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.adapters.telegram.render import Call
from bot.adapters.telegram.sending import Pace, Verdict, _bare, verdict
from bot.adapters.telegram.transport import AiohttpRequest, _readable, _wait_seconds


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Verdict.GONE),
        (Forbidden("Forbidden: user is deactivated"), Verdict.GONE),
        (BadRequest("Bad Request: chat not found"), Verdict.GONE),
        (BadRequest("Bad Request: PEER_ID_INVALID"), Verdict.GONE),
        (ChatMigrated(5), Verdict.GONE),
        (BadRequest("Bad Request: message is not modified: specified new content"), Verdict.DONE),
        (BadRequest("Bad Request: message to edit not found"), Verdict.DONE),
        (BadRequest("Bad Request: message can't be edited"), Verdict.DONE),
        (BadRequest("Bad Request: can't parse entities: Unsupported start tag"), Verdict.REFUSED),
    ],
)
def test_verdicts(error: TelegramError, meaning: Verdict) -> None:
    assert verdict(error) is meaning


def test_a_refused_message_keeps_its_words_and_our_buttons() -> None:
    own, link = {"text": "Yes", "callback_data": "1c1.yes"}, {"text": "Book", "url": "https://bad"}
    params = {"text": "<b>a</b> &lt; b", "parse_mode": "HTML", "reply_markup": {"inline_keyboard": [[link], [own]]}}
    bare = _bare(Call("sendMessage", params))
    assert bare.params == {"text": "a < b", "reply_markup": {"inline_keyboard": [[own]]}}


def test_a_refused_picture_becomes_words() -> None:
    bare = _bare(Call("sendPhoto", {"caption": "<b>Where?</b>", "parse_mode": "HTML"}, "body.png"))
    assert bare == Call("sendMessage", {"text": "Where?"})


def test_a_refused_caption_stays_a_caption() -> None:
    bare = _bare(Call("editMessageCaption", {"message_id": 1, "caption": "a", "parse_mode": "HTML"}))
    assert bare == Call("editMessageCaption", {"message_id": 1, "caption": "a"})


async def test_the_pace_allows_a_burst_and_then_spreads() -> None:
    loop = asyncio.get_running_loop()
    pace, began = Pace(20), loop.time()
    await asyncio.gather(*(pace.turn() for _ in range(20)))
    assert loop.time() - began < 0.1
    await asyncio.gather(*(pace.turn() for _ in range(6)))
    assert 0.2 < loop.time() - began < 0.6


@pytest.mark.parametrize(("body", "seconds"), [(b'{"parameters":{"retry_after":7}}', 7), (b"{}", 1), (b"<html>", 1)])
def test_how_long_telegram_asks_to_wait(body: bytes, seconds: float) -> None:
    assert _wait_seconds(body) == seconds


def test_error_pages_of_proxies_stay_out_of_errors() -> None:
    with pytest.raises(NetworkError, match="HTTP 502, not from the Bot API"):
        _readable(502, b"<html>GET /bot1:secret/getMe</html>")
    assert _readable(400, b'{"ok":false}') == b'{"ok":false}'


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409])
@pytest.mark.parametrize("body", [b"", b"Forbidden", b"{}", b'{"error":"blocked"}', b"[1]", b"true", b'{"ok":true}'])
def test_only_telegram_itself_refuses_a_token_or_a_chat(status: int, body: bytes) -> None:
    with pytest.raises(NetworkError):
        _readable(status, body)


@pytest.mark.parametrize("body", [b"true", b"[1]", b"{}", b"<html>", b'{"ok":true}', b'{"ok":false}'])
def test_odd_answers_are_trouble_that_passes(body: bytes) -> None:
    with pytest.raises(NetworkError):
        AiohttpRequest.parse_json_payload(_readable(200, body))
