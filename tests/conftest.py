"""The PostgreSQL that tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import running_postgres
from tests.support.stores import empty_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with running_postgres() as address:
        yield address


@pytest.fixture
def clean_postgres(postgres: str) -> str:
    empty_postgres(postgres)
    return postgres
