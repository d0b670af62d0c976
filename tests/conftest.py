"""The PostgreSQL that tests share, and how those of them are run that make up their own examples."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.postgres import running_postgres
from tests.support.stores import empty_postgres

# How long an example takes tells of the machine.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running_postgres() as address:
        yield address


@pytest.fixture
def clean_postgres(postgres: str) -> str:
    empty_postgres(postgres)
    return postgres
