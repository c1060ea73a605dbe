"""
Search: codes first, then what people type; deterministic, bounded, and silent where nothing dental
is said.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import pickle
import random
import re
import subprocess
import sys
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cdtref
import pinned
from cdtref import DataError, datafile
from cdtref.cli import main
from cdtref.textsearch import english, facets, from_bundle, weights
from cdtref.textsearch.clauses import signed_tokens
from cdtref.textsearch.english import English
from cdtref.textsearch.mentions import FIELDS
from cdtref.textsearch.ranking import FacetFit, Index, Likeness
from cdtref.textsearch.site import teeth_in
from cdtref.textsearch.spelling import root_of, slips
from cdtref.textsearch.thesaurus import Thesaurus, bundled, tokens
from cdtref.textsearch.unpacking import UnpackedIndex
from inturn import by_code
from tasks import english as english_task

DATA = Path(cdtref.__file__).parent / "data"
CURRENT = cdtref.procedures()
RETIRED = sorted(set(cdtref.catalog()) - {p.code for p in CURRENT})
TEXTED = [p for p in CURRENT if p.synonyms]
NAMED = [(p.code, name) for p in TEXTED for name in (p.title, *p.synonyms)]


def codes(text, **options):
    return [match.procedure.code for match in cdtref.search(text, **options)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("D274", "D2740"),
        ("2740", "D2740"),
        (" d-2740 ", "D2740"),
        ("FMX", "D0210"),
        ("BWX 4", "D0274"),
        ("4bw", "D0274"),
        ("2 bitewings", "D0272"),
        ("PA", "D0220"),
        ("second PA same visit", "D0230"),
        ("pano", "D0330"),
        ("prophy", "D1110"),
        ("prophy 8 years old", "D1120"),
        ("crown for mrs smith", "D2740"),
        ("1 surf resin molar", "D2391"),
        ("2 surf resin", "D2392"),
        ("dentures", "D5120"),
        ("implant", "D6010"),
        ("remove wisdom teeth", "D7240"),
        ("MAD", "D9947"),
        ("OR dentistry", "D9420"),
        ("cleaning for my 6 year old", "D1120"),
        ("cleaning, 34 years old", "D1110"),
        ("SRP UR", "D4341"),
        ("SRP two teeth", "D4342"),
        ("PFM base metal", "D2751"),
        ("RCT molar", "D3330"),
        ("RCT #8", "D3310"),
        ("root canal on tooth 12", "D3320"),
        ("SSC", "D2930"),
        ("deep cleaning", "D4341"),
        ("front tooth white filling two surfaces", "D2331"),
        ("MOD amalgam", "D2160"),
        ("MO comp #30", "D2392"),
        ("night guard", "D9944"),
        ("laughing gas", "D9230"),
        ("upper denture", "D5110"),
        ("lower denture", "D5120"),
        ("bitwing x-rays, four", "D0274"),
        ("flouride varnish", "D1206"),
    ],
)
def test_what_people_type_finds_the_code_first(text, first):
    assert codes(text)[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "oil change",
        "asdf",
        "flight to boston",
        "knee replacement",
        "1234567",
        "how are you",
        "D9998x",
    ],
)
def test_a_query_with_nothing_dental_in_it_is_answered_with_nothing(text):
    assert cdtref.search(text) == ()


def test_every_code_in_force_is_found_first_by_its_number():
    assert [p.code for p in CURRENT if codes(p.code, limit=1) != [p.code]] == []
    assert [p.code for p in CURRENT if codes(p.code[1:], limit=1) != [p.code]] == []


@pytest.mark.parametrize(
    "typed",
    [
        "code {digits}",
        "CDT {digits}",
        "DO{rest}",
        "0{digits}",
        "is D{digits} right",
        "{digits} {digits}",
    ],
)
def test_every_code_in_force_is_found_however_its_number_is_typed(typed):
    for p in CURRENT:
        text = typed.format(digits=p.code[1:], rest=p.code[2:])
        if "DO" not in text or p.code[1] == "0":
            assert codes(text, limit=1) == [p.code], text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crown 2751", ["D2751"]),
        ("1110 0274", ["D1110", "D0274"]),
        ("1110/1120", ["D1110", "D1120"]),
        ("D33xx", ["D3310", "D3320", "D3330"]),
        ("all of D33 please", ["D3310", "D3320", "D3330"]),
        ("D3310-D3330", ["D3310", "D3320", "D3330"]),
        ("D3310 to 3330", ["D3310", "D3320", "D3330"]),
        ("4341 to 4346", ["D4341", "D4342", "D4346"]),
        ("D3330, D3310", ["D3330", "D3310"]),
    ],
)
def test_numbers_are_read_anywhere(text, expected):
    assert codes(text)[: len(expected)] == expected


@pytest.mark.parametrize("text", ["{}", "code {}", "what is {} please", "{}-{}"])
def test_an_unknown_code_finds_nothing(text):
    """For an unknown code `verdict` names its neighbours; none of them is what was asked."""
    assert cdtref.search(text.format(pinned.MISPRINT, pinned.MISPRINT)) == ()


@pytest.mark.parametrize("text", ["$2740", "12/2740", "2740.50", "555-2740", "2740%", "#2740"])
def test_digits_of_another_number_are_no_code(text):
    assert "D2740" not in codes(text)


def test_every_code_in_force_is_found_first_by_its_own_title():
    assert [p.code for p in TEXTED if codes(p.title, limit=1) != [p.code]] == []


@by_code(CURRENT)
def test_every_synonym_finds_its_code_among_the_first_three(p):
    """
    Synonyms are what people say; two of a code that a more usual one has nearly too may come
    behind it.
    """
    behind = {"white bridge tooth non-precious", "dental bridge crown"}
    assert [s for s in p.synonyms if s not in behind and p.code not in codes(s, limit=3)] == []


@pytest.mark.parametrize("text", ["D99999", "d-02740", "D12345 D99999", "blorb", "zzyzx qwv"])
def test_a_slip_in_a_code_and_words_that_nobody_knows_find_nothing(text):
    assert cdtref.search(text) == ()


@pytest.mark.parametrize(
    ("text", "code", "site"),
    [
        ("deep cleaning lower left", "D4341", cdtref.Site(area="30")),
        ("SRP UR", "D4341", cdtref.Site(area="10")),
        ("SRP, UR and LL", "D4341", None),
        ("deep cleaning UR quad", "D4341", cdtref.Site(area="10")),
        ("#14 MODB5", "D2161", cdtref.Site(tooth="14", surfaces="MODB")),
        ("D4341 LL", "D4341", cdtref.Site(area="30")),
        ("#19 MODB5 filling", "D2161", cdtref.Site(tooth="19", surfaces="MODB")),
        ("mo comp #30", "D2392", cdtref.Site(tooth="30", surfaces="MO")),
        ("#3 pano", "D0330", None),
        ("crown, tooth 36", "D2740", cdtref.Site(tooth="19")),
        ("crown, tooth 30", "D2740", cdtref.Site(tooth="30")),
        ("crown, tooth 99", "D2740", None),
        ("upper denture", "D5110", cdtref.Site(area="01")),
        ("fluoride varnish", "D1206", None),
    ],
)
def test_where_the_query_says_it_is_done(text, code, site):
    """Site: what the line of the code names, 'FDI numbers only where they cannot be Universal'."""
    found = {m.procedure.code: m for m in cdtref.search(text)}
    assert found[code].site == site


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("#A and #B", ["A", "B"]),
        ("teeth 6-9, 14", ["6", "7", "8", "9", "14"]),
        ("tooth no. 3", ["3"]),
        ("a tooth a little loose", []),
        ("#8-A", ["8", "A"]),
        ("teeth 1 thru 3", ["1", "2", "3"]),
        ("#14 and #15", ["14", "15"]),
        ("#2\u20134", ["2", "3", "4"]),
        ("teeth 36-38", ["19", "18", "17"]),
        ("tooth 55", ["55"]),
        ("tooth 85", ["T"]),
    ],
)
def test_teeth_are_read_by_their_numbers(text, numbers):
    assert [tooth.number for tooth in teeth_in(text)] == numbers


@pytest.mark.parametrize(
    "text", ["deep cleaning lower left", "#19 MODB5 filling", "root canal on #12", "upper denture"]
)
def test_a_match_with_its_site_becomes_a_claim_line(text):
    match = cdtref.search(text, limit=1)[0]
    line = cdtref.ClaimLine(match.procedure.code, pinned.DAY, **match.site.to_dict())
    wrong = {f.rule for f in cdtref.check(line)}
    assert not {rule for rule in wrong if rule.split(".")[0] in ("tooth", "surface", "area")}
    assert str(match.site)


@pytest.mark.parametrize(
    ("known", "derived"),
    [
        ("fluoride", "fluoridation"),
        ("tooth extraction", "tooth extractor"),
        ("place an implant", "implantation"),
        ("teeth whitening", "teeth whitener"),
        ("desensitizing tooth", "desensitization of tooth"),
        ("oral sedation", "orally sedated"),
        ("recontouring bone", "bone recontourment"),
    ],
)
def test_a_derivation_shares_a_top_three(known, derived):
    """A verb, noun or adjective of a known word's root finds what that word finds."""
    assert set(codes(known, limit=3)) & set(codes(derived, limit=3))


