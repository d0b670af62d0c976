"""What is counted, as Prometheus reads it."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.adapters.web.metrics import Metrics
from bot.ports import Backlog
from tests.support.dialogue_flow import real_engine, small_engine
from tests.support.player import Player

NOW = 1_800_000_000.0
QUIET = Backlog(0, None, None)
Act = Callable[[Player], object]


def page(metrics: Metrics, backlog: Backlog | None = QUIET, *, lease_held: bool = True) -> dict[str, float]:
    """Every sample as `name{label}`."""
    families = text_string_to_metric_families(metrics.page(backlog, NOW, lease_held=lease_held).decode())
    return {
        sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def watched(metrics: Metrics, person: Player, *acts: Act) -> None:
    """The person does this, and the metrics hear of each step."""
    for act in acts:
        before = person.session.showing
        act(person)
        metrics.moved(before, None if person.erased else person.session.showing, person.outputs)


def counted(metrics: Metrics, name: str) -> dict[str, float]:
    """What is above 0 of one metric, by its label."""
    found = page(metrics)
    return {key.split("{")[1].rstrip("}"): n for key, n in found.items() if key.startswith(f"ptbot_{name}{{") and n}


def test_what_is_known_beforehand_begins_at_0() -> None:
    found = page(Metrics())

    for name in (
        "ptbot_updates_total{tap}", "ptbot_retries_total{throttled}", "ptbot_retired_total{left}",
        "ptbot_results_total{emergency}", "ptbot_results_total{none}", "ptbot_reply_seconds_count",
    ):  # fmt: skip
        assert found[name] == 0
    assert found["process_resident_memory_bytes"] > 0


def test_updates_replies_retries_and_what_is_retired() -> None:
    metrics = Metrics()
    for kind in ("tap", "tap", "message"):
        metrics.received(kind)
    metrics.sent("sendMessage", 0.02)
    metrics.sent("editMessageText", 7.0)
    metrics.retried("no_answer")
    metrics.retired("superseded")
    metrics.living(3)

    found = page(metrics)
    assert counted(metrics, "updates_total") == {"tap": 2, "message": 1}
    assert counted(metrics, "replies_total") == {"sendMessage": 1, "editMessageText": 1}
    assert counted(metrics, "retries_total") == {"no_answer": 1}
    assert counted(metrics, "retired_total") == {"superseded": 1}
    assert found["ptbot_reply_seconds_bucket{0.01}"] == 0
    assert found["ptbot_reply_seconds_bucket{0.025}"] == 1
    assert found["ptbot_reply_seconds_bucket{10.0}"] == 2
    assert found["ptbot_reply_seconds_sum"] == pytest.approx(7.02)
    assert found["ptbot_workers"] == 3


def test_batches_and_how_long_they_took() -> None:
    metrics = Metrics()
    metrics.saved(1, 0.004)
    metrics.saved(7, 0.3)

    found = page(metrics)
    assert found["ptbot_batch_updates_sum"] == 8
    assert found["ptbot_batch_updates_bucket{1.0}"] == 1
    assert found["ptbot_batch_updates_bucket{10.0}"] == 2
    assert found["ptbot_save_seconds_bucket{0.005}"] == 1
    assert found["ptbot_save_seconds_bucket{0.5}"] == 2


def test_a_conversation_step_by_step_shows_where_people_stop() -> None:
    metrics, person = Metrics(), Player(small_engine())
    metrics.moved(None, person.session.showing, person.outputs)
    watched(metrics, person, lambda p: p.tap("me"), lambda p: p.tap("none"), lambda p: p.type("gibberish"))

    assert counted(metrics, "asked_total") == {"who": 1, "signs": 1, "months": 1}
    assert counted(metrics, "answered_total") == {"who": 1, "signs": 1}
    assert counted(metrics, "results_total") == {}


def test_a_question_shown_again_and_ticks_are_not_counted_again() -> None:
    metrics, person = Metrics(), Player(small_engine())
    watched(metrics, person, lambda p: p.tap("me"), lambda p: p.tap("none"), lambda p: p.tap("few"))
    before = counted(metrics, "asked_total")
    watched(metrics, person, lambda p: p.command("status"), lambda p: p.send("sticker"), lambda p: p.command("why"))

    assert counted(metrics, "asked_total") == before


def test_going_back_is_no_answer() -> None:
    metrics, person = Metrics(), Player(small_engine())
    watched(metrics, person, lambda p: p.tap("me"), lambda p: p.command("back"))

    assert counted(metrics, "answered_total") == {"who": 1}
    assert counted(metrics, "asked_total") == {"signs": 1, "who": 1}


def test_results_by_tier_once_each() -> None:
    metrics, calm, alarmed = Metrics(), Player(small_engine()), Player(small_engine())
    watched(metrics, calm, *(lambda p, c=choice: p.choose(c) for choice in ("me", "none", "few", "no", "none")))
    watched(metrics, alarmed, lambda p: p.tap("me"), lambda p: p.type("crushing chest"))
    assert counted(metrics, "results_total") == {"none": 1, "emergency": 1}

    watched(metrics, alarmed, lambda p: p.command("summary"), lambda p: p.type("what?"))
    assert counted(metrics, "results_total") == {"none": 1, "emergency": 1}


def test_every_label_is_a_name_of_the_flow() -> None:
    metrics, person = Metrics(), Player(real_engine())
    watched(metrics, person, *[lambda p: p.type("my secret words") for _ in range(5)])

    assert set(counted(metrics, "asked_total")) <= set(real_engine().flow.questions)
    assert "secret" not in metrics.page(QUIET, NOW, lease_held=True).decode()


def test_how_things_stand() -> None:
    found = page(Metrics(), Backlog(12, NOW - 3.5, NOW - 60))

    assert found["ptbot_outbox_waiting"] == 12
    assert found["ptbot_outbox_oldest_seconds"] == 3.5
    assert found["ptbot_last_update_timestamp_seconds"] == NOW - 60
    assert (found["ptbot_database_up"], found["ptbot_lease_held"]) == (1, 1)


def test_nothing_waits_and_clocks_that_differ() -> None:
    assert page(Metrics(), QUIET)["ptbot_outbox_oldest_seconds"] == 0
    assert page(Metrics(), Backlog(1, NOW + 2, None))["ptbot_outbox_oldest_seconds"] == 0


def test_without_a_database_what_it_would_tell_is_unknown() -> None:
    found = page(Metrics(), None, lease_held=False)

    assert (found["ptbot_database_up"], found["ptbot_lease_held"]) == (0, 0)
    assert math.isnan(found["ptbot_outbox_waiting"])
