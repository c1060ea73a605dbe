"""The pytest plugin: fixtures with the bundled catalog and the name of its edition."""

from __future__ import annotations

import pytest

from cdtref.codeset import Catalog


@pytest.fixture(scope="session")
def cdt_catalog() -> Catalog:
    """The bundled code set."""
    from cdtref import bundled

    return bundled.catalog()


@pytest.fixture(scope="session")
def cdt_edition() -> str:
    """Name of the edition that the installed version of cdtref pins, which is its year."""
    from cdtref import bundled

    return bundled.EDITION
