"""JSON: what the quick library refuses is written and read all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.fast_json import from_json, to_json


@pytest.mark.parametrize("data", [{"a": [1, 2.5, None, True, "ü"]}, {"half": "\ud83d"}, [2**70], "\x00", {"1": []}])
def test_everything_comes_back(data: Any) -> None:
    written = to_json(data)
    assert json.loads(written) == data
    assert from_json(written) == data


def test_half_an_emoji_in_one_update_does_not_hide_the_others() -> None:
    assert from_json(rb'[{"text": "\ud83d"}, {"text": "knee"}]') == [{"text": "\ud83d"}, {"text": "knee"}]


@pytest.mark.parametrize("text", [b"", b"{", b"<html>", b"[1,"])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        from_json(text)


def test_what_is_no_plain_data_is_refused() -> None:
    with pytest.raises(TypeError):
        to_json({"a": object()})
