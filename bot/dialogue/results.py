"""The result in words: an outcome's parts, the cards of next steps, what can be tapped afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.dialogue.outputs import Button, Conclude, Offered, Say
from bot.dialogue.session import Session
from bot.dialogue.statements import ticks_behind
from bot.dialogue.wording import Wording
from bot.flow.answers import facts_of, quotes
from bot.flow.clinical import NextStep
from bot.flow.models import Outcome
from bot.triage.assessment import SHOWN_REASONS, SHOWN_STEPS, Assessment, LikelyReason, assess, join_quotes
from bot.triage.screening import Finding, combine

SIGNS_NAMED = 2  # danger signs named in an alarm, which must stay short
_SENTENCES = re.compile(r"(?<=\.) ")
LIKELY_COUNTRIES = 5  # offered as buttons
SHORT_QUOTES = 2  # of what the patient said, with a reason in short


class Results:
    """Tells what the answers mean."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.flow = wording.flow

    def assessment(self, session: Session, findings: tuple[Finding, ...]) -> Assessment:
        """What the session's answers and statements mean."""
        facts = facts_of(self.flow, session.answers)
        said = quotes(self.flow, facts, session.answers)
        return assess(self.flow, facts, combine(self.flow, facts, findings), said)

    def conclude(self, session: Session, findings: tuple[Finding, ...]) -> Conclude:
        """The result as it is told."""
        assessment = self.assessment(session, findings)
        outcome = self.flow.outcomes[session.node]
        return Conclude(
            turn=session.turn,
            node=outcome.id,
            parts=tuple(self._parts(outcome, session, assessment)),
            choices=self.offers(session, assessment),
            assessment=assessment.to_data(),
            buttons=self.booking(session, *assessment.next_steps[:SHOWN_STEPS]),
            urgent=assessment.tier.alarms,
        )

    def _parts(self, outcome: Outcome, session: Session, assessment: Assessment) -> Iterable[str]:
        values = self._lists(assessment)
        for part in (part for part in outcome.parts if part.when.holds(assessment.known)):
            if "{signs}" in part.say:
                values["signs"] = self._alarm_signs(assessment, session, part.say)
            empty = any(not value and f"{{{name}}}" in part.say for name, value in values.items())
            if not empty:
                yield self.wording.fill(part.say, session, **values)

    def _lists(self, assessment: Assessment) -> dict[str, str]:
        steps = assessment.next_steps[:SHOWN_STEPS]
        return {
            "doctor": "\n\n".join(self._doctor_line(finding) for finding in assessment.red_flags),
            "reasons": self._reasons(assessment.reasons[:SHOWN_REASONS]),
            "next_steps": self._steps(steps),
        }

    def _alarm_signs(self, assessment: Assessment, session: Session, around: str) -> str:
        """Why the alarm, and what to do meanwhile, as far as the text around does not say it."""
        worst = [finding for finding in assessment.red_flags if finding.tier is assessment.tier][:SIGNS_NAMED]
        lines = [*self._told(worst, session), *(finding.flag.why for finding in worst[:1])]
        for finding in worst[:1]:
            lines.extend(line for line in _SENTENCES.split(finding.flag.advice or "") if line not in around)
        return " ".join(lines)

    def _told(self, worst: list[Finding], session: Session) -> Iterable[str]:
        """What the patient ticked, else the signs that their words or answers fit."""
        flow, answers = self.flow, session.answers
        said = [(one, () if one.unsure else ticks_behind(flow, answers, one.flag)) for one in worst]
        quoted = tuple(dict.fromkeys(f"“{label}”" for _, ticked in said for label in ticked))
        if quoted:
            yield self.wording.text("because_said", said=join_quotes(quoted))
        for key, unsure in (("because_signs", False), ("because_unsure", True)):
            signs = tuple(one.flag.signs for one, ticked in said if not ticked and one.unsure is unsure)
            if signs:
                yield self.wording.text(key, signs=join_quotes(signs))

    def _doctor_line(self, finding: Finding) -> str:
        flag = finding.flag
        return self.wording.text("doctor_line", signs=flag.signs, why=flag.why, advice=flag.advice or "")

    def _reasons(self, reasons: tuple[LikelyReason, ...]) -> str:
        """In short; what was quoted with one reason is not quoted again with the next, where there is anything else."""
        lines, quoted = [], set[str]()
        for entry in reasons:
            said = tuple(quote for quote in entry.said if quote not in quoted)[:SHORT_QUOTES] or entry.said[:1]
            quoted.update(said)
            reason, because = entry.reason, self._because(join_quotes(said))
            lines.append(self.wording.text("reason_line", title=reason.title, text=reason.text, because=because))
        return "\n\n".join(lines)

    def _because(self, said: str) -> str:
        return self.wording.text("because", said=said) if said else ""

    def _steps(self, steps: tuple[NextStep, ...]) -> str:
        return "\n\n".join(
            self.wording.text("step_line", number=number, title=step.title, first=step.how[0] if number == 1 else "")
            for number, step in enumerate(steps, 1)
        )

    def _words(self, step: NextStep, session: Session) -> str:
        if not step.words:
            return ""
        who = self.flow.messages.get(f"for_{step.words_for}", "")
        return self.wording.text("step_words", session, who=who, words=step.words)

    def in_full(self, ident: str, session: Session, assessment: Assessment) -> Say:
        """A reason or a next step, with all there is to say about it."""
        step = self.flow.steps_by_id.get(ident)
        if step:
            return Say(self._card(step, session), session.node, self.booking(session, step))
        entry = next(entry for entry in assessment.reasons if entry.reason.id == ident)
        reason, because = entry.reason, self._because(entry.because)
        values = {"title": reason.title, "text": reason.text, "details": reason.details or "", "because": because}
        return Say(self.wording.text("reason_card", **values), session.node)

    def _card(self, step: NextStep, session: Session) -> str:
        questions = "\n".join(f"• {ask.text}" for ask in step.ask)
        return self.wording.text(
            "step_card",
            session,
            title=step.title,
            what=step.what,
            why=step.why,
            how="\n".join(f"• {line}" for line in step.how),
            words=self._words(step, session),
            ask=self.wording.text("step_ask", questions=questions) if questions else "",
            not_when=step.not_when,
            contact=self._contact(step, session),
        )

    def _contact(self, step: NextStep, session: Session) -> str:
        clinic = self.wording.knowledge.clinic(session.clinic)
        contacts = " · ".join(filter(None, (clinic.phone, clinic.booking, clinic.hours))) if clinic else ""
        if not step.contact or clinic is None or not contacts:
            return ""
        return self.wording.text("step_contact", clinic=clinic.name, contacts=contacts)

    def booking(self, session: Session, *steps: NextStep) -> tuple[Button, ...]:
        """The button to the clinic's booking page, where one of the steps leads to the clinic."""
        clinic = self.wording.knowledge.clinic(session.clinic)
        if clinic is None or not clinic.booking or not any(step.contact for step in steps):
            return ()
        return (Button(self.wording.text("book", clinic=clinic.name), clinic.booking),)

    def more(self, assessment: Assessment) -> tuple[Offered, ...]:
        """What can be read in full besides the steps shown at first: every reason, and further steps."""
        reasons = (Offered(entry.reason.id, entry.reason.title) for entry in assessment.reasons)
        return (*reasons, *_cards(assessment.next_steps[SHOWN_STEPS:]))

    def offers(self, session: Session, assessment: Assessment) -> tuple[Offered, ...]:
        """What can be tapped at an outcome."""
        offers = self.flow.outcomes[session.node].offers
        return tuple(offered for offer in offers for offered in self._offered(offer, session, assessment))

    def _offered(self, offer: str, session: Session, assessment: Assessment) -> Iterable[Offered]:
        if offer == "details":
            return _cards(assessment.next_steps[:SHOWN_STEPS])
        if offer == "country":
            return self._countries(session)
        if question := self.flow.questions.get(offer):
            asked = any(answer.question == offer for answer in session.answers)
            return [] if asked else [Offered(offer, question.choices[0].label)]
        missing = self._missing(offer, session, assessment)
        return [] if missing else [Offered(offer, self.flow.messages[f"offer_{offer}"])]

    def _missing(self, offer: str, session: Session, assessment: Assessment) -> bool:
        """Is there nothing that could be offered?"""
        match offer:
            case "more":
                return not self.more(assessment)
            case "not_right":
                return not any(entry.stands for entry in session.stated)
            case "change":
                return not session.answers
        return False

    def _countries(self, session: Session) -> list[Offered]:
        other = Offered("country", self.flow.messages["offer_country"])
        if self.wording.country(session):
            return [other]
        likely = self.wording.knowledge.numbers.likely(session.language, LIKELY_COUNTRIES)
        return [*(Offered(country.choice, country.name) for country in likely), other]


def _cards(steps: tuple[NextStep, ...]) -> list[Offered]:
    return [Offered(step.id, f"▸ {step.title}") for step in steps]