@functools.cache  # to unpack all of it for each title takes longer than all else here
def rarities():
    return UnpackedIndex(cdtref.catalog().search_index().to_dict(), bundled()).rarities


@by_code(TEXTED)
def test_a_rare_word_of_a_title_finds_it_by_itself(p):
    """A word that few records have is asked for, dental or not: 'tobacco', 'speech', 'diabetes'."""
    said = signed_tokens(p.title)
    for at, word in enumerate(said.words):
        asked = cdtref.catalog().search_index().read(word)
        stem = bundled().stem(word)
        is_rare = rarities().get(stem, 0) >= weights.CATCHWORD_RARITY
        if is_rare and at not in said.denied and len(asked.terms) == 1:
            assert cdtref.search(word, limit=1), word


@pytest.mark.parametrize("word", ["three", "after", "over", "with", "music", "hello", "weather"])
def test_a_word_of_everything_or_of_nothing_finds_nothing_by_itself(word):
    assert not cdtref.search(word)


@settings(deadline=None)
@given(st.sampled_from(NAMED), st.sampled_from(["zzyzx", "qwvb", "blorbq"]))
def test_an_unknown_word_makes_no_answer_surer(named, word):
    """Adding an unknown word never raises the dental share, nor the score of the first."""
    _, wording = named
    index = cdtref.catalog().search_index()
    plain, doubted = index.read(wording), index.read(f"{wording} {word}")
    assert doubted.dental <= plain.dental
    assert doubted.understood < plain.understood or plain.understood == 0
    first = cdtref.search(wording, limit=1)[0]
    if first.hits[0].field != "code":  # a number is as sure beside any word
        assert all(m.score < first.score for m in cdtref.search(f"{wording} {word}", limit=1))


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(NAMED),
    st.text("bcdfghjkmpqvwxz", min_size=5, max_size=9),
    st.integers(min_value=0, max_value=9),
)
def test_an_unknown_word_anywhere_never_raises_the_dental_share(named, word, place):
    """Neither before, nor behind, nor within what is known, where it may part a phrase."""
    index = cdtref.catalog().search_index()
    if index.read(word).understood:  # a slip for something
        return
    _, wording = named
    words = wording.split()
    words.insert(place, word)
    assert index.read(" ".join(words)).dental <= index.read(wording).dental


DENIALS = ("{}, not {}", "{} without {}", "{} instead of {}", "{} rather than {}")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(NAMED), st.sampled_from(NAMED), st.sampled_from(DENIALS))
def test_what_is_denied_is_not_what_is_asked(asked, denied, sentence):
    """'X, not Y' never has Y's code first where X has one, and Y itself denies nothing."""
    (code, wording), (other, unwanted) = asked, denied
    if signed_tokens(unwanted).denying:
        return
    if code != other and other not in codes(wording, limit=3):
        assert codes(sentence.format(wording, unwanted), limit=1) != [other]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("bridge, not on implants", "implant"),
        ("whitening without trays", "tray"),
        ("crown w/o metal", "metal"),
        ("x-ray other than panoramic", "panoram"),
        ("night guard rather than snore guard", "snor"),
        ("crown, no metal (noble or base)", "noble"),
    ],
)
def test_the_first_of_a_denial_does_not_have_it(text, denied):
    found = cdtref.search(text, limit=3)
    assert found
    assert not [m.caption for m in found if denied in m.procedure.title.lower()]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("TAD no flap", "D7294"),
        ("no show fee", "D9986"),
        ("alveo w/o ext LL 2 spaces", "D7321"),
        ("crown with no metal", "D2740"),
        ("D2740, not 2750", "D2740"),
    ],
)
def test_who_denies_the_same_is_found(text, first):
    assert codes(text, limit=1) == [first]


