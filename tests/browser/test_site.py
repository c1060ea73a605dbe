"""
The site as a reader meets it: found from home, searched by everyday words, by keyboard, on a
phone, in the dark.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import cdtref
import pinned

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
PAGES = [
    "/index.html",
    "/tutorial.html",
    "/codes/index.html?q=deep+cleaning",
    "/codes/D0389.html",
    "/codes/D2740.html",
    "/codes/D2391.html",
    "/codes/D4341.html",
    "/codes/D1352.html",
    "/categories/endodontics.html",
]


def searched(page, text):
    """What a search for a text finds, code by code."""
    page.get_by_label("Code or words").fill(text)
    return found(page)


def found(page):
    page.wait_for_function("document.getElementById('told').textContent !== ''")
    page.locator("#found li").first.wait_for()
    return page.locator("#found .cdt-code").all_text_contents()


def test_home_leads_to_the_search(open_page):
    page = open_page("/index.html")
    assert "cdtref" in page.title()
    page.get_by_role("link", name="Find a code").first.click()
    assert page.get_by_role("heading", level=1).text_content() == "Find a dental procedure code"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("deep cleaning", "D4341"),
        ("D0389", "D0389"),
        ("0389", "D0389"),
        ("d-2740", "D2740"),
        ("night guard", "D9944"),
        ("six month checkup", "D0120"),
        ("root canal front tooth", "D3310"),
        ("panorex", "D0330"),
    ],
)
def test_everyday_words_find_the_code(open_page, words, code):
    page = open_page("/codes/index.html")
    assert code in searched(page, words)[:3]


def test_words_that_are_nowhere_find_nothing_and_say_so(open_page):
    page = open_page("/codes/index.html")
    page.get_by_label("Code or words").fill("qqxzzy")
    page.get_by_text("No code found for").wait_for()
    assert page.locator("#found li").count() == 0


def test_retired_codes_are_found_when_asked_for(open_page):
    page = open_page("/codes/index.html?q=preventive+resin+restoration")
    assert "D1352" not in found(page)
    page.get_by_label("Retired codes too").check()
    page.locator("#found .cdt-code", has_text="D1352").wait_for()
    assert "retired=1" in page.url


def test_a_category_narrows_the_search(open_page):
    page = open_page("/codes/index.html?q=crown&category=Restorative")
    found(page)
    assert {text.split(" · ")[0] for text in page.locator("#found .where").all_text_contents()} == {
        "Restorative"
    }


def test_a_result_says_what_the_code_is_and_why_it_was_found(open_page):
    page = open_page("/codes/index.html?q=deep+cleaning")
    found(page)
    first = page.locator("#found li").first
    assert "A deep cleaning below the gums" in first.text_content()
    assert "Also known as: deep cleaning" in first.text_content()


def test_more_results_come_when_asked_for_and_take_the_focus(open_page):
    page = open_page("/codes/index.html?q=crown")
    assert len(found(page)) == 10
    page.get_by_role("button", name="Show more").click()
    page.locator("#found li").nth(10).wait_for()
    assert page.evaluate(
        "document.activeElement.closest('li') === document.querySelectorAll('#found li')[10]"
    )


def test_a_code_page_says_what_it_is(open_page):
    page = open_page("/codes/D2391.html")
    assert page.get_by_role("heading", level=1).text_content().startswith("D2391 ")
    for heading in (
        "In plain language",
        "Claim requirements",
        "Dental relative value (Indian Health Service)",
        "Medicare fee schedule",
        "Questions",
        "Sources",
    ):
        assert page.get_by_role("heading", level=2, name=heading, exact=True).is_visible()
    chart = page.get_by_role("img", name="D2391 is reported by the tooth and its surfaces")
    assert chart.is_visible()


def test_related_codes_are_links(open_page):
    page = open_page("/codes/D4341.html")
    page.locator(".cdt-related").get_by_role("link", name="D4342").first.click()
    assert page.url.endswith("/codes/D4342.html")


def test_the_search_of_a_code_page_leads_to_the_results(open_page):
    page = open_page("/codes/D0389.html")
    page.get_by_label("Search the codes").fill("deep cleaning")
    page.keyboard.press("Enter")
    assert found(page)[0] == "D4341"


@pytest.mark.parametrize("path", ["/index.html", "/tutorial.html", "/codes/D0389.html"])
def test_the_box_of_every_page_completes_codes(open_page, path):
    page = open_page(path)
    box = page.get_by_role("combobox").first
    box.fill("zirconia cro")
    first = page.get_by_role("option").first
    first.wait_for()
    assert first.text_content().startswith("D2740 ")
    assert page.get_by_role("option").last.text_content().startswith("Search the manual for")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/codes/D2740.html")


@pytest.mark.parametrize(
    ("typed", "code"), [("night gu", "D9944"), ("root can", "D3310"), ("D27", "D2710")]
)
def test_a_word_that_is_still_typed_is_completed(open_page, typed, code):
    page = open_page("/codes/index.html")
    assert code in searched(page, typed)[:5]


def test_the_box_says_that_a_code_is_unknown_and_what_is_near(open_page):
    page = open_page("/tutorial.html")
    page.get_by_role("combobox").first.fill(pinned.MISPRINT)
    told = page.locator(".box-told")
    told.get_by_text(f"{pinned.MISPRINT} is no code that is known").wait_for()
    assert "D0417" in told.text_content()


NUMBERS = [
    ("D27", "D2710", True),
    ("code 2751", "D2751", False),
    ("D3310-D3330", "D3310", True),
    ("DO140", "D0140", False),
    ("1110 0274", "D1110", True),
]


@pytest.mark.parametrize(("typed", "first", "has_more"), NUMBERS)
def test_numbers_are_found_exactly(open_page, typed, first, has_more):
    page = open_page("/codes/index.html")
    codes = searched(page, typed)
    assert codes[0] == first
    assert (len(codes) > 1) == has_more
    assert codes == [match.procedure.code for match in cdtref.search(typed, limit=len(codes))]


QUERIES = Path(__file__).parents[2] / "benchmarks" / "search" / "second.csv"


def test_the_box_ranks_as_the_library_does(open_page):
    """Of what people ask, at least nine of ten first answers are the library's."""
    with QUERIES.open(encoding="utf-8", newline="") as file:
        asked = [row["query"] for row in csv.DictReader(file) if row["codes"]]
    page = open_page("/codes/index.html")
    firsts = page.evaluate(
        """async (asked) => {
            const finder = await (await import("/codes/finder.js")).load();
            return asked.map((text) => finder.find(text).records[0]?.code);
        }""",
        asked,
    )
    same = 0
    for text, first in zip(asked, firsts, strict=True):
        found = cdtref.search(text, limit=1)
        same += first == (found[0].procedure.code if found else None)
    assert same >= 0.9 * len(asked)


