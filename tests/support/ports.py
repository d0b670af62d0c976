"""Ports for programs that must be found again on the same one."""

from __future__ import annotations

import itertools
import os
import random
import socket

SHARES = 64  # a test process takes ports of its own share, or another might be given one that is not used yet
SHARE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % SHARES
BELOW_OUTGOING = range(20_000 + SHARE, 32_000, SHARES)  # or an outgoing connection might take it while nobody listens

_in_turn = itertools.cycle(random.sample(BELOW_OUTGOING, len(BELOW_OUTGOING)))


def free_port() -> int:
    """One on loopback that nobody uses now, nor was given lately."""
    for port in itertools.islice(_in_turn, len(BELOW_OUTGOING)):
        if _is_free(port):
            return port
    raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
