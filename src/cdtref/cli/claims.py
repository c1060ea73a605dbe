"""The commands about claims: `check`, and the `rules` by which it finds something."""

from __future__ import annotations

import difflib
import functools
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import click
from rich.console import Console
from rich.progress import Progress, TaskID

import cdtref
from cdtref import Checked, Finding
from cdtref.claim import PROFILES, SAID_ONCE
from cdtref.cli.options import as_json_option, catalog_option, header_option, mapping_of
from cdtref.cli.printing import print_json_list, print_json_rows, print_notices, print_table, tell
from cdtref.errors import quoted_name
from cdtref.safetext import printable

_LINES_A_STEP: Final = 10_000
_SEVERITIES: Final = ("error", "warning", "info")  # the gravest first
_UNREADABLE: Final = 2  # the exit code where a file cannot be read


class _Found(NamedTuple):
    """A finding, and the line of the file that it is on."""

    file: str
    on: Checked
    finding: Finding

    def to_dict(self) -> dict[str, Any]:
        place = {"file": self.file, "file_line": self.on.number, "claim": self.on.claim}
        return self.finding.to_dict() | place

    def to_row(self) -> tuple[Any, ...]:
        finding = self.finding
        told = (finding.severity, finding.field, finding.message, finding.rule)
        return (self.on.number, self.code, *told, self.on.claim)

    def to_notice(self) -> tuple[str, str]:
        """Where it stands and what it is called, and what to do."""
        finding = self.finding
        place = f"{self.file}:{self.on.number}"
        told = [place, finding.severity, self.code, finding.rule]
        if self.on.claim:
            told.append(f"claim {self.on.claim}")
        return "  ".join(part for part in told if part), finding.message

    @property
    def code(self) -> str | None:
        return None if self.on.line is None else self.on.line.code


def _known_rules(
    _context: click.Context, _option: click.Parameter, rules: Collection[str]
) -> frozenset[str]:
    """The ids of rules; one that there is not would be ignored in vain."""
    known = [rule.id for rule in cdtref.RULES]
    for rule in rules:
        if rule not in known:
            near = difflib.get_close_matches(rule, known, 1)
            advice = f"did you mean {near[0]}?" if near else "see: cdtref rules"
            raise click.BadParameter(f"there is no rule {quoted_name(rule)}; {advice}")
    return frozenset(rules)


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="The column of a field; repeatable.",
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    help="The system that wrote the table, whose columns are known.",
)
@click.option(
    "--dates",
    type=click.Choice(["mdy", "dmy", "none"]),
    help="What 3/2/2026 begins with, month or day; none: a plan of treatment without dates.",
)
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook, if not the first.")
@catalog_option
@click.option(
    "--history",
    is_flag=True,
    help="Judge a claim by the patient's lines above it in the file, too.",
)
@click.option(
    "--limits",
    "plan",
    metavar="PLAN",
    type=click.Path(exists=True, dir_okay=False),
    help="What a plan pays for at most: a csv, xlsx or JSON of limits.",
)
@click.option(
    "--ignore",
    "ignored",
    multiple=True,
    metavar="RULE",
    callback=_known_rules,
    help="Pass over what this rule finds; repeatable. `cdtref rules` lists them.",
)
@click.option(
    "--severity",
    type=click.Choice(_SEVERITIES),
    default="info",
    help="Print only what weighs so much, or more.",
)
@click.option("--summary", is_flag=True, help="Print how often each rule finds something.")
@header_option
@as_json_option("Print each finding as JSON, one a line.")
def check(  # noqa: PLR0913, PLR0917  # an argument an option
    files: tuple[str, ...],
    columns: tuple[str, ...],
    profile: str | None,
    dates: str | None,
    sheet: str | None,
    catalog: cdtref.Catalog,
    plan: str | None,
    ignored: frozenset[str],
    severity: str,
    *,
    history: bool,
    summary: bool,
    header: bool,
    as_json: bool,
) -> None:
    """
    Check the claims of each FILE ('-' for standard input): 837D, FHIR in JSON or NDJSON, csv, xlsx
    or parquet, whatever its name. Exit 1 on errors, 2 if a file cannot be read. Of several files
    each row begins with the name of its own.

    \b
    Columns of a table, of which code and date are needed; usual titles are known too, and others
    passed over:
      code             procedure code
      date             date of service: 2026-03-02 or 3/2/2026
      tooth            tooth or teeth: 14, A, 6-11
      surfaces         surface letters: MOD
      area             area of the oral cavity: 10, 01, UR
      quantity         number of services
      modifiers        claim modifiers: KX 59
      fee              dollars
      prosthesis       initial or replacement (I, R)
      prior_placement  date of the prosthesis that is replaced
      birth_date       the patient's
      narrative        remarks
      medicare         yes or no
      claim            lines with the same text here, standing together, are checked as one claim
      patient          for --history, of which a hash is kept while the file is read
    """
    gravest = _SEVERITIES[: _SEVERITIES.index(severity) + 1]
    tally = _Tally(ignored, gravest)
    read = functools.partial(
        cdtref.check_file,
        columns=mapping_of(columns),
        dates=dates,
        profile=profile,
        note=tell,
        sheet=sheet,
        catalog=catalog,
        history=history,
        limits=() if plan is None else cdtref.read_limits(plan, note=tell),
    )
    found = _findings_in(files, read, tally)
    if summary:
        _print_summary(found, header=header, as_json=as_json)
    elif as_json:
        print_json_rows(one.to_dict() for one in found)
    elif sys.stdout.isatty():
        print_notices(one.to_notice() for one in found)
    else:
        _print_rows(found, with_file=len(files) > 1, header=header)
    tell(tally.summary)
    sys.exit(tally.exit_code)


