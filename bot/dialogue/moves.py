"""How a session changes: an answer accepted, a step back, a statement made or taken back. Nothing is said here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.dialogue import statements
from bot.dialogue.path import Path, Place
from bot.dialogue.session import Aside, Session
from bot.dialogue.statements import Answers, standing
from bot.flow.answers import Answer, AnswerValue, facts_of, fits
from bot.flow.clinical import RedFlag
from bot.flow.conditions import NONE
from bot.flow.models import Flow


def place_of(path: Path, session: Session) -> Place:
    """The place a session stands at, without a replay."""
    facts = facts_of(path.flow, session.answers)
    return Place(session.node, session.answers, facts, standing(path.flow, session), session.pending)


def accept(path: Path, session: Session, value: AnswerValue) -> tuple[Session, Place]:
    """Record an answer to the question shown, and move on."""
    if session.reopened or session.dormant or session.stale:
        return _replayed(path, _without(session, session.showing), {**all_answers(session), session.showing: value})
    place = path.follow(place_of(path, session), value, session.touched_at)
    return _settled(session, place), place


def take_offer(path: Path, session: Session, question: str, value: AnswerValue) -> tuple[Session, Place]:
    """Record an answer to a question that an outcome offers."""
    return _replayed(path, session, {**all_answers(session), question: value})


def all_answers(session: Session) -> dict[str, AnswerValue]:
    """Every answer given, also those off the path."""
    return {answer.question: answer.value for answer in (*session.dormant, *session.answers)}


def remembered(path: Path, session: Session) -> tuple[Answer, ...]:
    """The answers that count, in order; also those that will count again once danger signs were asked about anew."""
    if not session.stale:
        return session.answers
    given = all_answers(session)
    whole = path.replay({answer.question: answer.value for answer in session.stale} | given)
    return tuple(answer for answer in whole.answers if answer.question in given)


def asked_anew(path: Path, session: Session) -> frozenset[str]:
    """The questions whose answers are too old, while they are being asked again."""
    if path.machine.alarms(session.node):
        return frozenset()
    return frozenset(answer.question for answer in session.stale)


def too_old(flow: Flow, session: Session) -> frozenset[str]:
    """The questions about danger whose answers were given too long ago to count."""
    limit = session.touched_at - flow.danger_answers_hold * 3600
    given = (*session.answers, *session.dormant)
    return frozenset([answer.question for answer in given if answer.at < limit and answer.question in flow.ageing])


def renewed(path: Path, session: Session) -> Session:
    """Without the answers that are too old: they are asked again, in their order. Statements and other answers stay."""
    old = too_old(path.flow, session)
    stale = (*session.stale, *(answer for answer in (*session.dormant, *session.answers) if answer.question in old))
    aged = session.but(stale=stale)
    rest = {name: value for name, value in all_answers(session).items() if name not in old}
    moved, _ = _replayed(path, aged, rest, frozenset(answer.question for answer in stale))
    return _as_it_was(session, moved) if moved.node == session.node else moved


def _without(session: Session, question: str) -> Session:
    """The session without the earlier answer to a question that is answered now."""
    answers, dormant = (
        tuple(answer for answer in given if answer.question != question) for given in (session.answers, session.dormant)
    )
    return session.but(answers=answers, dormant=dormant)


def _replayed(
    path: Path, session: Session, answers: Answers, anew: frozenset[str] | None = None
) -> tuple[Session, Place]:
    """Find the place anew. Red flags that these answers no longer show are asked about."""
    anew = asked_anew(path, session) if anew is None else anew
    place = _dated(session, path.replay(answers, standing(path.flow, session), anew))
    dormant = tuple(Answer(name, value) for name, value in answers.items() if name not in place.asked)
    moved = _settled(session, place).but(
        dormant=_with_times(session, dormant),
        stale=tuple(answer for answer in session.stale if answer.question not in answers),
    )
    gone = statements.lost(path, session, answers)
    if gone:
        moved = replace(moved, aside=Aside("aside_retract", ",".join(gone)).over(moved.aside))
    return moved, replace(place, notices=()) if place.node == session.node else place


def _dated(session: Session, place: Place) -> Place:
    return replace(place, answers=_with_times(session, place.answers))


def _with_times(session: Session, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The answers with the times they were given; what the session does not know was given now."""
    given_at = {answer.question: answer.at for answer in (*session.dormant, *session.answers)}
    return tuple(Answer(a.question, a.value, given_at.get(a.question, session.touched_at)) for a in answers)


