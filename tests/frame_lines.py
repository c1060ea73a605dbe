"""Claim lines of every sort for the DataFrame tests, and what the scalar doors say of them."""

from __future__ import annotations

import functools
import random
from datetime import date, timedelta

import cdtref
import pinned
import site_spellings
from cdtref.frame import RULES
from cdtref.tooth import LONGEST_SITE, TEETH

NAMES = ("row", "procedure_code", "service_date", "tooth", "surfaces", "area")
TYPES = (int, str, date, str, str, str)
SITES = {"tooth": "tooth", "surfaces": "surfaces", "area": "area"}
FACTS = ("title", "category", "effective", "under_age", "by_report")

_OTHER_CODES = (
    "99213",
    "0389",
    "junk",
    None,
    "",
    "D0001",
    "J1234",
    "\u017f0389",
    "0071T",
    "D03890",
    "D  389",
    "\u3000",
)
_TEETH = (
    None,
    "14",
    "8",
    "#03",
    "a",
    "33",
    "6-11",
    "11-6",
    "3, 14",
    "3 3",
    "6-8,7",
    "",
    "AS",
    "5",
    "15 - 15",
    " 30 ",
)
_SURFACES = (None, "MOD", "mo", "V", "MIF", "MM", "X", "", "F", "O", "M-O", "M\xa0O", "LBDOM")
_AREAS = (None, "10", "ur", "50", "upper right quadrant", "01", "", "Maxillary", "L")
_SERVED = tuple(map(date.fromisoformat, (pinned.DAY, pinned.TERMINATED["D9940"])))
_DATES = (None, *_SERVED, date.max, date.min)

LENGTHS = (32, 64, LONGEST_SITE, 10_000, 100_000)


def hostile(length):
    """Texts of a length on which a careless regular expression goes over every part again."""
    half = length // 2
    yield "1" + " " * (length - 2) + "2"
    yield "1," * (half - 1) + "2"
    yield "1-" * (half - 1) + "2"
    yield "1 - " * (length // 4 - 1) + "2"
    yield "0" * (length - 1) + "3"
    yield "#" + " " * (length - 3) + "14"
    yield "A" * length
    yield "M,-/ " * (length // 5)
    yield "D" + " " * (length - 5) + "0389"
    yield "D-" * (length // 2)
    yield "MODBL" + "/" * (length - 6) + "X"
    yield "-" * length
    yield "UPPER" + "-" * (length - 5)
    yield " ".join(list(TEETH)[:30] * (length // 60 + 1))[:length]


def _spelled(code, choose):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code)
    return choose(
        (
            code,
            code.lower(),
            f" {code}\u3000",
            f"D-{code[1:]}",
            f"d {code[1:]}",
            wide,
            f"D -{code[1:]}",
        )
    )


def mixed(rows, seed=1):
    """
    Rows of `NAMES`: good, odd and missing codes, dates and sites, with every period's first and
    last day.
    """
    draw = random.Random(seed)
    catalog = cdtref.catalog()
    codes = list(catalog)
    for row in range(rows):
        code = draw.choice(codes)
        edges = [day for p in catalog[code].periods for day in (p.effective, p.terminated) if day]
        day = draw.choice((*_DATES, *edges, *(edge - timedelta(days=1) for edge in edges)))
        text = _spelled(code, draw.choice) if draw.random() < 0.85 else draw.choice(_OTHER_CODES)
        yield row, text, day, draw.choice(_TEETH), draw.choice(_SURFACES), draw.choice(_AREAS)


def spelled():
    """Rows of `NAMES` with the sites as people write them, each where it is judged."""
    sites = [(text, None, None) for text in [*site_spellings.TEETH, *site_spellings.NO_TEETH]]
    for text in site_spellings.SURFACES:
        sites += [(tooth, text, None) for tooth in (None, "8", "#14", "8, 14")]
    sites += [(*pair, None) for pair in site_spellings.SURFACES_BY_TOOTH]
    sites += [(None, None, text) for text in [*site_spellings.AREAS, *site_spellings.NO_AREAS]]
    for row, site in enumerate(sites):
        code = "D2391"
        if site[2] is not None:
            code = "D4341"
        yield row, code, _SERVED[0], *site


@functools.cache  # every engine asks again
def annotated(line):
    """What `annotate` must answer, by `cdtref.get` and `in_force`."""
    try:
        p = cdtref.get(line[1])
    except cdtref.CdtrefError:
        return (None,) * (len(FACTS) + 1)
    facts = (
        p.title,
        p.category.value,
        p.effective,
        p.requirement.under_age,
        p.requirement.by_report,
    )
    return (*facts, None if line[2] is None else p.in_force(line[2]))


@functools.cache  # every engine asks again
def validated(line):
    """What `validate` must answer, by `parse_code`, `is_valid_code` and `get`."""
    valid = cdtref.is_valid_code(line[1])
    code = cdtref.parse_code(line[1]) if valid else None
    return code, valid, code in cdtref.catalog(), annotated(line)[-1]


@functools.cache  # every engine asks again
def checked(line):
    """What `check` must answer, by `cdtref.check`; only for a line with a date."""
    claim_line = cdtref.ClaimLine(
        line[1] or "", line[2], tooth=line[3], surfaces=line[4], area=line[5]
    )
    ids = {rule.id for rule in RULES}
    found = [finding for finding in cdtref.check(claim_line) if finding.rule in ids]
    return tuple(
        " ".join(f.rule for f in found if f.severity == severity) or None
        for severity in ("error", "warning")
    )
