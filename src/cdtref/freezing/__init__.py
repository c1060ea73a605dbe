"""
How the package goes into a frozen app: PyInstaller asks here for its hook, by the entry point
`pyinstaller40`.
"""

from __future__ import annotations

from pathlib import Path


def hook_folders() -> list[str]:
    """
    The folders with hooks for PyInstaller.

    >>> [path.name for path in Path(hook_folders()[0]).glob("hook-*.py")]
    ['hook-cdtref.py']
    """
    return [str(Path(__file__).parent)]
