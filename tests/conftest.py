"""
How the suite runs: no deadlines, since a busy machine is not a fault, and the same examples at
every run of CI.
"""

import os

import pytest
from hypothesis import settings

from cdtref import bundled

settings.register_profile("any", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")


def pytest_collection_modifyitems(items):
    """Examples in docstrings that ask for a dental value are for builds that have them."""
    if len(bundled.dental_scale()):
        return
    examples = {"cdtref.lookup.dental_rvu", "cdtref.dentalrvu.DentalRvu.explain"}
    for item in items:
        if item.name in examples:
            item.add_marker(pytest.mark.skip("this build has no dental values"))