@given(
    st.lists(st.sampled_from([s for p in CURRENT for s in p.synonyms]), min_size=1, max_size=2).map(
        " ".join
    )
)
def test_no_code_is_found_twice(text):
    """search: 'the codes that *text* asks for, best first'."""
    found = codes(text, limit=30)
    assert len(found) == len(set(found))


def misspelt(word, chance):
    """
    One slip in the middle of a word: a letter dropped, doubled, replaced, or swapped with the next.
    """
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("aeiou") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


def test_a_typo_in_one_word_of_a_title_keeps_the_code_in_the_top_five():
    """
    A typo in one word of a title of 3 or more words keeps the code in the top 5 for at least 95 %
    of codes.
    """
    chance = random.Random(4)
    kept = []
    for procedure in TEXTED:
        words = procedure.title.split()
        long = [at for at, word in enumerate(words) if word.isalpha() and len(word) > 4]
        if len(words) > 2 and long:
            at = chance.choice(long)
            words[at] = misspelt(words[at], chance)
            kept.append(procedure.code in codes(" ".join(words), limit=5))
    assert len(kept) > 700
    assert sum(kept) / len(kept) >= 0.95


def test_a_word_that_the_vocabulary_knows_is_never_corrected():
    """An onlay is not an inlay."""
    assert all(
        "onlay" in m.procedure.title.lower() for m in cdtref.search("ceramic onlay", limit=3)
    )
    assert all(
        "inlay" in m.procedure.title.lower() for m in cdtref.search("ceramic inlay", limit=3)
    )
    assert not [hit for m in cdtref.search("ceramic onlay") for hit in m.hits if hit.how == "typo"]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("crown", "exact"),
        ("amalg", "prefix"),
        ("amal MO", "abbreviation"),
        ("extracton", "typo"),
        ("yank a tooth", "concept"),
    ],
)
def test_a_match_says_which_word_met_which_field_and_how(text, how):
    hits = cdtref.search(text)[0].hits
    assert how in {hit.how for hit in hits}
    assert {hit.field for hit in hits} <= set(FIELDS)
    assert all(hit.word and hit.term for hit in hits)


def test_a_code_says_that_it_was_met_by_its_number():
    (match,) = cdtref.search("D0389")
    assert (match.score, match.hits[0].field, match.hits[0].how) == (1.0, "code", "exact")
    assert {m.hits[0].how for m in cdtref.search("D03")} == {"prefix"}


def test_pieces_of_codes_come_in_the_order_of_their_numbers():
    found = codes("d27", limit=100)
    assert found == sorted(p.code for p in CURRENT if p.code.startswith("D27"))
    assert codes("D274") == ["D2740"]
    assert codes("D2740 zirconia", limit=3)[0] == "D2740"


def test_retired_codes_are_hidden_but_for_their_number_or_date():
    """A retired code is found only by its own number or with `on`."""
    assert codes("D1352") == ["D1352"]
    assert codes("D1352", on=pinned.TERMINATED["D1352"]) == []
    assert codes("D1352", on=pinned.LAST_DAY["D1352"]) == ["D1352"]
    title = cdtref.get("D1352").title
    assert "D1352" not in codes(title, limit=50)
    assert "D1352" in codes(title, limit=50, on=pinned.LAST_DAY["D1352"])
    assert set(RETIRED).isdisjoint(codes("amalgam filling primary tooth retired", limit=200))


def test_a_category_narrows_the_search():
    found = cdtref.search("cleaning", category="adjunctive")
    assert found
    assert {m.procedure.category for m in found} == {cdtref.Category.ADJUNCTIVE}
    assert codes("D2740", category="endodontics") == []


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\0", "???", "the of and", "🦷"])
def test_empty_text_finds_nothing(text):
    assert cdtref.search(text) == ()


@pytest.mark.parametrize("text", [None, 2740, b"crown", ["crown"]])
def test_what_is_no_text_is_a_type_error(text):
    with pytest.raises(TypeError, match="takes a text"):
        cdtref.search(text)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"limit": 0}, "at least 1"),
        ({"limit": -3}, "at least 1"),
        ({"category": "surgery"}, "the categories are"),
        ({"on": "tomorrow"}, "not an ISO date"),
    ],
)
def test_bad_options_say_what_is_wrong(options, said):
    with pytest.raises(ValueError, match=said):
        cdtref.search("crown", **options)


@pytest.mark.parametrize(
    "text",
    [
        "crown " * 200_000,
        "x" * 1_000_000,
        "é–" * 500_000,
        "D" * 1_000_000,
        "1 " * 500_000,
        "#1," * 300_000,
    ],
)
def test_a_query_of_a_megabyte_costs_no_more_than_its_beginning(text):
    """What is read of a query is bounded: the answer is that of its first characters."""
    assert codes(text) == codes(text[:5000])
    assert len(cdtref.catalog().search_index().read(text).terms) < 200


def test_matches_are_values_with_a_score_above_0_and_at_most_1():
    found = cdtref.search("white filling on a back tooth", limit=40)
    assert len(found) == 40
    assert all(0 < m.score <= 1 for m in found)
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)
    assert pickle.loads(pickle.dumps(found)) == found
    assert (
        json.loads(json.dumps(found[0].to_dict()))["procedure"]["code"] == found[0].procedure.code
    )
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        found[0].score = 1.0


def test_the_limit_cuts_the_same_order():
    assert codes("crown", limit=25)[:5] == codes("crown", limit=5)


