"""What patients read: missing messages, braces that nothing fills, alarms too long to read, reasons without words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from bot.flow.clinical import RedFlag, Tier
from bot.flow.conditions import CONCLUSIONS, Atom, Fact, Is
from bot.flow.messages import CONTACTS, MESSAGES, OUTCOME_LISTS
from bot.flow.models import Flow, Part
from bot.flow.names import remedy_for
from bot.flow.places import Places
from bot.flow.questions import Kind

LONGEST_ALARM = 600  # characters; more is not read by somebody in fear
_BRACES = re.compile(r"\{(\w*)\}")
_UNKNOWN = {"EMERGENCY": "number_unknown", "CRISIS": "crisis_unknown", "ADVICE": "advice_unknown"}
_ASIDE_WORDS = "{signs} {question}"  # for the program's own questions


def check_words(flow: Flow, places: Places) -> None:
    """Report what could not be said, or not be understood."""
    _check_messages(flow, places)
    _check_braces(flow, places)
    _check_alarms(flow, places)
    _check_quotes(flow, places)
    for flag in flow.red_flags.values():
        if not flag.phrases:
            places.problem("red_flags", flag.id, "nobody could type this flag.", "Add `phrases:`, what people say.")
        if not flag.question.endswith("?"):
            places.problem("red_flags", flag.id, "`question` is not a question.", "End it with `?`.", "question")
    for question in flow.questions.values():
        if question.picture and not question.picture_text:
            remedy = "Add `picture_text:` for those who cannot see it."
            places.problem("questions", question.id, "the picture has no words.", remedy, "picture")


def _check_messages(flow: Flow, places: Places) -> None:
    for key, use in MESSAGES.items():
        if key not in flow.messages:
            beside = next(iter(flow.messages), key)
            places.problem("messages", beside, f"the message `{key}` is missing.", f"Add `{key}: ...` ({use}).")
    for key in flow.messages:
        places.known("messages", key, key, "message", MESSAGES)


def _check_braces(flow: Flow, places: Places) -> None:
    for section, ident, text, fillers in _texts(flow):
        if "{" not in text:
            continue
        allowed = set(_BRACES.findall(fillers))
        for name in _BRACES.findall(text):
            if name not in allowed:
                remedy = remedy_for(name, allowed, "Write it without braces.")
                places.problem(section, ident, f"nothing fills `{{{name}}}`.", remedy, text)


def _texts(flow: Flow) -> Iterator[tuple[str, str, str, str]]:
    """Every text that patients read: where it is, and what may stand in its braces."""
    for key, text in flow.messages.items():
        yield "messages", key, text, MESSAGES.get(key, text)
    for question in flow.questions.values():
        yield "questions", question.id, question.ask, f"{CONTACTS} {_ASIDE_WORDS}"
        yield from (("questions", question.id, text, "") for text in (question.why or "", question.meaning or ""))
        yield "questions", question.id, question.said or "", "{value}"
    for fact in flow.facts.values():
        yield "facts", fact.id, fact.number_said or "", "{value}"
    for notice in flow.notices.values():
        yield "notices", notice.id, notice.say, CONTACTS
    for outcome in flow.outcomes.values():
        yield from (("outcomes", outcome.id, part.say, f"{OUTCOME_LISTS} {CONTACTS}") for part in outcome.parts)
    for flag in flow.red_flags.values():
        spoken = (flag.question, flag.signs, flag.why, flag.advice or "")
        yield from (("red_flags", flag.id, text, "") for text in spoken)
    for flag in flow.combinations:
        yield from (("combinations", flag.id, text, "") for text in (flag.signs, flag.why, flag.advice or ""))
    for reason in flow.reasons:
        yield from (("reasons", reason.id, text, "") for text in (reason.title, reason.text))
    for step in flow.next_steps:
        card = (step.title, step.what, step.why, *step.how, step.not_when, step.words or "")
        yield from (("next_steps", step.id, text, "") for text in (*card, *(ask.text for ask in step.ask)))
    for topic in flow.topics:
        yield from (("topics", topic.id, text, "") for text in (topic.title, topic.text))


def _check_alarms(flow: Flow, places: Places) -> None:
    outcome = flow.outcomes.get("emergency")
    if outcome is None:
        return
    flags = [flag for flag in (*flow.red_flags.values(), *flow.combinations) if _can_be_emergency(flag)]
    for part, flag in product(outcome.parts, flags):
        concluded: dict[str, Fact] = {"red_flag": frozenset((flag.id,)), "tier": str(Tier.EMERGENCY)}
        length = len(_alarm(flow, part, flag))
        if length > LONGEST_ALARM and part.when.holds(concluded):
            section = "combinations" if flag.combines else "red_flags"
            what = f"with it, the emergency message is {length} characters long; {LONGEST_ALARM} is the most."
            remedy = "Shorten `signs`, `why` or `advice`, or the outcome `emergency`."
            places.problem(section, flag.id, what, remedy, "why")


def _can_be_emergency(flag: RedFlag) -> bool:
    return Tier.EMERGENCY in (flag.tier, flag.if_unsure, *(tier for _, tier in flag.tiers))


def _alarm(flow: Flow, part: Part, flag: RedFlag) -> str:
    """The message for somebody whose country is not known, which has the longest numbers."""
    messages = flow.messages
    because = max(messages.get("because_signs", ""), messages.get("because_unsure", ""), key=len)
    signs = " ".join(filter(None, (because.replace("{signs}", flag.signs), flag.why, flag.advice)))
    text = part.say.replace("{signs}", signs)
    return _BRACES.sub(lambda brace: messages.get(_UNKNOWN.get(brace[1], brace[1]), ""), text)


def _check_quotes(flow: Flow, places: Places) -> None:
    """What follows “because you said” is made of the answers that a reason looks at: each must have words."""
    for reason in flow.reasons:
        for condition in (reason.when, *reason.stronger_if):
            for atom in condition.atoms(denied=False):
                if atom.fact not in CONCLUSIONS and not _can_be_quoted(flow, atom):
                    what = f"what the patient said about `{atom.fact}` cannot be quoted."
                    remedy = f"Add `said:` to `{atom.fact}`: it follows “because you said ”."
                    places.problem("reasons", reason.id, what, remedy, atom.line)


def _can_be_quoted(flow: Flow, atom: Atom) -> bool:
    question, declared = flow.questions.get(atom.fact), flow.facts.get(atom.fact)
    if question is not None:
        return question.kind is not Kind.TEXT and (not question.kind.numeric or question.said is not None)
    if declared is None or declared.numeric:
        return declared is None or declared.number_said is not None  # None: reported as an unknown fact
    values = atom.values if isinstance(atom, Is) else declared.said.keys()
    known = values & declared.said.keys()  # none: reported as an unknown value
    return not known or any(declared.said[value] for value in known)
