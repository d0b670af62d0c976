"""How a session changes: an answer accepted, a step back, a statement made or taken back. Nothing is said here."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.path import Path, Place
from bot.dialogue.session import Aside, Session, Statement
from bot.flow.answers import Answer, AnswerValue, facts_made, facts_of, fits
from bot.flow.conditions import UNSURE
from bot.flow.models import Flow, RedFlag
from bot.triage.screening import Finding


def place_of(path: Path, session: Session) -> Place:
    """The place a session stands at, without a replay."""
    facts = facts_of(path.flow, session.answers)
    return Place(session.node, session.answers, facts, standing(path.flow, session), session.pending)


def standing(flow: Flow, session: Session, *, heard_only: bool = False) -> tuple[Finding, ...]:
    """The stated red flags that have not been taken back."""
    return tuple(
        Finding(flag, entry.tier, entry.unsure)
        for entry in session.stated
        if entry.stands and (entry.heard or not heard_only) and (flag := flow.flag(entry.flag))
    )


def accept(path: Path, session: Session, value: AnswerValue) -> tuple[Session, Place]:
    """Record an answer to the question shown, and move on."""
    if session.reopened or session.dormant:
        return _replayed(path, session, {**_all_answers(session), session.showing: value})
    place = path.follow(place_of(path, session), value)
    return settled(session, place), place


def take_offer(path: Path, session: Session, question: str, value: AnswerValue) -> tuple[Session, Place]:
    """Record an answer to a question that an outcome offers."""
    return _replayed(path, session, {**_all_answers(session), question: value})


def replayed(path: Path, session: Session) -> tuple[Session, Place]:
    """Find the place anew from all answers."""
    return _replayed(path, session, _all_answers(session))


def _all_answers(session: Session) -> dict[str, AnswerValue]:
    return {answer.question: answer.value for answer in (*session.dormant, *session.answers)}


def _replayed(path: Path, session: Session, answers: dict[str, AnswerValue]) -> tuple[Session, Place]:
    place = path.replay(answers, standing(path.flow, session))
    on_path = {answer.question for answer in place.answers}
    dormant = tuple(Answer(name, value) for name, value in answers.items() if name not in on_path)
    moved = replace(settled(session, place), dormant=dormant)
    gone = _no_longer_shown(path, session, answers)
    return replace(moved, aside=Aside("aside_retract", gone)) if gone else moved, place


def _no_longer_shown(path: Path, session: Session, answers: dict[str, AnswerValue]) -> str | None:
    """A red flag that an earlier answer stated and the answers no longer show: it must not vanish silently."""
    if not any(entry.stands and not entry.heard for entry in session.stated):
        return None
    fresh = path.replay(answers, standing(path.flow, session, heard_only=True))
    tiers = {finding.flag.id: finding.tier.urgency for finding in fresh.findings}
    lost = (e.flag for e in session.stated if e.stands and tiers.get(e.flag, 0) < e.tier.urgency)
    return next(lost, None)


def settled(session: Session, place: Place) -> Session:
    """The session at a place: every flag found is now stated."""
    moved = replace(
        session, node=place.node, answers=place.answers, pending=place.pending, reopened=None, picked=(), aside=None
    )
    for finding in place.findings:
        before = session.statement(finding.flag.id)
        if finding.flag.combines or (before and before.stands and before.tier == finding.tier):
            continue
        heard = bool(before and before.stands and before.heard)
        moved = moved.with_statement(Statement(finding.flag.id, finding.tier, finding.unsure, heard))
    return moved


def state(path: Path, session: Session, flag: RedFlag, *, unsure: bool = False) -> tuple[Session, Place]:
    """Record that typed words stated a flag. An alarm ends the questions."""
    finding = Finding(flag, flag.if_unsure if unsure else flag.tier, unsure)
    stated = session.with_statement(Statement(flag.id, finding.tier, unsure, heard=True))
    place = path.with_standing(place_of(path, stated), standing(path.flow, stated))
    return replace(stated, node=place.node, reopened=None if place.node != session.node else session.reopened), place


def retract(path: Path, session: Session, flag_id: str) -> tuple[Session, Place]:
    """Take a statement back: the answers that made it are asked again."""
    before = session.statement(flag_id)
    flag = path.flow.flag(flag_id)
    if before is None or flag is None:
        return replayed(path, replace(session, aside=None))
    taken_back = replace(session.with_statement(replace(before, retracted=True)), aside=None)
    wrong = _answers_behind(path.flow, session, flag)
    kept = tuple(answer for answer in session.answers if answer.question not in wrong)
    return replayed(path, replace(taken_back, answers=kept))


def _answers_behind(flow: Flow, session: Session, flag: RedFlag) -> frozenset[str]:
    """The questions whose answers raise this flag."""
    facts = facts_of(flow, session.answers)
    names = set(flag.when.evidence(facts)) | {name for name in flag.when.names() if facts.get(name) == UNSURE}
    if not flag.when.possible(facts):
        return frozenset()
    return frozenset(
        answer.question
        for answer in session.answers
        if any(name in names for name, _ in facts_made(flow.questions[answer.question], answer.value))
    )


def confirm(path: Path, session: Session, flag_id: str) -> tuple[Session, Place]:
    """Keep a statement that the answers no longer show: from now on it stands by the patient's own word."""
    before = session.statement(flag_id)
    kept = session.with_statement(replace(before, heard=True)) if before else session
    return replayed(path, replace(kept, aside=None))


def step_back(session: Session) -> Session | None:
    """Show the question before the one shown; None at the beginning."""
    asked = [answer.question for answer in session.answers]
    here = asked.index(session.reopened) if session.reopened in asked else len(asked)
    return reopen(session, asked[here - 1]) if here else None


def reopen(session: Session, question: str) -> Session:
    """Show an answered question again; the answers after it are kept."""
    return replace(session, reopened=question, picked=(), aside=None)


def migrated(path: Path, session: Session) -> tuple[Session, bool]:
    """A session begun on an older version of the flow, moved to this one. True if answers no longer fit."""
    answers = (*session.dormant, *session.answers)
    fitting = tuple(a for a in answers if (q := path.flow.questions.get(a.question)) and fits(q, a.value))
    known = replace(session, flow=path.flow.name, flow_hash=path.flow.hash, answers=fitting, dormant=(), aside=None)
    moved, _ = replayed(path, known)
    return moved, len(fitting) < len(answers) or moved.showing != session.showing
