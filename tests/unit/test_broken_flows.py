"""Every mistake an author can make is named: tests/flows/broken_flows/ holds one small broken flow for each.

A broken flow is one file that joins the small good flow of tests/support. Its head says what is expected:
    # expect: file:line: entry: what is wrong. What to write instead.     (one line for each message)
    # instead of: flow.yaml       leave out this file of the good flow
    # without: greeting           leave out this message of the good flow
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.flow
from bot.flow.errors import FlowError, Problem
from bot.flow.loader import load_flow
from bot.flow.yaml_source import Report
from tests.support.small_flow import FILES, PICTURES, small_flow

BROKEN = sorted((Path(__file__).parent.parent / "flows" / "broken_flows").glob("*.yaml"))
FLOW = Path(bot.flow.__file__).parent
READ_ELSEWHERE = {"clinics.py", "numbers.py", "lexicon_reader.py"}  # have tests of their own
REPORTING = re.compile(r"report\.add$|\.problem$|\.known$")  # what mistakes are reported with


def head(text: str, key: str) -> list[str]:
    return re.findall(rf"^# {key}: (.*)$", text, re.M)


def files_with(path: Path) -> dict[str, str]:
    broken = path.read_text(encoding="utf-8")
    files = {name: text for name, text in FILES.items() if name not in head(broken, "instead of")}
    for key in head(broken, "without"):
        files["messages.yaml"] = re.sub(rf"^  {key}: .*\n", "", files["messages.yaml"], flags=re.M)
    return {**files, path.name: broken}


def problems_of(path: Path) -> list[str]:
    with pytest.raises(FlowError) as caught:
        load_flow(files_with(path), PICTURES)
    return [str(problem) for problem in caught.value.problems]


def test_the_good_flow_is_good():
    assert small_flow().title == "When therapy is not working"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_flow_is_refused_with_file_line_and_remedy(path: Path):
    expected = head(path.read_text(encoding="utf-8"), "expect")
    assert problems_of(path) == expected


@pytest.mark.no_cover  # all these flows were loaded above
def test_every_report_in_the_code_is_provoked_by_a_broken_flow(monkeypatch: pytest.MonkeyPatch):
    provoked: set[tuple[str, int]] = set()

    def recording(add: Callable[..., None]) -> Callable[..., None]:
        def add_and_record(*args: object) -> None:
            provoked.update((frame.filename, frame.lineno) for frame in inspect.stack(0))
            add(*args)

        return add_and_record

    monkeypatch.setattr(Report, "add", recording(Report.add))
    for path in BROKEN:
        problems_of(path)
    assert [
        f"{path.name}:{lines.start}"
        for path, lines in reports()
        if not any((str(path), line) in provoked for line in lines)
    ] == []


def reports() -> list[tuple[Path, range]]:
    """Every place in the code that reports a mistake: the file, and the lines of the call."""
    return [
        (path, range(call.lineno, (call.end_lineno or call.lineno) + 1))
        for path in FLOW.rglob("*.py")
        if path.name not in READ_ELSEWHERE
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and REPORTING.search(ast.unparse(call.func))
    ]


def test_without_files_the_flow_is_missing_not_the_program():
    with pytest.raises(FlowError, match=r"flow\.yaml:1: file: `name` is missing"):
        load_flow({})


def test_problems_come_sorted_and_each_once():
    first, second = Problem("a.yaml", 2, "x", "y.", "z."), Problem("a.yaml", 10, "x", "y.", "z.")
    assert FlowError((second, first, second)).problems == (first, second)


def test_a_problem_without_a_line_names_the_file():
    assert str(Problem("clinics.yaml", 0, "clinics", "it is empty.", "")) == "clinics.yaml: clinics: it is empty."
