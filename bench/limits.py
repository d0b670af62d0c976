"""A share of a core for a process, by the kernel's control groups (version 1 or 2), where we may use them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PERIOD_US = 10_000  # short, so that a limited process is slow and not halting
_FIRST, _SECOND = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")


@contextmanager
def limited(pid: int, share: float) -> Iterator[None]:
    """At most this share of a core during the block, all threads together. Raises OSError where that cannot be had."""
    root = _FIRST if (_FIRST / "cgroup.procs").exists() else _SECOND
    group = root / f"ptbot-bench-{pid}"
    group.mkdir()
    try:
        for file, text in _settings(root, int(share * PERIOD_US)):
            (group / file).write_text(text)
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        _leave(root, group)


def why_not() -> str:
    """Why no process can be limited here; empty where one can."""
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as guinea_pig:
        try:
            with limited(guinea_pig.pid, 1.0):
                return ""
        except OSError as error:
            return str(error)


def _settings(root: Path, quota_us: int) -> list[tuple[str, str]]:
    if root == _FIRST:
        return [("cpu.cfs_period_us", str(PERIOD_US)), ("cpu.cfs_quota_us", str(quota_us))]
    return [("cpu.max", f"{quota_us} {PERIOD_US}")]


def _leave(root: Path, group: Path) -> None:
    """A group can go only when nothing is in it."""
    for member in (group / "cgroup.procs").read_text().split():
        (root / "cgroup.procs").write_text(member)
    group.rmdir()
