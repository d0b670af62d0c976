"""What is on the screen: a question of the flow, one of the program's own, or the menu after a result."""

from __future__ import annotations

from dataclasses import replace
from textwrap import shorten

from bot.dialogue.moves import remembered
from bot.dialogue.outputs import Offered
from bot.dialogue.present import Presenter
from bot.dialogue.results import Results
from bot.dialogue.session import Aside, Session
from bot.dialogue.statements import standing
from bot.flow.questions import Choice, Kind, Question

WIDEST = 36  # letters on a button of a small phone
Screen = Question  # whatever is shown can be answered like a question

_GROUP = "group_"  # messages of this prefix name the groups of topics


def shown(presenter: Presenter, results: Results, session: Session) -> Screen:
    """The question that an input would answer now."""
    flow = presenter.flow
    if session.aside:
        return _aside(presenter, results, session, session.aside)
    if session.showing in flow.questions:
        return flow.questions[session.showing]
    offers = results.offers(session, results.assessment(session, standing(flow, session)))
    steps = [entry for entry in offers if entry.id in flow.steps_by_id]  # told with their numbers
    numbers = {entry.id: (str(number),) for number, entry in enumerate(steps, 1)}
    choices = tuple(Choice(entry.id, entry.label, accepts=numbers.get(entry.id, ())) for entry in offers)
    return Question(session.node, Kind.ONE_OF, presenter.text("menu"), choices)


def _aside(presenter: Presenter, results: Results, session: Session, aside: Aside) -> Screen:
    question = presenter.flow.questions[aside.question]
    if aside.flags and (flag := presenter.flow.flag(aside.flags[0])):
        return replace(question, ask=presenter.fill(question.ask, question=flag.question, signs=flag.signs))
    if aside.question == "aside_change":
        return replace(question, choices=(*_answered(presenter, session), *question.choices))
    if aside.question == "aside_more":
        more = results.more(results.assessment(session, standing(presenter.flow, session)))
        return replace(question, choices=(*_choices(more), *question.choices))
    if aside.question == "aside_topics":
        return _topics(presenter, question, aside.about)
    if aside.question == "aside_country":
        return replace(question, choices=(*_countries(presenter, session), *question.choices))
    return question


def _choices(offered: tuple[Offered, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(entry.id, entry.label) for entry in offered)


def _answered(presenter: Presenter, session: Session) -> tuple[Choice, ...]:
    given = remembered(presenter.knowledge.path, session)
    asked = (presenter.fill(presenter.flow.questions[answer.question].ask, session) for answer in given)
    return tuple(
        Choice(answer.question, shorten(f"{number}. {ask}", WIDEST, placeholder=" …"), accepts=(str(number), ask))
        for number, (answer, ask) in enumerate(zip(given, asked, strict=True), 1)
    )


def _topics(presenter: Presenter, question: Question, group: str) -> Question:
    flow = presenter.flow
    if group:
        ask = presenter.text("topic_group")
        choices = tuple(Choice(topic.id, topic.title) for topic in flow.topics if topic.group == group)
    else:
        ask = presenter.text("topics_intro")
        groups = dict.fromkeys(topic.group for topic in flow.topics)
        choices = tuple(Choice(name, flow.messages[_GROUP + name]) for name in groups)
    return replace(question, ask=ask, choices=(*choices, *question.choices))


def _countries(presenter: Presenter, session: Session) -> tuple[Choice, ...]:
    countries = presenter.knowledge.numbers.likely(session.language, len(presenter.knowledge.numbers.countries))
    return tuple(Choice(country.choice, country.name, accepts=country.known_as) for country in countries)
