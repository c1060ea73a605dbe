"""
Interpreters that wait with all imported, and fork for each call: to start one anew takes longer
than most calls.
"""

from __future__ import annotations

import atexit
import functools
import subprocess
import sys


@functools.cache
def interpreter_of(file):
    """The one that runs a file, asked by lines of its standard input; the same at every call."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, file], stdin=pipe, stdout=pipe, text=True)
    atexit.register(process.communicate)  # its input ends, and so does it
    return process
