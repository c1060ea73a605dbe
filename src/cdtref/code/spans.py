"""
Where a text has what looks like a procedure code: in a sentence, a list, a range.

Form and surroundings only; whether a code is known is the question of a `Catalog`. Digits without
a letter are everywhere in a chart (phones, ZIP codes, dates, amounts, teeth), so they count only
beside a cue: 'code 2751', 'CDT 1351', or in a list or range that a code began.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from cdtref.code.code import Code, is_valid_code, parse_code

# One more or fewer digit than a code has is a slip worth telling; farther off it is something else.
# A cue may be glued to what it leads to: 'CDT2740'.
_LIKE_A_CODE: Final = re.compile(
    r"(?<![A-Za-z0-9_])(?:(?i:CDT|ADA|CPT|HCPCS|CODE)(?=[Dd0-9E]))?(?P<spelled>"
    r"(?P<dental>[Dd][- ]?[0-9][0-9Oo]{2,5}|[Dd][- ]?[Oo][0-9Oo]{3}"
    r"|[Dd][- ]?(?=(?:[OoIl|]*[0-9]){3})[0-9OoIl|]{4}"  # DI206: a letter that looks like a digit
    r"|[Dd]-?[0-9]{4}[A-Za-z]"  # D2642A: a letter behind the code
    r"|[Dd]-?[0-9]{2}-[0-9]{2}(?!-))"  # D-27-40
    r"|(?P<lettered>[A-CEGHJ-V][0-9]{4}|[0-9]{4}[AFMTU])"
    r"|(?P<bare>[0-9]{4,5})"
    r")(?![A-Za-z0-9_])"
)
_CUE: Final = re.compile(
    r"(?:\b(?P<of>[A-Za-z]+)[ -]+)?"
    r"\b(?P<cue>[Cc]odes?|CODES?|CDT|cdt|ADA|CPT|cpt|HCPCS|hcpcs)"
    r"(?:[ ](?:[Nn]o\.?|[Nn]umbers?|is|are|was|were))?[ ]?[:=#(-]?[ ]?$"
)
_CUE_WORDS: Final = ("code", "cdt", "ada", "cpt", "hcpcs")
_WINDOW: Final = 48  # characters before digits, in which a cue may stand
# What a number beside such a word is, whatever letter it begins with.
_NUMBER_OF: Final = re.compile(
    r"\b(?:acc(?:oun)?t|authori[sz]ation|auth|batch|case|chart|check|claim|confirmation|fax|group"
    r"|id|invoice|license|lot|member|mrn|npi|order|patient|phone|policy|provider|ref(?:erence)?"
    r"|room|serial|ssn|subscriber|suite|tel|ticket|tracking|unit|zip)\b\.?"
    r"(?P<marked>[ ]?(?:id|no\.?|num(?:ber)?\b\.?|#|:)){0,2}[ ]?(?:is[ ])?$",
    re.IGNORECASE,
)
# 'Code' is the name of many numbers; these are no procedures.
_OTHER_CODES: Final = frozenset(
    (
        *("access", "adjustment", "alarm", "area", "bar", "building", "carrier", "city"),
        *("condition", "country", "coupon", "denial", "diagnosis", "dial", "discount", "door"),
        *("dx", "entry", "error", "gate", "icd", "key", "lock", "occurrence", "pass", "payer"),
        *("pin", "place", "pos", "post", "postal", "promo", "qr", "reason", "remark", "rev"),
        *("revenue", "room", "security", "service", "source", "state", "status", "tax"),
        *("taxonomy", "value", "verification", "zip"),
    )
)
_JOINING: Final = re.compile(
    r"\s?(?:,|;|/|&|\+|,?\s?\b(?:and|or)\b)\s?#?|\s?(?P<range>-|–|to\b|thru\b|through\b)\s?",  # noqa: RUF001
    re.IGNORECASE,
)
# 'CDT 2026' and 'ADA 2012' are an edition and a year.
_YEAR: Final = re.compile("(?:19|20)[0-9]{2}")
# Behind digits these make another number of them: 1110.25, 555-1110, 1110%.
_NEXT_CODE: Final = re.compile(r"[-,/][0-9]{4}(?![0-9A-Za-z]|[.][0-9])")
_GLUED_AFTER: Final = re.compile(
    r"[.,:/-][0-9]|%|[ ]?(?:mg|ml|iu|units?|dollars|usd)\b", re.IGNORECASE
)
# What is counted or measured, which makes an amount of digits that a list alone would make a code.
_COUNTED: Final = re.compile(
    r"[ -]?(?:a?m|pm|[ck]?m|mm|k?g|mcg|lbs?|oz|cc|ft|sq|pcs?|each|ea|times|percent|points?|pairs?"
    r"|sets?|boxes|box|bags?|packs?|packages?|cartons?|cases|bottles?|tubes?|vials?|kits?|pieces?"
    r"|items?|copies|copy|pages?|sheets?|doses?|tablets?|tabs|capsules?|caps|pills?|drops?|gloves?"
    r"|masks?|syringes?|needles?|carpules?|cartridges?|samples?|orders?|bucks|cents|euros?"
    r"|seconds?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|miles?|feet|inches"
    r"|patients?|people|persons?|members?|employees|staff|adults?|child(?:ren)?|families"
    r"|visits?|appointments?|claims?|letters?|emails?|calls?|records?|files|lines|rows|words"
    r"|teeth|shares?|credits?|volts?|watts?)\b",
    re.IGNORECASE,
)


class CodeSpan(NamedTuple):
    """
    What looks like a code in a text, at `text[start:end]`.

    Attributes:
        text: As it stands there.
        start: Where it begins.
        end: Behind its last character.
        code: The code that it spells; None where it is malformed.
        is_sure: False for digits that only follow a code: to be taken if the code is known.
        ends_range: True where it is the end of a range that the one before begins.
    """

    text: str
    start: int
    end: int
    code: Code | None
    is_sure: bool = True
    ends_range: bool = False


class _Place(NamedTuple):
    """Something like a code, with what stands before it and leads to it from the code before."""

    found: re.Match[str]
    before: str
    last: CodeSpan | None
    joining: re.Match[str] | None

    @property
    def ends_range(self) -> bool:
        return self.joining is not None and self.joining["range"] is not None

    def span(self, code: Code | None, *, is_sure: bool = True) -> CodeSpan:
        start, end = self.found.span("spelled")
        return CodeSpan(self.found["spelled"], start, end, code, is_sure, self.ends_range)


def code_spans(text: str) -> Iterator[CodeSpan]:
    """
    What looks like a code in a text, in order.

    >>> [span.text for span in code_spans("d-2740 on #14, codes 0274 and 1110; call 555-1234")]
    ['d-2740', '0274', '1110']
    >>> [(span.text, span.code) for span in code_spans("DO140, ZIP code 02115")]
    [('DO140', None)]
    """
    last: CodeSpan | None = None
    for found in _LIKE_A_CODE.finditer(text):
        start = found.start("spelled")
        before = text[max(0, start - _WINDOW) : start]
        place = _Place(found, before, last, _joining_with(last, text, start))
        span = _span_by_kind(place)
        if span is not None:
            yield span
            last = span


def _joining_with(last: CodeSpan | None, text: str, start: int) -> re.Match[str] | None:
    """The comma, 'and' or dash that leads from the code before to this place."""
    if last is None or start - last.end > _WINDOW:
        return None
    return _JOINING.fullmatch(text, last.end, start)


def _span_by_kind(place: _Place) -> CodeSpan | None:
    """What was found as a code, or None where its surroundings make it another number."""
    if place.found["dental"]:
        return _dental_span(place)
    if place.found["lettered"]:
        return _lettered_span(place)
    return _bare_span(place)


def _dental_span(place: _Place) -> CodeSpan | None:
    spelled = place.found["spelled"]
    if _is_other_dental_number(spelled, place.before):
        return None
    return place.span(parse_code(spelled) if is_valid_code(spelled) else None)


def _lettered_span(place: _Place) -> CodeSpan | None:
    """Such as E0486 and 0071T; 1500T without a cue may be tons."""
    spelled = place.found["spelled"]
    is_marked = spelled[0] == "0" or spelled[0].isalpha() or _is_cued(place.before, spelled)
    if not is_marked or _NUMBER_OF.search(place.before):
        return None
    return place.span(parse_code(spelled))


def _bare_span(place: _Place) -> CodeSpan | None:
    spelled = place.found["spelled"]
    code = Code(f"D{spelled}" if len(spelled) == 4 else spelled)
    if _is_part_of_number(place.found):
        return None
    if _is_cued(place.before, spelled):
        return place.span(code)
    last = place.last
    if place.joining is None or last is None or last.code is None:
        return None
    if code.isdigit() != last.code.isdigit() or _is_counted(place.found):
        return None
    # Sure is a list of bare digits, which a cue began; 'D2740, 1999' may end in a year.
    return place.span(code, is_sure=last.is_sure and last.text.isdigit())


def _is_other_dental_number(spelled: str, before: str) -> bool:
    """Vitamin D 2000, and claim number D12345."""
    if before.rstrip().lower().endswith(("vitamin", "vit", "vit.")):
        return True
    number = _NUMBER_OF.search(before)
    return number is not None and (number["marked"] is not None or len(spelled) != 5)


def _is_part_of_number(found: re.Match[str]) -> bool:
    """True before '-1234', '.00' or 'dollars'; not in a range or list of codes: '4341-4346'."""
    text, end = found.string, found.end()
    return bool(_GLUED_AFTER.match(text, end)) and not _NEXT_CODE.match(text, end)


def _is_counted(found: re.Match[str]) -> bool:
    """True before what is counted, such as 'boxes': 'D0120, 0274 boxes'."""
    return _COUNTED.match(found.string, found.end()) is not None


def _is_cued(before: str, spelled: str) -> bool:
    """True where the words before say that the digits are a procedure code."""
    if not any(word in before.lower() for word in _CUE_WORDS):  # much quicker than the search
        return False
    found = _CUE.search(before)
    if found is None:
        return False
    cue, of = found["cue"].lower(), (found["of"] or "").lower()
    if cue in ("code", "codes"):
        return of not in _OTHER_CODES
    if len(spelled) == 4:
        return cue in ("cdt", "ada") and not _YEAR.fullmatch(spelled)
    return cue in ("cpt", "hcpcs")
