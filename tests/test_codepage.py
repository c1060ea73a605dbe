"""
A code's page says everything on record, says it truly, and carries any text safely into each
format.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import attrs
import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

import cdtref
import pinned
from cdtref.cli import main
from cdtref.pages import markup
from cdtref.pages.faq import questions
from cdtref.pages.sentences import answer, requirements
from cdtref.procedure.relation import RELATIONS
from cdtref.textsearch.match import Match
from cdtref.textsearch.ranking import Hit
from inturn import for_each

CATALOG = cdtref.catalog()
PINS = {"edition": pinned.EDITION, "release": pinned.RELEASE}
COMING, NEXT_DAY = pinned.COMING, f"{pinned.YEAR + 1}-01-01"
HOSTILE = "<script>alert('1')</script> & \"*_`#|[x](javascript:1) </p></style> &lt; x-ray D0120 https://a.b/<c>"
VOID = {"meta"}
MARKDOWN = MarkdownIt()  # to make one takes as long as to read half a page


class Document(HTMLParser):
    """
    The elements of a piece of HTML: tags as they open, whether all close, ids, and the text
    outside of scripts.
    """

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.text, self.links, self.scripts = [], [], [], "", [], []
        self.labels, self.headings, self.names = [], [], set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self.names |= given.keys()
        self.ids += [given["id"]] if "id" in given else []
        self.labels += [given["aria-labelledby"]] if "aria-labelledby" in given else []
        self.links += [given["href"]] if "href" in given else []
        self.headings += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif "style" not in self.open:
            self.text += data


def with_texts(text):
    p = attrs.evolve(
        CATALOG["D0389"],
        title=text,
        description=text,
        plain_language=text,
        clinical_context=text,
        synonyms=(text,),
        documentation=(text,),
        subcategory=text,
        dates_note=text,
        nomenclature=text,
    )
    return cdtref.CodePage(procedure=p, values=None, linked=(p,), **PINS)


# Content


def test_the_page_of_d0389_has_every_section_in_order():
    page = cdtref.page("d-0389")
    assert [section.key for section in page.sections] == [
        "plain-language",
        "description",
        "claim",
        "clinical-context",
        "documentation",
        "dental-rvu",
        "rvu",
        "faq",
        "conflicts",
        "related",
        "also-known-as",
        "category",
        "specialties",
        "lifecycle",
        "sources",
    ]
    assert page.procedure.caption == f"D0389 {CATALOG['D0389'].title}"


def test_what_a_code_may_not_stand_beside_is_on_its_page_with_reason_authority_and_doubt():
    page = cdtref.page("D4341")
    (section,) = [section for section in page.sections if section.key == "conflicts"]
    assert page.conflicts == cdtref.conflicts("D4341")
    own = [one for one in page.conflicts if one.kind != "needs" or one.questioned == "code"]
    for (term, told), conflict in zip(section.facts, own, strict=True):
        assert term == conflict.caption
        assert told.startswith(f"{conflict.reason} A")
        assert told.endswith(f"({conflict.confidence} confidence)") is (
            conflict.confidence != "high"
        )
    assert page.to_dict()["conflicts"] == [conflict.to_dict() for conflict in page.conflicts]
    assert "D4346" in page.to_markdown(link="{code}.md").split("## Beside other codes")[1]


@for_each(CATALOG)
def test_every_code_has_a_page_with_three_questions_and_its_related_titles(code):
    page = cdtref.page(code)
    asked = [question for question, _ in page.faq]
    assert len(set(asked)) == 3
    assert all(code in question and question.endswith("?") for question in asked)
    assert all(len(told) > 10 and told.endswith(".") and "None" not in told for _, told in page.faq)
    assert all(link["title"] == CATALOG[link["code"]].title for link in page.to_dict()["related"])
    assert len(page.to_dict()["related"]) == len(CATALOG[code].related)
    assert len(page.procedure.sources) >= 1


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        (
            "D0389",
            (
                "Is D0389 billable with RVUs?",
                "What is the difference between D0389 and D0707?",
                "What must a claim line for D0389 name?",
            ),
        ),
        ("D9940", ("Is D9940 billable with RVUs?", "Can D9940 still be reported?")),
        (
            "D4341",
            ("Is D4341 billable with RVUs?", "What is the difference between D4341 and D4342?"),
        ),
    ],
)
def test_the_questions_that_say_most_come_first(code, asked):
    assert tuple(question for question, _ in cdtref.page(code).faq)[: len(asked)] == asked


def test_the_difference_is_that_of_the_relation():
    told = cdtref.page("D0702").faq[1].answer
    assert told.startswith(
        "D0702 is the taking of the images alone; D0340 includes their interpretation."
    )
    assert CATALOG["D0340"].description in told


def test_two_codes_that_are_mixed_up_are_both_told():
    told = cdtref.page("D9450").faq[1].answer
    assert all(CATALOG[code].description in told for code in ("D9450", "D9310"))


def test_a_retired_code_says_until_when_and_what_took_its_place():
    told = cdtref.page("D9940").faq[1].answer
    assert f"until {pinned.LAST_DAY['D9940']}" in told
    assert "divided into D9944, D9945, D9946" in told
    assert "taken into D2391" in cdtref.page("D1352").faq[1].answer
    assert "replaced by D4322" in cdtref.page("D4320").faq[1].answer
    assert "Nothing took its place" in cdtref.page("D1705").faq[1].answer
    assert "No source at hand names a successor" in cdtref.page("D4220").faq[1].answer
    own = attrs.evolve(CATALOG["D9940"], succession=None)
    assert "replaced by D9944" in questions(own, None, (), pinned.RELEASE)[1].answer


@pytest.mark.parametrize(
    ("code", "verdict", "said"),
    [
        ("D0389", "No", "status R"),
        ("99213", "Yes", "status A"),
        ("22526", "No", "it has relative values there"),  # status N: shown for information
        ("D9940", "No", "has no row"),
        ("01953", "No", "status"),
    ],
)
def test_the_rvu_answer_is_true_to_the_status(code, verdict, said):
    row = cdtref.fee_schedule().get(code)
    told = questions(CATALOG["D0389"], row, (), pinned.RELEASE)[0].answer
    assert told.startswith(f"{verdict}. ")
    assert said in told
    assert (verdict == "Yes") == cdtref.is_billable_with_rvu(code)


VALUE, SINCE, _ = pinned.DENTAL_VALUES["D0389", pinned.DENTAL_VALUE_BEGINS["D0389"][1]]


@pytest.mark.dental_values
def test_the_page_leads_with_the_dental_value_and_tells_medicares_answer_second():
    page = cdtref.page("D0389")
    assert page.summary == (
        f"Valid from {pinned.STARTED['D0389']}. Dental relative value {VALUE} (Indian Health "
        "Service, D0150 = 1.00). Medicare: status R, not billable with RVUs."
    )
    told = page.to_dict()["dental_rvu"]
    assert told["value"] == cdtref.dental_rvu("D0389").to_dict()
    assert (told["value"]["since"], told["value"]["level_of_care"]) == (SINCE, 5)
    for text in (
        page.to_markdown(),
        page.to_html(),
        CliRunner().invoke(main, ["show", "D0389"]).output,
    ):
        seen = " ".join(Document(text).text.split())
        assert page.summary in seen
        assert seen.index("Dental relative value") < seen.index("Medicare")
    assert (
        f"On the dental scale of the Indian Health Service it counts {VALUE}." in page.faq[0].answer
    )


def page_of_first(suits):
    for p in cdtref.procedures():
        if suits(cdtref.dental_rvu(p.code, default=None)):
            return cdtref.page(p.code)
    raise AssertionError("no such code")


@pytest.mark.dental_values
def test_no_dental_value_and_one_of_zero_are_two_answers():
    blank = page_of_first(lambda value: value is None)
    zero = page_of_first(lambda value: value is not None and value.value == 0)
    assert "No dental relative value (Indian Health Service)." in blank.summary
    assert "which is not a value of 0.00" in blank.to_dict()["dental_rvu"]["explanation"]
    assert blank.to_dict()["dental_rvu"]["value"] is None
    assert "Dental relative value 0.00 (Indian Health Service, D0150 = 1.00)." in zero.summary
    assert zero.to_dict()["dental_rvu"]["value"]["value"] == "0.00"
    assert "A zero credits no dental work" in zero.to_markdown()


def test_no_row_is_not_said_as_a_row_of_zeros():
    retired, bundled = cdtref.page("D9940"), cdtref.page("D0389")
    assert "another answer than a row of zeros" in retired.to_markdown()
    assert retired.to_dict()["rvu"]["values"] is None
    assert bundled.to_dict()["rvu"]["values"]["work"] == "0.00"
    assert [section.facts for section in retired.sections if section.key == "rvu"] == [()]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("D0120", "Nothing beyond the code."),
        ("D2391", "The tooth and 1 of its surfaces. Also teeth allowed: posterior."),
        ("D5110", "Also arch: 01 (maxillary arch), which the code itself implies; prosthesis: "),
        ("D4341", "The quadrant. Also teeth in the quadrant: four or more."),
        ("D0145", "age: below 3 years"),
        ("D0230", "main service: reported only beside the code that it is added to"),
        ("D0389", "Certainty is low"),
    ],
)
def test_claim_requirements_in_words(code, said):
    assert said in answer(CATALOG[code])


def test_a_list_of_one_health_service_is_never_said_as_a_rule():
    hinted = [
        p for p in CATALOG.values() if p.requirement.usual_dentition and not p.requirement.dentition
    ]
    assert hinted
    assert all("no rule for others" in dict(requirements(p))["Dentition"] for p in hinted)


def test_every_relation_in_the_data_has_words_for_it():
    used = {link.relation for p in CATALOG.values() for link in p.related}
    assert used <= RELATIONS.keys()
    assert all("{a}" in row.difference and "{b}" in row.difference for row in RELATIONS.values())
    ended = {p.code for p in CATALOG.values() if p.terminated}
    replaced = {
        p.code for p in CATALOG.values() for link in p.related if link.relation == "succeeded_by"
    }
    assert replaced <= ended


def test_a_relation_that_a_later_catalog_brings_is_said_by_its_name():
    p = attrs.evolve(CATALOG["D0389"], related=(cdtref.Related("billed_with", "D0120"),))
    page = cdtref.CodePage(
        procedure=p,
        values=None,
        linked=(CATALOG["D0120"],),
        edition=pinned.EDITION,
        release=pinned.RELEASE,
    )
    assert page.to_dict()["related"][0]["role"] == "billed with"
    assert len(page.faq) == 3


def test_the_page_of_an_own_catalog_shows_its_wording_and_says_whose_it_is():
    mine = CATALOG.with_nomenclature({"D0389": "invented wording"})
    page = cdtref.page("D0389", catalog=mine)
    assert "invented wording" in page.to_markdown()
    assert "All texts but the official wording" in page.notice
    assert "nomenclature" not in [section.key for section in cdtref.page("D0389").sections]


def test_the_page_of_an_added_code_claims_neither_its_title_nor_its_dates(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f"code,nomenclature,effective\n{COMING},invented wording,{NEXT_DAY}\n", "utf-8")
    page = cdtref.page(COMING, catalog=CATALOG.with_nomenclature(path))
    assert (
        "The title and the official wording are those of your licensed copy, the dates of your file."
        in page.notice
    )
    assert "All texts but the official wording" not in page.notice
    (sources,) = [section.items for section in page.sections if section.key == "sources"]
    assert sources[:2] == ("Title: your licensed copy", f"Dates, by your own file: {path}")
    assert len(sources) == 3
    assert "Medicare" in sources[2]
    assert [source["address"] for source in page.to_dict()["sources"]] == [str(path)]


@pytest.mark.parametrize("code", ["D0389", "D4341", "D9940"])
def test_a_short_page_says_what_it_is_and_what_the_claim_must_carry(code):
    page = cdtref.page(code).short()
    assert [section.key for section in page.sections] == ["plain-language", "claim"]
    assert page.summary == cdtref.page(code).summary
    assert page.to_dict() == cdtref.page(code).to_dict()
    markdown = page.to_markdown()
    assert CATALOG[code].plain_language in markdown
    assert len(markdown) < len(cdtref.page(code).to_markdown()) / 2
    printed = CliRunner().invoke(main, ["show", code, "--short"]).output
    assert len(printed.splitlines()) < 20
    assert "The line names: " in printed
    shown = CliRunner().invoke(main, ["show", code, "--short", "--format", "md"]).output
    assert shown == markdown + "\n"


# Markdown


def test_markdown_is_commonmark_with_one_title_and_no_link_but_to_sources():
    html = MARKDOWN.render(cdtref.page("D0389").to_markdown())
    assert html.count("<h1>") == 1
    assert html.count("<h2>") == 15
    assert html.count("<h3>") == 3
    assert not re.search(r'href="(?!https://)', html)


@for_each(CATALOG)
def test_a_link_may_be_asked_of_a_function(code):
    """A note may quote a misprint, which has no page; only the caller knows which codes have one."""
    page = cdtref.page(code)
    asked = {}

    def address_of(other):
        asked[other] = f"{other}.md" if other in CATALOG else ""
        return asked[other]

    blocks = page.to_markdown(link=address_of).split("\n\n")
    # To render all that names no address takes five times as long, and could show no link to one.
    html = "\n".join(MARKDOWN.render(block) for block in blocks if ".md" in block)
    wanted = {address for address in asked.values() if address}
    assert set(re.findall(r'href="(D[^"]+)"', html)) == wanted
    assert code not in asked


def test_markdown_links_other_codes_and_not_its_own():
    html = MARKDOWN.render(cdtref.page("D0389").to_markdown(link="../a (b)/{code}.md"))
    assert 'href="../a%20%28b%29/D0374.md"' in html
    assert "D0389.md" not in html


LINES = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60
)


@given(LINES.filter(lambda text: text.strip() and not re.search(r"https?://|\bD[0-9]{4}\b", text)))
def test_any_text_comes_back_from_markdown(text):
    """CommonMark 2.4: 'Any ASCII punctuation character may be backslash-escaped.'"""
    section = markup.Section(key="k", heading="H", text=(text,))
    html = MARKDOWN.render(markup.section_markdown(section, lambda _: ""))
    read = Document(html)
    assert read.tags == ["h2", "p"]
    assert read.text.split() == ["H", *text.split()]


@given(st.text("0123456789.)# -+=a\\", min_size=1, max_size=14).filter(str.strip))
def test_what_could_begin_or_end_a_block_comes_back_as_text(text):
    """
    CommonMark 5.2: a list number has 'a sequence of 1-9 arabic digits'; 4.2: a heading has a
    'closing sequence'.
    """
    section = markup.Section(
        key="k", heading=text, text=(text,), items=(text,), questions=((text, text),)
    )
    html = MARKDOWN.render(
        markup.section_markdown(section, lambda _: "") + "\n\n" + markup.markdown_heading(text)
    )
    read = Document(html)
    assert read.tags == ["h2", "p", "ul", "li", "h3", "p", "h1"]
    assert read.text.split() == text.split() * 6


@pytest.mark.parametrize(
    "text", ["1234. one", "123456789) nine", "1234567890. ten", "C #", "C ##", "#", "a # b", "C#"]
)
def test_long_numbers_and_closing_signs_stay_text(text):
    read = Document(MARKDOWN.render(with_texts(text).to_markdown()))
    assert read.tags.count("ol") == 0
    assert f"D0389 {text}\n" in read.text


@pytest.mark.parametrize(
    "text", ["1. one", "12) twelve", "# head", "- item", "+ item", "=== x", "--- x", "> q", HOSTILE]
)
def test_a_text_that_looks_like_markup_stays_text(text):
    read = Document(MARKDOWN.render(with_texts(text).to_markdown()))
    assert not {"ol", "blockquote", "script", "hr", "em", "code"} & (set(read.tags) - {"hr"})
    assert read.tags.count("hr") == 1
    assert not [link for link in read.links if link.startswith("javascript")]


# HTML


@pytest.mark.parametrize("standalone", [False, True])
@pytest.mark.parametrize("code", ["D0389", "D9940", "D2391", "D5110", "D7993"])
def test_html_is_well_formed_and_its_headings_are_in_order(code, standalone):
    read = Document(cdtref.page(code).to_html(standalone=standalone))
    assert not read.open
    assert len(read.ids) == len(set(read.ids))
    assert read.labels
    assert set(read.labels) <= set(read.ids)
    assert read.headings[0] == (1 if standalone else 2)
    assert all(later - earlier <= 1 for earlier, later in pairwise(read.headings))
    assert read.headings.count(read.headings[0]) == 1


def test_hostile_texts_come_out_as_text():
    html = with_texts(HOSTILE).to_html(standalone=True, link='x"onclick="{code}')
    read = Document(html)
    assert not read.open
    assert HOSTILE in read.text
    assert read.tags.count("script") == 1
    assert read.names == {
        "lang",
        "charset",
        "name",
        "content",
        "type",
        "class",
        "id",
        "aria-labelledby",
        "href",
    }
    assert 'x"onclick="D0120' in read.links
    assert json.loads(read.scripts[0])["@graph"][0]["name"] == HOSTILE


@given(LINES)
def test_any_text_comes_back_from_html(text):
    section = markup.Section(
        key="k", heading=text, text=(text,), items=(text,), facts=((text, text),)
    )
    read = Document(markup.section_html(section, "D0389", 2, lambda _: ""))
    assert not read.open
    assert read.text.count(text) >= 5


def test_a_fragment_has_no_document_around_it_and_a_document_fetches_nothing():
    page = cdtref.page("D0389")
    assert page.to_html().startswith('<article class="cdt-page" lang="en">')
    document = page.to_html(standalone=True)
    assert document.startswith('<!doctype html>\n<html lang="en">')
    assert not re.search(r"<(link|img|iframe)|src=|@import|url\(", document)
    assert "width=device-width" in document


def test_a_figure_stands_below_the_title_as_it_is():
    figure = '<svg role="img" aria-label="tooth"></svg>'
    html = cdtref.page("D2391").to_html(figure=figure)
    assert f"</header>\n<figure>{figure}</figure>\n<section" in html
    assert "<figure" not in cdtref.page("D2391").to_html()


def test_a_term_with_several_values_is_written_once():
    html = cdtref.page("D0389").to_html(link="{code}.html")
    assert html.count("<dt>Often confused with it</dt>") == 1
    assert '<dd><a href="D0220.html">D0220</a> ' in html


# JSON


@pytest.mark.parametrize("code", sorted(CATALOG)[::23])
def test_json_ld_names_the_code_as_cdt(code):
    data = cdtref.page(code).to_json_ld()
    procedure, faq = data["@graph"]
    assert procedure["code"] == {
        "@type": "MedicalCode",
        "codeValue": code,
        "codingSystem": "CDT",
        "inCodeSet": "http://www.ada.org/cdt",
    }
    assert [question["@type"] for question in faq["mainEntity"]] == ["Question"] * 3
    assert "CPT" not in json.dumps(data)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (
            "D1352",
            f"retired; valid from {pinned.STARTED['D1352']} until {pinned.LAST_DAY['D1352']}",
        ),
        ("D0389", f"valid from {pinned.STARTED['D0389']}"),
        (
            COMING,
            f"valid from {NEXT_DAY} until {pinned.YEAR + 2}-12-31",
        ),  # it ends, but not in the edition of the page
    ],
)
def test_json_ld_says_whether_a_code_is_retired(code, status):
    coming = {
        "code": COMING,
        "nomenclature": "x",
        "effective": NEXT_DAY,
        "terminated": f"{pinned.YEAR + 3}-01-01",
    }
    page = cdtref.page(code, catalog=CATALOG.with_nomenclature([coming]))
    assert page.to_json_ld()["@graph"][0]["status"] == status


def test_json_ld_calls_retired_exactly_the_codes_that_the_edition_does_not_list():
    listed = CATALOG.codes_in_force()
    for code in sorted(CATALOG)[::7]:
        status = cdtref.page(code).to_json_ld()["@graph"][0]["status"]
        assert status.startswith("retired") == (code not in listed)


def test_to_dict_has_stable_keys_and_is_plain_json():
    data = cdtref.page("D0389").to_dict()
    assert json.loads(json.dumps(data)) == data
    assert list(data) == [
        "code",
        "title",
        "nomenclature",
        "descriptor",
        "category",
        "also_known_as",
        "description",
        "plain_language",
        "clinical_context",
        "dental_rvu",
        "rvu",
        "claim",
        "documentation",
        "specialties",
        "faq",
        "conflicts",
        "related",
        "lifecycle",
        "sources",
        "notice",
    ]
    assert list(cdtref.page("D9940").to_dict()) == list(data)


RECORD = jsonschema.Draft202012Validator(cdtref.json_schema("Procedure"))


def test_a_record_of_an_overlay_is_as_the_published_schema_says():
    """Those that are bundled are held to it in test_records.py; a coming code of one's own too."""
    mine = CATALOG.with_nomenclature(
        [{"code": COMING, "nomenclature": "invented", "effective": NEXT_DAY}]
    )
    assert RECORD.is_valid(mine[COMING].to_dict())


