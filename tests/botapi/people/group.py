"""A group chat that the bot has been added to."""

from typing import TYPE_CHECKING

from tests.botapi.people import acts
from tests.botapi.people.patient import Patient
from tests.botapi.people.screen import Screen, Wanted
from tests.botapi.state import Tap

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer


class Group(Screen):
    """Delivers every message to the bot, as Telegram does when the bot is an administrator."""

    def __init__(self, server: "BotApiServer", chat_id: int = -100, title: str = "Group", kind: str = "group") -> None:
        super().__init__(server, chat_id, {"type": kind, "title": title})

    async def say(self, person: Patient, text: str) -> None:
        acts.send(self.world, self.chat, person.user, text)

    async def tap(self, person: Patient, wanted: Wanted) -> Tap:
        message, button = self.message_with(wanted)
        return acts.tap(self.world, self.chat, person.user, message.message_id, button.data)

    async def add_bot(self, person: Patient) -> None:
        acts.set_blocked(self.world, self.chat, person.user, blocked=False)

    async def remove_bot(self, person: Patient) -> None:
        acts.set_blocked(self.world, self.chat, person.user, blocked=True)
