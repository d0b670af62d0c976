"""The ways in which operators run the bot."""

from __future__ import annotations

from dataclasses import dataclass

from tests.botapi import BotApiServer
from tests.support.ports import free_port
from tests.support.process import BotProcess

SETUPS = ("sqlite", "postgres", "webhook")  # one polls; one polls; two webhook workers on PostgreSQL


@dataclass(frozen=True)
class Setup:
    """One of these, on the database at this address."""

    name: str
    address: str

    def bots(self, server: BotApiServer, **settings: str) -> list[BotProcess]:
        """Its processes, not started yet. The server is told where to find them."""
        ports = [free_port(), free_port()] if self.name == "webhook" else [0]
        server.workers[:] = [f"127.0.0.1:{port}" for port in ports if port]
        return [BotProcess(server, self.address, port, **settings) for port in ports]