def test_the_published_schema_lists_every_field_and_no_other():
    fields = attrs.fields_dict(cdtref.Procedure).keys()
    assert fields == set(RECORD.schema["required"]) == set(RECORD.schema["properties"])
    record = CATALOG["D0389"].to_dict()
    assert not RECORD.is_valid(record | {"other": 1})
    assert not RECORD.is_valid(record | {"requirement": "elbow"})
    assert not RECORD.is_valid({name: value for name, value in record.items() if name != "periods"})


def faults(record):
    validator = jsonschema.Draft202012Validator(cdtref.json_schema(type(record).__name__))
    return [
        f"{e.json_path}: {e.message}"
        for e in validator.iter_errors(json.loads(json.dumps(record.to_dict())))
    ]


def test_records_and_pages_are_as_their_published_schemas_say():
    lines = [
        cdtref.ClaimLine("D2391", pinned.DAY),
        cdtref.ClaimLine("?", pinned.DAY, "14", fee=Decimal("1E+3")),
    ]
    mine = CATALOG.with_nomenclature([{"code": COMING, "nomenclature": "x", "effective": NEXT_DAY}])
    pages = [cdtref.page(code, catalog=mine) for code in [*sorted(CATALOG)[::31], "D1352", COMING]]
    matches = [*cdtref.search("deep cleaning"), *cdtref.search("d03"), *mine.search(COMING)]
    for record in [*records()[2:], *lines, *pages, *matches]:
        assert faults(record) == []


