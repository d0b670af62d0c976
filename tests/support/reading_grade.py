"""How many years of school a text needs: the Flesch-Kincaid grade, with syllables counted by their vowels."""

from __future__ import annotations

import re

_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^td]ed|es)$")


def reading_grade(text: str) -> float:
    """The grade of a text; 6 is a child of 11 or 12."""
    sentences = [part for part in re.split(r"[.!?:;\n•]+", text) if re.search(r"[a-zA-Z]", part)]
    words = re.findall(r"[a-zA-Z]+(?:['’][a-z]+)?", text)
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Syllables of one English word, at least one."""
    letters = word.lower()
    silent = bool(_SILENT.search(letters)) and len(_VOWELS.findall(letters)) > 1
    return max(1, len(_VOWELS.findall(letters)) - silent)
