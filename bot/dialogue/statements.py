"""What the patient stated about danger signs: what stands, what is new, what would be lost, what made a statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.dialogue.path import Path
from bot.dialogue.session import Session, Statement
from bot.flow.answers import Answer, AnswerValue, facts_made, facts_of
from bot.flow.clinical import RedFlag, most_urgent
from bot.flow.conditions import UNSURE, Fact
from bot.flow.models import Flow
from bot.flow.questions import Question
from bot.triage.screening import Finding

Answers = Mapping[str, AnswerValue]  # question -> answer


def standing(flow: Flow, session: Session, *, heard_only: bool = False) -> tuple[Finding, ...]:
    """The stated red flags that have not been taken back."""
    return tuple(
        Finding(flag, entry.tier, entry.unsure)
        for entry in session.stated
        if entry.stands and (entry.heard or not heard_only) and (flag := flow.flag(entry.flag))
    )


def with_findings(session: Session, findings: Iterable[Finding]) -> Session:
    """Every flag that the answers show is now stated. Of combinations, which follow from others, only alarms are."""
    for finding in findings:
        before = session.statement(finding.flag.id)
        was_heard = bool(before and before.stands and before.heard)
        new = Statement(finding.flag.id, finding.tier, finding.unsure, was_heard)
        if new != before and (finding.tier.alarms or not finding.flag.combines):
            session = session.with_statement(new)
    return session


def heard(session: Session, flag: RedFlag, *, unsure: bool) -> Session:
    """Typed words state this flag. It never becomes less urgent by that."""
    tier = flag.if_unsure if unsure else flag.tier
    before = session.statement(flag.id)
    if before and before.stands:
        tier, unsure = most_urgent([tier, before.tier]), unsure and before.unsure
    return session.with_statement(Statement(flag.id, tier, unsure, heard=True))


def without_combinations(path: Path, session: Session, answers: Answers) -> Session:
    """What a combination rested on was taken back: then it is taken back too, where nothing else shows it."""
    combined = [entry for entry in session.stated if entry.stands and _combines(path.flow, entry)]
    if not combined:
        return session
    others = tuple(finding for finding in standing(path.flow, session) if not finding.flag.combines)
    shown = {finding.flag.id for finding in path.replay(answers, others).findings}
    for entry in combined:
        session = session if entry.flag in shown else session.with_statement(replace(entry, retracted=True))
    return session


def _combines(flow: Flow, entry: Statement) -> bool:
    flag = flow.flag(entry.flag)
    return flag is not None and flag.combines


def lost(path: Path, session: Session, answers: Answers) -> tuple[str, ...]:
    """Red flags that earlier answers stated and these no longer show, most urgent first: they must not vanish silently.

    An answer that is too old shows its flags until the question is answered again.

    Where these answers raise an alarm, a less urgent flag can wait until that is settled.
    """
    by_answer = [entry for entry in session.stated if entry.stands and not entry.heard and path.flow.flag(entry.flag)]
    if not by_answer:
        return ()
    shown_by = {**{answer.question: answer.value for answer in session.stale}, **answers}
    fresh = path.replay(shown_by, standing(path.flow, session, heard_only=True)).findings
    shown = {finding.flag.id: finding.tier.urgency for finding in fresh}
    alarm = max((finding.tier.urgency for finding in fresh if finding.tier.alarms), default=0)
    gone = [e for e in by_answer if e.tier.urgency > max(alarm, shown.get(e.flag, 0))]
    return tuple(entry.flag for entry in sorted(gone, key=lambda entry: -entry.tier.urgency))


def unsaid(flow: Flow, answers: Answers, flag: RedFlag) -> dict[str, AnswerValue]:
    """The answers without those that raise this flag: of a list only the ticks, else the whole answer."""
    facts = facts_of(flow, _listed(answers))
    if not flag.when.possible(facts):
        return dict(answers)
    behind = {*flag.when.evidence(facts), *(name for name in flag.when.names() if _unsure(facts.get(name)))}
    kept = _without(flow, answers, behind & _of_dangers(flow, answers) or behind)
    if flag.when.possible(facts_of(flow, _listed(kept))):
        return _without(flow, answers, flag.when.names())
    return kept


def ticks_behind(flow: Flow, answers: Iterable[Answer], flag: RedFlag) -> tuple[str, ...]:
    """The ticks in lists of danger signs that show this flag, as they stand on the buttons. "Not sure" says nothing."""
    given = tuple(answers)
    evidence = {*flag.when.evidence(facts_of(flow, given))}
    return tuple(
        choice.label
        for answer in given
        if isinstance(answer.value, tuple) and (question := flow.questions[answer.question]).danger
        for choice in question.choices
        if choice.id in answer.value
        and not choice.exclusive
        and any(name in evidence and fact != UNSURE for name, fact in choice.sets)
    )


def _unsure(fact: Fact | None) -> bool:
    return UNSURE in fact if isinstance(fact, frozenset) else fact == UNSURE


def _listed(answers: Answers) -> tuple[Answer, ...]:
    return tuple(Answer(question, value) for question, value in answers.items())


def _of_dangers(flow: Flow, answers: Answers) -> set[str]:
    """The facts that questions about danger made: those are doubted first, not the age or where it hurts."""
    asked = ((flow.questions[name], value) for name, value in answers.items())
    return {fact for question, value in asked if question.danger for fact, _ in facts_made(question, value)}


def _without(flow: Flow, answers: Answers, facts: Iterable[str]) -> dict[str, AnswerValue]:
    doubted = frozenset(facts)
    rest = {name: _rest(flow.questions[name], value, doubted) for name, value in answers.items()}
    return {name: value for name, value in rest.items() if value is not None}


def _rest(question: Question, value: AnswerValue, doubted: frozenset[str]) -> AnswerValue | None:
    """What is left of an answer when nothing in it may make these facts; None where it must be asked again."""
    if isinstance(value, tuple) and question.id not in doubted:
        ticks = [choice for choice in question.choices if choice.id in value]
        return tuple(c.id for c in ticks if doubted.isdisjoint(name for name, _ in c.sets)) or None
    return value if doubted.isdisjoint(name for name, _ in facts_made(question, value)) else None
