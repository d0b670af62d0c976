"""What refusals mean, and what is left of a refused call."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.adapters.telegram.render import Call
from bot.adapters.telegram.sending import Verdict, _bare, verdict


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
