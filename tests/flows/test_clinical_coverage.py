"""Every row of the research notes keeps its place in the flow, and the document that shows it is up to date."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.authoring.coverage import DOCUMENT, FAMILIES, Row, document, main, rows_of
from bot.flow_files import FLOW, flows_folder
from tests.support.dialogue_flow import real_flow

FOLDER = flows_folder() / FLOW
ROWS = rows_of(FOLDER)
DOCS = Path(__file__).parent.parent.parent / "docs"


def family(name: str) -> list[Row]:
    return [row for row in ROWS if row.family == name]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_has_its_place(row: Row) -> None:
    assert row.places, f"{row.id} ({row.name}) lives nowhere any more: name it in `ref` or `refs` of an entry"


def test_no_row_was_dropped_from_the_list() -> None:
    counts = Counter(row.family for row in ROWS)
    assert (counts.pop("RF"), counts.pop("Q")) == (113, 21)
    assert counts.total() == 186
    assert counts.keys() == FAMILIES.keys() - {"RF", "Q"}
    assert [row.id for row in family("Q")] == [f"Q{number:02}" for number in range(1, 22)]


def test_every_row_of_red_flags_lives_in_a_red_flag() -> None:
    assert [row.id for row in family("RF") if "red flag" not in {place.kind for place in row.places}] == []


def test_every_question_row_lives_in_a_question() -> None:
    assert [row.id for row in family("Q") if "question" not in {place.kind for place in row.places}] == []


def test_every_situation_is_played_by_a_transcript() -> None:
    assert [row.id for row in family("CASE") if "transcript" not in {place.kind for place in row.places}] == []


def test_reasons_and_next_steps_live_in_entries_of_their_own() -> None:
    flow = real_flow()
    assert {row.id for row in family("RSN")} <= {reason.evidence.ref for reason in flow.reasons}
    assert {row.id for row in family("NXT")} <= {step.evidence.ref for step in flow.next_steps}


def test_the_document_is_up_to_date() -> None:
    written = (DOCS / DOCUMENT).read_text(encoding="utf-8")
    assert written == document(ROWS), "run `python -m bot.authoring.coverage`"


def test_a_row_without_a_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:  # type: ignore[no-untyped-def]
    flow = tmp_path / "flows" / FLOW
    flow.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    (flow / "rows.yaml").write_text("references:\n  - {id: ALT-01, name: One}\n  - {id: ALT-02, name: Two}\n")
    (flow / "topics.yaml").write_text("topics:\n  - {id: one, refs: [ALT-01], ask: How?}\n")
    (flow / "empty.yaml").write_text("")
    monkeypatch.setattr("bot.authoring.coverage.flows_folder", lambda: tmp_path / "flows")
    main()
    assert "2 rows, 1 without a place ALT-02" in capsys.readouterr().out
    assert "| ALT-02 | Two | **nowhere** |" in (tmp_path / "docs" / DOCUMENT).read_text()
