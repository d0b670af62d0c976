"""Statements as the driver takes them: SQLAlchemy builds and compiles them once, and the line carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import ClauseElement, Dialect, make_url

from bot.adapters.storage.given import ROWS
from bot.adapters.storage.rows import json_text

_ADDRESSES = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with named parameters."""

    text: str
    constants: Mapping[str, object]  # parameters whose values belong to the statement

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The values of all parameters; rows become JSON."""
        values = {**self.constants, **given}
        if ROWS in values:
            values[ROWS] = json_text(values[ROWS])
        return values


def compiled(dialect: str, clause: ClauseElement) -> Statement:
    """The clause for "sqlite" or "postgresql"."""
    done = clause.compile(dialect=_dialect(dialect))
    return Statement(str(done), {name: value for name, value in done.params.items() if value is not None})


def inserting(dialect: str) -> Any:
    """The dialect's own INSERT. A dialect takes 2 MiB of memory, so only the one that is needed is loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


@cache
def _dialect(name: str) -> Dialect:
    dialect: Any = make_url(_ADDRESSES[name]).get_dialect()
    return cast(Dialect, dialect(paramstyle="named" if name == "sqlite" else "pyformat"))
