"""Ids that the program could not tell apart."""

from __future__ import annotations

from dataclasses import dataclass

from bot.flow.conditions import ANY, CONCLUSIONS
from bot.flow.messages import OFFERS, TOPIC_GROUPS
from bot.flow.not_sure import SUFFIX
from bot.flow.numbers import CHOICE
from bot.flow.places import ENTRIES, Places


@dataclass(frozen=True, slots=True)
class _Space:
    """Entries that are told apart by their id alone, and the words taken by the program itself."""

    of: str
    sections: tuple[str, ...]
    taken: frozenset[str]


_SPACES = (
    _Space("places in the conversation", ("questions", "notices", "outcomes"), frozenset({"start", "back"})),
    _Space("facts", ("questions", "facts"), CONCLUSIONS | {"all", "any", "not"}),
    _Space("danger signs", ("red_flags", "combinations"), frozenset({ANY})),
    _Space("reasons", ("reasons",), frozenset({ANY})),
    _Space("buttons under a result", ("questions", "next_steps"), OFFERS),
    _Space("buttons in the list of reasons and steps", ("reasons", "next_steps"), frozenset({"back"})),
    _Space("buttons in the list of topics", ("topics",), frozenset({*TOPIC_GROUPS, "back"})),
)


def check_ids(places: Places) -> None:
    """Report ids that clash with one another, or with what the program itself uses."""
    for space in _SPACES:
        _check_space(space, places)
    for ident in places.ids("questions"):
        if ident.endswith(SUFFIX):
            what = f"ids that end in `{SUFFIX}` are the program's own: it asks so after “Not sure”."
            places.problem("questions", ident, what, "Rename it.")
    for section in ("questions", "next_steps"):
        for ident in places.ids(section):
            if ident.startswith(CHOICE):
                what = f"ids that begin with `{CHOICE}` are the countries' buttons."
                places.problem(section, ident, what, "Rename it.")


def _check_space(space: _Space, places: Places) -> None:
    first: dict[str, str] = {}
    for section in space.sections:
        for ident in places.ids(section):
            if ident in space.taken:
                places.problem(section, ident, f"`{ident}` is a word of the program's own.", "Use another id.")
            if first.setdefault(ident, section) != section:
                other = f"the {ENTRIES[first[ident]]} at {places.line(first[ident], ident)}"
                what = f"{other} has the same id, and both are {space.of}."
                places.problem(section, ident, what, "Rename one of the two.")
