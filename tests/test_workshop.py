"""What contributors are told to run exists: the sessions that pages, scripts and workflows name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOXFILE = ROOT / "noxfile.py"
TELLING = (
    "README.md",
    "CONTRIBUTING.md",
    ".ci/run",
    ".github/workflows/ci.yml",
    ".readthedocs.yaml",
)
NAMED = re.compile(r"nox (?:--[a-z-]+ )*-s ((?:[a-z]+[-\w.]*(?: |$|(?=[`;\"'])))+)", re.MULTILINE)

pytestmark = pytest.mark.skipif(not NOXFILE.exists(), reason="the workshop is in a checkout alone")


def sessions():
    functions = (node for node in ast.parse(NOXFILE.read_text("utf-8")).body)
    return {
        node.name for node in functions if isinstance(node, ast.FunctionDef) and node.decorator_list
    }


@pytest.mark.parametrize("name", TELLING)
def test_every_session_that_is_named_exists(name):
    text = (ROOT / name).read_text("utf-8")
    named = [part for found in NAMED.findall(text) for part in found.split()]
    assert named, f"{name} names no session, or not in a form that is found here"
    assert {part.split("-")[0] for part in named} <= sessions()


def test_a_session_is_found_in_whatever_form_it_is_named():
    text = "`nox -s lint types`; run nox --error-on-external-run -s wheel\n- run: nox -s tests-3.10"
    named = [part for found in NAMED.findall(text) for part in found.split()]
    assert named == ["lint", "types", "wheel", "tests-3.10"]
