"""A simulated person in a private chat with the bot. Works on the server's state only, never on the bot's code."""

from typing import TYPE_CHECKING, Any

from tests.botapi.people import acts
from tests.botapi.people.screen import Button, Screen, Seen, Wanted
from tests.botapi.rules.photos import new_photo
from tests.botapi.state import Json, Tap

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer


class Patient(Screen):
    def __init__(
        self, server: "BotApiServer", chat_id: int, first_name: str = "Pat", language_code: str | None = "en"
    ) -> None:
        super().__init__(server, chat_id, {"type": "private", "first_name": first_name})
        self.user: Json = {"id": chat_id, "is_bot": False, "first_name": first_name}
        if language_code:
            self.user["language_code"] = language_code

    async def start(self, payload: str = "") -> Seen:
        """Opens the bot, perhaps by a deep link; lets it in again if it was blocked."""
        if self.chat.blocked:
            await self.unblock()
        return await self.say(f"/start {payload}".strip())

    async def say(self, text: str) -> Seen:
        return await self.send(text)

    async def send(self, text: str = "", **content: Any) -> Seen:
        """Any message; `extra={"contact": {...}}` for a kind that has no method here."""
        return self._seen(acts.send(self.world, self.chat, self.user, text, **content).message_id)

    async def send_sticker(self) -> Seen:
        return await self.send(extra={"sticker": acts.STICKER})

    async def send_voice(self) -> Seen:
        return await self.send(extra={"voice": acts.VOICE})

    async def send_location(self) -> Seen:
        return await self.send(extra={"location": acts.LOCATION})

    async def send_photo(self, caption: str = "") -> Seen:
        return await self.send(caption, photo=new_photo(self.world, 800, 600, 64_000))

    async def edit(self, message: Seen, text: str) -> Seen:
        """Changes a message of their own."""
        stored = self.chat.messages[message.message_id]
        assert not stored.from_bot, "a person can edit only their own messages"
        acts.edit(self.world, stored, text)
        return self._seen(message.message_id)

    async def tap(self, wanted: Wanted) -> Tap:
        """Taps the newest button with this label, or whose data passes the test."""
        return await self.tap_on(*self.message_with(wanted))

    async def tap_on(self, message: Seen, button: Button | Wanted) -> Tap:
        """Taps a button of this message as it was seen, even if the message has changed or gone since."""
        found = button if isinstance(button, Button) else message.find(button)
        assert found, f"no button {button!r} under: {message.text}"
        assert found.data, f"{found.label!r} opens {found.url}; the bot is not told"
        return acts.tap(self.world, self.chat, self.user, message.message_id, found.data)

    async def double_tap(self, wanted: Wanted) -> tuple[Tap, Tap]:
        """Two taps before the bot can do anything."""
        message, button = self.message_with(wanted)
        return await self.tap_on(message, button), await self.tap_on(message, button)

    async def block(self) -> None:
        acts.set_blocked(self.world, self.chat, self.user, blocked=True)

    async def unblock(self) -> None:
        acts.set_blocked(self.world, self.chat, self.user, blocked=False)

    def _seen(self, message_id: int) -> Seen:
        return next(seen for seen in reversed(self.messages) if seen.message_id == message_id)
