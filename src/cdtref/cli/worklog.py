"""The commands about work logs: `worklog report` and `worklog add`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import attrs
import click
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

import cdtref
import cdtref.worklog as logs
from cdtref.cli.options import as_json_option, header_option
from cdtref.cli.printing import console, print_json, print_line, print_paged, print_table, tell
from cdtref.errors import quoted_name
from cdtref.safetext import printable

_HEAD: Final = ("what", "name", "value", "entries", "note")
# What matplotlib writes of the day on which it drew, so that one log gives one picture.
_WITHOUT_DATE: Final[dict[str, dict[str, None]]] = {
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
    ".png": {},
}
_FORMS: Final = {
    "--column": "FIELD=HEADER, such as code=Service",
    "--more": "COLUMN=TEXT, such as provider=B",
    "--only": "COLUMN=TEXT, such as provider=B",
}
_NONE: Final = "(none)"
_SHORTEST_BAR, _LONGEST_BAR = 8, 40  # columns of a terminal
_CODE, _BESIDE_NAMES = 5, 43  # likewise: a code, and what stands beside the names with its lines
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"


_columns_option: Final = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADER",
    help="The column of a field, such as code=Service; repeatable.",
)


@click.group()
def worklog() -> None:
    """A log of procedures done (csv or xlsx): what it comes to, and one entry more."""


@worklog.command()
@click.argument("log", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@_columns_option
@click.option(
    "--scale",
    type=click.Choice(["cms", "ihs"]),
    default="cms",
    show_default=True,
    help="Work RVUs of Medicare, or dental RVUs of the Indian Health Service.",
)
@click.option(
    "--by",
    multiple=True,
    metavar="GROUPING",
    help="day, week, month, quarter, year, code, specialty, level or a column; repeatable.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="COLUMN=TEXT",
    help="Only entries that say so, such as provider=B; repeatable.",
)
@click.option(
    "--release",
    "releases",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False),
    help="A file of CMS's to value by, in place of the bundled release; repeatable.",
)
@click.option(
    "--benchmark",
    type=click.Path(exists=True, dir_okay=False),
    help="A survey of your own: specialty, p10, p25, p50, p75, p90 (csv or xlsx).",
)
@click.option(
    "--specialty", help="Of entries that name none; in the picture the work of this one alone."
)
@click.option("--since", metavar="DATE", help="Only entries from this day on.")
@click.option("--until", metavar="DATE", help="Only entries up to this day.")
@click.option("--rate", metavar="DOLLARS", help="Of your contract: what it pays for a unit.")
@click.option("--plot", metavar="FILE", help="Draw the work by period: a .svg, .png or .pdf.")
@header_option
@as_json_option("Print the report as JSON.")
def report(  # noqa: PLR0913  # an argument an option
    log: str,
    releases: tuple[str, ...],
    benchmark: str | None,
    rate: str | None,
    plot: str | None,
    *,
    header: bool,
    as_json: bool,
    specialty: str | None,
    scale: str,
    by: tuple[str, ...],
    **narrowed: Any,
) -> None:
    """
    What the procedures in LOG ('-' for standard input) come to on one of two scales, which are
    never added up.

    LOG has the columns date and code and, where wanted, modifiers, units, specialty, note; further
    ones, such as the provider, are groupings of their own.
    """
    survey = None if benchmark is None else cdtref.Benchmark.from_csv(benchmark, note=tell)
    schedules = list(map(cdtref.FeeSchedule.from_cms, releases)) or None
    read = _log_of(log, **narrowed)
    if specialty is not None:
        read = read.with_specialty(specialty)
    done = read.productivity(schedules, scale=scale, by=by)  # type: ignore[arg-type]
    summary = done.summary(survey, rate=_rate_of(rate))
    if plot is not None:
        _save_picture(done, Path(plot), survey, specialty)
    if as_json:
        print_json(summary.to_dict())
    elif sys.stdout.isatty():
        print_paged(Group(*_drawn_parts(summary)))
    else:
        _print_rows(summary, header=header)


def _print_rows(summary: logs.WorkSummary, *, header: bool) -> None:
    print_table(_HEAD, _rows_of(summary), header=header)
    for remark in summary.remarks:
        tell(remark)


def _log_of(
    path: str,
    columns: tuple[str, ...],
    only: tuple[str, ...],
    since: str | None,
    until: str | None,
) -> cdtref.WorkLog:
    from cdtref.table import date_in_file

    log = cdtref.WorkLog.from_csv(path, _mapping_of(columns), note=tell)
    for given in only:
        log = log.only(*_column_and_text(given, "--only"))
        if not log.entries:
            tell(f"no entry of the log is one of --only {given}")
            break  # of no entries there is no column to look for
    if since is None and until is None:
        return log
    first = date.min if since is None else date_in_file(since)
    last = date.max if until is None else date_in_file(until)
    return log.between(first, last)


def _rate_of(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        problem = f"{quoted_name(text)} is no amount of dollars such as 52.50"
        raise click.BadParameter(problem, param_hint="--rate") from error


def _rows_of(summary: logs.WorkSummary) -> Iterator[tuple[Any, ...]]:
    """A row for each figure, what it is before it."""
    yield "total", summary.unit, summary.total, summary.valued, ""
    if summary.outside_schedule:
        yield "outside IHS's schedule", summary.unit, summary.outside_schedule, "", ""
    for group in summary.groups:
        yield group.grouping, group.key, group.value, group.entries, _title_of(group)
    for pace in summary.paces:
        what = "pace a year" if pace.specialty is None else "pace a year, specialty"
        yield what, pace.specialty, pace.a_year, "", pace.percentile
    if summary.compensation is not None:
        yield "dollars", f"at {summary.rate}", summary.compensation, "", ""
    for reason in summary.reasons:
        yield "without a value", " ".join(reason.codes), "", reason.entries, reason.text


def _drawn_parts(summary: logs.WorkSummary) -> Iterator[RenderableType]:
    """For a person: tables with bars, and the remarks."""
    yield Text(summary.headline, style="bold")
    for grouping, groups in summary.grouped.items():
        yield _drawn_groups(_table_of(grouping, summary.unit, "", "entries"), groups)
    if summary.paces:
        yield _drawn_paces(_table_of("pace", f"{summary.unit} a year", "percentile"), summary)
    if summary.reasons:
        table = _table_of("without a value", "entries", "why")
        for reason in summary.reasons:
            table.add_row(reason.shown_codes, str(reason.entries), _shown(reason.text))
        yield table
    yield from map(_shown, summary.remarks)


def _drawn_groups(table: Table, groups: Sequence[logs.Group]) -> Table:
    # A code has one line, with as much of its title as figures and the shortest bar leave.
    table.columns[0].no_wrap = groups[0].grouping == "code"
    room = max(_CODE, console().width - _BESIDE_NAMES)
    most = max(group.value for group in groups) or 1
    for group in groups:
        bar = _Bar(float(group.value / most))
        name = _shown(group.key or _NONE)
        if title := _title_of(group):
            name = _shown(textwrap.shorten(f"{group.key} {title}", room, placeholder=""))
        table.add_row(name, str(group.value), bar, str(group.entries))
    return table


def _title_of(group: logs.Group) -> str:
    """What a dental code stands for; "" of all else."""
    if group.grouping == "code" and group.key in cdtref.catalog():
        return cdtref.get(group.key).title
    return ""


def _drawn_paces(table: Table, summary: logs.WorkSummary) -> Table:
    for pace in summary.paces:
        name = "the whole log" if pace.specialty is None else pace.specialty or _NONE
        table.add_row(_shown(name), str(pace.a_year), pace.percentile)
    return table


def _table_of(*head: str) -> Table:
    """The second column has figures."""
    table = Table(header_style="bold")
    for place, title in enumerate(head):
        align = "right" if place == 1 or title == "entries" else "left"
        table.add_column(_shown(title), justify=align)  # type: ignore[arg-type]
    return table


def _shown(text: str) -> Text:
    return Text(printable(text))


@attrs.frozen
class _Bar:
    """A bar as long as its share of the room that it is given, to an eighth of a sign."""

    share: float

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(_SHORTEST_BAR, min(_LONGEST_BAR, options.max_width))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        eighths = int(self.share * 8 * min(_LONGEST_BAR, options.max_width))
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
        if options.ascii_only:
            bar = "#" * (eighths // 8)
        yield Text(bar, style="cyan")


def _save_picture(
    done: cdtref.Productivity, path: Path, survey: cdtref.Benchmark | None, specialty: str | None
) -> None:
    kind = path.suffix.lower()
    if kind not in _WITHOUT_DATE:
        problem = f"a picture is a file {', '.join(_WITHOUT_DATE)}, not {quoted_name(path.name)}"
        raise click.BadParameter(problem, param_hint="--plot")
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise click.ClickException('--plot needs its extra: pip install "cdtref[plots]"') from error
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    done.plot(figure.add_subplot(), benchmark=survey, specialty=specialty)
    # Text stays text, and the names within are the same at every run.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "cdtref"}):
        figure.savefig(path, metadata=_WITHOUT_DATE[kind], dpi=150)
    tell(f"drawn: {path}")


@worklog.command()
@click.argument("log", type=click.Path(dir_okay=False))
@click.argument("code")
@_columns_option
@click.option("--date", "day", required=True, metavar="DATE", help="2026-03-02 or 3/2/2026.")
@click.option("--modifiers", default="", help="Claim modifiers, such as '26 RT'.")
@click.option("--units", default="1", show_default=True, help="How often.")
@click.option("--specialty", default="", help="A name of your own.")
@click.option("--note", default="", help="Any text; it is in no report.")
@click.option("--provider", help="The same as --more provider=...")
@click.option(
    "--more",
    multiple=True,
    metavar="COLUMN=TEXT",
    help="What a further column of the log says; repeatable.",
)
@click.option("--anyway", is_flag=True, help="Also a dental code unknown or ended on that day.")
def add(  # noqa: PLR0913  # an argument an option
    log: str,
    columns: tuple[str, ...],
    day: str,
    provider: str | None,
    more: tuple[str, ...],
    *,
    anyway: bool,
    **fields: str,
) -> None:
    """
    Append a procedure to LOG (a csv), which is made where it is not there.

    A wrong code or date is refused before anything is written. The file is replaced whole by a new
    one, with what stood in it as it was.
    """
    from cdtref.table import date_in_file

    further = [_column_and_text(given, "--more") for given in more]
    if provider is not None:
        further.append(("provider", provider))
    entry = cdtref.LogEntry(date=date_in_file(day), more=further, **fields)
    _require_code(entry, anyway=anyway)
    _tell_year(entry)
    is_new = not Path(log).exists()
    whole = _append_entry(log, entry, _mapping_of(columns))
    if is_new:
        tell(f"a new log: {log}")
    _tell_repeated(whole)
    print_line(f"{entry.date} {entry.code} logged as entry {len(whole.entries)} of {log}")


def _append_entry(log: str, entry: cdtref.LogEntry, columns: Mapping[str, str]) -> cdtref.WorkLog:
    try:
        return cdtref.WorkLog([entry]).append_to(log, columns)
    except OSError as error:
        told = f"{log}: {error.strerror}; nothing was written"
        raise click.ClickException(printable(told)) from error


def _mapping_of(columns: Sequence[str]) -> dict[str, str]:
    return dict(_column_and_text(given, "--column") for given in columns)


def _column_and_text(given: str, option: str) -> tuple[str, str]:
    column, sign, text = given.partition("=")
    if not sign:
        problem = f"{quoted_name(given)} is not {_FORMS[option]}"
        raise click.BadParameter(problem, param_hint=option)
    return column, text


def _require_code(entry: cdtref.LogEntry, *, anyway: bool) -> None:
    """A dental code has to be known and in force; of others only CMS's rows are known here."""
    if cdtref.code_system(entry.code) is cdtref.CodeSystem.CDT:
        if not anyway:
            cdtref.get(entry.code, on=entry.date)
    elif entry.code not in cdtref.fee_schedule():
        tell(f"{cdtref.FEE_SCHEDULE} has no row for {entry.code}; look whether it is meant")


def _tell_year(entry: cdtref.LogEntry) -> None:
    """A year may be mistyped, and no date is wrong by its form alone."""
    editions = [edition.effective.year for edition in cdtref.editions()]
    first, last = editions[0], max(editions[-1], cdtref.fee_schedule().year)
    if not first <= entry.date.year <= last:
        known = f"outside the years that this version knows, {first} to {last}"
        tell(f"{entry.date} is {known}; see that it is meant")


def _tell_repeated(whole: cdtref.WorkLog) -> None:
    """Two fillings of one day are two entries, and so is a command that was typed twice."""
    *earlier, last = whole.entries
    if last in earlier:
        tell("the log has had an entry like this one already; see that it is meant twice")
