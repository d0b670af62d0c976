"""Many rows as one parameter: one round trip, and a statement that stays the same, and prepared, for any number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, FromClause, bindparam, column, func, literal_column, select

from bot.adapters.storage.prepared import ROWS


def given(dialect: str, *columns: Column[Any]) -> FromClause:
    """The rows that are given as the parameter "rows", as a table with columns like these; their order is kept."""
    rows = bindparam(ROWS, type_=JSON)
    if dialect == "postgresql":
        typed = (column(each.name, each.type) for each in columns)
        return func.json_to_recordset(rows).table_valued(*typed).render_derived(with_types=True)
    row = func.json_each(rows).table_valued("value").c.value
    return select(
        *(func.json_extract(row, literal_column(f"'$.{each.name}'")).label(each.name) for each in columns)
    ).subquery()
