"""Ways through the flow: what nothing leads to, what leads nowhere, and what the program itself asks."""

from __future__ import annotations

from bot.flow.clinical import RedFlag
from bot.flow.conditions import ALWAYS
from bot.flow.messages import ASIDES, ASIDES_IN_WORDS, OFFERS, OUTCOMES
from bot.flow.models import Flow
from bot.flow.places import Places
from bot.flow.questions import Kind, Question


def check_ways(flow: Flow, places: Places) -> None:
    """Report ways that lead nowhere, and entries that nothing leads to."""
    _check_order(flow, places)
    _check_finish(flow, places)
    _check_outcomes(flow, places)
    if flow.order:
        _check_reach(flow, places)
    _check_asides(flow, places)
    for flag in flow.red_flags.values():
        _check_clarify(flow, flag, places)
    for topic in flow.topics:
        for step in topic.steps:
            places.known("topics", topic.id, step, "next step", flow.steps_by_id)
    for question in flow.questions.values():
        if question.picture and question.picture not in flow.pictures:
            what = f"there is no picture `{question.picture}`."
            places.problem("questions", question.id, what, "Put it into pictures/, as a PNG.", "picture")


def _check_order(flow: Flow, places: Places) -> None:
    nodes = {*flow.questions, *flow.notices}
    if not flow.order:
        places.problem("order", "", "nothing is ever asked.", "Add `order:` with stages.", "order")
    for stage in flow.stages:
        for node in stage.nodes:
            places.known("order", stage.id, node, "question or notice", nodes)


def _check_finish(flow: Flow, places: Places) -> None:
    for route in flow.finish:
        places.known("finish", route.to, route.to, "outcome", flow.outcomes)
    for route in flow.finish[:-1]:
        if route.when == ALWAYS:
            places.problem("finish", route.to, "no patient gets past this way out.", "Put it last, or add `when:`.")
    if not flow.finish or flow.finish[-1].when != ALWAYS:
        remedy = "End `finish:` with a way out without `when`, such as `- {to: result}`."
        places.problem("finish", "", "a patient could be left without an end.", remedy, "finish")


def _check_outcomes(flow: Flow, places: Places) -> None:
    for needed in OUTCOMES:
        if needed not in flow.outcomes:
            what = f"there is no outcome `{needed}`."
            places.problem("outcomes", needed, what, "Write it under `outcomes:`.", "outcomes")
    for outcome in flow.outcomes.values():
        if not outcome.parts:
            places.problem("outcomes", outcome.id, "it says nothing.", "Add `parts:`, each with `say:`.")
        for offer in outcome.offers:
            places.known("outcomes", outcome.id, offer, "offer or question", OFFERS | flow.questions.keys())
            if offer in flow.questions and not flow.questions[offer].choices:
                what = f"`{offer}` has no choice that could be offered."
                places.problem("outcomes", outcome.id, what, "Offer a question with choices.", offer)


def _check_reach(flow: Flow, places: Places) -> None:
    offered = {offer for outcome in flow.outcomes.values() for offer in outcome.offers}
    clarifying = {flag.clarify for flag in flow.red_flags.values()}
    reached = {*flow.order, *offered, *clarifying, *ASIDES}
    for ident in places.ids("questions"):
        if ident not in reached:
            what = "it is never asked: it is not in the order, clarifies no danger sign and is not offered."
            places.problem("questions", ident, what, "Put it into `order:`, or remove it.")
    for ident in places.ids("notices"):
        if ident not in reached:
            places.problem("notices", ident, "it is never told.", "Put it into `order:`, or remove it.")
    for ident in flow.outcomes:
        if ident not in {*OUTCOMES, *(route.to for route in flow.finish)}:
            places.problem("outcomes", ident, "no conversation ends here.", "Name it in `finish:`, or remove it.")


def _check_asides(flow: Flow, places: Places) -> None:
    """The program's own questions are there, with the choices it knows what to do with."""
    for ident, needed in ASIDES.items():
        question = flow.questions.get(ident)
        choices = {choice.id for choice in question.choices} if question else set()
        kinds = (Kind.TEXT,) if ident in ASIDES_IN_WORDS else (Kind.ONE_OF, Kind.YES_NO)
        if choices != needed or question is None or question.kind not in kinds:
            what = f"the program needs a question `{ident}` with the choices {', '.join(sorted(needed))}, no others."
            places.problem("questions", ident, what, f"Write it as `kind: {'` or `'.join(kinds)}`.")


def _check_clarify(flow: Flow, flag: RedFlag, places: Places) -> None:
    if flag.clarify is None:
        return
    question = flow.questions.get(flag.clarify)
    if question is None or question.id in ASIDES:
        questions = flow.questions.keys() - ASIDES.keys()
        places.known("red_flags", flag.id, flag.clarify, "question to clarify with", questions)
    elif _facts_of(question).isdisjoint(_looked_at(flag)):
        what = f"no answer to `{question.id}` can change whether it counts."
        places.problem("red_flags", flag.id, what, "Name what clears it in `unless`, or remove `clarify`.", "clarify")


def _facts_of(question: Question) -> set[str]:
    made = (name for choice in question.choices for name, _ in (*choice.sets, *choice.otherwise))
    return {question.id, *made}


def _looked_at(flag: RedFlag) -> frozenset[str]:
    conditions = (flag.when, flag.unless, *(when for when, _ in flag.tiers))
    return frozenset().union(*(condition.names() for condition in conditions))
