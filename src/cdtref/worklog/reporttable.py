"""Tables of two columns, as a work report has them: plain text for a terminal, or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from cdtref.safetext import markdown_text, printable

_NONE: Final = "(none)"


@attrs.frozen
class ReportTable:
    """Two columns for a report, as text or as Markdown."""

    markdown: bool

    def heading(self, text: str) -> str:
        return f"# {text}" if self.markdown else text

    def drawn(self, head: tuple[str, str], rows: Iterable[tuple[str, object]]) -> str:
        lines = [
            (self._safe_cell(key or _NONE), self._safe_cell(str(value))) for key, value in rows
        ]
        if not lines:
            return ""
        titles = self._safe_cell(head[0]), head[1]
        if self.markdown:
            return _markdown_table([titles, ("---", "---"), *lines])
        return _text_table([titles, *lines])

    def sentence(self, text: str) -> str:
        """A remark, which may name what is a user's."""
        return self._safe_cell(text)

    def _safe_cell(self, text: str) -> str:
        """A name that the log has, without what would forge a row or steer a terminal."""
        shown = printable(text)
        return markdown_text(shown) if self.markdown else shown


def _markdown_table(lines: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"| {key} | {value} |" for key, value in lines)


def _text_table(lines: Sequence[tuple[str, str]]) -> str:
    width = max(len(key) for key, _ in lines)
    return "\n".join(f"{key:<{width}}  {value}" for key, value in lines)
