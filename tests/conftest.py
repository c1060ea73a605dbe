"""How the suite runs: no deadlines, since a busy machine is not a fault, and the same examples at every run of CI."""

import os

from hypothesis import settings

settings.register_profile("any", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")
