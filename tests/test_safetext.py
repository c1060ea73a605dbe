"""
A user's text does nothing where it goes: not on a terminal, not in a spreadsheet, and not in the
dialects of Markdown that people render pages with.
"""

from __future__ import annotations

import itertools
import re
import sys
from html.parser import HTMLParser

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import cdtref
import pinned
from backtracking import steps
from cdtref import safetext
from cdtref.pages import markup
from cdtref.safetext import (
    bare_cell,
    guarded_cell,
    markdown_block,
    markdown_text,
    printable,
    spreadsheet_cell,
)
from cdtref.worklog import LogEntry, WorkLog

ANY = st.text(st.characters(exclude_categories=()), max_size=40)
PIECES = st.lists(
    st.sampled_from(
        [
            *("[a](javascript:b)", "![a](data:b)", "[a][b]", "[b]: javascript:c", "[^1]", "[[w]]"),
            *(
                "<b onclick=c>",
                "<javascript:b>",
                "<!--",
                "-->",
                "<?",
                "</p>",
                "&lt;",
                "&#60;",
                "&amp",
            ),
            *("{: onclick=b }", "{#b .c onclick=d}", "{{ edition }}", "{++b++}", "{b}`c`", "{%"),
            *(
                "`",
                "``",
                "~~",
                "~",
                "^^",
                "^",
                "==",
                "++",
                "**",
                "*",
                "__",
                "_",
                "||",
                "|",
                "$",
                "$$",
            ),
            *("\\", "\\[", "\\(", "\\<", "---", "***", "# ", "> ", "- ", "+ ", ": ", ":::", "(b)="),
            *(
                "1. ",
                "2) ",
                "a. ",
                "iv) ",
                "!!! note",
                "??? b",
                "/// b",
                "% b",
                "+++",
                "--8<-- ",
                "*[b]: c",
            ),
            *(
                "https://example.org/[a](javascript:b)",
                "https://example.org/`b`$c$~~d~~",
                "x",
                " ",
                "\n",
            ),
            *(
                "www.example.org",
                "@a",
                ":smile:",
                "<https://b>",
                "a@b.cd",
                "[ ] b",
                "[x] b",
                "=b",
                "\t",
            ),
        ]
    ),
    min_size=1,
    max_size=8,
).map("".join)

ALLOWED = {
    "h1": set(),
    "h2": set(),
    "h3": set(),
    "p": set(),
    "ul": set(),
    "li": set(),
    "strong": set(),
    "hr": set(),
    "a": {"href"},
}


