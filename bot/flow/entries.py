"""Reads one entry of each section but the questions: red flag, reason, next step, topic and the rest."""

from __future__ import annotations

from bot.flow.clinical import Evidence, NextStep, Reason, RedFlag, Reference, Tier, ToAsk, Topic
from bot.flow.condition_reader import parse_condition, read_condition
from bot.flow.conditions import ALWAYS, NEVER, Condition
from bot.flow.messages import TOPIC_GROUPS, WORDS_FOR
from bot.flow.models import Notice, Outcome, Part
from bot.flow.yaml_source import Fields

_TIERS = (Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON)  # "not sure" too is never less than soon


def _evidence(fields: Fields, *, ref: str | None = None) -> Evidence:
    return Evidence(
        ref=fields.text("ref", ref),
        refs=fields.texts("refs"),
        source=fields.text("source"),
        researched=fields.text("researched"),
        reviewed=fields.text("reviewed"),
    )


def _tier(fields: Fields, key: str = "tier", default: str | None = None) -> Tier:
    return Tier(fields.one_of(key, _TIERS, default))


def _when(fields: Fields) -> Condition:
    if fields.get("when") is None:
        fields.problem("`when` is missing.", "Add `when: {fact: value}`.")
    return read_condition(fields, "when", NEVER)


def read_red_flag(fields: Fields, area: str) -> RedFlag:
    """A `red_flags:` entry."""
    return RedFlag(
        id=fields.ident(),
        tier=_tier(fields),
        question=fields.text("question"),
        signs=fields.text("signs"),
        why=fields.text("why"),
        when=_when(fields),
        evidence=_evidence(fields),
        area=area,
        unless=read_condition(fields, "unless", NEVER),
        tiers=tuple(fields.each("tiers", f"{fields.where}: tier", lambda tier: (_when(tier), _tier(tier)))),
        if_unsure=_tier(fields, "if_unsure", Tier.SOON),
        clarify=fields.optional("clarify"),
        advice=fields.optional("advice"),
        phrases=fields.texts("phrases"),
        look_alikes=fields.texts("look_alikes"),
        sorrow=fields.flag("sorrow"),
        suspected=fields.text("suspected", ""),
    )


def read_combination(fields: Fields) -> RedFlag:
    """A `combinations:` entry: a red flag that looks at other red flags."""
    return RedFlag(
        id=fields.ident(),
        tier=_tier(fields),
        question="",
        signs=fields.text("signs"),
        why=fields.text("why"),
        when=_when(fields),
        evidence=_evidence(fields, ref=""),
        advice=fields.optional("advice"),
        combines=True,
    )


def read_reason(fields: Fields) -> Reason:
    """A `reasons:` entry."""
    return Reason(
        id=fields.ident(),
        title=fields.text("title"),
        text=fields.text("text"),
        when=_when(fields),
        strength=fields.whole("strength", 1, 5, default=3),
        evidence=_evidence(fields),
        details=fields.optional("details"),
        stronger_if=tuple(parse_condition(item, fields.where, fields.report) for item in fields.items("stronger_if")),
    )


def read_next_step(fields: Fields) -> NextStep:
    """A `next_steps:` entry."""
    words = fields.optional("words")
    return NextStep(
        id=fields.ident(),
        title=fields.text("title"),
        what=fields.text("what"),
        why=fields.text("why"),
        how=_how(fields),
        not_when=fields.text("not_when"),
        when=_when(fields),
        evidence=_evidence(fields),
        words=words,
        words_for=fields.one_of("words_for", WORDS_FOR) if words else None,
        ask=tuple(fields.each("ask", f"{fields.where}: ask", lambda ask: ToAsk(ask.text("ref"), ask.text("text")))),
        unless=read_condition(fields, "unless", NEVER),
        priority=fields.whole("priority", 1, 5, default=3),
        first_today=fields.flag("first_today"),
        contact=fields.one_of("contact", ("clinic",), "") == "clinic",
        with_alarm=fields.flag("with_alarm"),
    )


def _how(fields: Fields) -> tuple[str, ...]:
    how = fields.texts("how")
    if not how:
        fields.problem("`how` is empty.", "Write what can be done, first what can be done today.", fields.get("how"))
    return how


def read_topic(fields: Fields) -> Topic:
    """A `topics:` entry."""
    return Topic(
        id=fields.ident(),
        group=fields.one_of("group", TOPIC_GROUPS),
        title=fields.text("title"),
        text=fields.text("text"),
        evidence=_evidence(fields),
        phrases=fields.texts("phrases"),
        asked=fields.texts("asked"),
        steps=fields.texts("steps"),
    )


def read_outcome(fields: Fields) -> Outcome:
    """An `outcomes:` entry."""
    return Outcome(fields.ident(), tuple(fields.each("parts", f"{fields.where}: part", _part)), fields.texts("offers"))


def _part(fields: Fields) -> Part:
    return Part(read_condition(fields, "when", ALWAYS), fields.text("say"))


def read_notice(fields: Fields) -> Notice:
    """A `notices:` entry."""
    return Notice(fields.ident(), fields.text("say"))


def read_reference(fields: Fields) -> Reference:
    """A `references:` entry."""
    return Reference(fields.text("id"), fields.text("name"))
