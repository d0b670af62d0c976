"""What the tests of the bot as a process share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.setups import SETUPS, Setup


@pytest.fixture(params=SETUPS)
def setup(request: pytest.FixtureRequest, tmp_path: Path) -> Setup:
    """Each way to run the bot in turn, on an empty database."""
    if request.param == "sqlite":
        return Setup("sqlite", f"sqlite:///{tmp_path / 'bot.db'}")
    return Setup(request.param, request.getfixturevalue("clean_postgres"))