def test_by_keyboard_alone(open_page):
    """From the first Tab to the page of a code without a pointer."""
    page = open_page("/codes/index.html")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    assert skip.evaluate(
        "link => link === document.activeElement && link.getBoundingClientRect().top >= 0"
    )
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("deep cleaning")
    page.keyboard.press("Enter")
    assert found(page)[0] == "D4341"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#found') !== null"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Enter")
    page.wait_for_url("**/codes/D4341.html")
    assert outline == "solid"


def test_the_slash_key_leads_to_the_search(open_page):
    page = open_page("/codes/index.html")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.get_by_label("Code or words").input_value() == ""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_runs_out_of_a_phone(open_page, path):
    page = open_page(path, **PHONE)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("code", ["D0389", "D4341", "D6010"])
def test_on_a_phone_the_requirements_stand_within_the_first_screen(open_page, code):
    page = open_page(f"/codes/{code}.html", **PHONE)
    top = page.locator(".cdt-claim").evaluate("part => part.getBoundingClientRect().top")
    assert top < PHONE["viewport"]["height"]
    assert page.get_by_role("heading", level=2).all_text_contents()[:3] == [
        "In plain language",
        "Description",
        "Claim requirements",
    ]


def test_the_dental_value_leads_and_medicare_is_second(open_page):
    page = open_page("/codes/D0389.html")
    told = page.locator(".cdt-state").text_content()
    assert cdtref.page("D0389").summary in " ".join(told.split())
    assert told.index("Dental relative value") < told.index("Medicare")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_fault_of_accessibility(open_page, path, scheme):
    """By axe's rules: names, roles, contrast, landmarks, order of headings."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="installed by `nox -s browser`"
    )
    page = open_page(path, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    results = axe.Axe().run(page)
    assert not results.violations_count, results.generate_report()


def test_dark_is_dark(open_page):
    page = open_page("/codes/D2740.html", color_scheme="dark")
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in shade.removeprefix("rgb(").rstrip(")").split(",")) < 64


def test_a_code_page_needs_no_script(open_page):
    page = open_page("/codes/D2740.html", java_script_enabled=False)
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("img", name="D2740 is reported by the tooth").is_visible()
