"""Which danger signs do the answers show, and how urgent are they? Run after every answer, before anything else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.flow.clinical import RedFlag, Tier, most_urgent
from bot.flow.conditions import Fact, named_values
from bot.flow.models import Flow

ANY_FLAG = frozenset({"tier", "red_flag_count"})  # facts that any red flag changes


@dataclass(frozen=True, slots=True)
class Finding:
    """A red flag that counts, with the urgency it has here."""

    flag: RedFlag
    tier: Tier
    unsure: bool = False  # it rests on a "not sure"


@dataclass(frozen=True, slots=True)
class Screening:
    """What a screening found: the flags that count, most urgent first, and the questions to clarify others with."""

    findings: tuple[Finding, ...] = ()
    to_clarify: tuple[str, ...] = ()


def screen(
    flow: Flow, facts: Mapping[str, Fact], before: Mapping[str, Fact | None] | None = None, *, can_ask: bool = True
) -> Screening:
    """Screen the facts. With `before`, what some facts were until now, only the flags that their change can touch.

    Where nothing can be asked, a flag that should be clarified counts as it stands.
    """
    findings, to_clarify = [], []
    for flag in flow.red_flags.values() if before is None else _concerned(flow, facts, before):
        found = judge(flag, facts, can_ask=can_ask)
        if isinstance(found, str):
            to_clarify.append(found)
        elif found is not None:
            findings.append(found)
    return Screening(ordered(findings), tuple(dict.fromkeys(to_clarify)))


def _concerned(flow: Flow, facts: Mapping[str, Fact], before: Mapping[str, Fact | None]) -> Iterable[RedFlag]:
    by_id: dict[str, RedFlag] = {}
    for name, known in before.items():
        touched = flow.flags_by_fact.get(name, ())
        if touched and known is None:
            touched = flow.flags_heeding(name, facts[name])
        for flag in touched:
            by_id[flag.id] = flag
    return by_id.values()


def judge(flag: RedFlag, facts: Mapping[str, Fact], *, can_ask: bool = True) -> Finding | str | None:
    """The finding, or the question that must be asked before it counts, or None."""
    if not flag.when.possible(facts):
        return None
    if flag.clarify and flag.clarify not in facts and can_ask:
        return flag.clarify
    if flag.unless.certain(facts):
        return None
    tier = _tier(flag, facts)
    if flag.when.holds(facts):
        return Finding(flag, tier or flag.tier)
    return Finding(flag, most_urgent([flag.if_unsure, tier or flag.if_unsure]), unsure=True)


def _tier(flag: RedFlag, facts: Mapping[str, Fact]) -> Tier | None:
    """The urgency by the first of the flag's `tiers` that fits. What makes it less urgent must be certain."""
    for condition, tier in flag.tiers:
        if condition.certain(facts) if tier.urgency < flag.tier.urgency else condition.holds(facts):
            return tier
    return None


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most urgent first; equally urgent ones in the order found."""
    return tuple(sorted(findings, key=lambda finding: -finding.tier.urgency))


def merged(findings: Iterable[Finding], standing: Iterable[Finding]) -> tuple[Finding, ...]:
    """Join what was found now with what was stated before: each flag once, never less urgent or sure than before."""
    by_id = {finding.flag.id: finding for finding in findings}
    for before in standing:
        now = by_id.get(before.flag.id, before)
        tier = most_urgent([now.tier, before.tier])
        by_id[before.flag.id] = Finding(before.flag, tier, now.unsure and before.unsure)
    return ordered(by_id.values())


def combine(flow: Flow, facts: Mapping[str, Fact], findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Join the combinations that the flags found make together, in place of those found earlier; but an alarm stays.

    Equally urgent ones come as they are written, so that the order of the answers makes no difference.
    """
    flags = [finding for finding in findings if not finding.flag.combines]
    known = with_findings(facts, tuple(flags))
    alarms = {finding.flag.id for finding in findings if finding.flag.combines and finding.tier.alarms}
    flags.sort(key=lambda finding: flow.flag_places[finding.flag.id])
    if alarms or flow.any_combination.holds(known):
        made = (flag for flag in flow.combinations if flag.id in alarms or flag.when.holds(known))
        flags += [Finding(flag, flag.tier) for flag in made]
    return ordered(flags)


def behind(finding: Finding, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The flags that make a combination together; the finding itself where it is none, or rests on answers alone."""
    when = finding.flag.when
    named, counts = named_values(when, "red_flag"), ANY_FLAG & when.names()
    flags = (other for other in findings if not other.flag.combines)
    made_of = tuple(other for other in flags if counts or other.flag.id in named) if finding.flag.combines else ()
    return made_of or (finding,)


def with_findings(facts: Mapping[str, Fact], findings: tuple[Finding, ...]) -> dict[str, Fact]:
    """The facts together with what was concluded: `red_flag`, `tier`, `red_flag_count`."""
    return {**facts, **(_conclusions(findings) if findings else _ALL_CLEAR)}


def _conclusions(findings: tuple[Finding, ...]) -> dict[str, Fact]:
    tier = most_urgent([finding.tier for finding in findings])
    count = sum(not finding.flag.combines for finding in findings)
    flags = frozenset(finding.flag.id for finding in findings)
    return {"red_flag": flags, "tier": str(tier), "red_flag_count": float(count)}


_ALL_CLEAR = _conclusions(())
