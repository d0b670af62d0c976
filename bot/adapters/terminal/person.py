"""A person at a terminal: shows what comes, reads a line, and so on until they leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from bot.adapters.terminal.keyboard import read_line
from bot.adapters.terminal.page import long_list, page
from bot.adapters.terminal.sitting import Sitting
from bot.dialogue.inputs import Input
from bot.dialogue.outputs import Offered, Output

WELCOME = (
    "Answer with a number or in your own words. /back goes back, /help shows more, /quit leaves (or Ctrl-D).\n"
    "Nothing is saved here: when you leave, your answers are gone."
)
FAREWELL = "Take care. Nothing was saved here."
_LEAVING = frozenset({"/quit", "/exit", "/q", "quit", "exit", "bye"})


class Person:
    """Talks with one person. `read` gives the next line, and raises EOFError when there is none."""

    def __init__(self, sitting: Sitting, console: Console, read: Callable[[], str]) -> None:
        self._sitting, self._console, self._read = sitting, console, read
        self._listed: set[tuple[Offered, ...]] = set()  # long lists that stand further up on the screen

    def talk(self) -> None:
        """Hold the conversation until the person leaves. Ctrl-C and Ctrl-D end it kindly."""
        try:
            self._console.print(Text(WELCOME, "dim"), end="\n\n")
            self._show(self._sitting.begin())
            while (done := self._next()) is not None:
                self._show(self._sitting.take(done))
        except KeyboardInterrupt:
            self._console.print()
        self._console.print(Text(FAREWELL, "dim"))

    def _next(self) -> Input | None:
        """The next input; None when the person leaves. An empty line is nothing yet."""
        while True:
            try:
                line = self._read().strip()
            except EOFError:
                self._console.print()
                return None
            if line.lower() in _LEAVING:
                return None
            if line:
                return read_line(self._sitting.shown, line)

    def _show(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            choices = long_list(output)
            for piece in page(output, listed=choices in self._listed):
                self._console.print(piece, markup=False, highlight=False, emoji=False)
            self._listed |= {choices} if choices else set()
