"""The small flow of the dialogue tests, whole or with a few words replaced, and an engine that runs it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.dialogue.engine import Engine
from bot.flow.clinics import Clinic
from bot.flow.loader import load_flow
from bot.flow.models import Flow
from bot.flow_files import FLOW, flows_folder, load_package_flow, load_package_numbers
from bot.triage.words import Listener

SMALL = Path(__file__).parent.parent / "flows/data/small/flow.yaml"
CLINICS = {
    "north": Clinic(
        "north", "North Physio", country="GB", phone="+44 20", booking="https://north.example", hours="9-5"
    ),
    "south": Clinic("south", "South Physio", greeting="Nice to see you."),
}


def dialogue_flow(*replaced: tuple[str, str]) -> Flow:
    """The small flow. `replaced`: words of its file, and what is to stand there instead."""
    text = SMALL.read_text(encoding="utf-8")
    for old, new in replaced:
        assert old in text
        text = text.replace(old, new)
    own = flows_folder() / FLOW
    shared = {name: (own / name).read_text(encoding="utf-8") for name in ("messages.yaml", "questions/asides.yaml")}
    return load_flow({"small.yaml": text, **shared})


@cache
def small_engine(*replaced: tuple[str, str]) -> Engine:
    """An engine over the small flow, with two clinics."""
    return Engine(dialogue_flow(*replaced), load_package_numbers(), CLINICS)


@cache
def real_flow() -> Flow:
    """The flow that comes with the program. Reading it takes half a second, so all tests share one."""
    return load_package_flow()


@cache
def real_engine(*clinics: Clinic) -> Engine:
    """An engine over that flow, with these clinics, or else with the two."""
    return Engine(real_flow(), load_package_numbers(), {clinic.slug: clinic for clinic in clinics} or CLINICS)


def real_listener() -> Listener:
    """What hears typed words on that flow."""
    return real_engine().talk.knowledge.listener
