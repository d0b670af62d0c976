"""Ports for programs that must be found again on the same one."""

from __future__ import annotations

import random
import socket

BELOW_OUTGOING = range(20_000, 32_000)  # or an outgoing connection might take the port while nobody listens on it


def free_port() -> int:
    """One on loopback that nobody uses now."""
    for port in random.sample(BELOW_OUTGOING, len(BELOW_OUTGOING)):
        with socket.socket() as trying:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trying.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
