"""From raw updates to what a person did."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.callback_data import UNKNOWN, choose
from bot.adapters.telegram.reading import read
from bot.dialogue.inputs import Chose, Commanded, Input, Opened, SentOther, Typed

Raw = dict[str, Any]

PERSON: Raw = {"id": 7, "is_bot": False, "first_name": "Pat", "language_code": "de"}
PRIVATE: Raw = {"id": 7, "type": "private", "first_name": "Pat"}
GROUP: Raw = {"id": -5, "type": "supergroup", "title": "Knees"}
CHANNEL: Raw = {"id": -6, "type": "channel", "title": "News"}


def message(**content: Any) -> Raw:
    return {"update_id": 1, "message": {"message_id": 3, "date": 0, "from": PERSON, "chat": PRIVATE} | content}


def tap(**changed: Any) -> Raw:
    query = {
        "id": "q",
        "from": PERSON,
        "message": {"message_id": 3, "date": 0, "chat": PRIVATE},
        "data": choose(2, "a"),
    }
    return {"update_id": 1, "callback_query": query | changed}


def membership(status: str, chat: Raw = PRIVATE) -> Raw:
    change = {"chat": chat, "from": PERSON, "new_chat_member": {"status": status}}
    return {"update_id": 1, "my_chat_member": change}


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("knee", Typed("knee")),
        ("  about two months ", Typed("  about two months ")),
        ("/start", Opened()),
        ("/start oslo__spring", Opened("oslo__spring")),
        ("/START@Test_Bot oslo", Opened("oslo")),
        ("/back", Commanded("back")),
        ("/Help@test_bot", Commanded("help")),
        ("/help me please", Typed("/help me please")),
        ("/stop@test_bot my chest hurts", Typed("/stop@test_bot my chest hurts")),
        ("/help ", Commanded("help")),
        ("/", Typed("/")),
        ("5/10", Typed("5/10")),
        ("half a character \ud83d and a zero \x00.", Typed("half a character ? and a zero .")),
    ],
)
def test_words(text: str, done: Input) -> None:
    update = read(message(text=text)).update
    assert (update.id, update.chat, update.language, update.done) == (1, 7, "de", done)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("sticker", "sticker"),
        ("photo", "photo"),
        ("voice", "voice"),
        ("video_note", "video"),
        ("document", "document"),
        ("location", "location"),
        ("contact", "contact"),
        ("kind_of_next_year", "other"),
    ],
)
def test_what_is_not_words(content: str, kind: str) -> None:
    assert read(message(**{content: {}})).update.done == SentOther(kind)


def test_an_animation_is_no_document() -> None:
    assert read(message(document={}, animation={})).update.done == SentOther("video")


def test_a_caption_counts_as_words() -> None:
    assert read(message(photo=[{}], caption="my knee")).update.done == Typed("my knee")


def test_messages_that_nobody_wrote_are_nothing() -> None:
    assert read(message(pinned_message={})).update.done is None


def test_an_edited_message() -> None:
    edited = {"update_id": 1, "edited_message": message(text="my chest hurts")["message"]}
    assert read(edited).update.done == SentOther("edited", "my chest hurts")


def test_a_moving_live_location_is_nothing() -> None:
    assert read({"update_id": 1, "edited_message": message(location={})["message"]}).update.done is None


def test_a_tap() -> None:
    received = read(tap())
    assert (received.callback, received.update.chat, received.update.done) == ("q", 7, Chose(("a",), 2))


@pytest.mark.parametrize(
    ("content", "shown"),
    [({"date": 9}, 3), ({"date": 9, "photo": [{}]}, -3), ({"date": 0}, None), ({"date": 9, "message_id": "x"}, None)],
)
def test_a_tap_tells_which_message_was_shown(content: Raw, shown: int | None) -> None:
    assert read(tap(message={"message_id": 3, "chat": PRIVATE} | content)).update.message == shown


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ({"data": "forged"}, UNKNOWN),
        ({"data": None}, None),
        ({"from": {**PERSON, "id": 8}}, None),  # in somebody else's chat
        ({"message": None}, None),
        ({"message": {"chat": GROUP}}, None),
        ({"from": None}, None),
    ],
)
def test_odd_taps_are_answered_and_do_no_harm(changed: Raw, done: Input | None) -> None:
    received = read(tap(**changed))
    assert (received.callback, received.update.done) == ("q", done)


def test_blocking_and_coming_back() -> None:
    assert read(membership("kicked")).update.left
    assert read(membership("member")).update.returned
    assert not read(membership("member", GROUP)).update.returned


@pytest.mark.parametrize("raw", [message(text="hi", chat=GROUP), membership("member", GROUP)])
def test_groups_get_a_reply_and_nothing_else(raw: Raw) -> None:
    received = read(raw)
    assert (received.group, received.update.done) == (-5, None)


def test_a_group_that_removed_the_bot_gets_none() -> None:
    assert read(membership("left", GROUP)).group is None


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1},
        {"update_id": 1, "channel_post": {"chat": CHANNEL, "text": "news"}},
        {"update_id": 1, "inline_query": {"id": "i", "from": PERSON, "query": "knee"}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"text": "hi"}},
        message(text="hi", **{"from": None}),
        message(text="hi", chat=CHANNEL),
    ],
)
def test_what_is_nobodys_is_nothing(raw: Raw) -> None:
    received = read(raw)
    assert (received.update.id, received.update.done, received.group, received.callback) == (1, None, None, None)


PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
KEYS = st.sampled_from(["from", "chat", "text", "caption", "data", "id", "type", "message", "photo", "new_chat_member"])
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5))


@given(
    st.dictionaries(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member", "poll"]), JSON)
)
def test_reading_never_raises(parts: Raw) -> None:
    assert read({"update_id": 9} | parts).update.id == 9
