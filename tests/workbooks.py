"""Workbooks as the tests of tables need them."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl


def workbook(*rows: Sequence[object]) -> bytes:
    """An xlsx of one sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
