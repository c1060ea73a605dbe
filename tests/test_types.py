"""What type checkers and frameworks that read annotations see of the package."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import cdtref
from inturn import for_each

PACKAGE = Path(cdtref.__file__).parent
USER = Path(__file__).parent / "typing" / "user.py"
WALKED = [info.name for info in pkgutil.walk_packages(cdtref.__path__, "cdtref.")]
MODULES = [name for name in WALKED if "-" not in name]  # a hook is no module of ours


def public_members(owner):
    """The functions and classes of a module or class; of a property its getter."""
    for name, value in vars(owner).items():
        getter = value.fget if isinstance(value, property) else value
        member = inspect.unwrap(getattr(getter, "__func__", getter))
        if not name.startswith("_") and (inspect.isfunction(member) or inspect.isclass(member)):
            yield member


def annotated_in(name):
    """The functions and classes of a module; none where its extra is not here."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return
    for member in public_members(module):
        if member.__module__ == module.__name__:
            yield member
            if inspect.isclass(member):
                yield from public_members(member)


@for_each(["cdtref", *MODULES])
def test_every_annotation_resolves(name):
    for member in annotated_in(name):
        hints = typing.get_type_hints(member)  # a NameError tells which name does not
        assert not [hint for hint in hints.values() if isinstance(hint, str)]


@for_each(["cdtref", *MODULES])
def test_no_default_is_one_that_the_reference_cannot_print(name):
    """A lambda, or an object whose repr is an address, says nothing to a reader."""
    functions = filter(inspect.isfunction, annotated_in(name))
    defaults = [
        p.default for function in functions for p in inspect.signature(function).parameters.values()
    ]
    assert not [default for default in defaults if inspect.isfunction(default)]


def test_the_doors_resolve_before_their_modules_are_loaded():
    code = """
import typing, cdtref
for name in cdtref.__all__:
    door = getattr(cdtref.lookup, name, None)
    if callable(door):
        print(name, *typing.get_type_hints(door))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert any(line.startswith("check_claim lines rules") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "name", ["get", "procedures", "search", "editions", "changes", "check", "rvu", "page"]
)
def test_a_door_has_its_own_name_and_a_docstring(name):
    door = getattr(cdtref, name)
    assert (door.__name__, door.__module__) == (name, "cdtref.lookup")
    assert inspect.getdoc(door)


def test_a_class_tells_frameworks_what_its_fields_take():
    taken = typing.get_type_hints(cdtref.ClaimLine.__init__)
    assert typing.get_args(taken["fee"]) == (
        importlib.import_module("decimal").Decimal,
        int,
        str,
        type(None),
    )
    assert str in typing.get_args(taken["date"])


def test_the_modules_that_are_walked_have_members():
    assert all(map(list, map(annotated_in, ("cdtref.claim.line", "cdtref.lookup"))))


def faults_expected():
    lines = USER.read_text("utf-8").splitlines()
    return {number for number, line in enumerate(lines, start=1) if line.endswith("# error")}


def faults_found(command, pattern):
    env = dict(os.environ, PYTHONPATH=str(PACKAGE.parent))
    if "site-packages" not in PACKAGE.parts:  # mypy refuses it there
        env["MYPYPATH"] = str(PACKAGE.parent)
    done = subprocess.run(
        [sys.executable, "-m", *command, str(USER)],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )
    found = {int(number) for number in re.findall(pattern, done.stdout, re.MULTILINE)}
    return found or done.stdout + done.stderr


CHECKERS = {
    "mypy": (["mypy", "--strict"], r"user\.py:(\d+): error:"),
    "pyright": (["pyright"], r"user\.py:(\d+):\d+ - (?:error|warning):"),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_type_checkers_find_the_errors_of_a_user_and_no_other(checker, pytestconfig):
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"there is no {checker}")
    command, pattern = CHECKERS[checker]
    if checker == "mypy":
        command = [*command, "--cache-dir", str(pytestconfig.cache.mkdir("mypy"))]
    assert faults_found(command, pattern) == faults_expected()
