"""What is on the screen: a question of the flow, one of the program's own, or the menu after a result."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.outputs import Offered
from bot.dialogue.present import Presenter
from bot.dialogue.session import Session
from bot.flow.models import Choice, Kind, Question
from bot.triage.screening import Finding

Screen = Question  # whatever is shown can be answered like a question

_GROUP = "group_"  # messages of this prefix name the groups of topics


def shown(presenter: Presenter, session: Session, findings: tuple[Finding, ...]) -> Screen:
    """The question that an input would answer now."""
    flow = presenter.flow
    if session.aside:
        return _aside(presenter, session)
    if session.showing in flow.questions:
        return flow.questions[session.showing]
    offers = presenter.offers(session, presenter.assessment(session, findings))
    return Question(session.node, Kind.ONE_OF, presenter.text("menu"), _choices(offers))


def _aside(presenter: Presenter, session: Session) -> Screen:
    aside = session.aside
    assert aside is not None
    flow = presenter.flow
    question = flow.questions[aside.question]
    flag = flow.flag(aside.about.split(",")[0])
    if flag is not None:
        return replace(question, ask=presenter.fill(question.ask, question=flag.question, signs=flag.signs))
    if aside.question == "aside_change":
        return replace(question, choices=(*_answered(presenter, session), *question.choices))
    if aside.question == "aside_topics":
        return _topics(presenter, question, aside.about)
    if aside.question == "aside_country":
        return replace(question, choices=(*_countries(presenter, session), *question.choices))
    return question


def _choices(offered: tuple[Offered, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(entry.id, entry.label) for entry in offered)


def _answered(presenter: Presenter, session: Session) -> tuple[Choice, ...]:
    questions = presenter.flow.questions
    return tuple(
        Choice(answer.question, f"{number}. {questions[answer.question].ask}")
        for number, answer in enumerate(session.answers, 1)
    )


def _topics(presenter: Presenter, question: Question, group: str) -> Question:
    flow = presenter.flow
    if not group:
        groups = dict.fromkeys(topic.group for topic in flow.topics)
        offered = tuple(Choice(name, flow.messages[_GROUP + name]) for name in groups)
        return replace(question, ask=presenter.text("topics_intro"), choices=(*offered, *question.choices))
    topics = tuple(Choice(topic.id, topic.title) for topic in flow.topics if topic.group == group)
    return replace(question, ask=presenter.text("topic_group"), choices=(*topics, *question.choices))


def _countries(presenter: Presenter, session: Session) -> tuple[Choice, ...]:
    countries = presenter.knowledge.numbers.likely(session.language, len(presenter.knowledge.numbers.countries))
    return tuple(Choice(c.iso.lower(), c.name, accepts=(c.iso.lower(), *c.aliases)) for c in countries)
