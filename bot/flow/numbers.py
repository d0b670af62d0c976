"""Emergency, advice and crisis numbers by country."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.errors import FlowError
from bot.flow.yaml_source import Fields, Report, read_yaml

CHOICE = "country_"  # ids of the countries' buttons begin so; "no" and "in" alone are words, not Norway and India
_ISO = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Country:
    """The numbers of one country. Texts, since many countries have several with a rule."""

    iso: str
    name: str
    emergency: str
    crisis: str
    advice: str | None = None  # urgent, but not an emergency
    crisis_hours: str | None = None
    violence: str | None = None
    child: str | None = None
    poison: str | None = None
    text: str | None = None  # for those who cannot speak or hear
    languages: tuple[str, ...] = ()  # only to order the buttons when asking for the country
    aliases: tuple[str, ...] = ()  # further ISO codes with the same numbers
    known_as: tuple[str, ...] = ()  # other names that people type
    source: str = ""
    unchecked: tuple[str, ...] = ()  # fields not yet found in a source

    @property
    def choice(self) -> str:
        """The id of its button."""
        return CHOICE + self.iso.lower()


@dataclass(frozen=True, slots=True)
class Numbers:
    """All countries. What is said where the country is not known stands in the flow's messages."""

    countries: Mapping[str, Country]  # by ISO code, aliases included
    checked_on: str
    reviewed: str

    def of(self, iso: str | None) -> Country | None:
        """The country with this code, or None."""
        return self.countries.get(iso or "")

    def chosen(self, choice: object) -> Country | None:
        """The country whose button this is, or None."""
        return self.of(str(choice).removeprefix(CHOICE).upper()) if str(choice).startswith(CHOICE) else None

    def likely(self, language: str | None, count: int) -> tuple[Country, ...]:
        """The countries to offer first to somebody whose phone speaks this language."""
        spoken = (language or "en").lower().split("-")[0]
        each_once = [country for iso, country in self.countries.items() if iso == country.iso]
        return tuple(sorted(each_once, key=lambda country: spoken not in country.languages)[:count])


def load_numbers(file: str, text: str) -> Numbers:
    """Read emergency_numbers.yaml. Raises FlowError, naming every problem."""
    report = Report([])
    source = Fields(read_yaml(file, text, report), "emergency numbers", report)
    countries: dict[str, Country] = {}
    source.each("countries", "country", lambda fields: _add_country(fields, countries))
    if not countries:
        source.problem("there is no country.", "Add `countries:`.")
    numbers = Numbers(countries, source.text("checked_on"), source.text("reviewed"))
    source.done()
    if report.problems:
        raise FlowError(tuple(report.problems))
    return numbers


def _add_country(fields: Fields, countries: dict[str, Country]) -> None:
    country = _country(fields)
    for code in (country.iso, *country.aliases):
        if not _ISO.fullmatch(code):
            what = f"`{code}` is not the code of a country."
            fields.problem(what, "Write two capitals, such as GB.", fields.find(code))
        if code in countries:
            fields.problem(f"the country `{code}` stands twice.", "Keep one of the two.", fields.find(code))
        countries[code] = country


def _country(fields: Fields) -> Country:
    iso = fields.text("iso")
    fields.where = f"country {iso}"
    country = Country(
        iso=iso,
        name=fields.text("name"),
        emergency=fields.text("emergency"),
        crisis=fields.text("crisis"),
        advice=fields.optional("advice"),
        crisis_hours=fields.optional("crisis_hours"),
        violence=fields.optional("violence"),
        child=fields.optional("child"),
        poison=fields.optional("poison"),
        text=fields.optional("text"),
        languages=fields.texts("languages"),
        aliases=fields.texts("aliases"),
        known_as=fields.texts("known_as"),
        source=fields.text("source"),
        unchecked=fields.texts("unchecked"),
    )
    if not any(char.isdigit() for char in country.emergency):
        what = "`emergency` has no number in it."
        fields.problem(what, 'Write `emergency: "112"`.', fields.get("emergency"))
    return country