ORDER = """
import cdtref
texts = ["crown", "deep cleaning lower left", "extracton of wisdom tooth, not upper"]
texts += ["white filling", "x ray", "implnt crown"]
print([[m.procedure.code + str(m.score) for m in cdtref.search(t, limit=50)] for t in texts])
print([hit.term for t in texts for m in cdtref.search(t) for hit in m.hits])
"""


def test_the_order_does_not_depend_on_the_hash_seed():
    def answer(seed):
        env = os.environ | {"PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", ORDER], capture_output=True, text=True, check=True, env=env
        ).stdout

    assert answer("0") == answer("1") == answer("4242")


@functools.cache
def own_catalog():
    return cdtref.Catalog(
        {code: cdtref.get(code) for code in ("D0274", "D2740", "D2750", "D4341", "D9940")}
    )


def test_a_catalog_of_ones_own_is_searched_in_its_own_texts():
    mine = own_catalog()
    assert mine.search("porcelain fused to metal")[0].procedure.code == "D2750"
    assert mine.search("4bw")[0].procedure.code == "D0274"
    again = pickle.loads(pickle.dumps(mine))
    assert again.search("4bw") == mine.search("4bw")


def test_the_prebuilt_index_is_the_one_that_the_texts_give():
    """
    The shipped index holds what building from the bundled texts gives, so that both kinds of
    catalog rank alike.
    """
    built = Index.of(cdtref.catalog().values(), bundled()).to_dict()
    shipped = cdtref.catalog().search_index().to_dict()
    assert {name: shipped[name] for name in built} == json.loads(json.dumps(built))


@pytest.mark.parametrize("share", [1, 3, pinned.CODES])
def test_the_index_of_an_overlay_is_the_one_that_its_texts_give(share):
    """Index.with_nomenclature: 'it is what `of` gives for them'."""
    texts = {p.code: f"zorgle {p.title} flimmer {p.code[1:3]}" for p in CURRENT[::share]}
    laid_over = cdtref.catalog().with_nomenclature(texts)
    built = Index.of(laid_over.values(), bundled()).to_dict()
    quick = laid_over.search_index().to_dict()
    assert {name: quick[name] for name in built} == json.loads(json.dumps(built))


SOME = CURRENT[::25]


@functools.cache  # every example asks again
def index_of_some():
    return Index.of(SOME, bundled()).to_dict()


@settings(max_examples=20)
@given(st.sets(st.integers(0, len(SOME) - 1), min_size=1))
def test_the_index_of_two_parts_is_that_of_the_whole(chosen):
    """Index.with_records: 'it is what `of` gives for them all'."""
    first = Index.of([p for place, p in enumerate(SOME) if place not in chosen], bundled())
    more = first.with_records([SOME[place] for place in sorted(chosen)])
    assert more.to_dict() == index_of_some()


def test_the_index_with_coming_codes_is_the_one_that_its_texts_give():
    row = {"code": "D9899", "nomenclature": "zorgle", "effective": f"{pinned.YEAR + 1}-01-01"}
    rows = [row | {"category": "adjunctive"}, {"code": "D0120", "nomenclature": "flimmer"}]
    mine = cdtref.catalog().with_nomenclature(rows)
    assert "D9899" in mine
    built = Index.of(mine.values(), bundled()).to_dict()
    quick = mine.search_index().to_dict()
    assert {name: quick[name] for name in built} == json.loads(json.dumps(built))


def test_a_second_overlay_replaces_the_wording_of_the_first():
    first = cdtref.catalog().with_nomenclature({"D0389": "zorgle", "D0120": "zorgle"})
    second = first.with_nomenclature({"D0389": "flimmer"})
    found = {m.procedure.code for m in second.search("zorgle")}
    assert found == {"D0120"}
    assert [m.procedure.code for m in second.search("flimmer")] == ["D0389"]


def test_the_work_of_building_grows_with_the_texts():
    """Ten times the codes: ten times the phrases looked up, none twice for another code."""
    looked_up = []

    class Counting(Thesaurus):
        def find(self, stems, kinds):
            looked_up.append(len(stems))
            return super().find(stems, kinds)

    words = Counting(json.loads((DATA / "thesaurus.json").read_text("utf-8")))
    some = CURRENT[:40]
    Index.of(some, words)
    once = sum(looked_up)
    Index.of([p for p in some for _ in range(10)], words)
    assert sum(looked_up) == 11 * once


def test_an_index_handed_out_is_a_copy():
    given = cdtref.catalog().search_index().to_dict()
    given["codes"].clear()
    given["facets"][0].clear()
    given["postings"].clear()
    assert cdtref.catalog().search_index().to_dict()["postings"]
    assert codes("crown", limit=1)
    with pytest.raises(TypeError):
        bundled().groups["upper"] = "none"
    with pytest.raises(TypeError):
        weights.FIELD_WEIGHTS["title"] = 0


