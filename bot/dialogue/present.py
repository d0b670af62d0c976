"""From a session to words: questions, results, cards. All wording comes from the flow; here it is only put together."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.dialogue.knowledge import Knowledge
from bot.dialogue.outputs import Ask, Button, Conclude, Offered
from bot.dialogue.session import Session
from bot.flow.answers import answer_text, facts_of, quotes
from bot.flow.clinics import Clinic
from bot.flow.models import Kind, NextStep, Outcome, Question, Tier, Topic
from bot.flow.numbers import Country
from bot.triage.assessment import SHOWN_REASONS, SHOWN_STEPS, Assessment, LikelyReason, assess, join_quotes
from bot.triage.screening import Finding, combine, with_findings

SIGNS_NAMED = 2  # danger signs named in an alarm, which must stay short
LIKELY_COUNTRIES = 5  # offered as buttons
_BLANKS = re.compile(r"\n{3,}")


class Presenter:
    """Puts the flow's words together for one session at a time."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.flow = knowledge.flow

    def text(self, key: str, session: Session | None = None, **values: object) -> str:
        """A message of the flow, its braces filled."""
        return self.fill(self.flow.messages[key], session, **values)

    def fill(self, text: str, session: Session | None = None, **values: object) -> str:
        """Fill the braces of a text: first those given, then clinic and numbers."""
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        if "{" in text and session is not None:
            text = self._with_contacts(text, session)
        return _BLANKS.sub("\n\n", text).strip()

    def _with_contacts(self, text: str, session: Session) -> str:
        country, messages = self.country(session), self.flow.messages
        clinic = self.knowledge.clinic(session.clinic)
        known = {
            "EMERGENCY": country.emergency if country else messages["number_unknown"],
            "CRISIS": _crisis(country) if country else messages["crisis_unknown"],
            "ADVICE": (country.advice if country else None) or messages["advice_unknown"],
            "clinic": clinic.name if clinic else "",
        }
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def country(self, session: Session) -> Country | None:
        """The patient's country: what they said, else their clinic's."""
        clinic = self.knowledge.clinic(session.clinic)
        return self.knowledge.numbers.of(session.country or (clinic.country if clinic else None))

    def ask(self, question: Question, session: Session) -> Ask:
        """The question as it is put."""
        earlier = next((a for a in session.answers if a.question == question.id and session.reopened), None)
        return Ask(
            turn=session.turn,
            node=question.id,
            kind=str(question.kind),
            text=self.fill(question.ask, session),
            choices=tuple(Offered(choice.id, choice.label) for choice in question.choices),
            picked=session.picked,
            progress=self._progress(question, session),
            picture=question.picture,
            picture_text=question.picture_text,
            has_why=bool(question.why),
            has_meaning=bool(question.meaning),
            keep=self.text("keep", answer=answer_text(question, earlier.value)) if earlier else None,
        )

    def _progress(self, question: Question, session: Session) -> tuple[int, int] | None:
        stage = self.flow.stage_of.get(question.id) or self.flow.stage_of.get(session.node)
        if stage is None or not stage.about or session.aside:
            return None
        asked = [answer.question for answer in session.answers]
        number = (asked.index(question.id) if question.id in asked else len(asked)) + 1
        return number, max(number, stage.about)

    def assessment(self, session: Session, findings: tuple[Finding, ...]) -> Assessment:
        """What the session's answers and statements mean."""
        facts = facts_of(self.flow, session.answers)
        return assess(
            self.flow, facts, combine(self.flow, facts, findings), quotes(self.flow, facts, session.answers)
        )

    def conclude(self, session: Session, assessment: Assessment) -> Conclude:
        """The result as it is told."""
        outcome = self.flow.outcomes[session.node]
        shown = assessment.next_steps[:SHOWN_STEPS]
        return Conclude(
            turn=session.turn,
            node=outcome.id,
            parts=tuple(self._parts(outcome, session, assessment)),
            choices=self.offers(session, assessment),
            assessment=assessment.to_data(),
            buttons=self._booking(session, shown),
            urgent=assessment.tier.alarms,
        )

    def _parts(self, outcome: Outcome, session: Session, assessment: Assessment) -> Iterable[str]:
        facts = with_findings(facts_of(self.flow, session.answers), assessment.red_flags)
        facts["reason"] = frozenset(entry.reason.id for entry in assessment.reasons)
        values = self._lists(session, assessment)
        for part in outcome.parts:
            empty = any(f"{{{name}}}" in part.say and not value for name, value in values.items())
            if part.when.holds(facts) and not empty:
                yield self.fill(part.say, session, **values)

    def _lists(self, session: Session, assessment: Assessment) -> dict[str, str]:
        steps = assessment.next_steps[:SHOWN_STEPS]
        to_say = next((step for step in steps if step.words), None)
        return {
            "signs": self._alarm_signs(assessment),
            "doctor": "\n\n".join(self._doctor_line(finding) for finding in assessment.red_flags[:SHOWN_REASONS]),
            "reasons": self._reasons(assessment.reasons[:SHOWN_REASONS]),
            "next_steps": self._steps(steps, first=1),
            "words": self._words(to_say, session) if to_say else "",
        }

    def _alarm_signs(self, assessment: Assessment) -> str:
        worst = [finding for finding in assessment.red_flags if finding.tier is assessment.tier][:SIGNS_NAMED]
        lines = []
        for key, unsure in (("because_signs", False), ("because_unsure", True)):
            signs = join_quotes(tuple(finding.flag.signs for finding in worst if finding.unsure is unsure))
            if signs:
                lines.append(self.text(key, signs=signs))
        if worst:
            lines.append(worst[0].flag.why)
            lines.extend(filter(None, [worst[0].flag.advice]))
        return " ".join(lines)

    def _doctor_line(self, finding: Finding) -> str:
        flag = finding.flag
        return self.text("doctor_line", signs=flag.signs, why=flag.why, advice=flag.advice or "").strip()

    def _reasons(self, reasons: tuple[LikelyReason, ...]) -> str:
        return "\n\n".join(self._reason(entry) for entry in reasons)

    def _reason(self, entry: LikelyReason) -> str:
        because = self.text("because", said=entry.because) if entry.because else ""
        return self.text("reason_line", title=entry.reason.title, text=entry.reason.text, because=because)

    def _steps(self, steps: tuple[NextStep, ...], first: int) -> str:
        return "\n\n".join(
            self.text("step_line", number=number, title=step.title, what=step.what, first=step.how[0])
            for number, step in enumerate(steps, first)
        )

    def _words(self, step: NextStep, session: Session) -> str:
        if not step.words:
            return ""
        who = self.flow.messages.get(f"for_{step.words_for}", "")
        return self.text("step_words", session, who=who, words=step.words)

    def card(self, step: NextStep, session: Session) -> str:
        """A next step in full."""
        questions = "\n".join(f"• {ask.text}" for ask in step.ask)
        return self.text(
            "step_card",
            session,
            title=step.title,
            what=step.what,
            why=step.why,
            how="\n".join(f"• {line}" for line in step.how),
            words=self._words(step, session),
            ask=self.text("step_ask", questions=questions) if questions else "",
            not_when=step.not_when,
            contact=self._contact(step, session),
        )

    def _contact(self, step: NextStep, session: Session) -> str:
        clinic = self.knowledge.clinic(session.clinic)
        contacts = " · ".join(filter(None, (clinic.phone, clinic.booking, clinic.hours))) if clinic else ""
        if not step.contact or clinic is None or not contacts:
            return ""
        return self.text("step_contact", clinic=clinic.name, contacts=contacts)

    def _booking(self, session: Session, steps: Iterable[NextStep]) -> tuple[Button, ...]:
        clinic: Clinic | None = self.knowledge.clinic(session.clinic)
        if clinic is None or not clinic.booking or not any(step.contact for step in steps):
            return ()
        return (Button(self.text("book", clinic=clinic.name), clinic.booking),)

    def card_buttons(self, step: NextStep, session: Session) -> tuple[Button, ...]:
        """The buttons under a card."""
        return self._booking(session, (step,))

    def topic(self, topic: Topic) -> str:
        """A topic in full."""
        return self.text("topic_card", title=topic.title, text=topic.text)

    def more(self, assessment: Assessment) -> str:
        """The reasons and steps that were not shown at first; empty where there are none."""
        reasons, steps = assessment.reasons[SHOWN_REASONS:], assessment.next_steps[SHOWN_STEPS:]
        if not reasons and not steps:
            return ""
        told = self._steps(steps, first=SHOWN_STEPS + 1)
        return self.text("more_intro", reasons=self._reasons(reasons), next_steps=told)

    def offers(self, session: Session, assessment: Assessment) -> tuple[Offered, ...]:
        """What can be tapped at an outcome."""
        found: list[Offered] = []
        for offer in self.flow.outcomes[session.node].offers:
            found.extend(self._offered(offer, session, assessment))
        return tuple(found)

    def _offered(self, offer: str, session: Session, assessment: Assessment) -> Iterable[Offered]:
        if offer == "details":
            return [Offered(step.id, f"▸ {step.title}") for step in assessment.next_steps[:SHOWN_STEPS]]
        if offer == "country":
            return self._countries(session)
        if offer == "more" and not self.more(assessment):
            return []
        if offer == "not_right" and not any(entry.stands for entry in session.stated):
            return []
        if question := self.flow.questions.get(offer):
            asked = any(answer.question == offer for answer in session.answers)
            return [] if asked else [Offered(offer, question.choices[0].label)]
        return [Offered(offer, self.flow.messages[f"offer_{offer}"])]

    def _countries(self, session: Session) -> list[Offered]:
        if self.country(session):
            return []
        likely = self.knowledge.numbers.likely(session.language, LIKELY_COUNTRIES)
        other = Offered("country", self.flow.messages["offer_country"])
        return [*(Offered(country.iso.lower(), country.name) for country in likely), other]

    def emergency(self, session: Session) -> str:
        """The numbers to call, for the patient's country or for none in particular."""
        country = self.country(session)
        if country is None:
            return self.text("emergency_unknown", session)
        extra = "\n".join(filter(None, (country.text, country.violence, country.child, country.poison)))
        return self.text("emergency", session, country=country.name, extra=extra)

    def summary(self, session: Session) -> str:
        """What has been said so far, as the patient would recognise it; taken-back signs included."""
        if not session.answers and not session.stated:
            return self.text("summary_empty")
        questions = self.flow.questions
        answers = "\n".join(
            f"{number}. {self.fill(questions[a.question].ask, session)}\n→ {answer_text(questions[a.question], a.value)}"
            for number, a in enumerate(session.answers, 1)
        )
        flags = "\n".join(filter(None, (self._summary_flag(entry.flag, session) for entry in session.stated)))
        return self.text("summary", answers=answers, flags=flags, review=self.text("review"))

    def _summary_flag(self, flag_id: str, session: Session) -> str:
        entry, flag = session.statement(flag_id), self.flow.flag(flag_id)
        if entry is None or flag is None:
            return ""
        if entry.retracted:
            return self.text("summary_retracted", signs=flag.signs)
        return self.text("summary_flag", signs=flag.signs, tier=self.tier_name(entry.tier))

    def tier_name(self, tier: Tier) -> str:
        """The urgency in plain words."""
        return self.flow.messages[f"tier_{tier}"]

    def expected(self, question: Question) -> str:
        """What would be accepted, in a few words."""
        labels = [choice.label for choice in question.choices][:4]
        return ", ".join(f"“{label}”" for label in labels)

    def limits(self, question: Question) -> dict[str, str]:
        """The limits of a number, for a message."""
        unit = "" if question.kind is Kind.SCALE else question.unit or ""
        return {"low": f"{question.at_least:g}", "high": f"{question.at_most:g}", "unit": unit}


def _crisis(country: Country) -> str:
    return country.crisis + (f" ({country.crisis_hours})" if country.crisis_hours else "")

