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


def workbook_of(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    """An xlsx of several sheets, each its name and its rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
