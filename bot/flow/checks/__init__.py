"""Does a well-formed flow make sense? One idea a module; each finds its kind of mistake in the whole flow."""

from __future__ import annotations

from bot.flow.checks.conditions import check_conditions
from bot.flow.checks.ids import check_ids
from bot.flow.checks.ways import check_ways
from bot.flow.checks.words import check_words
from bot.flow.models import Flow
from bot.flow.places import Places


def check_flow(flow: Flow, places: Places) -> None:
    """Report every name, value and way that does not fit."""
    check_ids(places)
    check_conditions(flow, places)
    check_ways(flow, places)
    check_words(flow, places)
