"""The machine and the processes on it, as /proc tells."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

_TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
_FIRST_AFTER_NAME = 3  # number of the field behind the process's name


def description(*packages: str) -> str:
    """Machine, Python and versions of packages, in one line."""
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores {model}, {system}; {versions}"


def cpu_seconds(pid: int) -> float:
    """What a process has taken so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[14 - _FIRST_AFTER_NAME]) + int(fields[15 - _FIRST_AFTER_NAME])) * _TICK_SECONDS


def cpu_seconds_of_family(pid: int) -> float:
    """What a process and all its children have taken so far, those that have ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ended = (int(fields[16 - _FIRST_AFTER_NAME]) + int(fields[17 - _FIRST_AFTER_NAME])) * _TICK_SECONDS
    return cpu_seconds(pid) + ended + sum(map(cpu_seconds_of_family, children(pid)))


def children(pid: int) -> list[int]:
    """Processes that this one has started."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


def memory_mib(pid: int) -> float:
    """What a process holds of the memory."""
    line = next(line for line in _lines(f"/proc/{pid}/status") if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
