"""From outputs to calls of the Bot API."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.adapters.telegram import callback_data
from bot.adapters.telegram.keyboards import REMEMBERED_ENDS
from bot.adapters.telegram.render import Call, Renderer, Shown
from bot.dialogue.inputs import Chose, Commanded, Finished, Ticked
from bot.dialogue.outputs import Ask, Button, Conclude, Erase, Offered, Output, Reject, Say, Settle, Tick
from tests.support.telegram_bot import WORDS

RENDERER = Renderer(WORDS)
FOOTER = ["‹ Back", "Help", "Emergency"]


def ask(kind: str = "one_of", labels: tuple[str, ...] = ("Yes", "No", "Not sure"), **more: Any) -> Ask:
    choices = tuple(Offered(re.sub(r"[^a-z0-9]+", "_", label.lower()), label) for label in labels)
    return Ask(4, "node", kind, more.pop("text", "Does it **hurt**?"), choices, **more)


def only(output: Output, shown: Shown | None = None) -> Call:
    (call,) = RENDERER.calls(output, shown)
    return call


def rows(call: Call) -> list[list[dict[str, str]]]:
    found: list[list[dict[str, str]]] = call.params["reply_markup"]["inline_keyboard"]
    return found


def labels(call: Call) -> list[list[str]]:
    return [[key["text"] for key in row] for row in rows(call)]


def done(call: Call) -> dict[str, object]:
    return {key["text"]: callback_data.read(key["callback_data"]) for row in rows(call) for key in row}


def test_a_question_with_short_choices() -> None:
    call = only(ask(progress=(4, 18)))
    assert call.method == "sendMessage"
    assert call.params["text"] == "Does it <b>hurt</b>?\n\n<i>4 of about 18</i>"
    assert labels(call) == [["Yes", "No", "Not sure"], FOOTER]
    assert done(call)["Not sure"] == Chose(("not_sure",), 4)
    assert done(call)["Emergency"] == Commanded("emergency", 4)


def test_long_choices_take_a_row_each() -> None:
    assert labels(only(ask(labels=("Knee", "Elbow, wrist or hand")))) == [["Knee"], ["Elbow, wrist or hand"], FOOTER]


def test_choices_of_middling_length_share_a_row() -> None:
    assert labels(only(ask(labels=("1-2 weeks", "3-6 weeks", "7-12 weeks")))) == [
        ["1-2 weeks", "3-6 weeks"],
        ["7-12 weeks"],
        FOOTER,
    ]


def test_a_scale_has_two_rows() -> None:
    call = only(ask("scale", tuple(map(str, range(11)))))
    assert [len(row) for row in rows(call)] == [6, 5, 3]


def test_ticks_set_what_they_show_the_opposite_of() -> None:
    call = only(ask("many_of", ("Fever", "Night pain", "None"), picked=("fever",)))
    assert labels(call) == [["☑ Fever"], ["☐ Night pain"], ["None"], ["Done"], FOOTER]
    assert done(call)["☑ Fever"] == Ticked("fever", False, 4)
    assert done(call)["☐ Night pain"] == Ticked("night_pain", True, 4)
    assert done(call)["None"] == Chose(("none",), 4)
    assert done(call)["Done"] == Finished(4)


def test_done_needs_a_tick() -> None:
    assert ["Done"] not in labels(only(ask("many_of", ("Fever", "None"))))


def test_explanations_and_keeping_an_answer() -> None:
    call = only(ask(has_why=True, has_meaning=True, keep="Keep: Knee"))
    assert labels(call)[0] == ["Keep: Knee"]
    assert labels(call)[-2] == ["Why do you ask?", "What does this mean?"]
    assert done(call)["Keep: Knee"] == Commanded("keep", 4)
    assert done(call)["Why do you ask?"] == Commanded("why", 4)


def test_what_is_remembered_of_keyboards_belongs_to_its_turn_and_its_question() -> None:
    explained = replace(ask(), has_why=True)
    for turn in (*range(1, 2 * REMEMBERED_ENDS), 1):
        for asked, explanations in ((ask(), []), (explained, [["Why do you ask?"]])):
            call = only(replace(asked, turn=turn))
            assert labels(call) == [["Yes", "No", "Not sure"], *explanations, FOOTER]
            assert done(call)["Yes"] == Chose(("yes",), turn)
            assert done(call)["‹ Back"] == Commanded("back", turn)


def test_buttons_bear_their_own_words_in_whatever_order_the_flow_tells_them() -> None:
    told = {**WORDS, "why": "Because.", "meaning": "It means.", "help": "How I work.", "emergency": "The numbers."}
    asked = ask(has_why=True, has_meaning=True)
    for words in (told, dict(reversed(told.items()))):
        (call,) = Renderer(words).calls(asked)
        assert labels(call)[-2:] == [["Why do you ask?", "What does this mean?"], FOOTER]


def test_a_question_to_be_typed_still_has_what_is_always_at_hand() -> None:
    assert labels(only(ask("text", ()))) == [FOOTER]


def test_more_choices_than_telegram_takes() -> None:
    call = only(ask(labels=tuple(f"Country {number}" for number in range(200)), has_why=True))
    assert sum(len(row) for row in rows(call)) <= 100
    assert labels(call)[-1] == FOOTER


def test_labels_that_are_too_long_are_clipped() -> None:
    assert all(len(key["text"]) <= 60 for row in rows(only(ask(keep="Keep: " + "x" * 4000))) for key in row)


def test_a_picture_carries_the_question() -> None:
    call = only(ask(picture="body.png"))
    assert (call.method, call.picture) == ("sendPhoto", "body.png")
    assert call.params["caption"] == "Does it <b>hurt</b>?"
    assert labels(call)[-1] == FOOTER


def test_a_long_question_follows_its_picture() -> None:
    photo, question = RENDERER.calls(ask(picture="body.png", text="Word. " * 200))
    assert (photo.method, photo.params, photo.picture) == ("sendPhoto", {}, "body.png")
    assert (question.method, question.picture) == ("sendMessage", None)


def test_a_very_long_question_keeps_its_buttons_and_progress_last() -> None:
    first, last = RENDERER.calls(ask(text="Word. " * 800, progress=(1, 2)))
    assert "reply_markup" not in first.params
    assert last.params["text"].endswith("<i>1 of about 2</i>")
    assert labels(last)[-1] == FOOTER


def test_saying_something_with_a_link() -> None:
    call = only(Say("Call **us** & come", buttons=(Button("Book", "https://x.org"), Button("Call", "tel:112"))))
    assert call.params["text"] == "Call <b>us</b> &amp; come"
    assert rows(call) == [[{"text": "Book", "url": "https://x.org"}]]


def test_a_rejection_has_no_buttons() -> None:
    assert "reply_markup" not in only(Reject("Please tap a button.")).params


def test_a_result_is_several_messages_with_the_offers_on_the_last() -> None:
    offers = (Offered("more", "More"), Offered("restart", "Start over"))
    link = (Button("Book", "https://x.org"),)
    first, last = RENDERER.calls(Conclude(9, "result", ("One", "Two"), offers, {}, link))
    assert (first.params["text"], last.params["text"]) == ("One", "Two")
    assert "reply_markup" not in first.params
    assert labels(last) == [["Book"], ["More"], ["Start over"], FOOTER]


def test_a_tick_redraws_the_buttons() -> None:
    call = only(Tick(ask("many_of", ("Fever",), picked=("fever",))), Shown(77))
    assert (call.method, call.params["message_id"]) == ("editMessageReplyMarkup", 77)
    assert labels(call)[0] == ["☑ Fever"]


def test_an_answered_question_shows_the_answer_and_no_buttons() -> None:
    call = only(Settle(4, "Does it **hurt**?", "**Yes** <b>"), Shown(77))
    assert call.method == "editMessageText"
    assert call.params["text"] == "Does it <b>hurt</b>?\n\n✓ **Yes** &lt;b&gt;"
    assert "reply_markup" not in call.params


def test_an_answered_picture_question() -> None:
    call = only(Settle(4, "Where? " * 300, "x" * 4096), Shown(77, picture=True))
    assert call.method == "editMessageCaption"
    assert len(call.params["caption"]) <= 1024


def test_a_question_passed_over_only_loses_its_buttons() -> None:
    call = only(Settle(4), Shown(77))
    assert (call.method, call.params) == ("editMessageReplyMarkup", {"message_id": 77})


@pytest.mark.parametrize("output", [Settle(4, "q", "a"), Tick(ask()), Erase()])
def test_what_was_never_shown_cannot_be_changed(output: Output) -> None:
    assert RENDERER.calls(output) == []
