"""What is passed over, told once each, in words of ours alone."""

from __future__ import annotations

from cdtref.table import Note


class Passed:
    """
    Tells what is passed over. A word on it is never built from what stands in the file, so no
    person's data is in it, and there are as many as this package has.
    """

    def __init__(self, note: Note | None) -> None:
        self._note = note
        self._told: set[str] = set()

    def tell(self, what: str) -> None:
        """Say that *what* is passed over, unless it was said before."""
        if self._note is None or what in self._told:
            return
        self._told.add(what)
        self._note(f"passed over: {what}")
