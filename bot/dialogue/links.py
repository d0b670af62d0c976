"""How a conversation begins: by /start, by a clinic's link, or anew."""

from __future__ import annotations

from bot.dialogue.machine import START
from bot.dialogue.outputs import Say, Settle
from bot.dialogue.session import Session
from bot.dialogue.step import Step
from bot.dialogue.talk import Talk
from bot.flow.clinics import Link, read_link


class Links:
    """Begins conversations."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def begin(self, session_id: str, now: float, payload: str, language: str | None) -> Step:
        """A new conversation. A payload that is damaged or names no clinic begins a normal one.

        Turns grow with time, so that a button left over from an erased conversation never fits a new one.
        """
        flow = self.talk.flow
        fresh = Session(
            session_id, flow.name, flow.hash, START, started_at=now, touched_at=now, turn=int(now), language=language
        )
        step = self._greeted(self._attributed(fresh, self._known(payload)))
        return Step(step.session, tuple(output for output in step.outputs if not isinstance(output, Settle)))

    def opened(self, session: Session, payload: str) -> Step:
        """/start in a conversation that exists: asks before anything is lost."""
        link = self._known(payload)
        if not session.answers and not session.stated and not session.aside:
            return self.anew(session, payload)
        if link and (link.slug, link.campaign) != (session.clinic, session.campaign):
            return self.talk.aside(session, "aside_new_link", payload)
        return self.talk.aside(session, "aside_return")

    def anew(self, session: Session, payload: str = "", *, settle: Settle | None = None) -> Step:
        """Start over, perhaps by another link; else the way the patient came is kept."""
        now = session.touched_at
        fresh = Session(
            session.id,
            session.flow,
            session.flow_hash,
            START,
            started_at=now,
            touched_at=now,
            turn=session.turn,
            clinic=session.clinic,
            campaign=session.campaign,
            country=session.country,
            language=session.language,
            reminders=session.reminders,
            utc_offset=session.utc_offset,
            last_tap=session.last_tap,
        )
        return self._greeted(self._attributed(fresh, self._known(payload)), settle)

    def go_on(self, session: Session, payload: str, settle: Settle) -> Step:
        """Stay in the conversation; a link is remembered where there was none."""
        link = self._known(payload) if session.clinic is None else None
        return self.talk.resume(self._attributed(session, link), settle=settle)

    def _known(self, payload: str) -> Link | None:
        link = read_link(payload) if payload else None
        return link if link and self.talk.knowledge.clinic(link.slug) else None

    def _attributed(self, session: Session, link: Link | None) -> Session:
        return session.but(clinic=link.slug, campaign=link.campaign) if link else session

    def _greeted(self, session: Session, settle: Settle | None = None) -> Step:
        place = self.talk.path.begin()
        placed = session.but(node=place.node)
        return self.talk.arrive(placed, place, self._greeting(placed), settle=settle)

    def _greeting(self, session: Session) -> Say:
        presenter, clinic = self.talk.presenter, self.talk.knowledge.clinic(session.clinic)
        words = presenter.text("clinic_greeting", clinic=clinic.name, words=clinic.greeting or "") if clinic else ""
        return Say(presenter.text("greeting", session, clinic_greeting=words), session.node)
