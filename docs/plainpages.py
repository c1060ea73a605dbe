"""
The site for programs and language models: each code as Markdown and JSON beside its page, each
category as a list of them, and `llms.txt`, which tells where they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import cdtref
from cdtref import Category, Procedure

HERE: Final = Path(__file__).parent
PARTS: Final = {"Manual": "", "How-to": "howto", "Reference": "reference"}
_HEADING: Final = re.compile(r"^# (.+)$", re.MULTILINE)
_TOCTREE: Final = re.compile(r"```\{toctree\}\n(.*?)```", re.DOTALL)


def plain_files() -> dict[str, str]:
    """All files by their addresses."""
    files = {"llms.txt": llms_text()}
    for code in cdtref.catalog():
        page = cdtref.page(code)
        files[f"codes/{code}.md"] = page.to_markdown(link=address_of)
        files[f"codes/{code}.json"] = json.dumps(page.to_dict(), ensure_ascii=False) + "\n"
    for category in Category:
        files[f"categories/{category}.md"] = category_text(category)
    return files


def address_of(code: str) -> str:
    """A note may quote a misprint, which has no page."""
    return f"{code}.md" if code in cdtref.catalog() else ""


def category_text(category: Category) -> str:
    """The codes of a category, those in force first."""
    current = cdtref.procedures(category=category)
    retired = [p for p in cdtref.catalog().values() if p.category is category and p not in current]
    parts = [f"# {category.label}", f"## In force in CDT {cdtref.EDITION}", linked_list(current)]
    if retired:
        parts += ["## Retired", linked_list(retired)]
    return "\n\n".join(parts) + "\n"


def linked_list(procedures: Iterable[Procedure]) -> str:
    return "\n".join(f"- [{p.code}](../codes/{p.code}.md) {p.title}" for p in procedures)


def llms_text() -> str:
    """What the site is and where things are, in the form that llmstxt.org describes."""
    current = cdtref.procedures()
    return TEMPLATES.get_template("llms.txt").render(
        edition=cdtref.EDITION,
        release=cdtref.FEE_SCHEDULE,
        version=cdtref.__version__,
        total=len(cdtref.catalog()),
        current=len(current),
        p=current[0],
        categories=list(Category),
        manual={part: list(manual_pages(folder)) for part, folder in PARTS.items()},
    )


def manual_pages(folder: str) -> Iterator[tuple[str, str]]:
    """Title and address of the pages of a part of the manual, in the order of its contents."""
    contents = (HERE / folder / "index.md").read_text("utf-8")
    for block in _TOCTREE.findall(contents):
        for name in re.findall(r"[\w/-]+", block):
            page = HERE / folder / f"{name}.md"
            if page.exists():
                yield title_of(page), f"{folder}/{name}".lstrip("/")


def title_of(page: Path) -> str:
    """The first heading of a page of the manual."""
    found = _HEADING.search(page.read_text("utf-8"))
    if found is None:
        raise SystemExit(f"{page.name} has no title")
    return found[1]


TEMPLATES: Final = Environment(  # noqa: S701  # of plain text, in which nothing is escaped
    loader=FileSystemLoader(HERE / "site"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
