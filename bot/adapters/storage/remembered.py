"""Sessions that were saved lately: for who goes on within seconds, theirs need not be made from its text again."""

from __future__ import annotations

from bot.adapters.storage.rows import read_session
from bot.dialogue.session import Session

ROOM = 256  # sessions; about a megabyte
KEPT_SECONDS = 60.0  # what is erased through another worker stays here no longer


class Remembered:
    """By chat, each with the text that was saved: only what the database still says counts."""

    def __init__(self) -> None:
        self._saved: dict[int, tuple[str, Session, float]] = {}  # with the time; the oldest first

    def note(self, chat: int, text: str, session: Session, now: float) -> None:
        """The chat's session is being saved as this text."""
        self._saved.pop(chat, None)
        self._saved[chat] = text, session, now
        if len(self._saved) > ROOM:
            del self._saved[next(iter(self._saved))]

    def read(self, chat: int, text: str | None) -> Session | None:
        """The session that the chat's row says. Raises NewerError, ValueError."""
        saved = self._saved.pop(chat, None)
        return saved[1] if saved and saved[0] == text else read_session(text)

    def forget(self, chat: int) -> None:
        """The chat is erased."""
        self._saved.pop(chat, None)

    def forget_old(self, now: float) -> None:
        """Those saved too long ago."""
        old = [chat for chat, (*_, at) in self._saved.items() if at < now - KEPT_SECONDS]
        for chat in old:
            del self._saved[chat]