def test_the_published_definition_lists_every_key_of_a_page_and_no_other():
    definition = cdtref.json_schema("CodePage")
    keys = list(cdtref.page("D0389").to_dict())
    assert keys == definition["required"] == list(definition["properties"])


def test_the_score_of_a_match_is_a_number_in_json_too():
    (found,) = cdtref.search("pano", limit=1)
    assert found.to_dict()["score"] == found.score
    printed = json.loads(
        CliRunner().invoke(main, ["search", "pano", "--json", "--limit", "1"]).output
    )
    assert printed == [found.to_dict()]


# Representations


def records():
    line = cdtref.ClaimLine("D2391", pinned.DAY, tooth="14")
    (finding, *_) = cdtref.check(line)
    match = Match(CATALOG["D0389"], 0.5, (Hit("tomo", "title", "prefix", "tomosynthesis"),))
    return [
        CATALOG["D0389"],
        CATALOG["D9940"],
        cdtref.rvu("99213"),
        cdtref.rvu("D0389"),
        finding,
        match,
    ]


def drawn(record):
    console = Console(width=200, file=None, record=True, quiet=False)
    with console.capture() as caught:
        console.print(record)
    return caught.get()


@pytest.mark.parametrize("record", records(), ids=lambda record: type(record).__name__)
def test_records_draw_themselves_in_notebooks_and_on_terminals(record):
    read = Document(record._repr_html_())
    assert not read.open
    assert set(read.tags) == {"table", "caption", "tbody", "tr", "th", "td"}
    assert len(record._repr_html_()) < 3000
    for term, value in record.facts:
        assert term in read.text
        assert value in read.text
        assert term in drawn(record)


