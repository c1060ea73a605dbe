"""What the command prints on a terminal."""

from __future__ import annotations

import json
import os
import sys

import pytest

from waiting import interpreter_of


def on_a_terminal(*arguments, sits_there=False, given=os.devnull, **env):
    """
    All that is printed, in an environment with *env*; standard input is the file *given*, unless a
    reader sits there.
    """
    pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")
    master, slave = pty.openpty()
    screen = os.ttyname(slave)
    source = screen if sits_there else str(given)
    environment = os.environ | {"TERM": "xterm-256color"} | env
    _ask(screen, source, environment, arguments)
    os.close(slave)
    output = _read_to_end(master)
    interpreter_of(__file__).stdout.readline()
    return output.decode()


def _ask(*asked):
    """Returns once the screen is open there too, since its last one to close it ends it."""
    waiting = interpreter_of(__file__)
    waiting.stdin.write(json.dumps(asked) + "\n")
    waiting.stdin.flush()
    waiting.stdout.readline()


def _read_to_end(master):
    output = b""
    try:
        while piece := os.read(master, 65536):
            output += piece
    except OSError:  # Linux ends a pty so
        pass
    os.close(master)
    return output


def _print_each():
    """A line of JSON in, and two out: as the screen is open, and as all is printed."""
    import rich.progress
    import rich.table  # noqa: F401

    import cdtref.cli
    import cdtref.worklog

    cdtref.catalog()

    while asked := sys.stdin.readline():
        screen, source, environment, arguments = json.loads(asked)
        opened = [
            os.open(source, os.O_RDONLY | os.O_NOCTTY),
            os.open(screen, os.O_RDWR | os.O_NOCTTY),
        ]
        _say("open")
        child = os.fork()
        if not child:
            _sit_at(*opened, environment)
            cdtref.cli.main(arguments, prog_name="cdtref")  # which ends the process
        for descriptor in opened:
            os.close(descriptor)
        os.waitpid(child, 0)
        _say("printed")


def _say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _sit_at(source, screen, environment):
    """Streams and environment as a new interpreter would find them."""
    for place, descriptor in enumerate((source, screen, screen)):
        os.dup2(descriptor, place)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin, sys.stdout, sys.stderr = map(_stream, "rww", (0, 1, 2))


def _stream(mode, place):
    encoding = os.environ.get("PYTHONIOENCODING", "utf-8")
    return open(place, mode, encoding=encoding, closefd=False)


if __name__ == "__main__":
    _print_each()
