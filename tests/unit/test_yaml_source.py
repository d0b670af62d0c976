"""Strict YAML: nothing is guessed, everything knows its line."""

from __future__ import annotations

import pytest
import yaml

from bot.flow import yaml_source
from bot.flow.names import remedy_for
from bot.flow.yaml_source import Fields, Report, Value, as_number, read_yaml


def fields(text: str) -> Fields:
    report = Report([])
    return Fields(read_yaml("a.yaml", text, report), "entry", report)


def problems(read: Fields) -> list[str]:
    return [f"{problem.line}: {problem.what} {problem.remedy}" for problem in read.report.problems]


@pytest.fixture(params=["libyaml", "pure Python"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure Python":
        monkeypatch.setattr(yaml_source, "_Texts", yaml.SafeLoader)


@pytest.mark.usefixtures("_loader")
def test_words_stay_words_and_only_bare_nulls_are_nothing():
    read = fields('a: no\nb: 2026-11-22\nc: 010\nd: ~\ne: "~"\nf:\n')
    assert [read.at.data[key].data for key in read.keys()] == ["no", "2026-11-22", "010", None, "~", None]  # noqa: SIM118


def test_a_value_stands_where_its_key_stands():
    read = fields("a: 1\nlong: >-\n  two\n  lines\nlist:\n  - x\n  - y\n")
    at = read.at.data
    assert [at["a"].line, at["long"].line, at["list"].line] == [1, 2, 5]
    assert [item.line for item in at["list"].data] == [6, 7]


def test_an_empty_file_is_an_empty_mapping():
    assert read_yaml("a.yaml", "# nothing\n", Report([])) == Value({}, "a.yaml", 1)


def test_fields_left_out_have_their_defaults():
    read = fields("{}")
    assert read.optional("a") is None
    assert read.text("a", "x") == "x"
    assert read.flag("a") is False
    assert read.one_of("a", ("x", "y"), "y") == "y"
    assert read.number("a") is None
    assert read.whole("a", 1, 5, default=3) == 3
    assert (read.texts("a"), read.mapping("a"), read.items("a")) == ((), {}, [])
    assert problems(read) == []


def test_fields_are_read_as_what_they_are():
    read = fields("{t: ' x ', f: yes, o: y, n: 2.5, w: 4, l: [a, ' b'], m: {k: v}}")
    assert (read.text("t"), read.flag("f"), read.one_of("o", ("x", "y"))) == ("x", True, "y")
    assert (read.number("n"), read.whole("w", 1, 5, default=3)) == (2.5, 4)
    assert (read.texts("l"), read.mapping("m")["k"].data) == (("a", "b"), "v")
    read.done()
    assert problems(read) == []


def test_after_a_mistake_reading_goes_on_so_that_all_mistakes_are_named():
    read = fields("t: [x]\no: z\nn: two\nw: 9\nl: x\nm: x\nk: [[x]]\n")
    assert (read.text("t"), read.one_of("o", ("x", "y")), read.one_of("gone", ("x",))) == ("", "x", "x")
    assert (read.number("n"), read.whole("w", 1, 5, default=3)) == (None, 3)
    assert (read.items("l"), read.mapping("m"), read.texts("k")) == ([], {}, ())
    assert problems(read) == [
        '1: `t` must be a text. Write `t: "..."`.',
        "2: `o: z` is not known. Write `x` or `y`.",
        "1: `gone` is missing. Add `gone: ...`.",
        "3: `n` must be a number. Write `n: 3`.",
        "4: `w` is a whole number from 1 to 5. Write `w: 3`.",
        "5: `l` must be a list. Write `l: [..]` or one `- ` line for each.",
        "6: `m` must be a mapping. Write `m: {name: value}`.",
        "7: `k` must hold texts. Put the text in quotes.",
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 3.0), ("-2.5", -2.5), ("", None), ("two", None), ("nan", None), ("1_000", None), ("1e3", None)],
)
def test_only_plain_digits_are_a_number(text: str, number: float | None):
    assert as_number(text) == number


def test_what_is_not_a_text_is_no_number():
    assert as_number(None) is None


def test_a_word_is_found_in_an_entry_as_key_or_value():
    read = fields("a: x\nb:\n  - {c: y}\n  - z\n")
    assert [read.find(word).line for word in ("a", "c", "y", "z", "nowhere")] == [1, 3, 3, 4, 1]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("knee_sings", "Did you mean `knee_signs`?"),
        ("signs_knee", "Did you mean `knee_signs`?"),
        ("Fever", "Did you mean `fever`?"),
        ("xylophone", "Known here: fever, knee_signs."),
    ],
)
def test_the_nearest_name_is_suggested(name: str, remedy: str):
    assert remedy_for(name, {"fever", "knee_signs"}, "Write it first.") == remedy


def test_of_many_names_none_is_near():
    assert remedy_for("xylophone", {f"fact_{n}" for n in range(13)}, "Write it first.") == "Write it first."
    assert remedy_for("xylophone", set(), "Write it first.") == "Write it first."


def test_of_few_names_all_are_listed():
    assert remedy_for("xylophone", {"fever"}, "Write it first.") == "Known here: fever."
