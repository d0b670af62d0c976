"""Emergency numbers by country."""

from __future__ import annotations

import pytest

from bot.flow.errors import FlowError
from bot.flow.numbers import Numbers, load_numbers
from bot.flow_files import load_package_numbers

GOOD = """
checked_on: 2026-11-22
reviewed: no
countries:
  - {iso: US, name: United States, aliases: [PR], emergency: "911", crisis: "988", languages: [en, es], source: A}
  - {iso: DE, name: Germany, emergency: "112", crisis: "0800 111 0 111", languages: [de], source: A}
  - {iso: AT, name: Austria, emergency: "144", crisis: "142", languages: [de], source: A}
"""


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    return load_numbers("numbers.yaml", GOOD)


def test_a_country_is_found_by_its_code_and_by_that_of_a_territory(numbers: Numbers):
    assert numbers.of("DE") is numbers.countries["DE"]
    assert numbers.of("PR") is numbers.of("US")
    assert (numbers.of("XX"), numbers.of(None)) == (None, None)


@pytest.mark.parametrize(
    ("language", "first"),
    [("de-at", ["DE", "AT"]), ("de", ["DE", "AT"]), ("es", ["US", "DE"]), ("xx", ["US", "DE"]), (None, ["US", "DE"])],
)
def test_countries_that_speak_the_language_of_the_phone_come_first(
    numbers: Numbers, language: str | None, first: list[str]
):
    assert [country.iso for country in numbers.likely(language, 2)] == first


def test_a_country_with_territories_is_offered_once(numbers: Numbers):
    assert [country.iso for country in numbers.likely("en", 9)] == ["US", "DE", "AT"]


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ('emergency: "112"', "emergency: police", "6: country DE: `emergency` has no number in it."),
        ("iso: AT", "iso: DE", "7: country DE: the country `DE` stands twice. Keep one of the two."),
        ("[PR]", "[AT]", "7: country AT: the country `AT` stands twice. Keep one of the two."),
        ("iso: DE", "iso: de", "6: country de: `de` is not the code of a country. Write two capitals, such as GB."),
        ("countries:", "lands:", "4: emergency numbers: `lands` is not known here."),
        ("countries:", "lands:", "2: emergency numbers: there is no country. Add `countries:`."),
        ("reviewed: no", "", "2: emergency numbers: `reviewed` is missing. Add `reviewed: ...`."),
    ],
)
def test_mistakes_are_named(before: str, after: str, problem: str):
    with pytest.raises(FlowError) as caught:
        load_numbers("numbers.yaml", GOOD.replace(before, after))
    assert f"numbers.yaml:{problem}" in str(caught.value)


def test_the_numbers_of_the_package_cover_78_countries():
    numbers = load_package_numbers()
    assert len(numbers.likely("en", 999)) == 78
    assert len(numbers.countries) > 78