def test_search_is_safe_at_first_use_from_many_threads():
    code = """
import cdtref
from concurrent.futures import ThreadPoolExecutor
def ask(_):
    return [m.procedure.code for m in cdtref.search("root canal molar")]
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(ask, range(16)))
assert all(one == found[0] for one in found), found
print(found[0][0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "D3330"


def test_who_asks_while_another_thread_reads_the_phrases_is_told_of_all_of_them():
    """What is kept is handed out whole, or not at all."""
    kinds = frozenset(("term", "lay"))
    whole = from_bundle({}).find(["molar"], kinds)
    words = from_bundle({})
    told = []

    class AskedMeanwhile(dict):
        def items(self):
            for pair in super().items():
                if not told:
                    told.append(None)  # once, as a thread that comes in between
                    told[0] = words.find(["molar"], kinds)
                yield pair

    vars(words)["_single"] = AskedMeanwhile(words._single)
    assert words.find(["molar"], kinds) == whole != []
    assert told == [whole]


def test_the_thesaurus_refers_only_to_concepts_that_it_has():
    raw = json.loads((DATA / "thesaurus.json").read_text("utf-8"))
    concepts = set(raw["concepts"])
    named = {
        *raw["broader"],
        *(n for names in raw["broader"].values() for n in names),
        *raw["marked"],
    }
    named |= {name for names in raw["groups"].values() for name in names}
    assert named - concepts == set()
    members = [name for names in raw["groups"].values() for name in names]
    assert len(members) == len(set(members))
    assert len(concepts) >= 300


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("4BWX", ["4", "bwx"]),
        ("P&C, I&D", ["p&c", "i&d"]),
        ("F/F, -/P", ["f/f", "-/p"]),
        ("lab or CAD/C", ["lab", "or", "cad", "c"]),  # to become CAM
        ("F/ and /F", ["f/", "and", "/f"]),
        ("3/4 crown 1.25 cm N2O", ["3/4", "crown", "1.25", "cm", "n2o"]),
        ("Café-au-lait child's", ["cafe", "au", "lait", "child"]),
    ],
)
def test_how_a_text_is_cut_into_words(text, words):
    assert tokens(text) == words


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("two surfaces", {"surface": (2, 2)}),
        ("four or five surfaces", {"surface": (4, 5)}),
        ("4+ teeth", {"tooth": (4, float("inf"))}),
        ("1-3 teeth", {"tooth": (1, 3)}),
        ("BWX 4", {"image": (4, 4)}),
        ("lesion up to 1.25 cm", {"cm": (0, 1.25)}),
        ("wound longer than 5 cm", {"cm": (5.01, float("inf"))}),
        ("three or more surfaces", {"surface": (3, float("inf"))}),
        ("tooth one deep surface", {}),
    ],
)
def test_numbers_are_read_with_what_they_count(text, ranges):
    assert facets.numbers(bundled().stems(text), bundled()) == ranges


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("18 month old", {"infant", "child"}),
        ("10 year old", {"child", "mixed"}),
        ("15 yo", {"adolescent", "adult"}),
        ("45-year-old", {"adult"}),
        ("every 6 months", set()),
    ],
)
def test_ages_are_read_as_age_groups(text, groups):
    assert facets.age_in(text) == groups


WORDS = st.text("abcdefghij", min_size=1, max_size=9)


@given(WORDS, WORDS)
def test_slips_are_a_symmetric_distance(one, other):
    assert slips(one, other, 9) == slips(other, one, 9)
    assert (slips(one, other, 9) == 0) == (one == other)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered(text):
    """No text raises; scores lie above 0 and at most 1; no code comes twice."""
    found = cdtref.search(text, limit=5)
    assert all(0 < m.score <= 1 for m in found)
    assert len({m.procedure.code for m in found}) == len(found)


def test_the_command_prints_a_table_and_json():
    done = CliRunner().invoke(main, ["search", "deep", "cleaning", "lower", "left", "--limit", "3"])
    assert done.exit_code == 0
    first = done.output.splitlines()[0].split("\t")
    assert first[:2] == ["D4341", cdtref.get("D4341").title]
    assert "synonyms: deep, cleaning, " in first[2]
    done = CliRunner().invoke(main, ["search", "pano", "--json", "--category", "diagnostic"])
    assert json.loads(done.output)[0]["procedure"]["code"] == "D0330"
    assert CliRunner().invoke(main, ["search", "pano", "--category", "none"]).exit_code == 1


@pytest.mark.parametrize("limit", ["3", 2.5, None, True])
def test_a_limit_of_another_type(limit):
    with pytest.raises(TypeError, match="limit is a whole number"):
        cdtref.search("crown", limit=limit)


def test_a_licensees_own_wording_is_searched_too():
    mine = cdtref.catalog().with_nomenclature({"D0389": "zorgle flimmer capture"})
    (first, *_) = mine.search("zorgle flimmer")
    assert (first.procedure.code, {hit.field for hit in first.hits}) == ("D0389", {"nomenclature"})
    assert cdtref.search("zorgle flimmer") == ()


STRANGERS = {
    "names": ["Maria Gonzalez", "Patel, Rakesh K", "Jessica Crown", "Molly Guard", "Bruce Parker"],
    "addresses": [
        "22 Canal St, New Orleans",
        "PO Box 1234 Anchorage Alaska",
        "88 Crown Heights, Brooklyn NY 11213",
        "742 Evergreen Terrace apt 3",
    ],
    "statements": [
        "SELECT code, fee FROM procedures ORDER BY fee DESC",
        "DROP TABLE claims;",
        "INSERT INTO implants VALUES ('a', 'b')",
        "UPDATE crowns SET fee = 0 WHERE name = 'bob'",
        "<script>alert(1)</script>",
        "git push origin main --force",
    ],
    "vaccines that no dentist gives": [
        "measles vaccine",
        "tetanus booster",
        "yellow fever vaccine",
        "shingles vaccine for adults",
        "polio vaccine infant",
        "anthrax vaccine",
    ],
    "other parts of the body": [
        "knee surgery recovery",
        "hip replacement",
        "appendix removal",
        "cataract surgery",
        "prostate exam",
        "hair transplant cost",
        "kidney stone removal",
    ],
    "other trades": [
        "oil filter replacement",
        "brake pad replacement",
        "carpet cleaning service",
        "suspension bridge design",
        "ceramic tile bathroom",
        "guitar string replacement",
        "chocolate cake filling recipe",
        "license plate renewal",
        "chess opening theory",
    ],
}


@pytest.mark.parametrize(
    "text", [text for texts in STRANGERS.values() for text in texts], ids=lambda text: text[:30]
)
def test_what_strangers_ask_is_answered_with_nothing(text):
    assert codes(text) == []


STREETS = ("St", "Street", "Ave", "Road", "Lane", "Blvd")


@settings(deadline=None)
@given(st.sampled_from(TEXTED), st.sampled_from(STREETS), st.integers(1, 9999), st.data())
def test_an_address_is_no_query_whatever_its_street_is_called(p, street, number, data):
    word = data.draw(st.sampled_from([w for w in p.title.split() if w.isalpha()]))
    assert cdtref.search(f"{number} {word} {street}, Springfield IL 62704") == ()


@settings(deadline=None)
@given(st.sampled_from(TEXTED), st.sampled_from(TEXTED))
def test_a_statement_of_a_query_language_is_no_query(asked, other):
    assert cdtref.search(f"SELECT {asked.title} FROM {other.title}") == ()


def words_of_english_alone():
    """Common words that neither the texts nor the thesaurus know, nor another of their root."""
    index = cdtref.catalog().search_index()
    for head, group in json.loads((DATA / "english.json").read_text("utf-8"))["words"].items():
        parts = group.split()
        for rest, level in zip(parts[::2], parts[1::2], strict=True):
            word = head + rest
            is_common = int(level.rstrip("e")) >= 10 * weights.COMMON_ENGLISH
            if rest.isalpha() and is_common and bundled().stem(word) == word:
                known = index.read(word)
                if not known.terms or known.terms[0].alternatives[0].how in ("typo", "prefix"):
                    yield word


# Drawn from when a test runs: to read thousands of words is not for all who import this.
FOREIGN = st.deferred(lambda: st.sampled_from(sorted(words_of_english_alone())))


@settings(deadline=None)
@given(st.lists(FOREIGN, min_size=1, max_size=4).map(" ".join))
def test_english_that_no_text_of_ours_has_finds_nothing(text):
    """A word that English has is no slip for another."""
    assert cdtref.search(text) == ()


@functools.cache
def with_a_letter_too_few():
    """Words of titles without one of their inner letters, as nobody knows them."""
    found = []
    known = cdtref.catalog().search_index()
    words = {word for p in cdtref.procedures() for word in tokens(p.title) if word.isalpha()}
    for word in sorted(word for word in words if len(word) >= 6):
        for place in range(1, len(word) - 1):
            typed = word[:place] + word[place + 1 :]
            if any(
                "typo" in {a.how for a in term.alternatives} for term in known.read(typed).terms
            ):
                found.append(typed)
    return found


def test_a_letter_too_few_is_likelier_than_a_space_too_few():
    """'attachmet' is no 'attach met'"""
    index = cdtref.catalog().search_index()
    for typed in with_a_letter_too_few():
        words = [term for term in index.read(typed).terms if term.alternatives[0].how == "typo"]
        assert len(words) == 1, typed


def test_a_word_is_english_as_it_is_typed_and_not_by_its_stem():
    """'floride' has the stem of 'florid', but is no word: it is a slip like 'flouride'."""
    levels = english.bundled()
    alike = [word for word in with_a_letter_too_few() if levels.level_of(bundled().stem(word))]
    slips = [word for word in alike if not levels.level_of_word(word, bundled().stem(word))]
    assert len(slips) > 1
    for word in slips:
        assert cdtref.search(word), word


@settings(deadline=None)
@given(FOREIGN)
def test_no_common_word_is_taken_for_a_slip(word):
    for term in cdtref.catalog().search_index().read(f"{word} tooth").terms:
        assert term.text != word or "typo" not in {a.how for a in term.alternatives}


DERIVING = ("ation", "ment", "er", "ive", "able", "ist")


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(TEXTED), st.sampled_from(DERIVING), st.data())
def test_a_derivation_of_a_word_of_a_title_shares_a_top_three(p, ending, data):
    """A verb, noun or adjective of the root of a title's word, in its place."""
    words = p.title.split()
    at = data.draw(st.integers(0, len(words) - 1))
    stem = bundled().stem(words[at].lower())
    root = root_of(stem)
    if words[at].isalpha() and len(root) >= 5 and stem not in bundled().stop:
        words[at] = root + ending
        derived = cdtref.catalog().search_index().read(words[at])
        if all(term.alternatives[0].how == "derived" for term in derived.terms):
            assert p.code in codes(" ".join(words), limit=3)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("pan", ["D0330"]),
        ("root canal mol", ["D3330"]),
        ("deep cl", ["D4341"]),
        ("upper de", ["D5110"]),
    ],
)
def test_what_is_being_typed_is_completed(text, first):
    assert codes(text, prefix=True)[: len(first)] == first


