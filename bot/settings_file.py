"""Reads the settings: config.yaml, environment variables over it. Every mistake is named with what to write instead.

A setting `name` of a section `section` is the environment variable PTBOT_SECTION__NAME.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from bot.flow.errors import Problem, ProblemsError
from bot.flow.yaml_source import Fields, Report, Value, read_yaml
from bot.settings import Settings
from bot.settings_sections import PREFIX, Sections

CONFIG = "config.yaml"
DIVIDER = "__"

_SECTIONS: dict[str, Any] = get_type_hints(Settings)
_VARIABLES = {
    f"{PREFIX}{section}{DIVIDER}{entry.name}".upper(): (section, entry.name)
    for section, kind in _SECTIONS.items()
    for entry in fields(kind)
}


class SettingsError(ProblemsError):
    """The settings hold mistakes."""


def load_settings(config: Path | None, environment: Mapping[str, str]) -> Settings:
    """The settings. Without a `config`, ./config.yaml is read if it is there. Raises SettingsError."""
    settings, problems = read_settings(config, environment)
    if problems:
        raise SettingsError(problems)
    return settings


def read_settings(config: Path | None, environment: Mapping[str, str]) -> tuple[Settings, tuple[Problem, ...]]:
    """The settings and everything that is wrong with them; a wrong one has its default."""
    report = Report([])
    path = config or Path(CONFIG)
    root = _file(path, report) if config or path.exists() else Value({}, CONFIG, 1)
    source = Fields(_overlaid(root, _variables(environment, report)), "settings", report)
    settings = Sections(source, path.parent).settings()
    source.done()
    return settings, tuple(_as_variable(problem) for problem in report.problems)


def _file(path: Path, report: Report) -> Value:
    try:
        return read_yaml(str(path), path.read_text(encoding="utf-8"), report)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        remedy = "Name a file that is there, or copy config.example.yaml."
        report.problems.append(Problem(str(path), 0, "settings", f"this file cannot be read: {why}.", remedy))
        return Value({}, str(path), 0)


def _variables(environment: Mapping[str, str], report: Report) -> dict[tuple[str, str], Value]:
    """The settings in the environment; an empty variable counts as left out."""
    found: dict[tuple[str, str], Value] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or not text.strip():
            continue
        if name in _VARIABLES:
            found[_VARIABLES[name]] = Value(text, name, 0)
        else:
            near = get_close_matches(name, _VARIABLES, 1)
            remedy = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(_VARIABLES))}."
            report.problems.append(Problem(name, 0, "environment", "there is no such setting.", remedy))
    return found


def _as_variable(problem: Problem) -> Problem:
    """A mistake in a variable is told, and mended, in the variable's own words."""
    if problem.file not in _VARIABLES:
        return problem
    variable, (_, name) = problem.file, _VARIABLES[problem.file]
    what, remedy = (
        re.sub(rf'`{name}: "?([^`"]*)"?`', rf"`{variable}=\1`", text).replace(f"`{name}`", f"`{variable}`")
        for text in (problem.what, problem.remedy)
    )
    return replace(problem, where="environment", what=what, remedy=remedy)


def _overlaid(root: Value, variables: Mapping[tuple[str, str], Value]) -> Value:
    """The file's values with those of the environment in their place."""
    if not isinstance(root.data, dict):
        return root
    sections = dict(root.data)
    for (section, name), value in variables.items():
        before = sections.get(section) or Value({}, value.file, 0)
        if not before.data or isinstance(before.data, dict):
            sections[section] = Value({**(before.data or {}), name: value}, before.file, before.line)
    return Value(sections, root.file, root.line)