def _print_rows(found: Iterable[_Found], *, with_file: bool, header: bool) -> None:
    head: tuple[str, ...] = ("line", "code", "severity", "field", "what to do", "rule", "claim")
    rows: Iterable[tuple[Any, ...]] = (one.to_row() for one in found)
    if with_file:
        head = ("file", *head)
        rows = ((one.file, *one.to_row()) for one in found)
    print_table(head, rows, header=header)


def _print_summary(found: Iterable[_Found], *, header: bool, as_json: bool) -> None:
    """How often each rule found something, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    once: set[str] = set()
    for one in found:
        counts[one.finding.rule, one.finding.severity] += 1
        if one.finding.message.endswith(SAID_ONCE):
            once.add(one.finding.rule)
    rows = [(rule, severity, count) for (rule, severity), count in counts.most_common()]
    head = ("rule", "severity", "count")
    if as_json:
        print_json_rows(dict(zip(head, row, strict=True)) for row in rows)
    else:
        print_table(head, rows, header=header)
    for rule in sorted(once):
        tell(f"{rule} is said once a file, not of each line that it holds for")


class _Tally:
    """
    What the lines of the files came to, counted as they go by; no line and no finding is kept.
    """

    def __init__(self, ignored: Collection[str], gravest: Sequence[str]) -> None:
        self._ignored = ignored
        self._gravest = gravest
        self._severities: Counter[str] = Counter()
        self._unreadable = 0
        self._lines = 0

    def findings_of(self, file: str, lines: Iterable[Checked]) -> Iterator[_Found]:
        """What is to be printed of a file."""
        try:
            for one in lines:
                self._lines += _is_of_line(one)
                for finding in self._counted(one.findings):
                    yield _Found(file, one, finding)
        except ValueError as error:  # a DataFormatError, or a field that there is not
            self._unreadable += 1
            tell(f"Error: {error}")

    def _counted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for finding in findings:
            if finding.rule in self._ignored:
                continue
            self._severities[finding.severity] += 1
            if finding.severity in self._gravest:
                yield finding

    @property
    def exit_code(self) -> int:
        if self._unreadable:
            return _UNREADABLE
        return 1 if self._severities["error"] else 0

    @property
    def summary(self) -> str:
        errors, warnings = self._severities["error"], self._severities["warning"]
        told = f"lines checked: {self._lines}"
        if self._unreadable:
            told = f"{told}; files that cannot be read: {self._unreadable}"
        elif not self._severities:
            return f"{told}, nothing to mend"
        return f"{told}; errors: {errors}, warnings: {warnings}"


def _is_of_line(one: Checked) -> bool:
    """False for what is said of a claim as a whole."""
    if one.line is not None:
        return True
    return any(finding.line_index is not None for finding in one.findings)


class _Read(Protocol):
    """Checks a file, and tells how many of its bytes are done with."""

    def __call__(
        self, path: str, *, progress: Callable[[int], object] | None = None
    ) -> Iterator[Checked]: ...


def _findings_in(files: Iterable[str], read: _Read, tally: _Tally) -> Iterator[_Found]:
    for file in files:
        lines = read(file)
        # Without a person who watches no bar is made: an old rich ends one with an empty line.
        if sys.stderr.isatty():
            lines = _with_progress(file, read)
        yield from tally.findings_of(file, lines)


def _with_progress(file: str, read: _Read) -> Iterator[Checked]:
    """The lines as they come, with a bar on the error output from the 10,000th on."""
    with Progress(console=Console(stderr=True)) as bar:
        watched = _Watched(file, bar)
        for number, line in enumerate(read(file, progress=watched.note_bytes), start=1):
            if number % _LINES_A_STEP == 0:
                watched.draw(number)
            yield line
        watched.finish()


class _Watched:
    """How far a file is read: by its size where it has one and tells its bytes, else by lines."""

    def __init__(self, file: str, bar: Progress) -> None:
        self._file = file
        self._bar = bar
        self._task: TaskID | None = None
        self._bytes = 0

    def note_bytes(self, count: int) -> None:
        self._bytes = count

    def draw(self, lines: int) -> None:
        told = f"{printable(self._file)}: {lines:,} lines checked"
        if self._task is None:
            self._task = self._bar.add_task(told, total=self._size)
        self._bar.update(self._task, completed=self._bytes or lines, description=told)

    def finish(self) -> None:
        """The bytes behind the last line of a file are no lines."""
        if self._task is not None:
            self._bar.update(self._task, completed=self._size)

    @property
    def _size(self) -> int | None:
        path = Path(self._file)
        if self._bytes and path.is_file():
            return path.stat().st_size
        return None


@click.command()
@header_option
@as_json_option("Print the rules as JSON.")
def rules(*, header: bool, as_json: bool) -> None:
    """List the rules: what they weigh at most, the field to mend, remark codes, and the source."""
    head = ("rule", "severity", "field", "rarc", "carc", "source")
    rows = [
        (one.id, one.severity, one.field, one.rarc, one.carc, one.source) for one in cdtref.RULES
    ]
    if as_json:
        print_json_list(dict(zip(head, row, strict=True)) for row in rows)
    else:
        print_table(head, rows, header=header)