@pytest.mark.parametrize(
    ("text", "begun"), [("D", "D"), ("d27", "D27"), ("27", "D27"), ("D274", "D274")]
)
def test_a_code_that_is_being_typed_has_the_codes_that_begin_so_in_their_order(text, begun):
    current = sorted(p.code for p in CURRENT if p.code.startswith(begun))
    assert codes(text, prefix=True, limit=10) == current[:10]


def test_every_title_and_synonym_typed_to_its_end_finds_its_code():
    long = [(code, name) for code, name in NAMED if len(name) > 2]  # two letters begin many
    assert [name for code, name in long if code not in codes(name, prefix=True, limit=5)] == []


def test_a_match_tells_why_it_matched_however_its_name_is_spaced():
    """'e.m.' is EM and 'p16stain' the p16 stain, of which no word is met by itself."""
    hits = cdtref.search("e.m.", limit=1)[0].hits
    assert [(hit.word, hit.field, hit.how, hit.term) for hit in hits] == [
        ("e m", "synonyms", "exact", "em")
    ]
    untold = []
    for _, name in NAMED[::7]:
        text = ".".join(name) if len(name) < 6 else name.replace(" ", "")
        if not all(match.hits for match in cdtref.search(text, limit=3)):
            untold.append(text)
    assert untold == []


def test_a_name_with_a_slash_finds_its_code_at_every_letter_after_it():
    missed = []
    for code, name in NAMED:
        for slash in re.finditer("/[a-z]", name.lower()):
            typed = name.lower()[: slash.end()]
            found = cdtref.search(typed, prefix=True, limit=300)
            completed = [m.procedure.code for m in found if m.hits[0].how == "prefix"]
            if code not in completed:
                missed.append(typed)
    assert missed == []


@settings(deadline=None)
@given(st.sampled_from(NAMED), st.integers(1, 40))
def test_a_list_is_steady_while_a_word_grows(named, length):
    """
    A code found stays before those behind it as long as the word that found it still begins so.
    """
    name = named[1].lower()
    shorter, longer = name[:length], name[: length + 1]
    before, after = tokens(shorter), tokens(longer)
    grows = len(before) == len(after) and after[-1:] > before[-1:] and shorter[-1].isalpha()
    if not grows or not longer[-1].isalpha():
        return
    found = cdtref.search(shorter, prefix=True, limit=300)
    still = [m.procedure.code for m in found if m.hits[0].term.startswith(after[-1])]
    grown = [code for code in codes(longer, prefix=True, limit=300) if code in still]
    assert grown == still


