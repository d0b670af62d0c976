"""A database for each round: a new SQLite file, or a new database in a PostgreSQL of our own."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import machine
from tests.support.postgres import running_postgres


@dataclass(frozen=True, slots=True)
class Databases:
    """Where rounds keep their conversations."""

    name: str
    server: str | None = None  # PostgreSQL's address
    pid: int | None = None  # of PostgreSQL

    def new(self, folder: Path) -> str:
        """The address of an empty one."""
        if self.server is None:
            return f"sqlite:///{folder}/bench.db"
        name = f"bench_{folder.name.rpartition('-')[2]}"
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def cpu_seconds(self) -> float:
        """What PostgreSQL has taken so far; SQLite works within the bot."""
        return machine.cpu_seconds_of_family(self.pid) if self.pid else 0.0


@contextmanager
def sqlite() -> Iterator[Databases]:
    """SQLite, which the bot sets to synchronous=FULL."""
    yield Databases("SQLite")


@contextmanager
def postgres() -> Iterator[Databases]:
    """PostgreSQL with its usual safety; it runs on the cores of the process that starts it."""
    with running_postgres() as address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = on")
            connection.execute("SELECT pg_reload_conf()")
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            (version,) = connection.execute("SHOW server_version").fetchone() or ("",)
        pid = int(Path(folder, "postmaster.pid").read_text().split()[0])
        yield Databases(f"PostgreSQL {version}", address, pid)


@contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="ptbot-bench-") as folder:
        yield Path(folder)
