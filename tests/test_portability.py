"""What differs between systems and installations: Windows, and extras that are not there."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import zipfile

import pytest

import house
import pinned
from inturn import for_each

UNIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
UNIX_NAMES = re.compile(
    r"os\.(chown|chroot|fchmod|fchown|fork|forkpty|get[eg]?[gu]id|get[ps]gid|getlogin|killpg|lchown"
    r"|link|mkfifo|nice|pread|pwrite|sched_\w+|set\w+id|statvfs|symlink|sync|uname|wait\w*)$"
    r"|signal\.(SIG(ALRM|CHLD|HUP|KILL|PIPE|QUIT|USR\d)|alarm|setitimer)$"
)
TEXT_MODES = {"r", "w", "a", "x", "rt", "wt", "xt"}


@functools.cache  # two rules look at each
def source_of(module):
    return ast.parse(house.modules()[module].read_text("utf-8"))


def guarded_lines(tree):
    """The lines on which an attribute that a system lacks does no harm."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            suppressed = ast.unparse(node.items[0].context_expr)
            if "suppress" in suppressed and "AttributeError" in suppressed:
                yield from range(node.lineno, node.end_lineno + 1)


@for_each(house.modules())
def test_nothing_is_used_that_windows_lacks(module):
    tree = source_of(module)
    guarded = set(guarded_lines(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert UNIX_MODULES.isdisjoint(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.module not in UNIX_MODULES
        if isinstance(node, ast.Attribute) and node.lineno not in guarded:
            assert not UNIX_NAMES.match(dotted_name(node)), node.lineno


def dotted_name(attribute):
    """As `os.fork` is written; nothing for an attribute of what is no name."""
    if not isinstance(attribute.value, ast.Name):
        return ""
    return f"{attribute.value.id}.{attribute.attr}"


@for_each(house.modules())
def test_text_is_read_and_written_in_an_encoding_that_is_named(module):
    """Else it is that of the system: on Windows not UTF-8."""
    for node in ast.walk(source_of(module)):
        if isinstance(node, ast.Call) and opens_text(node):
            assert names_encoding(node), node.lineno


def opens_text(call):
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("read_text", "write_text"):
        return True
    return name in ("open", "fdopen", "TemporaryFile") and bool(constants(call) & TEXT_MODES)


def names_encoding(call):
    return "encoding" in {word.arg for word in call.keywords} or "utf-8" in constants(call)


def constants(call):
    values = [*call.args, *(word.value for word in call.keywords)]
    return {value.value for value in values if isinstance(value, ast.Constant)}


# what is asked for: (the package that is not there, the extra that brings it)
EXTRAS = {
    "import cdtref; cdtref.testing.codes": ("hypothesis", "testing"),
    "from cdtref.testing import sloppy_lines": ("hypothesis", "testing"),
    "from cdtref import testing; testing.work_logs": ("hypothesis", "testing"),
    "import cdtref; cdtref.frame.annotate": ("narwhals", "frames"),
    "import cdtref; cdtref.frame.codes()": ("narwhals", "frames"),
    "import cdtref.pydantic": ("pydantic", "pydantic"),
    "import cdtref.mcpserver": ("mcp", "mcp"),
    "import cdtref.cli": ("click", "cli"),
    "import cdtref; list(cdtref.read_claims('b.xlsx'))": ("python_calamine", "xlsx"),
    "import cdtref; cdtref.WorkLog.from_csv('b.xlsx')": ("python_calamine", "xlsx"),
    "import cdtref; cdtref.read_limits('b.xlsx')": ("python_calamine", "xlsx"),
    "import cdtref; cdtref.catalog().with_nomenclature('b.xlsx')": ("python_calamine", "xlsx"),
    "import cdtref; list(cdtref.read_claims('b.parquet'))": ("pyarrow", "parquet"),
    "import cdtref; cdtref.WorkLog.from_csv('b.csv').productivity().plot()": (
        "matplotlib",
        "plots",
    ),
}


@pytest.mark.parametrize("asked", EXTRAS)
def test_what_is_missing_is_named_with_its_extra(asked, tmp_path):
    package, extra = EXTRAS[asked]
    write_workbook(tmp_path / "b.xlsx")
    (tmp_path / "b.csv").write_text(f"date,code\n{pinned.DAY},99213\n", "utf-8")
    (tmp_path / "b.parquet").write_bytes(b"PAR1" + bytes(100) + b"PAR1")
    hidden = f"import sys; sys.modules[{package!r}] = None\n{asked}\n"
    done = subprocess.run(
        [sys.executable, "-c", hidden], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f'pip install "cdtref[{extra}]"' in done.stderr.splitlines()[-1]


def write_workbook(path):
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
