"""The flow's words with their braces filled: the clinic's name, the numbers of the patient's country."""

from __future__ import annotations

import re

from bot.dialogue.knowledge import Knowledge
from bot.dialogue.session import Session
from bot.flow.clinical import Tier
from bot.flow.numbers import Country

_BLANKS = re.compile(r"\n{3,}")


class Wording:
    """Fills the flow's texts for one session at a time."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.flow = knowledge.flow

    def text(self, key: str, session: Session | None = None, /, **values: object) -> str:
        """A message of the flow, its braces filled."""
        return self.fill(self.flow.messages[key], session, **values)

    def fill(self, text: str, session: Session | None = None, /, **values: object) -> str:
        """Fill the braces of a text: first those given, then clinic and numbers."""
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", str(value))
        if "{" in text and session is not None:
            text = self._with_contacts(text, session)
        return (_BLANKS.sub("\n\n", text) if "\n\n\n" in text else text).strip()

    def _with_contacts(self, text: str, session: Session) -> str:
        country, messages = self.country(session), self.flow.messages
        clinic = self.knowledge.clinic(session.clinic)
        known = {
            "EMERGENCY": country.emergency if country else messages["number_unknown"],
            "CRISIS": _crisis(country) if country else messages["crisis_unknown"],
            "ADVICE": (country.advice if country else None) or messages["advice_unknown"],
            "clinic": clinic.name if clinic else "",
            "country_hint": "" if country else messages["country_hint"],
            "SAFETY": " ".join(filter(None, (country.violence, country.child))) if country else "",
        }
        for name, value in known.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def country(self, session: Session) -> Country | None:
        """The patient's country: what they said, else their clinic's."""
        clinic = self.knowledge.clinic(session.clinic)
        return self.knowledge.numbers.of(session.country or (clinic.country if clinic else None))

    def emergency(self, session: Session) -> str:
        """The numbers to call, for the patient's country or for none in particular."""
        country = self.country(session)
        if country is None:
            return self.text("emergency_unknown", session)
        extra = "\n".join(filter(None, (country.text, country.violence, country.child, country.poison)))
        return self.text("emergency", session, country=country.name, extra=extra)

    def tier_name(self, tier: Tier) -> str:
        """The urgency in plain words."""
        return self.flow.messages[f"tier_{tier}"]


def _crisis(country: Country) -> str:
    return country.crisis + (f" ({country.crisis_hours})" if country.crisis_hours else "")
