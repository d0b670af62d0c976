"""From the texts of a flow's files to a checked Flow. Every mistake is found in one go and named with its remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.flow import entries
from bot.flow.check import check_flow
from bot.flow.errors import FlowError
from bot.flow.models import Flow, Notice, Outcome, Question, RedFlag, Route
from bot.flow.not_sure import with_not_sure
from bot.flow.order import Order, read_order, read_routes
from bot.flow.yaml_source import Fields, Report, Value, read_yaml


def load_flow(files: Mapping[str, str], pictures: Mapping[str, bytes] | None = None) -> Flow:
    """Build the flow that these files (name -> text) describe.

    Raises FlowError, naming every problem by file, line and entry.
    """
    report = Report([])
    sources = [Fields(read_yaml(name, text, report), "file", report) for name, text in sorted(files.items())]
    flow = _build(_Sections(sources), _hash(files), dict(pictures or {}))
    for source in sources:
        source.done()
    if not report.problems:
        check_flow(flow, _lines(sources), report)
    if report.problems:
        raise FlowError(tuple(report.problems))
    return flow


def _hash(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return digest.hexdigest()[:12]


class _Sections:
    """The same section of all files, read as one."""

    def __init__(self, sources: list[Fields]) -> None:
        self.sources = sources
        self.report = sources[0].report if sources else Report([])

    def each(self, section: str, name: str, read: Callable[[Fields], Any]) -> list[Any]:
        return [entry for source in self.sources for entry in source.each(section, name, read)]

    def unique(self, section: str, name: str, read: Callable[[Fields], Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def read_new(fields: Fields) -> None:
            entry = read(fields)
            if entry.id in found:
                fields.problem(f"there are two entries called `{entry.id}`.", "Rename or remove one of them.")
            found[entry.id] = entry

        self.each(section, name, read_new)
        return found

    def values(self, section: str) -> Iterable[tuple[Fields, Value]]:
        for source in self.sources:
            value = source.get(section)
            if value is not None:
                yield source, value

    def text(self, key: str) -> str:
        texts = [source.text(key) for source, _ in self.values(key)]
        if not texts and self.sources:
            self.sources[0].problem(f"no file of this flow has `{key}:`.", f"Add `{key}: ...` to flow.yaml.")
        return texts[0] if texts else ""


def _build(sections: _Sections, digest: str, pictures: dict[str, bytes]) -> Flow:
    messages = _messages(sections)
    order = _order(sections)
    asked: dict[str, Question] = sections.unique("questions", "question", entries.read_question)
    questions, order = with_not_sure(asked, order, messages)
    flags: dict[str, RedFlag] = {}
    combinations: dict[str, RedFlag] = {}
    for source in sections.sources:
        area = source.text("area", "")
        one = _Sections([source])
        flags |= one.unique("red_flags", "red flag", lambda fields, area=area: entries.read_red_flag(fields, area))
        combinations |= one.unique("combinations", "combination", entries.read_combination)
    outcomes: dict[str, Outcome] = sections.unique("outcomes", "outcome", entries.read_outcome)
    notices: dict[str, Notice] = sections.unique("notices", "notice", entries.read_notice)
    return Flow(
        name=sections.text("name"),
        title=sections.text("title"),
        hash=digest,
        questions=questions,
        notices=notices,
        outcomes=outcomes,
        stages=order.stages,
        only_if=order.only_if,
        finish=_finish(sections),
        facts=sections.unique("facts", "fact", entries.read_fact),
        red_flags=flags,
        combinations=tuple(combinations.values()),
        reasons=tuple(sections.unique("reasons", "reason", entries.read_reason).values()),
        next_steps=tuple(sections.unique("next_steps", "next step", entries.read_next_step).values()),
        topics=tuple(sections.unique("topics", "topic", entries.read_topic).values()),
        messages=messages,
        references=tuple(sections.unique("references", "reference", entries.read_reference).values()),
        pictures=pictures,
    )


def _messages(sections: _Sections) -> dict[str, str]:
    messages: dict[str, str] = {}
    for source, _ in sections.values("messages"):
        for key, value in source.mapping("messages").items():
            if isinstance(value.data, str):
                messages[key] = value.data.strip()
            else:
                source.problem(f"message `{key}` must be a text.", f'Write `{key}: "..."`.', value)
    return messages


def _order(sections: _Sections) -> Order:
    orders = [read_order(source) for source, _ in sections.values("order")]
    return orders[0] if orders else Order((), {})


def _finish(sections: _Sections) -> tuple[Route, ...]:
    routes = [read_routes(source, "finish") for source, _ in sections.values("finish")]
    return routes[0] if routes else ()


def _lines(sources: list[Fields]) -> dict[str, Value]:
    """Where each entry stands: id -> its place, for messages about entries that are well-formed but do not fit."""
    lines: dict[str, Value] = {}
    for source in sources:
        for section in source.keys():
            value = source.get(section)
            for item in value.data if value and isinstance(value.data, list) else ():
                ident = item.data.get("id") if isinstance(item.data, dict) else None
                if ident is not None and isinstance(ident.data, str):
                    lines[ident.data] = item
    return lines


