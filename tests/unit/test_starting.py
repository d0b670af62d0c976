"""What only the start of the bot needs is done by a child process."""

from __future__ import annotations

import os
import pickle
import signal

import pytest

from bot import starting
from bot.flow.errors import PtbotError
from bot.ports import StorageError
from bot.starting import by_a_child


def test_the_child_does_it_and_tells() -> None:
    assert by_a_child(lambda: (os.getppid(), "done")) == (os.getpid(), "done")


def test_what_somebody_must_mend_is_raised_here() -> None:
    def work() -> None:
        raise StorageError("The disk is full.")

    with pytest.raises(StorageError, match=r"The disk is full\.") as raised:
        by_a_child(work)
    assert isinstance(raised.value, PtbotError)


def test_what_the_child_cannot_tell_is_done_here() -> None:
    here = by_a_child(lambda: lambda: os.getpid())
    assert here() == os.getpid()


def test_a_mistake_meets_us() -> None:
    with pytest.raises(ZeroDivisionError):
        by_a_child(lambda: 1 // 0)


def test_where_no_child_can_be_made_it_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError("no process is left")

    monkeypatch.setattr(os, "fork", refuse)
    assert by_a_child(os.getpid) == os.getpid()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set()


def test_a_child_that_dies_in_the_middle_of_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_told", lambda _: pickle.dumps("done")[:-3])
    assert by_a_child(os.getpid) == os.getpid()
