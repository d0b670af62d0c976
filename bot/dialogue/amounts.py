"""Numbers and stretches of time in typed words: "7/10", "about two months", "3-4", "half a year"."""

from __future__ import annotations

import re

LONGEST = 200  # characters; a longer text tells a story, and none of its numbers is the answer

_UNITS = {  # in weeks
    "day": 1 / 7, "week": 1.0, "wk": 1.0, "fortnight": 2.0, "month": 52 / 12, "mth": 52 / 12, "mo": 52 / 12,
    "year": 52.0, "yr": 52.0,
}  # fmt: skip
_SOME = 3.0  # "weeks" without a number
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "no": 0, "none": 0, "nothing": 0, "never": 0, "nil": 0, "once": 1, "twice": 2, "couple": 2, "few": 3,
    "several": 4, "half": 0.5, "dozen": 12,
}  # fmt: skip
_AROUND = (  # may stand around a number
    "a about age aged almost am an and appointments approximately around at be been day days did do exactly f "
    "female got had have hurts i id im is ish it its just last least level like m male man maybe me more "
    "morning most my nearly now of old only or out over pain per perhaps probably right roughly say score "
    "session sessions so still the think this time times to today under up visit visits was woman would y yo"
)
_AMOUNT_WORDS = frozenset({*_AROUND.split(), *_WORDS, *_UNITS, *(f"{unit}s" for unit in _UNITS)})

_NUMBER = r"-?\d+(?:\.\d+)?"
_TO = r"\s*(?:-|–|to|or)\s*"
_UNIT = rf"(?:{'|'.join(_UNITS)})s?(?![a-z])"
_HOW_MANY = rf"(?<![\w.])(?P<low>{_NUMBER})(?:{_TO}(?P<high>{_NUMBER}))?\s*(?:an? |of )*"
_SPAN = re.compile(rf"(?:{_HOW_MANY}|(?P<one>\b(?:an?|last|this) )|\b)(?P<unit>{_UNIT})")
_RATE = re.compile(rf"\b(?:(?:once|twice|times?|x|visits?|sessions?|days?)\s+(?:a|in a)|per|every|each)\s+{_UNIT}")
_CLEARER = (  # what is written in many ways, in one
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    (re.compile(r"(?<=\d),(?=\d)"), "."),
    (re.compile(r"(?<=\d)\s*(?:½|\s1/2\b)"), ".5"),
    (re.compile(r"½|\b1/2\b"), "0.5"),
    (re.compile(r"\b(?:minus|negative)\s+(?=\w)"), "-"),
)
_HALVES = (
    (re.compile(r"(\d) and (?:a )?0\.5\b"), r"\1.5"),  # two and a half
    (re.compile(rf"({_UNIT}) and (?:a )?0\.5\b"), r"\1 0.5 \1"),  # a year and a half
)


def read_number(text: str, most: float = 10) -> float | None:
    """The number that a text speaks of; of two, as in "3-4", the middle. None where there is none, or a riddle."""
    if len(text) > LONGEST or not only_an_amount(_clear(text)):
        return None
    clear = _in_digits(_clear(text))
    clear = re.sub(rf"\s*(?:/|\bout of\b|\bof\b)\s*{most:g}\b", "", clear)
    spread = re.fullmatch(rf"\D*?({_NUMBER}){_TO}({_NUMBER})\D*", clear)
    if spread:
        return (float(spread[1]) + float(spread[2])) / 2
    found = re.findall(rf"(?<![\w.]){_NUMBER}(?![a-z]*\d)", clear)
    return float(found[0]) if len(found) == 1 else None


def read_weeks(text: str) -> float | None:
    """A stretch of time in weeks; several, as in "1 year and 2 months", are added up."""
    if len(text) > LONGEST:
        return None
    clear = _in_digits(_RATE.sub("", _clear(text)))
    for pattern, instead in _HALVES:
        clear = pattern.sub(instead, clear)
    spans = [_weeks(span) for span in _SPAN.finditer(clear)]
    return sum(spans) if spans else None


def units_in(text: str) -> frozenset[str]:
    """The units of time that a text names."""
    return frozenset(unit for unit in _UNITS if re.search(rf"(?<![a-z]){unit}s?(?![a-z])", text.lower()))


def times_counted(text: str) -> frozenset[str]:
    """The units of time that a text counts: "two years", not "5 most days" nor "3 times a week"."""
    spans = _SPAN.finditer(_in_digits(_RATE.sub("", _clear(text[:LONGEST]))))
    return frozenset(span["unit"].removesuffix("s") for span in spans if span["low"])


def _clear(text: str) -> str:
    clear = text.lower()
    for pattern, instead in _CLEARER:
        clear = pattern.sub(instead, clear)
    return clear


def only_an_amount(text: str) -> bool:
    """Is nothing else said? "The one on the left", "it started 3 years before" and "I have 2 kids" are no amounts."""
    words = re.findall(r"[^\W\d_]+", text.replace("'", "").replace("’", ""))
    return _AMOUNT_WORDS.issuperset(words)


def _in_digits(text: str) -> str:
    """Number words as digits."""
    return re.sub(r"[^\W\d_]+", lambda word: f"{_WORDS.get(word[0], word[0])}", text)


def _weeks(span: re.Match[str]) -> float:
    unit = next(size for name, size in _UNITS.items() if span["unit"].removesuffix("s") == name)
    if span["low"]:
        return (float(span["low"]) + float(span["high"] or span["low"])) / 2 * unit
    return unit if span["one"] or not span["unit"].endswith("s") else _SOME * unit
