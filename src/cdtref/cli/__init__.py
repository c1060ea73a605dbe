"""
The command line, `cdtref COMMAND`. It asks the library and prints; it decides nothing.

On a terminal it draws tables (NO_COLOR takes the colors away), in a pager where they are longer
than the screen; in a pipe it prints plain text, split by tabs.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import cdtref

try:
    import click
    import rich as _  # noqa: F401
except ImportError:  # the library needs neither
    sys.exit('the command line needs its extra: pip install "cdtref[cli]"')

from cdtref.cli.agents import mcp
from cdtref.cli.claims import check, rules
from cdtref.cli.codes import conflicts, list_, search, show, validate
from cdtref.cli.editions import changes
from cdtref.cli.export import export
from cdtref.cli.fees import localities, rvu
from cdtref.cli.overlay import overlay
from cdtref.cli.printing import in_options, prepare_output
from cdtref.cli.texts import find
from cdtref.cli.worklog import worklog
from cdtref.safetext import printable

# From click 8.2 on a group without a command raises its help, which has lines of our own.
_HELP: Final[Any] = getattr(click.exceptions, "NoArgsIsHelpError", ())


class _Group(click.Group):
    """A command group that prints the library's errors as they are and exits with 1."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        prepare_output()
        with _printable_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _printable_errors():
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()


@contextlib.contextmanager
def _printable_errors() -> Iterator[None]:
    """What goes wrong, told in a line in which nothing acts: messages repeat what was given."""
    try:
        yield
    except click.UsageError as error:
        if isinstance(error, _HELP):
            raise
        raise click.UsageError(printable(error.format_message()), error.ctx) from error
    except (cdtref.CdtrefError, ValueError) as error:
        raise click.ClickException(printable(in_options(str(error)))) from error
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has enough, which click leaves in silence
            raise
        # What is left in the buffer would fail again when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.ClickException(f"cannot write: {error.strerror}") from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    cdtref.__version__,
    message=f"cdtref %(version)s (CDT {cdtref.EDITION}, {cdtref.FEE_SCHEDULE})",
)
def main() -> None:
    """The reference of US dental procedure codes (CDT), offline."""


_COMMANDS = (
    show,
    validate,
    find,
    list_,
    search,
    changes,
    conflicts,
    rvu,
    localities,
    check,
    rules,
    export,
    overlay,
    worklog,
    mcp,
)
for _command in _COMMANDS:
    main.add_command(_command)