@pytest.mark.parametrize("text", ["extracton ", "zzz tooth", "crwn", ""])
def test_what_completes_to_nothing_is_searched_as_it_is(text):
    assert codes(text, prefix=True) == codes(text)


def test_a_completion_is_of_codes_in_force():
    assert set(RETIRED).isdisjoint(codes("seal", prefix=True, limit=300))
    assert "D1352" in codes("prevent", prefix=True, limit=300, on=pinned.LAST_DAY["D1352"])


# What a patient says happened, by what it happened to, and the codes of which one comes first.
FELL_OUT = ("my {} fell out", "{} came off", "the {} popped off yesterday")
BROKE = ("{} broke", "broken {}", "my {} is cracked")
LOOSE = ("my {} is loose", "loose {}")
HAPPENED = [
    *((FELL_OUT + LOOSE, "crown", {"D2920"}), (BROKE, "crown", {"D2980"})),
    *((FELL_OUT + LOOSE, "bridge", {"D6930"}), (BROKE, "bridge", {"D6980"})),
    *((FELL_OUT + LOOSE, "veneer", {"D2910"}), (BROKE, "veneer", {"D2983"})),
    (FELL_OUT + LOOSE, "denture", {"D5730", "D5731", "D5750", "D5751"}),
    (BROKE, "denture", {"D5511", "D5512"}),
    (FELL_OUT + LOOSE, "partial", {"D5740", "D5741", "D5760", "D5761"}),
    (BROKE, "partial", {"D5611", "D5612", "D5621", "D5622", "D5640"}),
    (("my {} hurts", "{} rubs", "my {} is too tight"), "denture", {"D5410", "D5411"}),
    (("my {} hurts", "{} rubs"), "partial", {"D5421", "D5422"}),
    (FELL_OUT + LOOSE, "space maintainer", {"D1551", "D1552", "D1553"}),
    (("lost my {}", "broken {}"), "retainer", {"D8703", "D8704"}),
    (LOOSE, "implant screw", {"D6089"}),
    (("broken {}", "{} broke"), "implant screw", {"D6096"}),
    (FELL_OUT, "implant crown", {"D6092"}),
    (BROKE + LOOSE, "bracket", {"D8670"}),
    (("lost my {}",), "denture", {"D5110", "D5120"}),
]


@pytest.mark.parametrize(("said", "thing", "wanted"), HAPPENED)
def test_what_happened_to_what_finds_what_is_done_for_it(said, thing, wanted):
    found = {text.format(thing): codes(text.format(thing), limit=1) for text in said}
    assert {text for text, first in found.items() if not wanted.issuperset(first)} == set()


@pytest.mark.parametrize("text", [said.format("filling") for said in FELL_OUT + LOOSE + BROKE])
def test_a_filling_that_is_gone_is_made_anew(text):
    assert "filling" in cdtref.search(text, limit=1)[0].procedure.title


RAW_THESAURUS = json.loads((DATA / "thesaurus.json").read_text("utf-8"))
BRANDS = [(name, what) for what, names in RAW_THESAURUS["brands"].items() for name in names]


@pytest.mark.parametrize(("name", "concept"), BRANDS)
def test_a_brand_is_what_it_is(name, concept):
    """By itself and within a query a name of the trade is read as its concept."""
    index = cdtref.catalog().search_index()
    for text in (name, f"{name} for tooth 14", f"patient wants {name}"):
        known_as = {a.term for term in index.read(text).terms for a in term.alternatives}
        assert f"#{concept}" in known_as, text
    assert cdtref.search(f"{name} tooth", limit=1)


def filling_codes(material, tooth):
    """The codes of a filling of a tooth, by the number of its surfaces."""
    if material in ("amal", "amalgam", "silver filling"):
        return {1: "D2140", 2: "D2150", 3: "D2160", 4: "D2161"}
    if tooth in range(6, 12) or tooth in range(22, 28):
        return {1: "D2330", 2: "D2331", 3: "D2332", 4: "D2335"}
    return {1: "D2391", 2: "D2392", 3: "D2393", 4: "D2394"}


SURFACES = {"M": 1, "MO": 2, "DO": 2, "OB": 2, "MOD": 3, "MODB": 4, "MODBL": 4}
FRONT_SURFACES = {"M": 1, "MI": 2, "DL": 2, "MIF": 3, "MIFL": 4}
MATERIALS = ("amal", "amalgam", "comp", "composite", "resin", "white filling")


@pytest.mark.parametrize("order", ["#{t} {s} {m}", "{s} {m} #{t}", "{m} {s} tooth {t}"])
@pytest.mark.parametrize("material", MATERIALS)
def test_shorthand_of_fillings_is_read_by_its_parts(material, order):
    """Chairside shorthand by composition: any tooth, surfaces and material, in any order."""
    missed = {}
    for tooth in (2, 3, 5, 8, 9, 14, 19, 22, 27, 30, 31):
        is_front = tooth in range(6, 12) or tooth in range(22, 28)
        for surfaces, count in (FRONT_SURFACES if is_front else SURFACES).items():
            text = order.format(t=tooth, s=surfaces, m=material)
            if codes(text, limit=1) != [filling_codes(material, tooth)[count]]:
                missed[text] = codes(text, limit=1)
    assert missed == {}


@pytest.mark.parametrize(
    ("parts", "first"),
    [
        (("RCT", "{t}"), {8: "D3310", 4: "D3320", 30: "D3330", 14: "D3330"}),
        (("endo", "{t}"), {9: "D3310", 5: "D3320", 19: "D3330"}),
        (("{t}", "PFM"), {3: "D2750", 8: "D2750"}),
        (("{t}", "zirc crn"), {3: "D2740", 8: "D2740"}),
        (("ext", "{t}"), {3: "D7140", 20: "D7140"}),
        (("surg ext", "{t}"), {3: "D7210", 20: "D7210"}),
        (("SSC", "{t}"), {"A": "D2930", "K": "D2930"}),
        (("seal", "{t}"), {3: "D1351", 19: "D1351"}),
        (("build up", "{t}"), {3: "D2950", 30: "D2950"}),
    ],
)
def test_shorthand_of_work_on_a_tooth_is_read_by_its_parts(parts, first):
    for tooth, code in first.items():
        for order in (parts, reversed(parts)):
            text = " ".join(order).format(t=f"#{tooth}")
            assert codes(text, limit=1) == [code], text


