"""From a session to words: the question as it is put, the summary. All wording comes from the flow."""

from __future__ import annotations

from bot.dialogue.knowledge import Knowledge
from bot.dialogue.moves import remembered
from bot.dialogue.outputs import Ask, Offered
from bot.dialogue.session import Session, Statement
from bot.dialogue.wording import Wording
from bot.flow.answers import Answer, answer_text
from bot.flow.clinical import Topic
from bot.flow.questions import Kind, Question

NAMED_CHOICES = 4  # choices named as examples when an answer did not fit


class Presenter(Wording):
    """Puts questions and what was said into words."""

    def __init__(self, knowledge: Knowledge) -> None:
        super().__init__(knowledge)
        self._offered = {ident: _offered(question) for ident, question in self.flow.questions.items()}

    def ask(self, question: Question, session: Session) -> Ask:
        """The question as it is put."""
        own = question is self.flow.questions.get(question.id)
        return Ask(
            turn=session.turn,
            node=question.id,
            kind=str(question.kind),
            text=self.fill(question.ask, session),
            choices=self._offered[question.id] if own else _offered(question),
            picked=() if session.aside else session.picked,
            progress=self._progress(question, session),
            picture=question.picture,
            picture_text=question.picture_text,
            has_why=bool(question.why),
            has_meaning=bool(question.meaning),
            keep=self._keep(question, session),
        )

    def _keep(self, question: Question, session: Session) -> str | None:
        if session.reopened != question.id:
            return None
        earlier = next((answer for answer in session.answers if answer.question == question.id), None)
        return self.text("keep", answer=answer_text(question, earlier.value)) if earlier else None

    def _progress(self, question: Question, session: Session) -> tuple[int, int] | None:
        stage = self.flow.stage_of.get(question.id) or self.flow.stage_of.get(session.node)
        if stage is None or not stage.about or session.aside:
            return None
        asked = [answer.question for answer in session.answers]
        number = (asked.index(question.id) if question.id in asked else len(asked)) + 1
        return number, max(number, stage.about)

    def topic(self, topic: Topic) -> str:
        """A topic in full."""
        return self.text("topic_card", title=topic.title, text=topic.text)

    def summary(self, session: Session) -> str:
        """What has been said so far, as the patient would recognise it; taken-back signs included."""
        if not session.answers and not session.stated:
            return self.text("summary_empty")
        given = remembered(self.knowledge.path, session)
        answers = "\n".join(self._answered(number, answer, session) for number, answer in enumerate(given, 1))
        flags = "\n".join(filter(None, (self._stated(entry) for entry in session.stated)))
        return self.text("summary", answers=answers, flags=flags, review=self.text("review"))

    def _answered(self, number: int, answer: Answer, session: Session) -> str:
        question = self.flow.questions[answer.question]
        return f"{number}. {self.fill(question.ask, session)}\n→ {answer_text(question, answer.value)}"

    def _stated(self, entry: Statement) -> str:
        flag = self.flow.flag(entry.flag)
        if flag is None:
            return ""
        if entry.retracted:
            return self.text("summary_retracted", signs=flag.signs)
        return self.text("summary_flag", signs=flag.signs, tier=self.tier_name(entry.tier))

    def expected(self, question: Question) -> str:
        """What would be accepted, in a few words."""
        return ", ".join(f"“{choice.label}”" for choice in question.choices[:NAMED_CHOICES])

    def limits(self, question: Question) -> dict[str, str]:
        """The limits of a number, for a message."""
        unit = "" if question.kind is Kind.SCALE else question.unit or ""
        return {"low": f"{question.at_least:g}", "high": f"{question.at_most:g}", "unit": unit}


def _offered(question: Question) -> tuple[Offered, ...]:
    return tuple(Offered(choice.id, choice.label) for choice in question.choices)
