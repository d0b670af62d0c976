"""Does a well-formed flow make sense? Names that nothing answers to, values that cannot be, places that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from bot.flow.conditions import ANY, NONE, UNSURE, AllOf, AnyOf, Between, ChosenAtLeast, Condition, Includes, Is, Known, Not
from bot.flow.messages import ASIDES, MESSAGES, OFFERS, OUTCOMES
from bot.flow.models import Flow, Kind, Question, RedFlag, Tier
from bot.flow.yaml_source import Report, Value

_TOPIC_GROUPS = ("tests", "specialists", "conditions", "treatments", "questions", "strategies", "situations")
_NOWHERE = Value(None, "flow.yaml", 0)


def check_flow(flow: Flow, lines: Mapping[str, Value], report: Report) -> None:
    """Report every name and value that does not fit."""
    _Check(flow, lines, report).run()


class _Check:
    def __init__(self, flow: Flow, lines: Mapping[str, Value], report: Report) -> None:
        self.flow, self.lines, self.report = flow, lines, report
        flags = {*flow.red_flags, *(flag.id for flag in flow.combinations)}
        self.concluded = {"red_flag": flags | {ANY}, "tier": {str(tier) for tier in Tier}}
        self.reasons = {reason.id for reason in flow.reasons}

    def run(self) -> None:
        self._order()
        self._questions()
        self._flags()
        self._reasons()
        self._steps_and_topics()
        self._outcomes()
        self._messages()

    def problem(self, ident: str, what: str, remedy: str) -> None:
        self.report.add(self.lines.get(ident, _NOWHERE), ident, what, remedy)

    def _known(self, ident: str, name: str, kind: str, known: Iterable[str]) -> None:
        if name not in (known := set(known)):
            near = get_close_matches(name, known, 1)
            remedy = f"Did you mean `{near[0]}`?" if near else f"Write the {kind} first, or correct the name."
            self.problem(ident, f"there is no {kind} `{name}`.", remedy)

    def _order(self) -> None:
        flow = self.flow
        nodes = {**flow.questions, **flow.notices}
        if not flow.order:
            self.problem("order", "nothing is ever asked.", "Add `order:` with stages.")
        for node in flow.order:
            self._known("order", node, "question or notice", nodes)
            self._condition("order", flow.only_if[node], {*self.concluded, "red_flag_count"})
        for route in flow.finish:
            self._known("finish", route.to, "outcome", flow.outcomes)
            self._condition("finish", route.when, {*self.concluded, "red_flag_count"})
        if not flow.finish or flow.finish[-1].when != AllOf(()):
            self.problem("finish", "the last way out has a condition, so a patient could be left without an end.",
                         "End `finish:` with `- {to: result}`.")  # fmt: skip

    def _questions(self) -> None:
        for question in self.flow.questions.values():
            if question.id in self.flow.facts:
                self.problem(question.id, "a question and a declared fact share this id.", "Rename the fact.")
            for choice in question.choices:
                for name, fact in (*choice.sets, *choice.otherwise):
                    self._value(question.id, name, fact if isinstance(fact, str) else None)
            if question.picture and question.picture not in self.flow.pictures:
                self.problem(question.id, f"there is no picture `{question.picture}`.", "Put it into pictures/.")
            if question.picture and not question.picture_text:
                self.problem(question.id, "the picture has no words.", "Add `picture_text:` for those who cannot see it.")

    def _flags(self) -> None:
        for flag in self.flow.red_flags.values():
            for condition in (flag.when, flag.unless, *(condition for condition, _ in flag.tiers)):
                self._condition(flag.id, condition, set())
            if flag.clarify:
                self._known(flag.id, flag.clarify, "question", self.flow.questions)
            self._worded(flag)
        for flag in self.flow.combinations:
            self._condition(flag.id, flag.when, {*self.concluded, "red_flag_count"})

    def _worded(self, flag: RedFlag) -> None:
        if not flag.phrases:
            self.problem(flag.id, "nobody could type this flag.", "Add `phrases:`, what people say.")
        if flag.question and not flag.question.rstrip().endswith("?"):
            self.problem(flag.id, "`question` is not a question.", "End it with `?`.")

    def _reasons(self) -> None:
        earlier: set[str] = set()
        for reason in self.flow.reasons:
            for condition in (reason.when, *reason.stronger_if):
                self._condition(reason.id, condition, {*self.concluded, "red_flag_count", "reason"}, earlier)
            earlier.add(reason.id)
            if not 1 <= reason.strength <= 5:
                self.problem(reason.id, "`strength` is from 1 to 5.", "Write `strength: 3`.")

    def _steps_and_topics(self) -> None:
        for step in self.flow.next_steps:
            for condition in (step.when, step.unless):
                self._condition(step.id, condition, {*self.concluded, "red_flag_count", "reason"}, self.reasons)
            if not step.how:
                self.problem(step.id, "`how` is empty.", "Write what can be done, first what can be done today.")
            if not 1 <= step.priority <= 5:
                self.problem(step.id, "`priority` is from 1 to 5.", "Write `priority: 3`.")
        for topic in self.flow.topics:
            if topic.group not in _TOPIC_GROUPS:
                self.problem(topic.id, f"there is no group `{topic.group}`.", f"Write one of {', '.join(_TOPIC_GROUPS)}.")
            for step in topic.steps:
                self._known(topic.id, step, "next step", self.flow.steps_by_id)

    def _outcomes(self) -> None:
        for needed in OUTCOMES:
            self._known("outcomes", needed, "outcome", self.flow.outcomes)
        for outcome in self.flow.outcomes.values():
            for part in outcome.parts:
                self._condition(outcome.id, part.when, {*self.concluded, "red_flag_count", "reason"}, self.reasons)
            for offer in outcome.offers:
                self._known(outcome.id, offer, "offer", {*OFFERS, *self.flow.questions})

    def _messages(self) -> None:
        for key in MESSAGES:
            if key not in self.flow.messages:
                self.problem("messages", f"the message `{key}` is missing.", f"Add `{key}: ...` ({MESSAGES[key]}).")
        for key in self.flow.messages:
            self._known("messages", key, "message", MESSAGES)
        for ident, choices in ASIDES.items():
            question = self.flow.questions.get(ident)
            if question is None or not choices <= {choice.id for choice in question.choices}:
                remedy = f"Write it with at least the choices {', '.join(sorted(choices))}."
                self.problem(ident, "the program needs this question.", remedy)

    def _condition(
        self, ident: str, condition: Condition, concluded: set[str], reasons: Iterable[str] | None = None
    ) -> None:
        if isinstance(condition, AllOf | AnyOf):
            for part in condition.parts:
                self._condition(ident, part, concluded, reasons)
        elif isinstance(condition, Not):
            self._condition(ident, condition.part, concluded, reasons)
        elif isinstance(condition, Is | Between | Includes | ChosenAtLeast | Known):
            self._atom(ident, condition, concluded, reasons)

    def _atom(
        self,
        ident: str,
        atom: Is | Between | Includes | ChosenAtLeast | Known,
        concluded: set[str],
        reasons: Iterable[str] | None,
    ) -> None:
        if atom.fact in ("red_flag", "tier", "red_flag_count", "reason"):
            self._conclusion(ident, atom, concluded, reasons)
            return
        for value in _values(atom):
            self._value(ident, atom.fact, value)
        if not _values(atom):
            self._value(ident, atom.fact, None)
        question = self.flow.questions.get(atom.fact)
        if question is not None:
            self._test_fits(ident, atom, question)

    def _conclusion(
        self,
        ident: str,
        atom: Is | Between | Includes | ChosenAtLeast | Known,
        concluded: set[str],
        reasons: Iterable[str] | None,
    ) -> None:
        if atom.fact not in concluded:
            self.problem(ident, f"`{atom.fact}` is not known yet here.", "Use facts; see docs/flow-format.md.")
            return
        known = {*(reasons or ()), ANY} if atom.fact == "reason" else self.concluded.get(atom.fact, set())
        for value in _values(atom):
            self._known(ident, value, f"earlier {atom.fact}", known)

    def _value(self, ident: str, fact: str, value: str | None) -> None:
        declared = self.flow.facts.get(fact)
        question = self.flow.questions.get(fact)
        if declared is None and question is None:
            self._known(ident, fact, "fact", {*self.flow.facts, *self.flow.questions})
        elif value is not None and declared is not None and not declared.numeric:
            self._known(ident, value, f"value of `{fact}` called", declared.said)
        elif value is not None and question is not None and question.kind is not Kind.TEXT:
            self._known(ident, value, f"answer to `{fact}` called", _answers(question))

    def _test_fits(
        self, ident: str, atom: Is | Between | Includes | ChosenAtLeast | Known, question: Question
    ) -> None:
        if isinstance(atom, Includes | ChosenAtLeast) and question.kind is not Kind.MANY_OF:
            self.problem(ident, f"`{question.id}` has one answer, not many.", f"Write `{{{question.id}: value}}`.")
        if isinstance(atom, Is) and question.kind is Kind.MANY_OF and atom.values != {NONE}:
            remedy = f"Write `{{{question.id}: {{includes: ...}}}}`."
            self.problem(ident, f"`{question.id}` has many answers.", remedy)


def _values(atom: Condition) -> frozenset[str]:
    if isinstance(atom, Is):
        return atom.values
    return atom.choices if isinstance(atom, Includes) else frozenset()


def _answers(question: Question) -> set[str]:
    return {UNSURE, *(choice.id for choice in question.choices), *(str(choice.fact) for choice in question.choices)}
