"""
How the suite runs: no deadlines, since a busy machine is not a fault, the same examples at every
run of CI, and half as many of each property as Hypothesis draws by itself, for the suite runs on
three Pythons there. `nox -s properties` draws twenty times as many.
"""

import gc
import os

import pytest
from hypothesis import settings

from cdtref import bundled

EXAMPLES_DRAWN = int(os.environ.get("CDTREF_EXAMPLES", "50"))  # where a test names no number
settings.register_profile("any", deadline=None, max_examples=EXAMPLES_DRAWN)
settings.register_profile("ci", settings.get_profile("any"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")

# The suite holds millions of objects that stay, such as the answers that several tests look at. To
# look for rings of garbage as often as Python does by itself takes a tenth of the whole time.
gc.set_threshold(20_000)

# Examples in docstrings that ask for a dental value
EXAMPLES = {
    "cdtref.dentalrvu.DentalRvu.explain",
    "cdtref.fhir.resources.code_system_supplement",
    "cdtref.frame.building.dental_rvus",
    "cdtref.frame.building.frame_of",
    "cdtref.lookup.dental_rvu",
    "cdtref.pages.codepage.CodePage.summary",
    "cdtref.worklog.log.WorkLog.productivity",
    "cdtref.worklog.productivity.Productivity.to_rows",
}


def pytest_configure(config):
    config.addinivalue_line("markers", "dental_values: asks for values that a build may lack")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """
    A file to one worker, as `--dist loadfile` asks: its tests share tables, frames and exported
    files, which each worker would build again.
    """
    from xdist.scheduler import LoadFileScheduling

    if config.getvalue("dist") != "load":  # what `-n` alone means
        return None
    return LoadFileScheduling(config, log)


def pytest_collection_modifyitems(items):
    """What asks for a dental value is for builds that have them."""
    if len(bundled.dental_scale()):
        return
    for item in items:
        if item.name in EXAMPLES or item.get_closest_marker("dental_values"):
            item.add_marker(pytest.mark.skip("this build has no dental values"))
