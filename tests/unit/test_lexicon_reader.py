"""The `words:` section: several files add up, groups take in groups, and every mistake is named with its place."""

from __future__ import annotations

from bot.flow.lexicon import Lexicon, Manner, Pattern
from bot.flow.lexicon_reader import read_lexicon
from bot.flow.yaml_source import Fields, Report, read_yaml

GOOD = """
words:
  spellings: {cant: [carnt, can not]}
  numbers: {<hot>: [38-42, 100-107]}
  language:
    negators: ["no", not]
  groups:
    arm: [arm, elbow]
    limb: ["@arm", leg]
    cold: [cold]
  background: [cold]
  patterns:
    - flag: cold_limb
      stated: [limb cold]
      hinted: [limb + cold]
      milder: [arm]
      even_if_over: yes
"""


def read(*texts: str) -> tuple[Lexicon, list[str]]:
    report = Report([])
    sources = [Fields(read_yaml(f"{n}.yaml", text, report), "file", report) for n, text in enumerate(texts)]
    values = [(source, value) for source in sources if (value := source.get("words"))]
    lexicon = read_lexicon(values, ["cold_limb", "other"], report)
    return lexicon, [str(problem) for problem in report.problems]


def test_a_good_section_reads_without_a_word():
    lexicon, problems = read(GOOD)
    assert problems == []
    assert lexicon.language["negators"] == ("no", "not")
    assert lexicon.spellings == {"cant": ("carnt", "can not")}
    assert lexicon.numbers == {"<hot>": ((38, 42), (100, 107))}
    assert lexicon.background == {"cold"}
    assert lexicon.manners["cold_limb"] == Manner(
        (Pattern("cold_limb", (("limb", "cold"),), sure=True), Pattern("cold_limb", (("limb",), ("cold",)))),
        milder=("arm",),
        even_if_over=True,
    )


def test_what_is_said_alone_adds_up_by_kind():
    lexicon, problems = read("words: {alone: {foreign: [hola]}}", "words: {alone: {foreign: [hola, ciao]}}")
    assert problems == []
    assert lexicon.alone["foreign"] == ("hola", "ciao")
    assert len(read("words: {alone: {native: [hello]}}")[1]) == 1


def test_a_group_takes_in_the_groups_it_names():
    assert read(GOOD)[0].groups["limb"] == ("arm", "elbow", "leg")


def test_two_groups_in_one_text_are_every_pair():
    text = "words: {groups: {hit: [hits, beats], who: [son, girl], pairs: ['@hit our @who', both]}}"
    lexicon, problems = read(text)
    assert problems == []
    assert lexicon.groups["pairs"] == ("hits our son", "hits our girl", "beats our son", "beats our girl", "both")


def test_groups_that_name_one_another_come_to_an_end():
    lexicon, problems = read("words: {groups: {a: ['@b', one], b: ['@a', two]}}")
    assert problems == []
    assert set(lexicon.groups["a"]) == {"one", "two"}


def test_the_sections_of_several_files_add_up():
    more = """
words:
  language: {negators: [never, "no"]}
  numbers: {<hot>: [311-314]}
  groups: {arm: [brazo]}
  patterns:
    - {flag: cold_limb, hinted: [arm], whoever: yes}
"""
    lexicon, problems = read(GOOD, more)
    assert problems == []
    assert lexicon.language["negators"] == ("no", "not", "never")
    assert lexicon.groups["limb"] == ("arm", "elbow", "brazo", "leg")
    assert lexicon.numbers["<hot>"][-1] == (311, 314)
    manner = lexicon.manners["cold_limb"]
    assert len(manner.patterns) == 3
    assert manner.even_if_over
    assert manner.whoever


def test_no_section_is_an_empty_lexicon():
    assert read("name: x") == (Lexicon(), [])


def broken(old: str, new: str) -> list[str]:
    assert old in GOOD
    return read(GOOD.replace(old, new))[1]


def test_an_unknown_flag_is_named():
    assert broken("flag: cold_limb", "flag: cold_lim") == [
        "0.yaml:13: patterns of cold_lim: there is no red flag `cold_lim`. Did you mean `cold_limb`?"
    ]


def test_an_unknown_group_is_named_wherever_it_stands():
    assert broken("[limb cold]", "[lim cold]") == [
        "0.yaml:13: patterns of cold_limb: there is no word group `lim`. Did you mean `limb`?"
    ]
    assert broken("milder: [arm]", "milder: [xyz]") == [
        "0.yaml:13: patterns of cold_limb: there is no word group `xyz`. "
        "Write the word group first, or correct the name."
    ]
    assert "there is no word group `xyz`" in broken("background: [cold]", "background: [xyz]")[0]
    assert "there is no word group `amr`" in broken('"@arm"', '"cold @amr"')[0]
    assert broken('"@arm"', '"@amr"') == [
        "0.yaml:9: words groups limb: there is no word group `amr`. Did you mean `arm`?"
    ]


def test_an_empty_part_is_named():
    assert broken("[limb + cold]", "[limb +]") == [
        "0.yaml:15: patterns of cold_limb: `limb +` has an empty part. Write groups on both sides of `+`."
    ]


def test_a_number_that_cannot_be_is_named():
    assert broken("38-42", "hot") == ["0.yaml:4: words: `hot` is no span of numbers. Write `38-42`."]
    assert broken("<hot>:", "hot:") == ["0.yaml:4: words: `hot` could be taken for a word. Write `<hot>`."]


def test_an_unknown_key_is_named():
    assert "`negator` is not known here. Did you mean `negators`?" in broken("negators:", "negator:")[0]
    assert "`pattern` is not known here. Did you mean `patterns`?" in broken("patterns:", "pattern:")[0]
    assert "`hint` is not known here." in broken("hinted:", "hint:")[0]


def test_what_is_no_list_is_named():
    assert broken("arm: [arm, elbow]", "arm: elbow")[0].startswith("0.yaml:8: words groups: `arm` must be a list.")
    assert broken("cold: [cold]", "cold: [[cold]]")[0].startswith("0.yaml:10: words groups: `cold` must hold texts.")
    assert read("words: [cold]")[1] == ["0.yaml:1: words: this must be a mapping. Write it as `key: value` pairs."]