def _settled(session: Session, place: Place) -> Session:
    """The session at a place: every flag found is now stated."""
    moved = session.but(
        node=place.node,
        answers=place.answers,
        pending=place.pending,
        reopened=None,
        picked=session.waiting if place.node == session.node else (),
        waiting=(),
    )
    return statements.with_findings(moved, place.findings)


def state(path: Path, session: Session, flags: Iterable[RedFlag], *, unsure: bool = False) -> Session:
    """Record that typed words stated flags. Where no question falls away by that, the screen stays as it was."""
    stated, alarming = session, False
    for flag in flags:
        stated = statements.heard(stated, flag, unsure=unsure)
        alarming = alarming or (flag.if_unsure if unsure else flag.tier).alarms
    moved, _ = _replayed(path, stated, all_answers(stated), frozenset() if alarming else None)
    return _as_it_was(session, moved) if moved.node == session.node else moved


def _as_it_was(before: Session, moved: Session) -> Session:
    """The moved session, with the screen and the ticks it had before."""
    return replace(moved, reopened=before.reopened, picked=before.picked, waiting=before.waiting)


def retract(path: Path, session: Session, flag: RedFlag) -> tuple[Session, Place]:
    """Take a statement back: what made it is unsaid, and asked again."""
    before = session.statement(flag.id)
    taken_back = session.with_statement(replace(before, retracted=True)) if before else session
    given = all_answers(session)
    known = {name: value for name, value in given.items() if name in path.flow.questions}
    unknown = {name: value for name, value in given.items() if name not in known}
    rest = unknown | statements.unsaid(path.flow, known, flag)
    return _replayed(path, statements.without_combinations(path, taken_back, rest), rest)


def confirm(path: Path, session: Session, flag: RedFlag) -> tuple[Session, Place]:
    """Keep a statement: from now on it stands by the patient's own word, whatever the answers show."""
    before = session.statement(flag.id)
    kept = session.with_statement(replace(before, heard=True)) if before else session
    return _replayed(path, kept, all_answers(session))


def step_back(session: Session) -> Session | None:
    """Show the question before the one shown; None at the beginning."""
    asked = [answer.question for answer in session.answers]
    here = asked.index(session.reopened) if session.reopened in asked else len(asked)
    return reopen(session, asked[here - 1]) if here else None


def reopen(session: Session, question: str) -> Session:
    """Show an answered question again with its ticks; the answers after it and the ticks left behind are kept."""
    value = all_answers(session)[question]
    ticks = tuple(tick for tick in value if tick != NONE) if isinstance(value, tuple) else ()
    waiting = session.waiting if session.reopened else session.picked
    return replace(session, reopened=question, picked=ticks, waiting=waiting)


def migrated(path: Path, session: Session) -> Session:
    """A session begun on another version of the flow, moved to this one with every answer that still fits.

    Answers to questions that this version does not have count again when the session is moved to one that has them.
    """
    given = (*session.dormant, *session.answers)
    unknown = {answer.question: answer.value for answer in given if answer.question not in path.flow.questions}
    fitting = {answer.question: answer.value for answer in given if _still_fits(path, answer)}
    known = session.but(
        flow=path.flow.name,
        flow_hash=path.flow.hash,
        aside=_known(path, session.aside),
        stale=tuple(answer for answer in session.stale if _still_fits(path, answer)),
    )
    moved, _ = _replayed(path, known, unknown | fitting)
    same = moved.node == session.node and (session.reopened is None or session.reopened in fitting)
    return _as_it_was(session, moved) if same else moved


def _still_fits(path: Path, answer: Answer) -> bool:
    question = path.flow.questions.get(answer.question)
    return question is not None and fits(question, answer.value)


def _known(path: Path, aside: Aside | None) -> Aside | None:
    """The aside without the flags that this version does not have; None where nothing is left to ask."""
    if aside is None:
        return None
    below = _known(path, aside.below)
    flags = ",".join(flag for flag in aside.flags if path.flow.flag(flag))
    return below if aside.dangerous and not flags else Aside(aside.question, flags or aside.about, below)