def test_a_page_draws_itself_in_a_notebook_as_its_fragment():
    assert cdtref.page("D0389")._repr_html_() == cdtref.page("D0389").to_html()


def test_representations_escape():
    p = attrs.evolve(CATALOG["D0389"], title=HOSTILE, plain_language="[bold red]not markup[/]")
    assert HOSTILE in Document(p._repr_html_()).text
    assert "[bold red]not markup[/]" in drawn(p)


def test_relative_values_show_figures_only_where_there_are_any():
    assert ("Total RVU, non-facility", pinned.VALUES["99213", ""][4]) in cdtref.rvu("99213").facts
    assert ("Relative values", "all 0.00") in cdtref.rvu("D0389").facts


def test_pages_need_no_optional_package():
    code = """
import sys
for name in ("rich", "click", "markdown_it"):
    sys.modules[name] = None
import cdtref
page = cdtref.page("D0389")
print(len(page.to_html(standalone=True)) > 5000, len(page.to_markdown()) > 2000, bool(page._repr_html_()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True True True"


# The command line


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("md", lambda page: page.to_markdown()),
        ("html", lambda page: page.to_html(standalone=True)),
        ("json", lambda page: json.dumps(page.procedure.to_dict(), indent=2, ensure_ascii=False)),
    ],
)
def test_show_prints_each_format(form, expected):
    done = CliRunner().invoke(main, ["show", "D9940", "--format", form])
    assert done.output == expected(cdtref.page("D9940")) + "\n"


def test_show_prints_every_section_as_text():
    output = CliRunner().invoke(main, ["show", "D0389"]).output
    assert all(f"\n{section.heading}\n" in output for section in cdtref.page("D0389").sections)
    assert "Often confused with it: D0220 " in output
    assert CliRunner().invoke(main, ["show", "D0389", "--format", "pdf"]).exit_code == 2


def test_what_each_source_says_is_told_in_words():
    """A record notes it in brackets; a page is read by people."""
    told = [p for p in cdtref.catalog().values() if "[" in p.requirement.reasons.treatment_area]
    assert told
    for procedure in told:
        certainty = cdtref.page(procedure.code).to_dict()["claim"]["Certainty"]
        assert "[" not in certainty
        assert re.search(r" \(.+ says? .+\)", certainty)
