"""SQLAlchemy's statements as the driver takes them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, cast

from sqlalchemy import ClauseElement, Dialect, make_url

from bot.adapters.storage.prepared import Statement

_ADDRESSES = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


def compiled(dialect: str, clause: ClauseElement) -> Statement:
    """The clause for "sqlite" or "postgresql"."""
    done = clause.compile(dialect=_dialect(dialect))
    return Statement(str(done), {name: value for name, value in done.params.items() if value is not None})


def inserting(dialect: str) -> Any:
    """The dialect's own INSERT."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


@cache
def _dialect(name: str) -> Dialect:
    dialect: Any = make_url(_ADDRESSES[name]).get_dialect()
    return cast(Dialect, dialect(paramstyle="named" if name == "sqlite" else "pyformat"))
