"""The built pages as files: all there, small, linked, and saying what they are."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import cdtref


class Outline(HTMLParser):
    """The parts of a page that the tests ask about."""

    def __init__(self, text):
        super().__init__()
        self.lang, self.ids, self.links, self.headings, self.data, self._script = (
            None,
            [],
            [],
            [],
            "",
            False,
        )
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.lang = given.get("lang") if tag == "html" else self.lang
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "src", "action") if given.get(name)]
        self.headings += [int(tag[1])] if tag in ("h1", "h2", "h3", "h4") else []
        self._script = tag == "script" and given.get("type") == "application/ld+json"

    def handle_data(self, data):
        self.data += data if self._script else ""

    def handle_endtag(self, tag):
        self._script = self._script and tag != "script"


@pytest.fixture(scope="module")
def pages(site):
    paths = [*site.glob("codes/*.html"), *site.glob("categories/*.html")]
    return {path: Outline(path.read_text("utf-8")) for path in paths}


def test_every_code_and_every_category_has_its_page(pages):
    names = {path.stem for path in pages}
    assert names == {*cdtref.catalog(), *cdtref.Category, "index"}


def test_every_page_is_small(pages):
    assert max(path.stat().st_size for path in pages) < 60_000


def test_every_page_has_a_language_one_first_heading_and_no_gap_below_it(pages):
    for path, outline in pages.items():
        assert outline.lang == "en", path
        assert outline.headings.count(1) == 1, path
        assert outline.headings[0] == 1, path
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), path


def test_no_id_stands_twice(pages):
    for path, outline in pages.items():
        assert len(outline.ids) == len(set(outline.ids)), path


def test_every_link_within_the_site_leads_somewhere(pages):
    missing = set()
    for path, outline in pages.items():
        for link in outline.links:
            parts = urlsplit(link)
            if parts.scheme or not parts.path:
                continue
            target = (path.parent / unquote(parts.path)).resolve()
            missing |= set() if target.exists() else {(path.name, link)}
    assert not missing


def test_skip_links_lead_to_the_content(pages):
    for path, outline in pages.items():
        assert "#main" in outline.links, path
        assert "main" in outline.ids, path


def test_the_data_for_machines_name_the_right_code_system(pages):
    """A D code is a CDT code and no CPT code."""
    for path, outline in pages.items():
        if path.stem in cdtref.catalog():
            procedure = json.loads(outline.data)["@graph"][0]
            assert procedure["code"]["codeValue"] == path.stem
            assert procedure["code"]["codingSystem"] == "CDT"


def test_where_a_place_is_named_there_is_a_chart(pages):
    for path, outline in pages.items():
        procedure = cdtref.catalog().get(path.stem)
        if procedure is not None:
            charted = procedure.area not in ("none", "unknown")
            assert (f"{path.stem}-chart" in outline.ids) == charted, path


def test_the_manual_leads_to_the_pages(site):
    links = Outline((site / "index.html").read_text("utf-8")).links
    assert "codes/index.html" in links


def test_every_code_has_its_page_as_markdown_and_json(site):
    for code in cdtref.catalog():
        page = cdtref.page(code)
        text = (site / "codes" / f"{code}.md").read_text("utf-8")
        assert text.splitlines()[0] == page.to_markdown().splitlines()[0]
        assert json.loads((site / "codes" / f"{code}.json").read_text("utf-8")) == page.to_dict()


def test_every_code_page_names_its_other_forms(site, pages):
    for code in cdtref.catalog():
        html = (site / "codes" / f"{code}.html").read_text("utf-8")
        for kind, ending in (("text/markdown", "md"), ("application/json", "json")):
            assert f'<link rel="alternate" type="{kind}" href="{code}.{ending}">' in html
            assert f"{code}.{ending}" in pages[site / "codes" / f"{code}.html"].links


MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)\)")


def test_every_link_in_markdown_leads_somewhere(site):
    files = [site / "llms.txt", *site.glob("codes/*.md"), *site.glob("categories/*.md")]
    missing = set()
    for path in files:
        for link in MARKDOWN_LINK.findall(path.read_text("utf-8")):
            if "://" not in link and not (path.parent / link).exists():
                missing.add((path.name, link))
    assert missing == set()


def test_the_list_for_language_models_names_edition_release_categories_and_manual(site):
    text = (site / "llms.txt").read_text("utf-8")
    assert text.startswith("# cdtref\n\n> ")
    for told in (cdtref.EDITION, cdtref.FEE_SCHEDULE, cdtref.__version__, *cdtref.Category):
        assert told in text
    how_tos = {path.stem for path in site.glob("howto/*.html")}
    assert how_tos - {"index"} <= set(re.findall(r"howto/([\w-]+)\.html", text))


def test_the_files_for_programs_are_small_and_tell_nothing_of_the_machine(site):
    paths = [site / "llms.txt", *site.glob("codes/*.md"), *site.glob("codes/D*.json")]
    assert max(path.stat().st_size for path in paths) < 60_000
    for path in paths:
        text = path.read_text("utf-8")
        assert str(site.parent) not in text
        assert str(Path.home()) + "/" not in text
