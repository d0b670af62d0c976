"""From the texts of a flow's files to a checked Flow. Every mistake is found in one go and named with its remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from bot.flow import entries
from bot.flow.checks import check_flow
from bot.flow.errors import FlowError
from bot.flow.lexicon_reader import read_lexicon
from bot.flow.models import Flow
from bot.flow.not_sure import UNCLEAR, UNCLEAR_FACT, with_not_sure
from bot.flow.order import read_finish, read_order
from bot.flow.places import ENTRIES, Places
from bot.flow.question_reader import read_fact, read_question
from bot.flow.yaml_source import Fields, Report, Value, read_yaml

HOLD = "danger_answers_hold"
LONGEST_HOLD = 7 * 24  # hours; danger signs older than a week say nothing about today


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Entry = TypeVar("Entry", bound=_HasId)


def load_flow(files: Mapping[str, str], pictures: Mapping[str, bytes] | None = None) -> Flow:
    """Build the flow that these files (name -> text) describe.

    Raises FlowError, naming every problem by file, line and entry.
    """
    report = Report([])
    source = _Files(files or {"flow.yaml": ""}, report)
    flow = _build(source, _hash(files), pictures or {})
    for fields in source.files:
        fields.done()
    if not report.problems:
        check_flow(flow, source.places)
    if report.problems:
        raise FlowError(tuple(report.problems))
    return flow


def _hash(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return digest.hexdigest()[:12]


class _Files:
    """All files of a flow, read as one."""

    def __init__(self, files: Mapping[str, str], report: Report) -> None:
        self.report = report
        self.files = [Fields(read_yaml(name, text, report), "file", report) for name, text in sorted(files.items())]
        self.home = next((fields for key in ("name", "order") for fields, _ in self.values(key)), self.files[0])
        self.places = Places(self.home)

    def entries(self, section: str, read: Callable[[Fields], Entry]) -> dict[str, Entry]:
        """The entries of a section by id, in the order of the files."""
        found: dict[str, Entry] = {}

        def read_new(fields: Fields) -> None:
            entry = read(fields)
            if entry.id in found:
                what = f"`{entry.id}` stands at {self.places.line(section, entry.id)} too."
                fields.problem(what, "Rename or remove one of the two.")
            found[entry.id] = entry
            self.places.note(section, entry.id, fields)

        for fields in self.files:
            fields.each(section, ENTRIES[section], read_new)
        return found

    def values(self, key: str) -> list[tuple[Fields, Value]]:
        """The files that hold a key, and what stands behind it."""
        return [(fields, value) for fields in self.files if (value := fields.get(key)) is not None]

    def only(self, key: str) -> Fields:
        """The one file that holds a key; where none does, the flow's own file."""
        found = self.values(key) or [(self.home, self.home.at)]
        (first, value), *others = found
        for fields, other in others:
            fields.problem(f"`{key}` stands at {value.file}:{value.line} too.", "Keep one of the two.", other)
        return first


def _build(source: _Files, digest: str, pictures: Mapping[str, bytes]) -> Flow:
    messages = _messages(source)
    areas = {fields.at.file: fields.text("area", "") for fields in source.files}
    asked = source.entries("questions", read_question)
    questions, order = with_not_sure(asked, read_order(source.only("order"), source.places), messages)
    flags = source.entries("red_flags", lambda fields: entries.read_red_flag(fields, areas[fields.at.file]))
    return Flow(
        name=source.only("name").text("name"),
        title=source.only("title").text("title"),
        hash=digest,
        questions=questions,
        notices=source.entries("notices", entries.read_notice),
        outcomes=source.entries("outcomes", entries.read_outcome),
        stages=order.stages,
        only_if=order.only_if,
        finish=read_finish(source.only("finish"), source.places),
        facts={UNCLEAR: UNCLEAR_FACT, **source.entries("facts", read_fact)},
        red_flags=flags,
        combinations=tuple(source.entries("combinations", entries.read_combination).values()),
        reasons=tuple(source.entries("reasons", entries.read_reason).values()),
        next_steps=tuple(source.entries("next_steps", entries.read_next_step).values()),
        topics=tuple(source.entries("topics", entries.read_topic).values()),
        messages=messages,
        references=tuple(source.entries("references", entries.read_reference).values()),
        pictures=pictures,
        lexicon=read_lexicon(source.values("words"), flags, source.report),
        danger_answers_hold=source.only(HOLD).whole(HOLD, 1, LONGEST_HOLD, default=24),
    )


def _messages(source: _Files) -> dict[str, str]:
    messages: dict[str, str] = {}
    for _, section in source.values("messages"):
        fields = Fields(section, "messages", source.report)
        for key in fields.keys():  # noqa: SIM118 - not a mapping
            if key in messages:
                what = f"the message `{key}` stands at {source.places.line('messages', key)} too."
                fields.problem(what, "Keep one of the two.", fields.get(key))
            messages[key] = fields.text(key)
            source.places.note("messages", key, fields)
    return messages
