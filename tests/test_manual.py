"""The manual's reference: every public name stands in it, under the module that it comes from."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
DIRECTIVE = re.compile(
    r"^\.\. auto(?P<kind>\w+):: (?P<name>[\w.]+)\n(?P<options>(?: +:.*\n?)*)", re.MULTILINE
)
MEMBERS = re.compile(r":members:(.*)")
DOORS = ["cdtref", "cdtref.fhir", "cdtref.frame", "cdtref.pydantic", "cdtref.testing"]

pytestmark = pytest.mark.skipif(
    not REFERENCE.exists(), reason="the manual is in the repository, not in what is installed"
)


def documented():
    """The full name of everything that the reference describes."""
    for page in sorted(REFERENCE.glob("*.md")):
        for directive in DIRECTIVE.finditer(page.read_text("utf-8")):
            yield from described_by(directive)


def described_by(directive):
    if directive["kind"] != "module":
        yield directive["name"]
        return
    members = MEMBERS.search(directive["options"])
    if members is None:
        return
    names = re.findall(r"\w+", members[1]) or own_names(directive["name"])
    yield from (f"{directive['name']}.{name}" for name in names)


def own_names(module):
    """What autodoc describes where no member is named: what is defined there."""
    found = vars(importlib.import_module(module)).items()
    return [name for name, value in found if getattr(value, "__module__", "") == module]


def value_of(full_name):
    module, _, name = full_name.rpartition(".")
    return getattr(importlib.import_module(module), name)


@pytest.mark.parametrize("module", DOORS)
def test_every_public_name_stands_in_the_reference(module):
    """By the value and not by the name alone: `check` is one thing in cdtref, another in frame."""
    if module != "cdtref":
        pytest.importorskip(module)
    values = {}
    for full_name in documented():
        values.setdefault(full_name.rpartition(".")[2], []).append(value_of(full_name))
    door = importlib.import_module(module)
    for name in door.__all__:
        described = values.get(name, [])
        assert any(value is getattr(door, name) for value in described), name


def test_the_reference_names_no_thing_twice():
    found = list(documented())
    assert sorted(set(found)) == sorted(found)
