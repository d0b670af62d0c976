"""Text as Telegram stores it: HTML read into entities, lengths in UTF-16 code units, blanks trimmed."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.botapi.rules.errors import bad_request
from tests.botapi.rules.urls import url_problem

Entity = dict[str, Any]

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TOKEN = re.compile(
    r"""(?P<tag><(?:"[^"]*"|'[^']*'|[^>"'])*>?) | (?P<code>&(?:lt|gt|amp|quot|\#\d{1,7}|\#x[0-9a-fA-F]{1,6});?)
    | (?P<plain>[^<&]+|&)""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s=>/"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+))""")
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")


def units(text: str) -> int:
    """Length as Telegram counts it: UTF-16 code units, so most emoji count two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and its entities. Raises RefusedError: can't parse entities."""
    reader = _HtmlReader(source)
    for token in _TOKEN.finditer(source):
        if token.lastgroup == "tag":
            reader.tag(token.group(), token.start())
        else:
            reader.write(unescape(token.group()) if token.lastgroup == "code" else token.group())
    return reader.finish()


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without the blanks at both ends that Telegram drops; entities moved accordingly."""
    kept = text.rstrip()
    first = min((entity["offset"] for entity in entities), default=len(kept))
    cut = min(len(kept) - len(kept.lstrip(" \n")), first)
    end = units(kept)
    moved = [
        entity | {"offset": entity["offset"] - cut, "length": min(entity["length"], end - entity["offset"])}
        for entity in entities
        if entity["offset"] < end
    ]
    return kept[cut:], moved


def command_entities(text: str) -> list[Entity]:
    """What Telegram marks by itself in a person's message: /commands."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found.group())}
        for found in _COMMAND.finditer(text)
    ]


@dataclass
class _HtmlReader:
    source: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    open_tags: list[tuple[str, int, dict[str, str], int]] = field(default_factory=list)  # name, start, attributes, part
    entities: list[Entity] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.parts.append(text)
        self.length += units(text)

    def tag(self, token: str, position: int) -> None:
        if token.startswith("</"):
            self._end(token, position)
        else:
            self._start(token, position)

    def finish(self) -> tuple[str, list[Entity]]:
        if self.open_tags:
            name = self.open_tags[-1][0]
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{name}"')
        return "".join(self.parts), sorted(self.entities, key=lambda entity: (entity["offset"], -entity["length"]))

    def _start(self, token: str, position: int) -> None:
        closed = token.endswith(">")
        name, _, rest = re.sub(r"\s", " ", token[1:].removesuffix(">")).partition(" ")
        name = name.lower()
        if not closed and " " not in re.sub(r"\s", " ", token):
            raise _unparsable(f"Unclosed start tag at byte offset {self._offset(position)}")
        if name not in KINDS:
            raise _unparsable(f'Unsupported start tag "{name}" at byte offset {self._offset(position)}')
        if not closed:
            raise _unparsable(f'Unclosed start tag "{name}" at byte offset {self._offset(position)}')
        attributes = {key: unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(rest)}
        if name == "span" and attributes.get("class") != "tg-spoiler":
            offset = self._offset(position)
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
        self.open_tags.append((name, self.length, attributes, len(self.parts)))

    def _end(self, token: str, position: int) -> None:
        offset = self._offset(position)
        if not self.open_tags:
            raise _unparsable(f"Unexpected end tag at byte offset {offset}")
        if not token.endswith(">"):
            raise _unparsable(f"Unclosed end tag at byte offset {offset}")
        found = token[2:-1].strip().lower()
        name, start, attributes, part = self.open_tags.pop()
        if found and found != name:
            expected = f'expected "</{name}>", found "</{found}>"'
            raise _unparsable(f"Unmatched end tag at byte offset {offset}, {expected}")
        if self.length > start:
            self._mark(name, start, attributes, "".join(self.parts[part:]))

    def _mark(self, name: str, start: int, attributes: dict[str, str], text: str) -> None:
        entity: Entity = {"type": KINDS[name], "offset": start, "length": self.length - start}
        if name == "a":
            entity["url"] = attributes.get("href") or text
            if url_problem(entity["url"]):
                return  # Telegram keeps the words and silently drops such a link
        self.entities.append(entity)

    def _offset(self, position: int) -> int:
        return len(self.source[:position].encode())


def _unparsable(text: str) -> Exception:
    return bad_request(f"can't parse entities: {text}")
