"""The session is a plain frozen value that survives JSON."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from bot.dialogue.session import FORMAT, Aside, NewerFormatError, Session, Statement, session_from_data
from bot.flow.clinical import Tier
from tests.support.sessions import EVERYTHING, PLAIN


@pytest.mark.parametrize("session", [PLAIN, EVERYTHING, replace(EVERYTHING, waiting=("mri",))])
def test_survives_json(session: Session) -> None:
    assert session_from_data(json.loads(json.dumps(session.to_data()))) == session


def test_asides_survive_json_with_what_waits_below() -> None:
    session = replace(PLAIN, aside=Aside("aside_delete", "", Aside("aside_heard", "a,b", Aside("aside_retract", "c"))))
    assert session_from_data(json.loads(json.dumps(session.to_data()))) == session


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(NewerFormatError, match="newer than this program"):
        session_from_data({**PLAIN.to_data(), "format": FORMAT + 1})


def test_a_session_that_an_older_program_kept_is_read() -> None:
    newer = {"reminders", "let_be", "utc_offset", "puzzled"}
    older = {name: value for name, value in PLAIN.to_data().items() if name not in newer}
    assert session_from_data(older) == PLAIN


def test_nothing_can_be_changed_in_place() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAIN.turn = 3  # type: ignore[misc]


def test_a_statement_replaces_the_one_about_the_same_flag() -> None:
    session = PLAIN.with_statement(Statement("a", Tier.SOON)).with_statement(Statement("b", Tier.SOON))
    session = session.with_statement(Statement("a", Tier.EMERGENCY, retracted=True))
    assert [entry.flag for entry in session.stated] == ["b", "a"]
    statement = session.statement("a")
    assert statement is not None
    assert not statement.stands
    assert session.statement("c") is None


def test_what_is_showing_is_the_reopened_question_or_the_place() -> None:
    assert PLAIN.showing == "who"
    assert replace(PLAIN, reopened="region").showing == "region"


def test_questions_about_danger_wait_below_each_once() -> None:
    heard = Aside("aside_heard", "a,b").over(Aside("aside_delete").over(None))
    assert heard == Aside("aside_heard", "a,b")
    retract = Aside("aside_retract", "c").over(heard)
    assert retract.below == heard
    assert Aside("aside_heard", "d,a").over(retract) == Aside("aside_heard", "d,a,b", Aside("aside_retract", "c"))
    menu = Aside("aside_topics", "tests").over(Aside("aside_delete", "", retract))
    assert menu == Aside("aside_topics", "tests", retract)
    assert menu.flags == ()
