"""Emergency, advice and crisis numbers by country, and what to say when the country is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.errors import FlowError
from bot.flow.yaml_source import Fields, Report, read_yaml


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
    source: str = ""
    unchecked: tuple[str, ...] = ()  # fields not yet found in a source


@dataclass(frozen=True, slots=True)
class Numbers:
    """All countries."""

    countries: Mapping[str, Country]  # by ISO code
    unknown: Country  # what to say when the country is not known
    checked_on: str
    reviewed: str

    def of(self, iso: str | None) -> Country | None:
        """The country with this code, or None."""
        return self.countries.get(iso or "")

    def likely(self, language: str | None, count: int) -> tuple[Country, ...]:
        """The countries to offer first to somebody whose phone speaks this language."""
        spoken = (language or "en").lower().split("-")[0]
        unique = list(dict.fromkeys(self.countries.values()))
        return tuple(sorted(unique, key=lambda country: spoken not in country.languages)[:count])


def load_numbers(file: str, text: str) -> Numbers:
    """Read emergency_numbers.yaml. Raises FlowError, naming every problem."""
    report = Report([])
    source = Fields(read_yaml(file, text, report), "emergency numbers", report)
    countries: dict[str, Country] = {}
    for country in source.each("countries", "country", _country):
        for code in (country.iso, *country.aliases):
            if code in countries:
                source.problem(f"the country `{code}` stands twice.", "Keep one of the two.")
            countries[code] = country
    unknown = source.get("unknown")
    if unknown is None:
        source.problem("`unknown` is missing.", "Add what to say when the country is not known.")
    numbers = Numbers(countries, _unknown(source), source.text("checked_on"), source.text("reviewed"))
    source.done()
    if report.problems:
        raise FlowError(tuple(report.problems))
    return numbers


def _unknown(source: Fields) -> Country:
    value = source.get("unknown")
    if value is None:
        return Country("", "", "", "")
    fields = Fields(value, "unknown country", source.report)
    country = Country("", "", fields.text("emergency"), fields.text("crisis"), fields.optional("advice"))
    fields.done()
    return country


def _country(fields: Fields) -> Country:
    country = Country(
        iso=fields.text("iso"),
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
        source=fields.text("source"),
        unchecked=fields.texts("unchecked"),
    )
    if not any(char.isdigit() for char in country.emergency):
        fields.problem("`emergency` has no number in it.", 'Write `emergency: "112"`.')
    return country
