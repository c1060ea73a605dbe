"""
Sections of a page as HTML, Markdown and plain text. It knows nothing of dentistry.

Everything given is text and comes out escaped. Web addresses in it become links, and so do codes
for which *address_of* gives the address of a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import groupby
from typing import Final
from urllib.parse import quote

import attrs

from cdtref.safetext import markdown_block, markdown_text, printable

AddressOf = Callable[[str], str]

_LINKED: Final = re.compile(r"(https?://[^\s,;<>\"']*[^\s,;.:<>\"'()])|\b(D[0-9]{4})\b")
# All that may stand in an address but brackets, which end a link in some dialects and begin one in
# others, and signs that mark math or struck text there.
_ADDRESS_SIGNS: Final = "/:?#@!&'+,;=%"
_WHOLE: Final = re.compile(r"\b(?:\d{4}-\d\d(?:-\d\d)?|\w-\w+)\b")


@attrs.frozen(kw_only=True)
class Section:
    """
    One section of a page; all of it is plain text.

    Attributes:
        key: Its stable name, such as 'rvu'.
        heading: What stands above it.
        text: Paragraphs.
        items: A list of short texts.
        facts: Terms with their values; a term may come several times in a row.
        questions: Questions with their answers.
    """

    key: str
    heading: str
    text: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    questions: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """True where it has a heading and nothing below it."""
        return not (any(self.text) or self.items or self.facts or self.questions)


def section_html(section: Section, prefix: str, level: int, address_of: AddressOf) -> str:
    """
    The section as HTML; *prefix* makes its id unique in the document, *level* is that of its
    heading.
    """
    name = escape(f"{prefix}-{section.key}")
    parts = [f'<h{level} id="{name}">{escape(section.heading)}</h{level}>']
    parts += [f"<p>{_inline_html(text, address_of)}</p>" for text in section.text if text]
    if section.items:
        parts.append(_list_html(section.items, address_of))
    if section.facts:
        parts.append(_facts_html(section.facts, address_of))
    for question, answer in section.questions:
        parts.append(f"<h{level + 1}>{escape(question)}</h{level + 1}>")
        parts.append(f"<p>{_inline_html(answer, address_of)}</p>")
    body = "\n".join(parts)
    opening = f'<section class="cdt-{escape(section.key)}" aria-labelledby="{name}">'
    return f"{opening}\n{body}\n</section>"


def section_markdown(section: Section, address_of: AddressOf) -> str:
    """The section as CommonMark, with a heading of the second level."""
    blocks = [markdown_heading(section.heading, 2)]
    blocks += [_inline_markdown(text, address_of) for text in section.text if text]
    blocks.append("\n".join(f"- {_inline_markdown(item, address_of)}" for item in section.items))
    blocks.append("\n".join(_fact_markdown(*fact, address_of) for fact in section.facts))
    for question, answer in section.questions:
        blocks += [markdown_heading(question, 3), _inline_markdown(answer, address_of)]
    return "\n\n".join(filter(None, blocks))


def paragraph_markdown(text: str) -> str:
    """*Text* as a paragraph of CommonMark, without links to other codes."""
    return markdown_block(markdown_text(text))


def section_text(section: Section) -> str:
    """What stands below the heading, as plain text in which nothing acts on a terminal."""
    lines = [printable(text) for text in section.text if text]
    lines += [printable(f"- {item}") for item in section.items]
    lines += [printable(f"{term}: {value}") for term, value in section.facts]
    for question, answer in section.questions:
        lines += [printable(question), f"  {printable(answer)}"]
    return "\n".join(lines)


def text_html(text: str) -> str:
    """
    *Text* escaped, with dates and words such as x-ray kept in one piece (by the class `cdt-whole`).
    """
    return _WHOLE.sub(r'<span class="cdt-whole">\g<0></span>', escape(text))


def markdown_heading(text: str, level: int = 1) -> str:
    """
    *Text* as a CommonMark heading, with its number signs at the end, which would else close it.
    """
    shown = markdown_text(text)
    without = shown.rstrip("#")
    signs = "\\#" * (len(shown) - len(without))
    return f"{'#' * level} {without}{signs}"


def _list_html(items: Iterable[str], address_of: AddressOf) -> str:
    inner = "".join(f"<li>{_inline_html(item, address_of)}</li>" for item in items)
    return f"<ul>{inner}</ul>"


def _facts_html(facts: Iterable[tuple[str, str]], address_of: AddressOf) -> str:
    """A description list; a term that comes several times in a row is written once."""
    groups = []
    for term, same in groupby(facts, key=lambda fact: fact[0]):
        values = "".join(f"<dd>{_inline_html(value, address_of)}</dd>" for _, value in same)
        groups.append(f"<div><dt>{escape(term)}</dt>{values}</div>")
    return f"<dl>{''.join(groups)}</dl>"


def _fact_markdown(term: str, value: str, address_of: AddressOf) -> str:
    return f"- **{markdown_text(term)}:** {_inline_markdown(value, address_of)}"


def _inline_html(text: str, address_of: AddressOf) -> str:
    return _with_links(text, address_of, text_html, _link_html)


def _inline_markdown(text: str, address_of: AddressOf) -> str:
    joined = " ".join(text.split())
    return markdown_block(_with_links(joined, address_of, _piece_of_markdown, _link_markdown))


def _link_html(shown: str, to: str) -> str:
    return f'<a href="{escape(to)}">{escape(shown)}</a>'


def _link_markdown(shown: str, to: str) -> str:
    address = quote(to, safe=_ADDRESS_SIGNS)
    if shown == to:
        return f"<{address}>"
    return f"[{shown}]({address})"


def _piece_of_markdown(text: str) -> str:
    """Text beside a link, with the spaces that part it from the link."""
    before = text[: len(text) - len(text.lstrip())]
    after = text[len(text.rstrip()) :]
    if not text.strip():
        return text
    return f"{before}{markdown_text(text)}{after}"


def _with_links(
    text: str, address_of: AddressOf, plain: Callable[[str], str], link: Callable[[str, str], str]
) -> str:
    """
    *Text* in pieces: what lies between links by *plain*, addresses and codes that have a page by
    *link*.
    """
    pieces, at = [], 0
    for found in _LINKED.finditer(text):
        pieces.append(plain(text[at : found.start()]))
        shown = found[0]
        address = found[1] or address_of(found[2])
        if address:
            pieces.append(link(shown, address))
        else:
            pieces.append(plain(shown))
        at = found.end()
    return "".join([*pieces, plain(text[at:])])
