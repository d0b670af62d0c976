"""What a person sees of a chat right now, and waiting until they see something else."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

from tests.botapi.state import Json, Message

if TYPE_CHECKING:
    from tests.botapi.server import BotApiServer

Wanted = str | Callable[[str], bool]  # a button's label, or a test of its callback data
Result = TypeVar("Result")


@dataclass(frozen=True)
class Button:
    label: str
    data: str = ""
    url: str = ""

    def fits(self, wanted: Wanted) -> bool:
        return self.label == wanted if isinstance(wanted, str) else wanted(self.data)


@dataclass(frozen=True)
class Seen:
    """A message as it looked at one moment; later edits do not reach it, so its buttons may be stale."""

    message_id: int
    text: str = ""  # or the caption
    from_bot: bool = True
    rows: tuple[tuple[Button, ...], ...] = ()
    photo: str = ""  # file_id
    edits: tuple[str, ...] = ()  # what it said before, oldest first

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    def find(self, wanted: Wanted) -> Button | None:
        return next((button for button in self.buttons if button.fits(wanted)), None)


NOTHING = Seen(0)  # falsy stand-in for "no message yet" in conditions such as `"hello" in patient.last.text`


class Screen:
    """One chat as its people see it."""

    def __init__(self, server: "BotApiServer", chat_id: int, about: Json) -> None:
        self.server = server
        self.world = server.world
        self.chat_id = chat_id
        self.chat = self.world.chat(chat_id, about)

    @property
    def messages(self) -> list[Seen]:
        """Everything in the chat, oldest first, the person's own messages included."""
        return [_seen(message) for message in self.chat.messages.values()]

    @property
    def said(self) -> list[Seen]:
        """What the bot wrote, oldest first."""
        return [seen for seen in self.messages if seen.from_bot]

    @property
    def last(self) -> Seen:
        """The newest message of the bot; an empty one if there is none."""
        newest = (message for message in reversed(self.chat.messages.values()) if message.from_bot)
        found = next(newest, None)
        return _seen(found) if found else NOTHING

    @property
    def toasts(self) -> list[str]:
        """What was shown over the chat after taps."""
        return [toast for tap in self.chat.taps for toast in tap.answers if toast]

    @property
    def waiting_taps(self) -> int:
        """How many taps the bot has not answered."""
        return sum(not tap.answers for tap in self.chat.taps)

    def buttons(self) -> list[str]:
        """Labels under the newest message that has any, or of the keyboard in place of the letters."""
        with_buttons = (seen for seen in reversed(self.said) if seen.rows)
        found = next(with_buttons, None)
        return found.labels if found else self.keyboard()

    def keyboard(self) -> list[str]:
        """Labels of the keyboard shown in place of the letters."""
        for message in reversed(self.chat.messages.values()):
            if "keyboard" in message.markup or message.markup.get("remove_keyboard"):
                return [_label(button) for row in message.markup.get("keyboard", []) for button in row]
        return []

    def sees(self, words: str) -> bool:
        """Whether the bot's messages say this anywhere."""
        return any(words in message.text for message in self.chat.messages.values() if message.from_bot)

    async def until(self, predicate: Callable[[Self], Result], timeout: float = 30.0) -> Result:  # noqa: ASYNC109
        """Waits for a change after which this holds, and returns its value. Raises AssertionError with what is seen."""
        try:
            async with asyncio.timeout(timeout):
                while not (result := predicate(self)):
                    await self.chat.changed.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {timeout} s; the chat shows:\n{self.transcript()}") from None
        return result

    async def until_sees(self, words: str, timeout: float = 30.0) -> Seen:  # noqa: ASYNC109
        """The newest message, once the bot has said this."""
        await self.until(lambda screen: screen.sees(words), timeout)
        return self.last

    def transcript(self) -> str:
        """The chat as text, for people who read a failed test."""
        lines = []
        for seen in self.messages:
            keys = "".join(f" [{label}]" for label in seen.labels)
            lines.append(f"{'bot' if seen.from_bot else 'person'}: {seen.text}{' <photo>' * bool(seen.photo)}{keys}")
        return "\n".join(lines)

    def message_with(self, wanted: Wanted) -> tuple[Seen, Button]:
        """The newest message with this button. Raises AssertionError when nobody could tap it."""
        for seen in reversed(self.said):
            button = seen.find(wanted)
            if button:
                return seen, button
        raise AssertionError(f"no button {wanted!r}; the chat shows:\n{self.transcript()}")


def _seen(message: Message) -> Seen:
    rows = tuple(
        tuple(Button(button["text"], button.get("callback_data", ""), button.get("url", "")) for button in row)
        for row in message.markup.get("inline_keyboard", [])
    )
    photo = message.photo[-1]["file_id"] if message.photo else ""
    return Seen(message.message_id, message.text, message.from_bot, rows, photo, tuple(message.edits))


def _label(button: Json | str) -> str:
    return button if isinstance(button, str) else str(button["text"])
