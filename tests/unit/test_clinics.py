"""Clinics that share the bot, and their links."""

from __future__ import annotations

import pytest

from bot.flow.clinics import Clinic, Link, load_clinics, read_link
from bot.flow.errors import FlowError

COUNTRIES = {"GB": object(), "US": object()}
ZONES = {"Europe/London", "Europe/Berlin", "UTC", *(f"Area/City_{number}" for number in range(20))}
GOOD = """
clinics:
  - slug: harbour
    name: Harbour Physio
    country: GB
    phone: "+44 20 7946 0000"
    booking: https://harbour.example/book
    hours: Monday to Friday
    greeting: We are here for you.
    time_zone: Europe/London
  - {slug: hill-side_2, name: Hillside}
"""


def test_clinics_are_read_by_slug():
    assert load_clinics("clinics.yaml", GOOD, COUNTRIES, ZONES) == {
        "harbour": Clinic(
            slug="harbour",
            name="Harbour Physio",
            country="GB",
            phone="+44 20 7946 0000",
            booking="https://harbour.example/book",
            hours="Monday to Friday",
            greeting="We are here for you.",
            time_zone="Europe/London",
        ),
        "hill-side_2": Clinic(slug="hill-side_2", name="Hillside"),
    }


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("hill-side_2", "harbour", "clinics.yaml:11: clinic harbour: the slug `harbour` stands twice."),
        ("slug: harbour", "slug: Harbour", "clinics.yaml:3: clinic Harbour: `Harbour` cannot be a slug."),
        ("slug: harbour", "slug: har__bour", "clinics.yaml:3: clinic har__bour: `har__bour` cannot be a slug."),
        ("slug: harbour", "slug: harbour_", "clinics.yaml:3: clinic harbour_: `harbour_` cannot be a slug."),
        ("slug: harbour", f"slug: {'h' * 31}", f"clinics.yaml:3: clinic {'h' * 31}: `{'h' * 31}` cannot be a slug."),
        ("country: GB", "country: gb", "clinics.yaml:5: clinic harbour: the country `gb` has no emergency numbers."),
        ("country: GB", "country: gb", "Did you mean `GB`?"),
        ('"+44 20 7946 0000"', "call us", "clinics.yaml:6: clinic harbour: `phone` is not a phone number."),
        ("https://", "http://", "clinics.yaml:7: clinic harbour: `booking` is not a safe web address."),
        ("We are here for you.", "x" * 301, "9: clinic harbour: `greeting` is longer than 300 characters. Shorten it."),
        (
            "Europe/London",
            "Europe/Lodnon",
            "10: clinic harbour: `Europe/Lodnon` is not a time zone. Did you mean `Europe/London`?",
        ),
        ("Europe/London", "GMT+25", "`GMT+25` is not a time zone. Write it as `time_zone: Europe/Berlin`."),
        ("name: Hillside", "nam: Hillside", "clinics.yaml:11: clinic hill-side_2: `nam` is not known here."),
        ("name: Hillside", "phone: 12345", "clinics.yaml:11: clinic hill-side_2: `name` is missing."),
    ],
)
def test_mistakes_are_named(before: str, after: str, problem: str):
    with pytest.raises(FlowError) as caught:
        load_clinics("clinics.yaml", GOOD.replace(before, after), COUNTRIES, ZONES)
    assert problem in str(caught.value)


def test_a_greeting_may_have_300_characters():
    clinics = load_clinics("clinics.yaml", GOOD.replace("We are here for you.", "x" * 300), COUNTRIES, ZONES)
    assert clinics["harbour"].greeting == "x" * 300


@pytest.mark.parametrize(
    ("payload", "link"),
    [
        ("harbour", Link("harbour")),
        ("Harbour", Link("harbour")),
        ("harbour__poster-1", Link("harbour", "poster-1")),
        ("harbour__a__b", Link("harbour", "a__b")),
        ("harbour___a", Link("harbour", "_a")),
        ("", None),
        ("harbour__", None),
        ("__poster", None),
        ("harbour poster", None),
        ("h" * 65, None),
        ("härbour", None),
    ],
)
def test_a_payload_is_read_or_damaged(payload: str, link: Link | None):
    assert read_link(payload) == link


@pytest.mark.parametrize("link", [Link("harbour"), Link("harbour", "poster-1"), Link("h-2_x", "_a")])
def test_a_link_is_read_as_it_was_written(link: Link):
    assert read_link(link.payload) == link
