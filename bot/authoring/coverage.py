"""Where every row of the research notes lives in the flow: docs/clinical-coverage.md, which this module writes.

A row has its place where an entry of the flow, or a transcript, names it in `ref` or `refs`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from bot.flow.places import ENTRIES
from bot.flow.yaml_source import Report, Value, read_yaml
from bot.flow_files import FLOW, flows_folder, read_text

DOCUMENT = "clinical-coverage.md"
FAMILIES = {  # what an id begins with -> what such rows are about
    "RSN": "Reasons why therapy may not work",
    "NUM": "Numbers",
    "NXT": "Next steps",
    "TST": "Tests",
    "SPC": "Specialists",
    "CND": "Conditions that people were told they have",
    "STR": "Strategies",
    "ASK": "Questions to ask",
    "FAQ": "Common questions",
    "CASE": "Situations of readers",
    "ALT": "Other treatments",
    "RF": "Red flags",
    "Q": "Questions of the conversation",
}
_HEAD = """# Where the research lives

Every row of the research notes (reasons and next steps, red flags, questions), and the entries that carry it.
Made from the flow by `python -m bot.authoring.coverage`; do not edit. A test fails when a row loses its place.
"""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """An entry that carries a row."""

    file: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind} `{self.id}` in [{self.file}](../flows/{FLOW}/{self.file})"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the research notes, and where it lives."""

    id: str
    name: str
    places: tuple[Place, ...]

    @property
    def family(self) -> str:
        """The beginning of its id."""
        return next(family for family in FAMILIES if self.id.removeprefix(family)[:1] in "-0123456789")


def rows_of(folder: Path) -> tuple[Row, ...]:
    """All rows of a flow's references, as written there."""
    sources = _sources(folder)
    found: dict[str, set[Place]] = {}
    for file, source in sources.items():
        for place, ref in _refs(file, source):
            found.setdefault(ref, set()).add(place)
    return tuple(
        Row(_text(entry, "id"), _text(entry, "name"), tuple(sorted(found.get(_text(entry, "id"), ()))))
        for source in sources.values()
        for entry in _items(source.get("references"))
    )


def _sources(folder: Path) -> dict[str, Mapping[str, Value]]:
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.yaml"))}
    read = {name: read_yaml(name, read_text(path), Report([])) for name, path in files.items()}
    return {name: root.data for name, root in read.items() if isinstance(root.data, dict)}


def _refs(file: str, source: Mapping[str, Value]) -> Iterator[tuple[Place, str]]:
    if "transcript" in source:
        yield from ((Place(file, "transcript", Path(file).stem), ref) for ref in _named(source))
    for section, kind in ENTRIES.items():
        for entry in _items(source.get(section)):
            place = Place(file, kind, _text(entry, "id"))
            asked = [ref for question in _items(entry.get("ask")) for ref in _named(question)]
            yield from ((place, ref) for ref in (*_named(entry), *asked))


def _items(value: Value | None) -> list[Mapping[str, Value]]:
    """The entries of a list; none where it is something else, such as a question's text."""
    listed = value.data if value else None
    return [item.data for item in listed if isinstance(item.data, dict)] if isinstance(listed, list) else []


def _named(entry: Mapping[str, Value]) -> list[str]:
    """The rows that an entry names itself."""
    refs = entry["refs"].data if "refs" in entry else ()
    further = [ref.data for ref in refs if isinstance(ref.data, str)] if isinstance(refs, list) else []
    return [ref for ref in (_text(entry, "ref"), *further) if ref]


def _text(entry: Mapping[str, Value], key: str) -> str:
    data = entry[key].data if key in entry else ""
    return data if isinstance(data, str) else ""


def document(rows: Sequence[Row]) -> str:
    """The rows as Markdown, a table for each family."""
    return "\n".join([_HEAD, *(_family(name, list(group)) for name, group in groupby(rows, lambda row: row.family))])


def _family(name: str, rows: list[Row]) -> str:
    lines = [f"| {row.id} | {row.name} | {_joined(row.places)} |" for row in rows]
    return "\n".join([f"## {FAMILIES[name]} ({len(rows)})\n", "| Row | Name | Lives in |", "|---|---|---|", *lines, ""])


def _joined(places: Iterable[Place]) -> str:
    return "<br>".join(map(str, places)) or "**nowhere**"


def main() -> None:
    """Write the document into the checkout that the flow came from."""
    path = flows_folder().parent / "docs" / DOCUMENT
    rows = rows_of(flows_folder() / FLOW)
    path.write_text(document(rows), encoding="utf-8")
    lost = [row.id for row in rows if not row.places]
    sys.stdout.write(f"{path}: {len(rows)} rows, {len(lost)} without a place {' '.join(lost)}\n")


if __name__ == "__main__":
    main()
