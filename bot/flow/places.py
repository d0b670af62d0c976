"""Where each entry of a flow is written, so that a mistake found late still names its file and line."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from bot.flow.names import remedy_for
from bot.flow.yaml_source import Fields, Value

ENTRIES = {  # section -> what one entry of it is called
    "questions": "question",
    "notices": "notice",
    "facts": "fact",
    "red_flags": "red flag",
    "combinations": "combination",
    "reasons": "reason",
    "next_steps": "next step",
    "topics": "topic",
    "outcomes": "outcome",
    "references": "reference",
}


class Places:
    """The entries by section and id. What stands nowhere is reported at `home`, the file that names the flow."""

    def __init__(self, home: Fields) -> None:
        self._home = home
        self._entries: dict[tuple[str, str], Fields] = {}

    def note(self, section: str, ident: str, fields: Fields) -> None:
        """Remember an entry."""
        self._entries[section, ident] = fields

    def ids(self, section: str) -> Iterator[str]:
        """The ids of a section's entries, as written."""
        return (ident for name, ident in self._entries if name == section)

    def line(self, section: str, ident: str) -> str:
        """Where an entry stands, as `file:line`."""
        at = self._entries[section, ident].find(ident)
        return f"{at.file}:{at.line}"

    def problem(self, section: str, ident: str, what: str, remedy: str, at: str | int = "") -> None:
        """Report a mistake in an entry: at a line, or where a word stands in it."""
        fields = self._entries.get((section, ident), self._home)
        place = Value(None, fields.at.file, at) if isinstance(at, int) else fields.find(at)
        fields.problem(what, remedy, place)

    def known(self, section: str, ident: str, name: str, kind: str, names: Collection[str], line: int = 0) -> None:
        """Report a name in an entry that nothing answers to."""
        if name not in names:
            remedy = remedy_for(name, names, f"Write the {kind} first, or correct the name.")
            self.problem(section, ident, f"there is no {kind} `{name}`.", remedy, line or name)
