"""
The test kit at work: the manual's billing module with three planted bugs, which the manual's tests
find.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, given, settings

import cdtref
from cdtref.testing import broken_line, malformed_codes, unknown_codes
from pinned import DAY

PAGE = Path(__file__).parent.parent / "docs" / "howto" / "test-billing.md"
if not PAGE.exists():
    pytest.skip(
        "the manual is not beside the tests, as where a wheel is tested", allow_module_level=True
    )

BLOCK = re.compile(r"```\{code-block\} python\n:caption: \w+\.py\n\n(.*?)```", re.DOTALL)
PLANTED, TESTS, MENDED = BLOCK.findall(PAGE.read_text("utf-8"))
NAMES = re.findall(r"^def (test_\w+)", TESTS, re.MULTILINE)
# test of the page: (function at fault, an example that it gets wrong)
FOUND = {
    "test_only_codes_are_codes": ("is_code", ("0389",)),
    "test_a_code_was_in_force": ("was_in_force", ("D0120", DAY)),
    "test_only_complete_lines_are_sent": ("may_be_sent", (broken_line("surface.count"),)),
}


def module_of(source):
    module = ModuleType("billing")
    exec(source, vars(module))
    return module


def page_test(name, billing, monkeypatch):
    monkeypatch.setitem(sys.modules, "billing", billing)
    namespace = {}
    exec(TESTS, namespace)
    # A reader wants the least example; here it is enough that there is one.
    return settings(phases=(Phase.generate,))(namespace[name])


def test_the_page_tests_each_function_in_about_twenty_lines():
    assert list(FOUND) == NAMES
    assert len([line for line in TESTS.splitlines() if line]) <= 20


@pytest.mark.parametrize("name", NAMES)
def test_the_mended_module_holds(name, monkeypatch):
    page_test(name, module_of(MENDED), monkeypatch)()


@pytest.mark.parametrize("name", NAMES)
def test_each_planted_bug_is_found(name, monkeypatch):
    with pytest.raises(AssertionError):
        page_test(name, module_of(PLANTED), monkeypatch)()


@pytest.mark.parametrize("name", NAMES)
def test_one_planted_bug_is_found_by_its_own_test_alone(name, monkeypatch):
    """Each of the three is found by the test of its function, and the others do not see it."""
    billing = module_of(MENDED)
    function = FOUND[name][0]
    setattr(billing, function, getattr(module_of(PLANTED), function))
    for other in NAMES:
        test = page_test(other, billing, monkeypatch)
        if other == name:
            with pytest.raises(AssertionError):
                test()
        else:
            test()


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_that_the_page_names(name):
    function, example = FOUND[name]
    planted, mended = (
        getattr(module_of(source), function)(*example) for source in (PLANTED, MENDED)
    )
    assert planted is not mended


@given(malformed_codes())
def test_no_slip_becomes_a_code(slip):
    """malformed_codes: texts that are not the form of any code."""
    assert not cdtref.is_valid_code(slip)


@given(unknown_codes())
def test_a_code_that_is_not_real_is_told_as_such(code):
    """unknown_codes: of the right form, and guaranteed not to be real."""
    assert [finding.rule for finding in cdtref.check(cdtref.ClaimLine(code, DAY))] == [
        "code.unknown"
    ]
