"""Every example in the manual runs: `pytest -o addopts= docs`, each page in a folder of its own."""

from __future__ import annotations

import importlib.util
import os
import runpy
import shutil
import tempfile
from doctest import ELLIPSIS, IGNORE_EXCEPTION_DETAIL, NORMALIZE_WHITESPACE
from pathlib import Path
from typing import Any

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

HERE = Path(__file__).parent


# A page whose examples need what the manual does not: `nox -s frameworks` runs them.
FRAMEWORKS = ("django", "fastapi", "httpx2", "pydantic")
EXCLUDED = ["_build/*", "_generated/*"]
if not all(map(importlib.util.find_spec, FRAMEWORKS)):
    EXCLUDED.append("howto/web-frameworks.md")


def write_release(name: str) -> None:
    """A small release in CMS's layout, as the tests of its reader have it."""
    sample = runpy.run_path(str(HERE.parent / "tests" / "test_cmsfile.py"))
    Path(name).write_bytes(sample["table"]())


def copy_example(name: str) -> None:
    """A file that a how-to shows, into the folder of the page."""
    shutil.copy(HERE / "howto" / name, name)


def enter(namespace: dict[str, Any]) -> None:
    namespace["write_release"] = write_release
    namespace["copy_example"] = copy_example
    namespace["_folder"] = tempfile.TemporaryDirectory()
    namespace["_before"] = Path.cwd()
    os.chdir(namespace["_folder"].name)


def leave(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_before"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(
            doctest_optionflags=ELLIPSIS | IGNORE_EXCEPTION_DETAIL | NORMALIZE_WHITESPACE
        )
    ],
    patterns=["*.md"],
    excludes=EXCLUDED,
    setup=enter,
    teardown=leave,
).pytest()