@functools.cache  # each title is held against all others
def stems_of(title):
    return frozenset(bundled().stems(title)) - bundled().stop


@functools.cache
def of_subcategory(name):
    return [procedure for procedure in TEXTED if procedure.subcategory == name]


def neighbors_of(procedure):
    """Those of its subcategory whose titles share half of their words."""
    mine = stems_of(procedure.title)
    for other in of_subcategory(procedure.subcategory):
        theirs = stems_of(other.title)
        if other is not procedure and 2 * len(mine & theirs) >= len(mine | theirs):
            yield other.code, theirs


def test_the_distinguishing_words_pick_the_right_one_of_a_family():
    """
    Without a word that all neighbors share, a title still finds its code before theirs; for at
    least 98 % of all such titles.
    """
    asked, kept = 0, 0
    for procedure in TEXTED:
        near = dict(neighbors_of(procedure))
        shared = stems_of(procedure.title)
        for dropped in sorted(shared.intersection(*near.values()) if near else ()):
            words = [w for w in tokens(procedure.title) if bundled().stem(w) != dropped]
            first = codes(" ".join(words), limit=50)
            found = [code for code in first if code in near]
            is_before = procedure.code in first and not (
                found and first.index(found[0]) < first.index(procedure.code)
            )
            asked += 1
            kept += is_before
    assert asked > 1000
    assert kept / asked >= 0.98


def counted(monkeypatch, owner, name):
    """A list that gets an entry at every call of a method."""
    calls = []
    real = getattr(owner, name)

    def counting(*given):
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(owner, name, counting)
    return calls


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(NAMED), min_size=60, max_size=90))
def test_the_work_for_a_query_of_two_kilobytes_has_a_bound(monkeypatch, named):
    """Words looked up, records held against its facets, and wordings judged."""
    text = ", ".join([wording for _, wording in named])[:2048]
    with monkeypatch.context() as patched:
        weighed = counted(patched, UnpackedIndex, "weighed")
        ranked = counted(patched, FacetFit, "fits")
        judged = counted(patched, Likeness, "of")
        assert len(cdtref.search(text)) <= 10
    held = [len(docs) for _, docs in ranked]
    assert held
    assert len(weighed) <= 3 * weights.MOST_WORDS
    assert sum(held) <= weights.CANDIDATES
    assert len(judged) <= weights.FINALISTS


def kept_by(owner, seen):
    """How much every dict and every cache below an object of the search holds, by its place."""
    if id(owner) in seen:
        return
    seen.add(id(owner))
    for name, value in vars(owner).items():
        place = f"{type(owner).__name__}.{name}"
        if hasattr(value, "cache_info"):
            yield place, value.cache_info().currsize, value.cache_info().maxsize
        elif isinstance(value, dict):
            yield place, len(value), None
        elif type(value).__module__.startswith("cdtref.textsearch") and hasattr(value, "__dict__"):
            yield from kept_by(value, seen)


def test_what_is_kept_of_queries_has_a_bound(monkeypatch):
    """Caches are of words and full soon; no dict has more than the index and the thesaurus have."""
    for name in ("WORDS_KEPT", "WORDS_WEIGHED", "WAYS_KEPT", "PAIRS_KEPT"):
        monkeypatch.setattr(weights, name, 30)
    some = {p.code: p for p in CURRENT[:60]}
    index = Index.of(some.values(), bundled())
    known = [wording for p in some.values() for wording in (p.title, *p.synonyms)]
    for wording in (*known, "zzzzz"):  # all that is made at the first use is made
        index.rank(wording, frozenset(some), 5)
    at_first = {place: size for place, size, _ in kept_by(index, set())}
    unknown = map("".join, itertools.product("bcdfgh", repeat=5))
    for wording in known:
        index.rank(" ".join([wording, *itertools.islice(unknown, 5)]), frozenset(some), 5)
    caches = 0
    for place, size, most in kept_by(index, set()):
        caches += most is not None
        own = len(index.to_dict()["idf"]) if most is None else most
        assert size <= max(own, at_first[place]), place
    assert caches >= 6
    assert len(known) * 5 > 2 * len(index.to_dict()["idf"])


def test_the_levels_of_english_are_made_of_counts(tmp_path):
    """Of a thousand million words a hundred thousand are crowns: a level of five."""
    folder = tmp_path / "letters"
    folder.mkdir()
    counts = {"crowns": 40_000, "crown": 60_000, "crane": 1000, "don't": 5, "the": 999_899_000}
    rows = [f"{word},,{count},0,0,0,0" for word, count in counts.items()]
    (folder / "a.csv").write_text("\n".join(["word,pronunication,tf,df,years,a,b", *rows]), "utf-8")
    english_task.build(tmp_path, tmp_path)
    made = json.loads((tmp_path / "english.json").read_text("utf-8"))
    assert made["words"] == {"cr": "an 30e own 50", "th": "e 90"}
    levels = English(made["words"])
    assert [levels.level_of(word) for word in ("crown", "the", "dont")] == [5.0, 9.0, 0.0]
    assert [levels.level_of_word(*word) for word in (("crane", "cran"), ("crowne", "crown"))] == [
        3,
        0,
    ]


@pytest.mark.parametrize(
    ("part", "key"), [("wordings", 0), ("facets", 0), ("postings", "crown"), ("wordings", None)]
)
@pytest.mark.parametrize("wrong", [5, "x"])
def test_what_is_broken_in_the_bundled_index_is_told_of_its_file(part, key, wrong):
    """A value of a wrong type surfaces when it is unpacked, in the midst of a search."""
    raw = datafile.read("search.json")
    if key is None:
        raw[part] = [wrong] * len(raw["codes"])
    elif key == 0:
        raw[part] = [wrong if wrong is None else [wrong]] * len(raw["codes"])
    else:
        raw[part] = dict.fromkeys(raw[part], wrong)
    index = Index(raw, from_bundle({"phrases": raw["phrases"]}))
    with pytest.raises(DataError, match=r"bundled file search.json at .* is broken") as caught:
        index.rank("porcelain crown", frozenset(cdtref.catalog()), 5)
    assert caught.value.file == "search.json"
