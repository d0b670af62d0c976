"""Reads one entry of each section: question, red flag, reason, next step, topic and the rest."""

from __future__ import annotations

from bot.flow.condition_reader import parse_condition, read_condition
from bot.flow.conditions import ALWAYS, NEVER, NONE, NO, UNSURE, YES, Condition, Fact
from bot.flow.messages import ASIDES
from bot.flow.models import (
    Choice,
    Evidence,
    FactDeclared,
    Kind,
    NextStep,
    Notice,
    Outcome,
    Part,
    Question,
    Reason,
    RedFlag,
    Reference,
    Tier,
    ToAsk,
    Topic,
)
from bot.flow.yaml_source import Fields, Value, as_number

ID_LENGTH = 40  # an id must fit into the 64 bytes that Telegram allows a button
_TIERS = ("emergency", "same_day", "soon")
_YES_NO = (Choice(YES, "Yes"), Choice(NO, "No"), Choice(UNSURE, "Not sure"))


def _id(fields: Fields, key: str = "id") -> str:
    ident = fields.text(key)
    if ident and not (ident.replace("_", "").isalnum() and ident == ident.lower() and len(ident) <= ID_LENGTH):
        remedy = f"Use at most {ID_LENGTH} small letters, digits and _."
        fields.problem(f"`{ident}` cannot be an id.", remedy, fields.get(key))
    return ident


def _evidence(fields: Fields) -> Evidence:
    return Evidence(
        ref=fields.text("ref"),
        refs=fields.texts("refs"),
        source=fields.text("source"),
        researched=fields.text("researched"),
        reviewed=fields.text("reviewed"),
    )


def read_question(fields: Fields) -> Question:
    """A `questions:` entry."""
    kind = Kind(fields.one_of("kind", tuple(Kind)))
    choices = tuple(fields.each("choices", "choice", _choice))
    at_least, at_most = fields.number("at_least"), fields.number("at_most")
    if kind is Kind.SCALE and not choices:
        choices = tuple(Choice(f"s{n}", str(n), value=float(n)) for n in range(11))
    question = Question(
        id=_id(fields),
        kind=kind,
        ask=fields.text("ask"),
        choices=_yes_no(choices) if kind is Kind.YES_NO else choices,
        why=fields.optional("why"),
        meaning=fields.optional("meaning"),
        unit=fields.optional("unit"),
        at_least=0 if at_least is None else at_least,
        at_most=_most(kind) if at_most is None else at_most,
        said=fields.optional("said"),
        picture=fields.optional("picture"),
        picture_text=fields.optional("picture_text"),
        danger=fields.flag("danger"),
        ref=fields.optional("ref"),
        refs=fields.texts("refs"),
    )
    _check_choices(question, fields)
    return question


def _most(kind: Kind) -> float:
    return {Kind.SCALE: 10, Kind.DURATION: 52 * 60}.get(kind, 1000)


def _yes_no(listed: tuple[Choice, ...]) -> tuple[Choice, ...]:
    given = {choice.id: choice for choice in listed}
    return tuple(given.get(choice.id, choice) for choice in _YES_NO)


def _check_choices(question: Question, fields: Fields) -> None:
    ids = [choice.id for choice in question.choices]
    if len(set(ids)) != len(ids):
        fields.problem("two choices have the same id.", "Give each choice its own id.")
    if question.kind in (Kind.ONE_OF, Kind.MANY_OF) and len(ids) < 2 and question.id not in ASIDES:
        fields.problem("there are fewer than two choices.", "Add `choices:`.")
    if question.kind is Kind.MANY_OF and (not ids or ids[-1] != NONE):
        fields.problem("a many_of must end with a choice `none`.", "Add `- {id: none, label: None of these}` last.")
    if question.kind is Kind.YES_NO and set(ids) - {YES, NO, UNSURE}:
        fields.problem("a yes_no has only yes, no, unsure.", "Use `kind: one_of` for other choices.")
    if question.danger and question.kind is Kind.MANY_OF:
        for choice in question.choices:
            if choice.id not in (NONE, UNSURE) and not choice.sets:
                fields.problem(f"danger sign `{choice.id}` makes no fact.", "Add `sets: {some_fact: yes}`.")


def _choice(fields: Fields) -> Choice:
    ident = _id(fields)
    value = fields.get("value")
    return Choice(
        id=ident,
        label=fields.text("label", {YES: "Yes", NO: "No", UNSURE: "Not sure"}.get(ident)),
        value=None if value is None else _fact(value.data),
        sets=_pairs(fields, "sets"),
        otherwise=_pairs(fields, "otherwise"),
        said=fields.optional("said"),
        accepts=fields.texts("accepts"),
        covers=_covers(fields),
        exclusive=fields.flag("exclusive") or ident == NONE,
    )


def _covers(fields: Fields) -> tuple[float, float] | None:
    value = fields.get("covers")
    if value is None:
        return None
    inner = Fields(value, fields.where, fields.report)
    low, high = inner.number("at_least"), inner.number("at_most")
    inner.done()
    return (float("-inf") if low is None else low, float("inf") if high is None else high)


