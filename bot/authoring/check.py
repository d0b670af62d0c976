"""Checks everything that people write: settings, flow, emergency numbers, clinics. Finds all problems in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from bot.flow.clinical import Evidence
from bot.flow.clinics import Clinic
from bot.flow.errors import FlowError, Problem, PtbotError
from bot.flow.models import Flow
from bot.flow.numbers import Numbers
from bot.flow_files import read_clinics, read_flow, read_numbers
from bot.settings import Settings

Read = TypeVar("Read")
NOT_REVIEWED = "no"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was read, and what is wrong with it. A part that is wrong is None."""

    problems: tuple[Problem, ...]
    flow: Flow | None = None
    numbers: Numbers | None = None
    clinics: dict[str, Clinic] | None = None

    def told(self) -> str:
        """The problems, one a line; or what is there, and what no clinician has signed yet."""
        if self.problems:
            count = len(self.problems)
            lines = [str(problem) for problem in self.problems]
            return "\n".join([*lines, f"{count} problem{'s' if count > 1 else ''} found."])
        return f"All good: {self._counts()}.\n{self._review()}"

    def _counts(self) -> str:
        flow, countries = self.flow, self.numbers.countries if self.numbers else {}
        counted = {
            "questions": len(flow.questions) if flow else 0,
            "red flags": len(flow.red_flags) + len(flow.combinations) if flow else 0,
            "reasons": len(flow.reasons) if flow else 0,
            "next steps": len(flow.next_steps) if flow else 0,
            "topics": len(flow.topics) if flow else 0,
            "countries": len({country.iso for country in countries.values()}),
            "clinics": len(self.clinics or {}),
        }
        return ", ".join(f"{count} {name}" for name, count in counted.items())

    def _review(self) -> str:
        entries = evidence(self.flow) if self.flow else ()
        waiting = sum(entry.reviewed == NOT_REVIEWED for entry in entries)
        numbers = "" if not self.numbers or self.numbers.reviewed != NOT_REVIEWED else ", nor are the emergency numbers"
        if not waiting and not numbers:
            return "A clinician has reviewed every entry."
        return f"{waiting} of {len(entries)} clinical entries are not reviewed by a clinician yet{numbers}."


def check(settings: Settings, problems: tuple[Problem, ...] = ()) -> Checked:
    """Read everything that the settings name; `problems` are those of the settings themselves."""
    found = list(problems)
    flow = _read(lambda: read_flow(settings.flow.folder), settings.flow.folder, found)
    numbers = _read(lambda: read_numbers(settings.flow.numbers), settings.flow.numbers, found)
    clinics = _clinics(settings.clinics.file, numbers, found)
    return Checked(tuple(found), flow, numbers, clinics)


def _clinics(file: Path | None, numbers: Numbers | None, found: list[Problem]) -> dict[str, Clinic] | None:
    """The clinics' countries can only be checked against numbers that are right."""
    if file is None:
        return {}
    if numbers is None:
        remedy = "Mend the emergency numbers first."
        found.append(Problem(_shown(file), 0, "clinics", "not checked: their countries need the numbers.", remedy))
        return None
    return _read(lambda: read_clinics(file, numbers), file, found)


def _read(read: Callable[[], Read], source: Path, found: list[Problem]) -> Read | None:
    """What is read from a source: a file, or a folder of them."""
    folder = source if source.is_dir() else source.parent
    try:
        return read()
    except FlowError as error:
        found.extend(replace(problem, file=_shown(folder / problem.file)) for problem in error.problems)
    except PtbotError as error:
        found.append(Problem(_shown(source), 0, "files", str(error), ""))
    return None


def _shown(path: Path) -> str:
    """The path as somebody in the current folder would write it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def evidence(flow: Flow) -> tuple[Evidence, ...]:
    """Where every clinical entry comes from, and whether it was reviewed."""
    flags = [flag.evidence for flag in (*flow.red_flags.values(), *flow.combinations)]
    advice = [entry.evidence for entry in flow.reasons] + [entry.evidence for entry in flow.next_steps]
    return (*flags, *advice, *(topic.evidence for topic in flow.topics))
