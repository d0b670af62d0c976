"""Where a bench cannot limit processes, it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import limits, workers


@pytest.fixture
def without_control_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_FIRST", "_SECOND"):
        monkeypatch.setattr(limits, name, tmp_path / "missing")


def test_the_bench_of_workers_ends_with_a_plain_sentence(
    without_control_groups: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["workers.py"])
    with pytest.raises(SystemExit, match=r"Control groups cannot be used here \(.*No such file"):
        workers.main()