def _fact(data: object) -> Fact:
    number = as_number(data)
    return str(data) if number is None else number


def _pairs(fields: Fields, key: str) -> tuple[tuple[str, Fact], ...]:
    return tuple((name, _fact(value.data)) for name, value in fields.mapping(key).items())


def read_notice(fields: Fields) -> Notice:
    """A `notices:` entry."""
    return Notice(_id(fields), fields.text("say"))


def read_fact(fields: Fields) -> FactDeclared:
    """A `facts:` entry."""
    ident, said = _id(fields), fields.optional("said")
    if fields.get("number"):
        fields.text("number")
        return FactDeclared(ident, {}, number_said=said, numeric=True)
    values = fields.mapping("values")
    if not values:
        return FactDeclared(ident, {YES: said, NO: None, UNSURE: None})
    return FactDeclared(ident, {name: _text_or_none(value) for name, value in values.items()})


def _text_or_none(value: Value) -> str | None:
    return value.data if isinstance(value.data, str) else None


def read_red_flag(fields: Fields, area: str) -> RedFlag:
    """A `red_flags:` entry."""
    return RedFlag(
        id=_id(fields),
        tier=Tier(fields.one_of("tier", _TIERS)),
        question=fields.text("question"),
        signs=fields.text("signs"),
        why=fields.text("why"),
        when=_needed(fields),
        evidence=_evidence(fields),
        area=area,
        unless=read_condition(fields, "unless", NEVER),
        tiers=tuple(fields.each("tiers", f"{fields.where} tier", _tier)),
        if_unsure=Tier(fields.one_of("if_unsure", _TIERS, "soon")),
        clarify=fields.optional("clarify"),
        advice=fields.optional("advice"),
        phrases=fields.texts("phrases"),
        look_alikes=fields.texts("look_alikes"),
        suspected=fields.text("suspected", ""),
    )


def _tier(fields: Fields) -> tuple[Condition, Tier]:
    return _needed(fields), Tier(fields.one_of("tier", _TIERS))


def _needed(fields: Fields) -> Condition:
    value = fields.get("when")
    if value is None:
        fields.problem("`when` is missing.", "Add `when: {fact: value}`.")
        return NEVER
    return parse_condition(value, fields.where, fields.report)


def read_combination(fields: Fields) -> RedFlag:
    """A `combinations:` entry: a red flag that looks at other red flags."""
    return RedFlag(
        id=_id(fields),
        tier=Tier(fields.one_of("tier", _TIERS)),
        question=fields.text("question", ""),
        signs=fields.text("signs"),
        why=fields.text("why"),
        when=_needed(fields),
        evidence=Evidence(
            ref=fields.text("ref", ""),
            refs=fields.texts("refs"),
            source=fields.text("source"),
            researched=fields.text("researched"),
            reviewed=fields.text("reviewed"),
        ),
        advice=fields.optional("advice"),
        combines=True,
    )


def read_reason(fields: Fields) -> Reason:
    """A `reasons:` entry."""
    return Reason(
        id=_id(fields),
        title=fields.text("title"),
        text=fields.text("text"),
        when=_needed(fields),
        strength=int(fields.number("strength") or 3),
        evidence=_evidence(fields),
        stronger_if=tuple(parse_condition(v, fields.where, fields.report) for v in fields.items("stronger_if")),
    )


def read_next_step(fields: Fields) -> NextStep:
    """A `next_steps:` entry."""
    contact = fields.one_of("contact", ("clinic", "none"), "none")
    return NextStep(
        id=_id(fields),
        title=fields.text("title"),
        what=fields.text("what"),
        why=fields.text("why"),
        how=fields.texts("how"),
        not_when=fields.text("not_when"),
        when=_needed(fields),
        evidence=_evidence(fields),
        words=fields.optional("words"),
        words_for=fields.optional("words_for"),
        ask=tuple(fields.each("ask", "ask", lambda ask: ToAsk(ask.text("ref"), ask.text("text")))),
        unless=read_condition(fields, "unless", NEVER),
        priority=int(fields.number("priority") or 3),
        first_today=fields.flag("first_today"),
        contact=contact == "clinic",
        with_alarm=fields.flag("with_alarm"),
    )


def read_topic(fields: Fields) -> Topic:
    """A `topics:` entry."""
    return Topic(
        id=_id(fields),
        group=fields.text("group"),
        title=fields.text("title"),
        text=fields.text("text"),
        evidence=_evidence(fields),
        phrases=fields.texts("phrases"),
        steps=fields.texts("steps"),
    )


def read_outcome(fields: Fields) -> Outcome:
    """An `outcomes:` entry."""
    return Outcome(_id(fields), tuple(fields.each("parts", f"{fields.where} part", _part)), fields.texts("offers"))


def _part(fields: Fields) -> Part:
    return Part(read_condition(fields, "when", ALWAYS), fields.text("say"))


def read_reference(fields: Fields) -> Reference:
    """A `references:` entry."""
    return Reference(fields.text("id"), fields.text("name"))
