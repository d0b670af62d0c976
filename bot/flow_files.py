"""Finds and reads the flow files: beside the program in a checkout, inside the package where it was installed."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import available_timezones

from bot.flow.clinics import Clinic, load_clinics
from bot.flow.errors import PtbotError
from bot.flow.loader import load_flow
from bot.flow.models import Flow
from bot.flow.numbers import Numbers, load_numbers

PACKAGE = Path(__file__).parent
FLOW = "pt_not_working"
NUMBERS = "emergency_numbers.yaml"


class FileMissingError(PtbotError):
    """A file that the program needs is not there."""


def flows_folder() -> Path:
    """The folder of the flows that came with the program."""
    installed = PACKAGE / "flows"
    return installed if installed.is_dir() else PACKAGE.parent / "flows"


def read_flow(folder: Path) -> Flow:
    """The flow in a folder. Raises FlowError, or FileMissingError where there is none."""
    files = {
        str(path.relative_to(folder)): read_text(path) for path in sorted(folder.rglob("*.yaml")) if _is_flow(path)
    }
    if not files:
        raise FileMissingError(f"There is no flow in {folder}. Set `flow.folder` to a folder that holds a flow.yaml.")
    pictures = {path.name: path.read_bytes() for path in sorted(folder.glob("pictures/*.png"))}
    return load_flow(files, pictures)


def _is_flow(path: Path) -> bool:
    return "transcripts" not in path.parts


def read_numbers(path: Path) -> Numbers:
    """The emergency numbers. Raises FlowError or FileMissingError."""
    return load_numbers(path.name, read_text(path))


def read_clinics(path: Path, numbers: Numbers) -> dict[str, Clinic]:
    """The clinics that share the bot. Raises FlowError or FileMissingError."""
    return load_clinics(path.name, read_text(path), numbers.countries, available_timezones())


def read_text(path: Path) -> str:
    """The text in a file. Raises FileMissingError."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileMissingError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileMissingError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error


def load_package_flow() -> Flow:
    """The flow that came with the program."""
    return read_flow(flows_folder() / FLOW)


def load_package_numbers() -> Numbers:
    """The emergency numbers that came with the program."""
    return read_numbers(flows_folder() / NUMBERS)
