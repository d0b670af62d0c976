"""Sessions that were saved lately are not read anew; but what the database says counts."""

from __future__ import annotations

from bot.adapters.storage.remembered import KEPT_SECONDS, ROOM, Remembered
from bot.adapters.storage.rows import json_text
from bot.dialogue.session import Session
from tests.support.sessions import EVERYTHING, PLAIN


def text_of(session: Session) -> str:
    return json_text(session.to_data())


def remembering(*sessions: Session) -> Remembered:
    """All of them saved, for chats from 0 on, one each second."""
    remembered = Remembered()
    for chat, session in enumerate(sessions):
        remembered.note(chat, text_of(session), session, now=float(chat))
    return remembered


def test_what_was_saved_is_what_is_read():
    assert remembering(PLAIN, EVERYTHING).read(1, text_of(EVERYTHING)) is EVERYTHING


def test_only_what_the_database_says_counts():
    later = PLAIN.but(turn=PLAIN.turn + 1)
    assert remembering(PLAIN).read(0, text_of(later)) == later
    assert remembering(PLAIN).read(0, None) is None


def test_a_chat_that_was_erased_is_forgotten():
    remembered = remembering(PLAIN)
    remembered.forget(0)
    remembered.forget(0)
    read = remembered.read(0, text_of(PLAIN))
    assert read == PLAIN
    assert read is not PLAIN


def test_there_is_room_for_so_many_and_who_was_saved_last_stays():
    remembered = remembering(*[PLAIN] * ROOM)
    remembered.note(0, text_of(PLAIN), PLAIN, now=1e3)
    remembered.note(ROOM, text_of(PLAIN), PLAIN, now=1e3)
    assert [chat for chat in range(ROOM + 1) if remembered.read(chat, text_of(PLAIN)) is not PLAIN] == [1]


def test_after_a_minute_a_session_is_kept_in_the_database_only():
    remembered = remembering(PLAIN, PLAIN)
    remembered.forget_old(KEPT_SECONDS + 0.5)
    assert [remembered.read(chat, text_of(PLAIN)) is PLAIN for chat in (0, 1)] == [False, True]
