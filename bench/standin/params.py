"""Parameters of a call, in each of the forms that clients use."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

Params = dict[str, Any]  # values are texts, or whatever JSON brought

_NAME = re.compile(rb'name="?([^";\r]+)')


def read_params(kind: bytes, body: bytes) -> Params:
    """Parameters of a body of this content type. Of a file only that it is there."""
    if not body:
        return {}
    if kind.startswith(b"application/json"):
        params: Params = json.loads(body)
        return params
    if kind.startswith(b"multipart/"):
        return _multipart(kind.split(b"boundary=")[1].strip(b'"'), body)
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _multipart(boundary: bytes, body: bytes) -> Params:
    params: Params = {}
    for part in body.split(b"--" + boundary):
        head, found, content = part.partition(b"\r\n\r\n")
        if found and (name := _NAME.search(head)):
            params[name[1].decode()] = "" if b"filename=" in head else content[:-2].decode()
    return params


def markup_of(params: Params) -> dict[str, Any] | None:
    """The buttons to show, None where there are none."""
    markup = params.get("reply_markup")
    return json.loads(markup) if isinstance(markup, str) else markup
