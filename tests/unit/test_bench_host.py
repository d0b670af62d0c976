"""Rounds of a benchmark are left out for what the host did meanwhile, and never for what they measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from bench.host import STOLEN_AT_MOST, SYNC_AT_MOST_MS, Host, observed, quiet_rounds, undisturbed, worst, wrong

QUIET, STOLEN, SLOW = Host(STOLEN_AT_MOST, SYNC_AT_MOST_MS), Host(0.5, 0.1), Host(0.0, 100.0)


@dataclass
class Made:
    host: Host
    wrong: Sequence[str] = ("word",)


def making(*hosts: Host) -> Callable[[], Made]:
    rounds = map(Made, hosts)
    return lambda: next(rounds)


@pytest.mark.parametrize("disturbed", [STOLEN, SLOW])
def test_a_disturbed_round_is_made_again(disturbed: Host) -> None:
    rounds = quiet_rounds(making(QUIET, disturbed, QUIET), 2, 3)
    assert undisturbed(rounds) == [Made(QUIET), Made(QUIET)]
    assert len(wrong(rounds)) == 3


def test_where_the_host_is_seldom_quiet_fewer_rounds_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert undisturbed(quiet_rounds(making(STOLEN, QUIET, SLOW), 2, 3)) == [Made(QUIET)]
    assert capsys.readouterr().out.count("disturbed") == 2


def test_where_the_host_is_never_quiet_all_rounds_count() -> None:
    assert undisturbed(quiet_rounds(making(STOLEN, SLOW), 2, 2)) == [Made(STOLEN), Made(SLOW)]


def test_a_round_is_as_disturbed_as_the_worst_of_its_parts() -> None:
    assert worst(STOLEN, SLOW) == Host(STOLEN.stolen, SLOW.sync_ms)


def test_the_host_is_observed() -> None:
    with observed() as host:
        time.sleep(0.3)
    assert 0 <= host.stolen <= 1
    assert host.sync_ms > 0
