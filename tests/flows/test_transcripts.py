"""Every transcript beside the flow goes exactly as written, the session through JSON between all turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.authoring.playing import play
from bot.authoring.transcripts import read_transcript
from bot.dialogue.engine import Engine
from bot.flow.clinics import Clinic
from bot.flow_files import FLOW, flows_folder
from tests.support.dialogue_flow import real_engine

FILES = sorted((flows_folder() / FLOW / "transcripts").glob("*.yaml"))
LINES_AT_MOST = 60  # a longer one is not read


@pytest.fixture
def engine() -> Engine:
    return real_engine(Clinic("harbour", "Harbour Physio", "GB"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_goes_as_written(file: Path, engine: Engine) -> None:
    play(read_transcript(file.name, file.read_text(encoding="utf-8")), engine)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_can_be_read_at_a_glance(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LINES_AT_MOST


def test_every_situation_of_a_reader_is_played() -> None:
    refs = {read_transcript(file.name, file.read_text(encoding="utf-8")).ref for file in FILES}
    assert {f"CASE-0{number}" for number in range(1, 9)} <= refs
