"""PostgreSQL finds by index what a patient waits for, however much there is besides, and whatever it takes that for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import text

from bot.adapters.storage.prepared import Spelled, Statement
from bot.adapters.storage.preparing import prepare
from bot.adapters.storage.target import connect_postgres
from tests.support.stores import looking_into

MANY = 10_000
FILLED = (
    f"INSERT INTO sessions SELECT n, 'x', 'x', 0, false FROM generate_series(1, {MANY}) n",
    f"INSERT INTO shown SELECT n, 1, 5 FROM generate_series(1, {MANY}) n",
    f"INSERT INTO timers SELECT n, 'remind', n FROM generate_series(1, {MANY}) n",
    f"INSERT INTO updates SELECT n, n FROM generate_series(1, {MANY}) n",
    f"INSERT INTO answers SELECT n, n, 'q', '1', 0 FROM generate_series(1, {MANY}) n",
    f"INSERT INTO outbox SELECT n, n, 1, 'ask', 1, '{{}}', 0, 'a' FROM generate_series(1, {MANY}) n",
)
LAST = MANY - 1
GIVEN = {
    "of_worker": "a", "of_chat": LAST, "of_turn": 1, "at_most": 10, "last": 0, "left": False, "before": 0.0, "now": 0.0,
    "rows": [{
        "chat": LAST, "turn": 1, "kind": "ask", "id": LAST, "session": "x", "flow_hash": "x", "updated_at": 0,
        "has_left": False, "question": "q", "value": "1", "given_at": 0, "rank": 1, "output": "{}", "created_at": 0,
        "worker": "a", "message_id": 5, "handled_at": 0, "due_at": 1,
    }],
}  # fmt: skip
OFTEN = {field.name for field in fields(Spelled)} - {
    "find_outputs", "find_blocked", "backlog", "take_over", "renew_lease", "end_lease", "forget_dead", "count_living"
}  # fmt: skip


@pytest.mark.parametrize("known", [False, True], ids=["not counted yet", "counted"])
def test_what_is_often_said_reads_no_table_from_end_to_end(clean_postgres: str, known: bool) -> None:
    prepared = prepare(clean_postgres)
    with looking_into(clean_postgres) as connection:
        for fill in (*FILLED, *(["ANALYZE"] if known else [])):
            connection.execute(text(fill))
    with connect_postgres(prepared.target) as driver:
        driver.execute("SELECT setval('answers_id_seq', %s), setval('outbox_id_seq', %s)", [MANY, MANY])
        plans = {name: _plan(driver, getattr(prepared.spelled, name)) for name in OFTEN}
    assert {name: found for name, plan in plans.items() if (found := list(_walks(plan)))} == {}


def _plan(driver: Any, statement: Statement) -> Any:
    """As it is carried out; what it does is taken back."""
    with driver.transaction(force_rollback=True):
        given = statement.parameters(GIVEN)
        ((((plan,),),)) = driver.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}", given).fetchall()
    return plan["Plan"]


def _walks(plan: Any) -> Iterator[str]:
    """Tables that are read without looking anything up."""
    if "Relation Name" in plan and "Scan" in plan["Node Type"] and not plan.keys() & {"Index Cond", "Recheck Cond"}:
        yield f"{plan['Node Type']} on {plan['Relation Name']}"
    for part in plan.get("Plans", ()):
        yield from _walks(part)
