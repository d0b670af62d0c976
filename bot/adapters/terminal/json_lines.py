"""The conversation for programs: one JSON object a line, out for each output and in for each input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, TextIO

from bot.adapters.terminal.sitting import Sitting
from bot.dialogue.inputs import Chose, Commanded, Input, Typed
from bot.dialogue.outputs import Ask, Button, Conclude, Offered, Output, Reject, Say

UNREADABLE = (
    "I cannot read this line. Write one JSON object a line: "
    '{"choose":"ID"}, {"choose":["ID","ID"]}, {"text":"..."} or {"command":"/back"}.'
)


def talk_json(sitting: Sitting, source: Iterable[str], sink: TextIO) -> None:
    """Answer every line of the source until it ends."""
    _write(sitting.begin(), sink)
    for line in source:
        done = read_input(line)
        node = sitting.shown.node if sitting.shown else ""
        _write(sitting.take(done) if done else (Reject(UNREADABLE, node),), sink)


def read_input(line: str) -> Input | None:
    """The input that a line spells; None where it spells none."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match data:
        case {"choose": str(choice), **rest} if not rest:
            return Chose((choice,))
        case {"choose": [*choices], **rest} if not rest and all(isinstance(choice, str) for choice in choices):
            return Chose(tuple(choices))
        case {"text": str(text), **rest} if not rest:
            return Typed(text)
        case {"command": str(name), **rest} if not rest and (words := name.strip().lstrip("/").split()):
            return Commanded(words[0].lower())
    return None


def _write(outputs: Iterable[Output], sink: TextIO) -> None:
    for output in outputs:
        data = to_data(output)
        if data:
            sink.write(json.dumps(data, ensure_ascii=False) + "\n")
            sink.flush()


def to_data(output: Output) -> dict[str, Any] | None:
    """An output as a program reads it. None for one that only changes how earlier ones look."""
    match output:
        case Say():
            extra = {"urgent": output.urgent, "buttons": _buttons(output.buttons)}
            return _object("say", output.node, output.text) | extra
        case Ask():
            extra = {"progress": output.progress, "picture": output.picture_text, "keep": output.keep}
            return _object("ask", output.node, output.text, output.kind, output.choices) | extra
        case Reject():
            return _object("reject", output.node, output.text)
        case Conclude():
            told = "\n\n".join(output.parts)
            extra = {"urgent": output.urgent, "buttons": _buttons(output.buttons)}
            return _object("conclude", output.node, told, "one_of", output.choices) | extra | _judged(output.assessment)
    return None


def _object(
    kind_of_output: str, node: str, text: str, kind: str | None = None, choices: tuple[Offered, ...] = ()
) -> dict[str, Any]:
    """What every line has."""
    offered = [asdict(choice) for choice in choices]
    return {"type": kind_of_output, "node": node, "text": text, "kind": kind, "choices": offered}


def _buttons(buttons: tuple[Button, ...]) -> list[dict[str, Any]]:
    return [asdict(button) for button in buttons]


def _judged(assessment: Mapping[str, Any]) -> dict[str, Any]:
    return {"assessment": dict(assessment)}
