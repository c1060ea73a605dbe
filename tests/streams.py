"""A runner of the command line that keeps what is printed and what is complained of apart."""

from __future__ import annotations

from inspect import signature

import click.testing

# Up to click 8.1 a runner mixes the two streams unless told not to; from 8.2 on it never does.
_MIXES = "mix_stderr" in signature(click.testing.CliRunner).parameters
_APART = {"mix_stderr": False} if _MIXES else {}


class CliRunner(click.testing.CliRunner):
    """Click's own, with the streams apart on every version."""

    def __init__(self):
        super().__init__(**_APART)
