"""A strict Bot API server for tests: real HTTP on loopback, Telegram's own limits and error texts, simulated patients.

`async with BotApiServer() as server` gives `base_url` and `token` for the bot under test; `Patient` and `Group` act
on the other side. `server.violations` must be empty at the end of a test of a well-behaved bot.
"""

from tests.botapi.faults import Fault, Faults, duplicating, shuffling, sometimes
from tests.botapi.people.group import Group
from tests.botapi.people.patient import Patient
from tests.botapi.people.screen import Button, Screen, Seen
from tests.botapi.rules.errors import RefusedError
from tests.botapi.server import BotApiServer, Call, Violation

__all__ = [
    "BotApiServer",
    "Button",
    "Call",
    "Fault",
    "Faults",
    "Group",
    "Patient",
    "RefusedError",
    "Screen",
    "Seen",
    "Violation",
    "duplicating",
    "shuffling",
    "sometimes",
]
