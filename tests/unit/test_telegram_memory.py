"""What the delivery remembers of chats."""

from __future__ import annotations

from bot.adapters.telegram.memory import Screens
from bot.adapters.telegram.render import Shown
from bot.ports import Unsent
from tests.support.sessions import question

CHAT = 7


def test_a_tap_tells_which_message_shows_a_turn() -> None:
    screens = Screens()
    screens.tapped(CHAT, 3, Shown(100))
    assert screens.message_of(CHAT, 3) == Shown(100)
    assert not screens.passed(Unsent(1, CHAT, question(4)))


def test_a_tap_on_an_old_message_changes_nothing() -> None:
    screens = Screens()
    screens.show(Unsent(9, CHAT, question(5)), 5, Shown(102))
    screens.tapped(CHAT, 3, Shown(100))
    assert screens.message_of(CHAT, 5) == Shown(102)
    assert screens.message_of(CHAT, 3) is None


def test_what_was_shown_last_is_known_beside_a_tap() -> None:
    screens = Screens()
    screens.show(Unsent(9, CHAT, question(5)), 5, Shown(102))
    screens.tapped(CHAT, 6, Shown(103, picture=True))
    assert screens.message_of(CHAT, 6) == Shown(103, picture=True)
    assert screens.passed(Unsent(8, CHAT, question(4)))
