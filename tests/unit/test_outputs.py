"""Outputs survive JSON."""

from __future__ import annotations

import json

import pytest

from bot.dialogue.outputs import Erase, Output, output_from_data, output_to_data
from tests.support.sessions import EVERY_OUTPUT


@pytest.mark.parametrize("output", [*EVERY_OUTPUT, Erase()], ids=lambda output: type(output).__name__)
def test_survives_json(output: Output) -> None:
    data = json.loads(json.dumps(output_to_data(output)))
    assert output_from_data(data) == output
    assert data["type"] == type(output).__name__.lower()
