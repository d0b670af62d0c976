"""Clinics that share the bot. A clinic adds words and contacts; it never changes what is clinical."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.flow.errors import FlowError
from bot.flow.names import remedy_for
from bot.flow.yaml_source import Fields, Report, read_yaml

PAYLOAD_LENGTH = 64  # what Telegram allows behind ?start=
CAMPAIGN_MARK = "__"
_PAYLOAD = re.compile(rf"[A-Za-z0-9_-]{{1,{PAYLOAD_LENGTH}}}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]|_(?!_)){0,29}(?<!_)")  # a _ at the end would join the mark of a campaign
_GREETING_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic as patients meet it."""

    slug: str
    name: str
    country: str | None = None  # ISO code
    phone: str | None = None
    booking: str | None = None  # address of a page
    hours: str | None = None
    greeting: str | None = None
    time_zone: str | None = None  # such as Europe/Berlin: nobody is reminded at night


@dataclass(frozen=True, slots=True)
class Link:
    """What a deep link says: the clinic's slug, and perhaps a campaign."""

    slug: str
    campaign: str | None = None

    @property
    def payload(self) -> str:
        """The text behind ?start=."""
        return self.slug + (f"{CAMPAIGN_MARK}{self.campaign}" if self.campaign else "")


def read_link(payload: str) -> Link | None:
    """The link that a start payload spells; None where it is damaged."""
    if not _PAYLOAD.fullmatch(payload):
        return None
    slug, mark, campaign = payload.partition(CAMPAIGN_MARK)
    return Link(slug.lower(), campaign or None) if slug and (campaign or not mark) else None


def load_clinics(
    file: str, text: str, countries: Mapping[str, object], time_zones: Collection[str]
) -> dict[str, Clinic]:
    """Read clinics.yaml; its countries and time zones are among these. Raises FlowError, naming every problem."""
    report = Report([])
    source = Fields(read_yaml(file, text, report), "clinics", report)
    clinics: dict[str, Clinic] = {}

    def add(fields: Fields) -> None:
        clinic = _clinic(fields)
        _check(clinic, fields, countries)
        _check_zone(clinic, fields, time_zones)
        if clinic.slug in clinics:
            fields.problem(f"the slug `{clinic.slug}` stands twice.", "Give each clinic its own.", fields.get("slug"))
        clinics[clinic.slug] = clinic

    source.each("clinics", "clinic", add)
    source.done()
    if report.problems:
        raise FlowError(tuple(report.problems))
    return clinics


def _clinic(fields: Fields) -> Clinic:
    slug = fields.text("slug")
    fields.where = f"clinic {slug}"
    return Clinic(
        slug=slug,
        name=fields.text("name"),
        country=fields.optional("country"),
        phone=fields.optional("phone"),
        booking=fields.optional("booking"),
        hours=fields.optional("hours"),
        greeting=fields.optional("greeting"),
        time_zone=fields.optional("time_zone"),
    )


def _check(clinic: Clinic, fields: Fields, countries: Mapping[str, object]) -> None:
    if not _SLUG.fullmatch(clinic.slug):
        remedy = "Use 1 to 30 small letters, digits, - and single _ between them."
        fields.problem(f"`{clinic.slug}` cannot be a slug.", remedy, fields.get("slug"))
    if clinic.country and clinic.country not in countries:
        remedy = remedy_for(clinic.country, countries.keys(), "Write a code that emergency_numbers.yaml has.")
        fields.problem(f"the country `{clinic.country}` has no emergency numbers.", remedy, fields.get("country"))
    if clinic.booking and not re.fullmatch(r"https://\S+", clinic.booking):
        fields.problem("`booking` is not a safe web address.", "Write `booking: https://...`.", fields.get("booking"))
    if clinic.phone and not re.fullmatch(r"\+?[\d ()./-]{3,25}", clinic.phone):
        remedy = 'Write it as `phone: "+44 20 7946 0000"`.'
        fields.problem("`phone` is not a phone number.", remedy, fields.get("phone"))
    if clinic.greeting and len(clinic.greeting) > _GREETING_LENGTH:
        what = f"`greeting` is longer than {_GREETING_LENGTH} characters."
        fields.problem(what, "Shorten it.", fields.get("greeting"))


def _check_zone(clinic: Clinic, fields: Fields, time_zones: Collection[str]) -> None:
    if clinic.time_zone and clinic.time_zone not in time_zones:
        remedy = remedy_for(clinic.time_zone, time_zones, "Write it as `time_zone: Europe/Berlin`.")
        fields.problem(f"`{clinic.time_zone}` is not a time zone.", remedy, fields.get("time_zone"))
