"""Sessions: `nox` runs lint, types and tests; `nox -s wheel bench` the rest."""

import shutil
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
HERE = Path(__file__).parent


@nox.session
def lint(session):
    session.install("ruff>=0.9")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session):
    session.install("-e", ".[test]", "mypy>=1.13")
    session.run("mypy")


@nox.session(python=["3.10", "3.11", "3.12", "3.13"])
def tests(session):
    """The suite on each Python that the machine has."""
    session.install("-e", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def wheel(session):
    """The built wheel, tested with `src/` out of reach: this is what tells that the data files shipped."""
    place = Path(session.create_tmp()).resolve()
    shutil.rmtree(place / "dist", ignore_errors=True)
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(place / "dist"), str(HERE))
    (built,) = (place / "dist").glob("*.whl")
    session.log(f"{built.name}: {built.stat().st_size / 2**20:.2f} MiB")
    session.install(f"{built}[test]")
    shutil.rmtree(place / "away", ignore_errors=True)
    for name in ("tests", "tasks"):
        shutil.copytree(HERE / name, place / "away" / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, place / "away")
    session.chdir(place / "away")
    session.run("pytest", "tests", "README.md", *session.posargs)


@nox.session
def bench(session):
    """The benchmark tables, beside the peers."""
    session.install(".", "simple-icd-10-cm", "pycountry", "python-stdnum", "phonenumbers")
    session.run("python", "benchmarks/core.py")