class Rendered(HTMLParser):
    """Which tags with which attributes a rendered page has, its links and its text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.links, self.text = set(), set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.elements.add((tag, frozenset(given)))
        self.links |= {given["href"]} if "href" in given else set()

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        self.elements.add(("comment", data))

    handle_decl = handle_pi = unknown_decl = handle_comment


def python_markdown(text):
    markdown = pytest.importorskip("markdown", reason="it is in the extra [test]")
    return markdown.markdown(text, extensions=["extra", "admonition", "nl2br", "sane_lists"])


def pymdown(text):
    markdown = pytest.importorskip("markdown", reason="it is in the extra [test]")
    pytest.importorskip("pymdownx", reason="it is in the extra [test]")
    names = (
        *("extra", "tilde", "caret", "mark", "critic", "details", "superfences", "inlinehilite"),
        *("tasklist", "fancylists", "keys", "smartsymbols", "blocks.admonition", "arithmatex"),
        *("blocks.details", "blocks.html", "betterem"),
    )
    return markdown.markdown(text, extensions=[f"pymdownx.{name}" for name in names])


def myst(text):
    pytest.importorskip("myst_parser", reason="it is in the extra [docs]")
    from markdown_it.renderer import RendererHTML
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser

    names = {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"}
    names |= {"fieldlist", "html_admonition", "strikethrough", "substitution", "tasklist"}
    return create_md_parser(MdParserConfig(enable_extensions=names), RendererHTML).render(text)


MARKDOWN = MarkdownIt()


def commonmark(text):
    return MARKDOWN.render(text)


DIALECTS = [commonmark, python_markdown, pymdown, myst]


def page_of(text):
    p = attrs.evolve(
        cdtref.get("D0389"),
        title=text,
        description=text,
        plain_language=text,
        synonyms=(text, f"{text}\n\n: {text}"),
        subcategory=text,
        nomenclature=text,
        descriptor=f": {text}",
        dates_note=text,
        related=(cdtref.Related(text or "x", "D0120"),),
    )
    return cdtref.CodePage(
        procedure=p, values=None, linked=(), edition=pinned.EDITION, release=pinned.RELEASE
    )


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=PIECES)
def test_no_text_is_markup_in_any_dialect(dialect, text):
    read = Rendered(dialect(page_of(text).to_markdown(link="{code}.md")))
    for tag, attributes in read.elements:
        assert tag in ALLOWED, (tag, text)
        assert attributes <= ALLOWED[tag], (tag, attributes, text)
    assert all(re.match(r"https?://|D\d{4}\.md$", link) for link in read.links), read.links


@pytest.mark.parametrize("dialect", DIALECTS)
@given(text=PIECES.filter(lambda text: text.strip() and "http" not in text))
def test_the_text_is_shown_as_it_is_in_any_dialect(dialect, text):
    shown = Rendered(dialect(markdown_block(markdown_text(text)))).text
    assert "".join(shown.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("1. one", "1\\. one"),
        ("123456789) nine", "123456789\\) nine"),
        ("iv) four", "iv\\) four"),
        ("A. one", "A\\. one"),
        ("# one", "\\# one"),
        (": one", "&#58; one"),
        ("%one", "&#37;one"),
        ("one: two", "one: two"),
        ("e.g. one", "e.g. one"),
        ("1.5 mm", "1.5 mm"),
        ("", ""),
    ],
)
def test_what_begins_a_block(start, shown):
    assert markdown_block(start) == shown


@given(ANY)
def test_what_is_printed_is_one_line_that_is_seen(text):
    assert printable(text).isprintable()
    assert printable(printable(text)) == printable(text)


@given(ANY.filter(str.isprintable))
def test_what_is_seen_stays(text):
    assert printable(text) == text


@given(ANY)
def test_a_cell_holds_the_text_and_apostrophes(text):
    cell = spreadsheet_cell(text)
    assert cell.replace("'", "") == printable(text).replace("'", "")
    assert not re.search('(^|[,;|])[=@\\uff0b\\uff0d\\uff1d\\uff20"]', cell)


@given(st.one_of(ANY, st.text("'=+-@\t\r\"1x\uff1d", max_size=6)))
def test_a_guarded_cell_is_no_formula_and_comes_back(text):
    cell = guarded_cell(text)
    assert bare_cell(cell) == text
    assert not re.match("[=@\t\r\uff0b\uff0d\uff1d\uff20]", cell)
    assert not re.match(r"[+-](?![0-9][0-9,]*(\.[0-9]+)?\Z)", cell)


def test_a_log_of_formulas_is_written_without_one_and_comes_back(tmp_path):
    """Specialties, notes and further columns are the user's text."""
    texts = ["=HYPERLINK(A1)", "'=1", "+1", "-x", "@a", "\t=1", "'", "''=1"]
    entries = [
        LogEntry(pinned.DAY, "D0120", specialty=text.strip(), note=text, more=((f"={text}", text),))
        for text in texts
    ]
    log = WorkLog(entries)
    path = tmp_path / "log.csv"
    path.write_bytes(log.to_csv().encode())
    assert WorkLog.from_csv(path) == log
    assert not re.search("(^|,|\n)[=@]", log.to_csv())


@pytest.mark.parametrize("number", ["-0.40", "+1", "12", "1,234.50", "-3"])
def test_a_number_stays_a_number(number):
    assert spreadsheet_cell(number) == number


def test_a_report_of_work_escapes_what_the_log_says():
    """Specialties are the user's text."""
    day = f"{pinned.RELEASE_YEAR}-03-02"
    specialty = "[a](javascript:b) | <b>\x1b[31m"
    log = WorkLog([LogEntry(day, "99213", specialty=specialty)])
    told = log.productivity().report(markdown=True)
    assert "&#91;a&#93;(javascript:b) &#124; &lt;b&gt;" in told
    assert "\x1b" not in told
    plain = log.productivity().report()
    assert "[a](javascript:b) | <b>\\x1b[31m" in plain


def calls_of(text):
    """The calls of functions, Python's own too, that it takes to make all of a page."""
    count = itertools.count()
    page = page_of(text)
    sys.setprofile(lambda _, event, __: next(count) if event.endswith("call") else None)
    try:
        page.to_markdown()
        page.to_html()
        spreadsheet_cell(text)
    finally:
        sys.setprofile(None)
    return next(count)


MARKS = ["#", "[", "\\", "`", "&", "1", "=", "'", "http://", "D0120 ", "&a", "1-", "http://.", "x."]


@pytest.mark.parametrize("mark", MARKS)
def test_the_work_of_a_page_grows_as_its_text_does(mark):
    """Four times the text: about four times the calls, where a square would be sixteen times."""
    assert calls_of(mark * 2_000) < 6 * calls_of(mark * 500)


SEARCHED = [safetext._FORMULA, safetext._MARKUP, markup._LINKED, markup._WHOLE]
AT_THE_START = [safetext._GUARDED, safetext._LIST_START, safetext._NUMBER]
EXPRESSIONS = [
    *(expression.pattern for expression in SEARCHED),
    *(f"^(?:{expression.pattern})" for expression in AT_THE_START),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression[:12])
@pytest.mark.parametrize("mark", MARKS)
def test_the_steps_of_an_expression_grow_as_its_text(expression, mark):
    assert steps(expression, mark * 400) < 6 * steps(expression, mark * 100)
