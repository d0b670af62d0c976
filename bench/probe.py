"""How long the disk takes for small writes: measured until the standard input ends; milliseconds are printed then.

A process of its own, as the threads of a busy one would wait for each other instead of the disk.
"""

from __future__ import annotations

import os
import select
import sys
import tempfile
from pathlib import Path
from time import perf_counter

SECONDS = 0.05  # between two writes


def main() -> None:
    """One number a line."""
    with tempfile.TemporaryDirectory(prefix="ptbot-probe-") as folder:
        file = os.open(Path(folder, "probe"), os.O_CREAT | os.O_WRONLY)
        waits = [_write(file)]
        while not select.select([sys.stdin], [], [], SECONDS)[0]:
            waits.append(_write(file))
    print(*waits, sep="\n")


def _write(file: int) -> float:
    os.pwrite(file, bytes(4096), 0)
    begun = perf_counter()
    os.fdatasync(file)
    return (perf_counter() - begun) * 1e3


if __name__ == "__main__":
    main()
