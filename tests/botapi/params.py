"""The arguments of one call, whichever way they were sent: query string, form, multipart or a JSON body."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.botapi.rules.errors import bad_request


@dataclass(frozen=True)
class Params:
    """Everything is text, as on the wire; objects are JSON in text."""

    values: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def integer(self, name: str, default: int = 0) -> int:
        """A number, or the default where Telegram would not read one either."""
        try:
            return int(self.values.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def data(self, name: str, what: str) -> Any:
        """The JSON in this field, or None when it is not given. Raises RefusedError: can't parse <what> JSON object."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.values[name])
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def for_log(self) -> dict[str, str]:
        return self.values | {name: f"<{len(content)} bytes>" for name, content in self.files.items()}


async def read_params(request: web.Request) -> Params:
    values = dict(request.query)
    if request.content_type == "application/json":
        return params_of(values | await request.json())
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            values[name] = value if isinstance(value, str) else bytes(value).decode()
    return Params(values, files)


def params_of(values: Mapping[str, object]) -> Params:
    """The arguments as JSON gives them."""
    return Params({name: _as_text(value) for name, value in values.items()})


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
