"""Where a conversation stands: follow one answer, or replay them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.dialogue.machine import START, FlowMachine
from bot.flow.answers import Answer, AnswerValue, add_facts
from bot.flow.clinical import Tier, most_urgent
from bot.flow.conditions import Fact
from bot.flow.models import Flow
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
    kept: frozenset[str] = frozenset()  # questions that stay on the path, whatever their condition says

    @property
    def asked(self) -> frozenset[str]:
        """The questions answered on the way here."""
        return frozenset([answer.question for answer in self.answers])

    def at(self, node: str, *notices: str) -> Place:
        """The same, at another node."""
        return Place(node, self.answers, self.facts, self.findings, self.pending, notices, self.kept)


class Path:
    """Moves along a flow. Pure: the same answers lead to the same place."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.machine = FlowMachine(flow)
        clarifying = {flag.clarify for flag in flow.red_flags.values()}
        self._milestones = frozenset(node for node in flow.order if node not in clarifying)

    def begin(self, findings: tuple[Finding, ...] = (), kept: frozenset[str] = frozenset()) -> Place:
        """The first place, before any answer."""
        return self._onward(Place(findings=findings, kept=kept))

    def follow(self, place: Place, value: AnswerValue, at: float = 0.0) -> Place:
        """Answer the question at a place, at a time."""
        question = self.flow.questions[place.node]
        facts = dict(place.facts)
        before = add_facts(facts, question, value)
        screening = screen(self.flow, facts, before)
        findings = combine(self.flow, facts, merged(screening.findings, place.findings))
        pending = dict.fromkeys((*place.pending, *screening.to_clarify))
        pending.pop(question.id, None)
        if pending and most_urgent([finding.tier for finding in findings]) is Tier.EMERGENCY:
            # nothing more is asked now, so what would have been clarified counts as it stands
            unclear = screen(self.flow, facts, can_ask=False).findings
            findings = combine(self.flow, facts, merged(unclear, findings))
        answers = (*place.answers, Answer(question.id, value, at))
        return self._onward(Place(question.id, answers, facts, findings, tuple(pending), kept=place.kept))

    def replay(
        self,
        answers: Mapping[str, AnswerValue],
        standing: tuple[Finding, ...] = (),
        anew: frozenset[str] = frozenset(),
    ) -> Place:
        """The place that these answers lead to: where the first answer is missing, or an end.

        `standing` flags count throughout, but no answer is lost to one: what is asked without it stays on the path, and
        one that alarms does so only at the end. `anew`: see `with_standing`.
        """
        place = self._through(self.begin(), answers)
        lasting = tuple(finding for finding in standing if not finding.tier.alarms)
        if lasting:
            place = self._through(self.begin(lasting, place.asked), answers)
        return self.with_standing(place, standing, anew)

    def with_standing(self, place: Place, standing: tuple[Finding, ...], anew: frozenset[str] = frozenset()) -> Place:
        """The place when these flags count as well.

        What is asked `anew` may show that it has become an emergency: until then, what can wait until today waits.
        """
        counted = replace(place, findings=combine(self.flow, place.facts, merged(place.findings, standing)))
        tier = _alarm(counted)
        waits = tier is Tier.SAME_DAY and place.node in anew
        return replace(counted, node=self.machine.alarm(place.node, tier)) if tier and not waits else counted

    def _through(self, place: Place, answers: Mapping[str, AnswerValue]) -> Place:
        while (question := self._answered_here(place, answers)) is not None:
            place = self.follow(place.at(question), answers[question])
        return place

    def _answered_here(self, place: Place, answers: Mapping[str, AnswerValue]) -> str | None:
        question = self._offer_taken(place, answers) if place.node in self.flow.outcomes else place.node
        return question if question in answers else None

    def _offer_taken(self, place: Place, answers: Mapping[str, AnswerValue]) -> str | None:
        """A question offered at an outcome that has been answered, and leads on from there."""
        offers = self.flow.outcomes[place.node].offers
        return next((offer for offer in offers if offer in answers and offer not in place.asked), None)

    def _onward(self, place: Place) -> Place:
        tier = _alarm(place)
        if tier:
            return place.at(self.machine.alarm(place.node, tier))
        if place.pending:
            return place.at(self.machine.clarify(place.node, place.pending[0]))
        return self._along_the_order(place)

    def _along_the_order(self, place: Place) -> Place:
        """On from the furthest place reached. A question that clarifies may come out of turn: it leads nowhere."""
        known, asked = with_findings(place.facts, place.findings), place.asked
        node = next((a.question for a in reversed(place.answers) if a.question in self._milestones), START)
        notices: list[str] = []
        while (node := self.machine.after(node, known, asked, place.kept)) in self.flow.notices:
            notices.append(node)
        return place.at(node, *notices)


def _alarm(place: Place) -> Tier | None:
    """The urgency that ends the questions here. What can wait until today also waits for what may be more urgent."""
    tier = most_urgent([finding.tier for finding in place.findings])
    return tier if tier is Tier.EMERGENCY or (tier.alarms and not place.pending) else None
