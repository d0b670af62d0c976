"""What can be wrong with the files that authors write. One small tree; every leaf says what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class PtbotError(Exception):
    """Something an author, an operator or a programmer must mend."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file: where it is, what is wrong, what to write instead."""

    file: str
    line: int
    where: str  # the entry it is in, such as "question knee_signs"
    what: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.where}: {self.what} {self.remedy}".strip()


class ProblemsError(PtbotError):
    """Several mistakes at once. `problems` names each one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))  # two ways to one place may report it twice
        super().__init__("\n".join(str(problem) for problem in self.problems))


class FlowError(ProblemsError):
    """The flow files hold mistakes."""
