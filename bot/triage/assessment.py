"""What the answers mean in the end: urgency, danger signs, reasons and next steps, each with its "because"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.flow.clinical import NextStep, Reason, Tier, most_urgent
from bot.flow.conditions import Fact
from bot.flow.models import Flow
from bot.triage.screening import Finding, with_findings

SHOWN_REASONS = 3  # more on request
SHOWN_STEPS = 4  # more on request
MAX_QUOTES = 3  # a longer "because you said" is not read
_WISHES = frozenset({"wonder_about", "wants"})  # what the patient asked to know about
_NO_REASON = SHOWN_REASONS + 2  # the rank of a step that answers none of the leading reasons


@dataclass(frozen=True, slots=True)
class LikelyReason:
    """A reason that fits the answers, with the answers it rests on."""

    reason: Reason
    said: tuple[str, ...]  # what the patient said that makes it likely
    strength: int

    @property
    def because(self) -> str:
        """Follows "because you said "."""
        return join_quotes(self.said)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The result of a conversation."""

    tier: Tier
    red_flags: tuple[Finding, ...]
    reasons: tuple[LikelyReason, ...]  # strongest first
    next_steps: tuple[NextStep, ...]  # safety first, then the one to begin with today
    known: Mapping[str, Fact]  # the facts, and what was concluded from them

    def to_data(self) -> dict[str, Any]:
        """The assessment as plain data, for programs."""
        return {
            "tier": str(self.tier),
            "red_flags": [
                {"id": finding.flag.id, "ref": finding.flag.evidence.ref, "tier": str(finding.tier)}
                for finding in self.red_flags
            ],
            "reasons": [
                {"id": likely.reason.id, "ref": likely.reason.evidence.ref, "because": likely.because}
                for likely in self.reasons
            ],
            "next_steps": [{"id": step.id, "ref": step.evidence.ref} for step in self.next_steps],
        }


def assess(
    flow: Flow, facts: Mapping[str, Fact], findings: tuple[Finding, ...], quotes: Mapping[str, str]
) -> Assessment:
    """Judge the facts. `quotes` maps a fact to what the patient said."""
    tier = most_urgent([finding.tier for finding in findings])
    known = with_findings(facts, findings)
    likely = () if tier.alarms else _reasons(flow, known, quotes)
    known["reason"] = frozenset(entry.reason.id for entry in likely)
    return Assessment(tier, findings, likely, _next_steps(flow, known, likely, alarm=tier.alarms), known)


def _reasons(flow: Flow, known: dict[str, Fact], quotes: Mapping[str, str]) -> tuple[LikelyReason, ...]:
    found: list[LikelyReason] = []
    known["reason"] = frozenset()
    for reason in flow.reasons:
        if reason.when.holds(known):
            found.append(_likely(reason, known, quotes))
            known["reason"] = frozenset(entry.reason.id for entry in found)
    return tuple(sorted(found, key=lambda entry: -entry.strength))


def _likely(reason: Reason, known: Mapping[str, Fact], quotes: Mapping[str, str]) -> LikelyReason:
    stronger = [condition for condition in reason.stronger_if if condition.holds(known)]
    facts = [name for condition in (reason.when, *stronger) for name in condition.evidence(known)]
    said = tuple(dict.fromkeys(quotes[name] for name in facts if name in quotes))
    return LikelyReason(reason, said, reason.strength + len(stronger))


def join_quotes(said: tuple[str, ...]) -> str:
    """ "a, b and c", of the first few."""
    *rest, last = said[:MAX_QUOTES] or ("",)
    return f"{', '.join(rest)} and {last}" if rest else last


def _next_steps(
    flow: Flow, known: Mapping[str, Fact], likely: tuple[LikelyReason, ...], *, alarm: bool
) -> tuple[NextStep, ...]:
    fitting = [
        step
        for step in flow.next_steps
        if (step.with_alarm or not alarm) and step.when.holds(known) and not step.unless.holds(known)
    ]
    place = {entry.reason.id: index for index, entry in enumerate(likely)}
    fitting.sort(key=lambda step: -_worth(step, place, known))
    today = next((step for step in fitting if step.first_today), None)
    return tuple(sorted(fitting, key=lambda step: (not step.with_alarm, step is not today)))


def _worth(step: NextStep, place: Mapping[str, int], known: Mapping[str, Fact]) -> int:
    """A step that answers the strongest reason gains most, and one that was asked for as much."""
    if not _WISHES.isdisjoint(step.when.evidence(known)):
        return step.priority + _NO_REASON
    best = min((place[name] for name in step.reasons if name in place), default=_NO_REASON)
    return step.priority + _NO_REASON - min(best, _NO_REASON)
