"""What bench/peers.py gives each peer by the environment, and what every peer shows."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

TOKEN = os.environ["PEER_TOKEN"]
SERVER = os.environ["PEER_SERVER"]  # address of the Bot API
FOLDER = Path(os.environ["PEER_FOLDER"])  # for files that must survive the process
REDIS = os.environ["PEER_REDIS"]
QUESTIONS: list[tuple[str, list[str]]] = json.loads(os.environ["PEER_QUESTIONS"])  # text, labels of the buttons
AGAIN = "Start over"


def settled(number: int, picked: int) -> str:
    """The question with the answer given."""
    text, labels = QUESTIONS[number]
    return f"{text}\n\n✓ {labels[picked]}"


def result(picked: Iterable[int]) -> str:
    """What every answer has gone into."""
    return "Result: " + " ".join(map(str, picked))
