"""Names that nothing answers to: what the author may have meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import SequenceMatcher

_ALIKE = 0.6  # how alike two names must be, for one to be suggested instead of the other
_FEW = 12  # so many names may be listed in full


def remedy_for(name: str, known: Collection[str], otherwise: str) -> str:
    """What to write instead of a name that does not exist: the nearest one that does, else one of a few."""
    near = _nearest(name, known)
    if near is not None:
        return f"Did you mean `{near}`?"
    return f"Known here: {', '.join(sorted(known))}." if 0 < len(known) <= _FEW else otherwise


def _nearest(name: str, known: Collection[str]) -> str | None:
    likeness = {other: _likeness(name.lower(), other.lower()) for other in sorted(known)}
    best = max(likeness, key=likeness.__getitem__, default=None)
    return best if best is not None and likeness[best] >= _ALIKE else None


def _likeness(name: str, other: str) -> float:
    """By letters, or by words in any order: `signs_knee` is `knee_signs`."""
    words, others = set(name.split("_")), set(other.split("_"))
    return max(SequenceMatcher(None, name, other).ratio(), len(words & others) / len(words | others))
