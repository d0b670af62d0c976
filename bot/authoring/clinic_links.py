"""A clinic's deep link, and the same as a QR code to print."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import segno

from bot.flow.clinics import PAYLOAD_LENGTH, Clinic, Link, read_link
from bot.flow.errors import PtbotError

QR_KINDS = (".svg", ".png", ".pdf")
_SCALE = 10  # pixels, or points, for each square: about 4 cm in print
_BORDER = 4  # squares of white around it, which readers need


class ClinicError(PtbotError):
    """There is no such clinic, or no such link."""


def link_of(clinics: Mapping[str, Clinic], slug: str, campaign: str | None = None) -> Link:
    """The link of a clinic. Raises ClinicError where it cannot be."""
    if slug not in clinics:
        near = get_close_matches(slug, clinics, 1)
        known = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(clinics)) or 'none'}."
        raise ClinicError(f"There is no clinic {slug}. {known}")
    link = Link(slug, campaign)
    if read_link(link.payload) != link:
        room = PAYLOAD_LENGTH - len(Link(slug, "x").payload) + 1
        raise ClinicError(f"The campaign cannot be in a link. Use up to {room} of A-Z, a-z, 0-9, _ and -.")
    return link


def address(username: str, link: Link) -> str:
    """What opens the bot knowing the clinic."""
    return f"https://t.me/{username}?start={link.payload}"


def write_qr(text: str, file: Path) -> None:
    """Draw a QR code; the kind of picture follows from the file's name. Raises ClinicError."""
    try:
        segno.make_qr(text, error="m").save(str(file), scale=_SCALE, border=_BORDER)
    except OSError as error:
        raise ClinicError(f"{file} cannot be written: {error.strerror}.") from error
