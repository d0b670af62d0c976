"""Values to rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.dialogue.outputs import Output, Settle, Tick, output_from_data, output_to_data
from bot.dialogue.session import NewerFormatError, Session, session_from_data
from bot.fast_json import from_json, to_json
from bot.flow.answers import Answer
from bot.ports import Delivered, NewerError, Timer, Unsent

Row = dict[str, Any]
URGENT, USUAL = 0, 1  # ranks
NOTHING = 2  # comes after every rank
ASKING, CONCLUDING = "ask", "conclude"  # kinds of outputs
REDRAWING = ("tick", "settle")


def json_text(data: object) -> str:
    """Plain data as JSON, for a column of text."""
    return to_json(data).decode()


def session_row(chat: int, session: Session, now: float) -> Row:
    """A row of `sessions`, for somebody who is here."""
    return {
        "chat": chat,
        "session": json_text(session.to_data()),
        "flow_hash": session.flow_hash,
        "updated_at": now,
        "has_left": False,
    }


def empty_session_row(chat: int, now: float) -> Row:
    """A row of `sessions` that is only made to be locked."""
    return {"chat": chat, "session": None, "flow_hash": None, "updated_at": now, "has_left": False}


def read_session(text: str | None) -> Session | None:
    """The session of a row. Raises NewerError, ValueError."""
    try:
        return session_from_data(from_json(text)) if text else None
    except NewerFormatError as error:
        raise NewerError from error


def answer_row(chat: int, answer: Answer, given_at: float) -> Row:
    """A row of `answers`."""
    return {"chat": chat, "question": answer.question, "value": json_text(answer.value), "given_at": given_at}


def timer_row(chat: int, timer: Timer) -> Row:
    """A row of `timers`."""
    return {"chat": chat, "kind": timer.kind, "due_at": timer.due}


def output_row(chat: int, output: Output, worker: str, now: float) -> Row:
    """A row of `outbox`, which this worker is to send."""
    data = output_to_data(output)
    return {
        "chat": chat,
        "rank": URGENT if data.get("urgent") else USUAL,
        "kind": data["type"],
        "turn": turn_of(output),
        "output": json_text(data),
        "created_at": now,
        "worker": worker,
    }


def read_unsent(number: int, chat: int, output: str, since: float) -> Unsent:
    """What a row of `outbox` says."""
    return Unsent(number, chat, output_from_data(from_json(output)), since)


def shown_rows(delivered: Iterable[Delivered]) -> list[Row]:
    """Rows of `shown`, for questions that a message shows now; the last one counts. In the order all lock them in."""
    rows = {}
    for one in delivered:
        output, turn = one.unsent.output, turn_of(one.unsent.output)
        if one.message_id is not None and turn is not None and not redraws(output):
            rows[one.unsent.chat, turn] = {"chat": one.unsent.chat, "turn": turn, "message_id": one.message_id}
    return [rows[key] for key in sorted(rows)]


def turn_of(output: Output) -> int | None:
    """The turn of the question that the output shows or changes, if any."""
    return output.ask.turn if isinstance(output, Tick) else getattr(output, "turn", None)


def redraws(output: Output) -> bool:
    """Does the output change a message that shows a question already?"""
    return isinstance(output, Tick | Settle)
