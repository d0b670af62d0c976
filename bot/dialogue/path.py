"""Where a conversation stands: follow one answer, or replay them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.dialogue.machine import START, FlowMachine
from bot.flow.answers import Answer, AnswerValue, add_facts
from bot.flow.conditions import Fact
from bot.flow.models import Flow, Tier, most_urgent
from bot.triage.screening import Finding, combine, merged, screen, with_findings


@dataclass(frozen=True, slots=True)
class Place:
    """A node, with the answers that led there and what they mean."""

    node: str = START
    answers: tuple[Answer, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    pending: tuple[str, ...] = ()  # clarifying questions still to ask
    notices: tuple[str, ...] = ()  # passed on the way, to be told


class Path:
    """Moves along a flow. Pure: the same answers lead to the same place."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.machine = FlowMachine(flow)

    def begin(self, findings: tuple[Finding, ...] = ()) -> Place:
        """The first place, before any answer."""
        return self._onward(Place(findings=findings))

    def follow(self, place: Place, value: AnswerValue) -> Place:
        """Answer the question at a place."""
        question = self.flow.questions[place.node]
        facts = dict(place.facts)
        touched = add_facts(facts, question, value)
        screening = screen(self.flow, facts, touched)
        findings = combine(self.flow, facts, merged(screening.findings, place.findings))
        pending = dict.fromkeys((*place.pending, *screening.to_clarify))
        pending.pop(question.id, None)
        answers = (*place.answers, Answer(question.id, value))
        return self._onward(Place(question.id, answers, facts, findings, tuple(pending)))

    def replay(self, answers: Mapping[str, AnswerValue], standing: tuple[Finding, ...] = ()) -> Place:
        """The place that these answers lead to: where the first answer is missing, or an end.

        `standing` flags count throughout, but one that alarms does so only at the end: no answer is lost to it.
        """
        place = self.begin(tuple(finding for finding in standing if not finding.tier.alarms))
        while (question := self._answered_here(place, answers)) is not None:
            place = self.follow(replace(place, node=question), answers[question])
        return self.with_standing(place, standing)

    def with_standing(self, place: Place, standing: tuple[Finding, ...]) -> Place:
        """The place when these flags count as well."""
        findings = combine(self.flow, place.facts, merged(place.findings, standing))
        tier = most_urgent([finding.tier for finding in findings])
        node = self.machine.alarm(place.node, tier) if tier.alarms else place.node
        return replace(place, node=node, findings=findings)

    def _answered_here(self, place: Place, answers: Mapping[str, AnswerValue]) -> str | None:
        question = self._offer_taken(place, answers) if place.node in self.flow.outcomes else place.node
        return question if question in answers else None

    def _offer_taken(self, place: Place, answers: Mapping[str, AnswerValue]) -> str | None:
        """A question offered at an outcome that has been answered, and leads on from there."""
        visited = {answer.question for answer in place.answers}
        offers = self.flow.outcomes[place.node].offers
        return next((offer for offer in offers if offer in answers and offer not in visited), None)

    def _onward(self, place: Place) -> Place:
        tier = most_urgent([finding.tier for finding in place.findings])
        if tier is Tier.EMERGENCY:
            return self._at(place, self.machine.alarm(place.node, tier))
        if place.pending:
            return self._at(place, self.machine.clarify(place.node, place.pending[0]))
        if tier.alarms:
            return self._at(place, self.machine.alarm(place.node, tier))
        return self._along_route(place)

    def _along_route(self, place: Place) -> Place:
        known = with_findings(place.facts, place.findings)
        visited = frozenset(answer.question for answer in place.answers)
        notices: list[str] = []
        node = self.machine.after(place.node, known, visited)
        while node in self.flow.notices:
            notices.append(node)
            node = self.machine.after(node, known, visited | frozenset(notices))
        return self._at(place, node, tuple(notices))

    def _at(self, place: Place, node: str, notices: tuple[str, ...] = ()) -> Place:
        return replace(place, node=node, notices=notices)
