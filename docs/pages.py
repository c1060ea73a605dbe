"""
A page for every code and every category, as HTML and as Markdown and JSON (`plainpages.py`), and a
page that finds them: `python docs/pages.py docs/_build/html`.

They stand beside the manual and not in it: hundreds of entries in a table of contents would be in
every page of it. What the search box knows is written beside them, see `searchdata.py`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import plainpages
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from searchdata import search_data, search_records

import cdtref
from cdtref import CodePage, Procedure
from cdtref.bundled import record_schemas
from cdtref.pages import markup, style, toothchart

EDITION: Final = f"CDT {cdtref.EDITION}"
SITE: Final = Path(__file__).parent / "site"
MOST_BYTES: Final = 60_000


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python docs/pages.py", description=__doc__)
    arguments.add_argument("site", type=Path, help="folder of the built manual")
    site = arguments.parse_args().site
    pages = {**code_pages(), **category_pages(), "codes/index.html": index_page()}
    for address, text in pages.items():
        write(site / address, text)
    for asset in ("codes.css", "finder.js", "ranking.js", "search.js"):
        shutil.copy(SITE / asset, site / "codes" / asset)
    write(site / "codes" / "page.css", style.STYLE)
    for name, text in {**schemas(), **plainpages.plain_files()}.items():
        write(site / name, text)
    write_json(site / "codes" / "search.json", search_data())
    write_json(site / "codes" / "records.json", search_records())
    sizes = {address: len(text.encode()) for address, text in pages.items()}
    largest = max(sizes, key=lambda address: sizes[address])
    print(f"{len(pages)} pages; the largest is {largest} with {sizes[largest]:,} bytes")


def write(path: Path, text: str) -> None:
    """Write a page, unless it is too large to be quick on a phone."""
    if len(text.encode()) > MOST_BYTES:
        raise SystemExit(f"{path} has {len(text.encode()):,} bytes, more than {MOST_BYTES:,}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write what scripts read, as small as it gets."""
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), "utf-8")


def schemas() -> dict[str, str]:
    """The JSON Schema of each record, by its address."""
    found = {}
    for record in record_schemas():
        text = json.dumps(cdtref.json_schema(record), ensure_ascii=False, indent=1)
        found[f"schemas/{record}.schema.json"] = f"{text}\n"
    return found


def code_pages() -> dict[str, str]:
    """The pages of all codes, retired ones included, by their addresses."""
    codes = list(cdtref.catalog())
    in_force = {p.code for p in cdtref.procedures()}
    pages = {}
    for code, before, after in zip(codes, [None, *codes], [*codes[1:], None], strict=False):
        page = cdtref.page(code)
        text = code_page(page, before=before, after=after, in_force=code in in_force)
        pages[f"codes/{code}.html"] = text
    return pages


def code_page(page: CodePage, *, before: str | None, after: str | None, in_force: bool) -> str:
    """One code's page."""
    p = page.procedure
    return render(
        "code.html",
        title=f"{p.code} {p.title}",
        about=p.plain_language or p.description,
        json_ld=json_ld(page.to_json_ld()),
        page=page,
        p=p,
        heading=Markup(markup.text_html(p.title)),  # escaped by text_html
        in_force=in_force,
        sections=[(section.key, section_of(page, section)) for section in page.sections],
        chart=Markup(toothchart.tooth_chart(p)),  # our own drawing
        caption=toothchart.caption(p),
        before=before,
        after=after,
    )


def section_of(page: CodePage, section: markup.Section) -> Markup:
    """A section, with the codes in it as links to their pages."""
    own, catalog = page.procedure.code, cdtref.catalog()

    def address_of(code: str) -> str:
        return f"{code}.html" if code in catalog and code != own else ""

    return Markup(markup.section_html(section, own, 2, address_of))  # escaped by section_html


def category_pages() -> dict[str, str]:
    """The page of each category: its codes in force by subcategory, then the retired ones."""
    return {f"categories/{category}.html": category_page(category) for category in cdtref.Category}


def category_page(category: cdtref.Category) -> str:
    """One category's page."""
    current = cdtref.procedures(category=category)
    retired = [p for p in cdtref.catalog().values() if p.category is category and p not in current]
    return render(
        "category.html",
        title=f"{category.label}: dental procedure codes",
        about=f"The {len(current)} dental procedure codes of {category.label}, {EDITION}.",
        json_ld=json_ld(category_ld(category, current)),
        category=category,
        groups=groups_of(current),
        count=len(current),
        retired=retired,
    )


def groups_of(procedures: Iterable[Procedure]) -> list[tuple[str, list[Procedure]]]:
    """Procedures by subcategory, in the order of their first codes."""
    firsts: dict[str, str] = {}
    for p in procedures:
        firsts.setdefault(p.subcategory, p.code)
    ordered = sorted(procedures, key=lambda p: (firsts[p.subcategory], p.code))
    groups = groupby(ordered, key=lambda p: p.subcategory)
    return [(name, list(group)) for name, group in groups]


def category_ld(category: cdtref.Category, procedures: Sequence[Procedure]) -> dict[str, Any]:
    """The category in the terms of schema.org."""
    codes = [
        {
            "@type": "MedicalCode",
            "codeValue": p.code,
            "codingSystem": "CDT",
            "name": p.title,
            "url": f"../codes/{p.code}.html",
        }
        for p in procedures
    ]
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": category.label,
        "hasPart": codes,
    }


def index_page() -> str:
    """The page that finds codes."""
    counts = {category: len(cdtref.procedures(category=category)) for category in cdtref.Category}
    return render(
        "index.html",
        title="Find a dental procedure code",
        about=f"Search the dental codes of {EDITION} by number, clinical term or everyday words.",
        json_ld="",
        counts=counts,
        total=len(cdtref.catalog()),
        current=len(cdtref.procedures()),
    )


def json_ld(data: Mapping[str, Any]) -> Markup:
    """JSON in which nothing can end the script element that it stands in."""
    return Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))


def render(template: str, **values: Any) -> str:
    """A page of a template."""
    return TEMPLATES.get_template(template).render(
        edition=cdtref.EDITION, categories=list(cdtref.Category), **values
    )


TEMPLATES: Final = Environment(
    loader=FileSystemLoader(SITE),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
if __name__ == "__main__":
    main()
