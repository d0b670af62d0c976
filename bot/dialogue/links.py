"""How a conversation begins: by /start, by a clinic's link, or anew."""

from __future__ import annotations

from dataclasses import replace

from bot.dialogue.outputs import Output, Say
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.clinics import Link, read_link


class Links:
    """Begins conversations."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def begin(self, session_id: str, now: float, payload: str, language: str | None) -> Step:
        """A new conversation. A payload that is damaged or names no clinic begins a normal one."""
        flow = self.talk.flow
        place = self.talk.path.begin()
        link = self._known(payload)
        session = Session(
            id=session_id,
            flow=flow.name,
            flow_hash=flow.hash,
            node=place.node,
            started_at=now,
            touched_at=now,
            clinic=link.slug if link else None,
            campaign=link.campaign if link else None,
            language=language,
        )
        return self.talk.show(session).after(self._greeting(session))

    def _known(self, payload: str) -> Link | None:
        link = read_link(payload) if payload else None
        return link if link and self.talk.knowledge.clinic(link.slug) else None

    def _greeting(self, session: Session) -> Output:
        presenter, clinic = self.talk.presenter, self.talk.knowledge.clinic(session.clinic)
        words = presenter.text("clinic_greeting", clinic=clinic.name, words=clinic.greeting or "") if clinic else ""
        return Say(presenter.text("greeting", session, clinic_greeting=words), session.node)

    def opened(self, session: Session, payload: str) -> Step:
        """/start in a conversation that exists: asks before anything is lost."""
        link = self._known(payload)
        if not session.answers and not session.stated:
            return self.anew(session, payload or self.payload(session))
        if link and (link.slug, link.campaign) != (session.clinic, session.campaign):
            return self.talk.aside(session, "aside_new_link", payload)
        return self.talk.aside(session, "aside_return")

    def payload(self, session: Session) -> str:
        """The payload of the link that the session came by."""
        return Link(session.clinic, session.campaign).payload if session.clinic else ""

    def anew(self, session: Session, payload: str) -> Step:
        """Start over; the way the patient came is kept."""
        fresh = self.begin(session.id, session.touched_at, payload or self.payload(session), session.language)
        assert fresh.session is not None
        moved = replace(fresh.session, turn=session.turn, country=session.country)
        return self.talk.show(moved).after(*fresh.outputs[:1])

    def go_on(self, session: Session, payload: str) -> Step:
        """Stay in the conversation; a link is remembered where there was none."""
        link = self._known(payload)
        kept = replace(session, aside=None)
        if link and session.clinic is None:
            kept = replace(kept, clinic=link.slug, campaign=link.campaign)
        return self.talk.show(kept)
