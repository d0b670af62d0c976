"""A list of numbers as one parameter, so that a statement stays the same, and prepared, for any length of it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, TableValuedAlias, Text, bindparam, func
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator


class _Numbers(TypeDecorator[list[int]]):
    """An array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return postgresql.ARRAY(BigInteger) if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


def numbers(dialect: str) -> TableValuedAlias:
    """A table with the column "value": the numbers of the parameter "numbers", in their order."""
    given = bindparam("numbers", type_=_Numbers())
    if dialect == "postgresql":
        return func.unnest(given).table_valued("value").render_derived()
    return func.json_each(given).table_valued("value")
