"""
CodePage: one code's page, derived from its record and its relative values, as Markdown, HTML,
JSON-LD or plain values.

It is made of what it is given and loads nothing; `cdtref.page(code)` gives it the bundled data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, Final, NamedTuple

import attrs

from cdtref.claim import Conflict
from cdtref.dentalrvu import ADDRESS as DENTAL_ADDRESS
from cdtref.dentalrvu import DentalRvu
from cdtref.feeschedule import ADDRESS, RelativeValues
from cdtref.pages import markup, style
from cdtref.pages.faq import Question, questions
from cdtref.pages.markup import Section
from cdtref.pages.sentences import dates_certainty, requirements
from cdtref.procedure import Procedure, Related
from cdtref.procedure.relation import RANK, RELATIONS
from cdtref.safetext import printable

_SHORT: Final = ("nomenclature", "plain-language", "claim")
_CODING_SYSTEM: Final = "CDT"
_LIFECYCLE: Final = ("periods", "replaced_by", "dates_confidence", "dates_note")
_CODE_SET: Final = "http://www.ada.org/cdt"
_NOTICE: Final = (
    "CDT is a registered trademark of the American Dental Association. {texts} are those of the "
    "cdtref authors, not the ADA's nomenclature or descriptors. A reference for software; no "
    "coding, billing, legal or clinical advice."
)
_ALL_TEXTS: Final = "The texts"
_ALL_BUT_WORDING: Final = "All texts but the official wording"
_ALL_BUT_THE_USERS: Final = (
    "The title and the official wording are those of your licensed copy, the dates of your file. "
    "Other texts"
)


_BECAME: Final = {"split": "Divided into", "merged": "Became part of"}
_WITHOUT_HEIR: Final = {
    "none": "none: nothing took its place",
    "unsupported": "no source at hand names one",
}


@attrs.frozen(kw_only=True)
class CodePage:
    """
    The page of one code.

    Attributes:
        procedure: The code's record.
        values: Its row in Medicare's fee schedule, or None where the schedule has none.
        linked: Records of the codes that it has links to, as far as known.
        edition: Name of the pinned edition, which is its year.
        release: CMS's name of the fee schedule release.
        dental: Its value on the dental scale of the Indian Health Service, or None.
        dental_absence: Why it has none on that scale, in a sentence; "" where nothing is said of
            the scale at all.
        conflicts: What it may not stand beside on a claim, or not without, the surest first.
        is_short: True for the page that `short` gives.
    """

    procedure: Procedure
    values: RelativeValues | None
    linked: tuple[Procedure, ...] = ()
    edition: str
    release: str
    dental: DentalRvu | None = None
    dental_absence: str = ""
    conflicts: tuple[Conflict, ...] = ()
    is_short: bool = False

    @property
    def notice(self) -> str:
        """Whose the words are, and what the page is not."""
        if self.procedure.is_added:
            return _NOTICE.format(texts=_ALL_BUT_THE_USERS)
        if self.procedure.nomenclature:
            return _NOTICE.format(texts=_ALL_BUT_WORDING)
        return _NOTICE.format(texts=_ALL_TEXTS)

    @property
    def faq(self) -> tuple[Question, ...]:
        """Three questions with their answers."""
        return questions(self.procedure, self.values, self.linked, self.release, dental=self.dental)

    @property
    def summary(self) -> str:
        """
        When it is valid and what it is worth, in a line: dental work first, Medicare second.

        >>> import cdtref
        >>> print(cdtref.page("D0389").summary)
        Valid from 2023-01-01. Dental relative value 0.40 (Indian Health Service, D0150 = 1.00).
        Medicare: status R, not billable with RVUs.
        """
        return " ".join((f"Valid {self._lives}.", *self._worth()))

    @property
    def sections(self) -> tuple[Section, ...]:
        """
        What the page says below its title and summary, section by section; those with nothing to
        say are left out, and of a short page all but the first answers.
        """
        told = []
        for section in self._all_sections():
            is_wanted = not self.is_short or section.key in _SHORT
            if is_wanted and not section.is_empty:
                told.append(section)
        return tuple(told)

    def short(self) -> CodePage:
        """
        The page of the front desk: what the code is, and what the claim line must carry.

        >>> import cdtref
        >>> [section.key for section in cdtref.page("D0389").short().sections]
        ['plain-language', 'claim']
        """
        return attrs.evolve(self, is_short=True)

    def to_markdown(self, link: str | Callable[[str], str] = "") -> str:
        """
        The page as CommonMark. *link* is the address of other codes' pages, such as '{code}.md';
        without it no links. As a function it is asked for each code and answers "" where there is
        no page: a note may quote a misprint.

        >>> import cdtref
        >>> cdtref.page("D0389").to_markdown().splitlines()[0]
        '# D0389 Intraoral tomosynthesis periapical x-ray, capture only'
        >>> cdtref.page("D0147")
        Traceback (most recent call last):
        cdtref.errors.UnknownCodeError: D0147 has the form of a CDT code, but ...
        """
        address_of = self._linker(link)
        title = markup.markdown_heading(self.procedure.caption)
        parts = [markup.section_markdown(section, address_of) for section in self.sections]
        head = [title, markup.paragraph_markdown(self.summary)]
        return "\n\n".join([*head, *parts, "---", self.notice]) + "\n"

    def to_html(
        self,
        *,
        standalone: bool = False,
        link: str | Callable[[str], str] = "",
        figure: str = "",
    ) -> str:
        """
        The page as HTML: an `<article>` for a page of your own, or with *standalone* a document
        with its style.

        *link* is that of `to_markdown`, such as '{code}.html'. *figure* is markup that
        you trust, such as an SVG; it is set below the title as it is. All else is escaped.
        """
        if standalone:
            return self._document(self._article(1, link, figure))
        return self._article(2, link, figure)

    def to_json_ld(self) -> dict[str, Any]:
        """
        The page in the terms of schema.org: a MedicalProcedure with its code, retired or not, and
        the FAQ.
        """
        questions = list(map(_question_in_json_ld, self.faq))
        faq = {"@type": "FAQPage", "mainEntity": questions}
        return {
            "@context": "https://schema.org",
            "@graph": [self._procedure_in_json_ld, faq],
        }

    def to_dict(self) -> dict[str, Any]:
        """
        The page as plain JSON values under stable keys, all of its sections.

        JSON Schema: data/schemas/records.schema.json in the package, CodePage.
        """
        p = self.procedure
        return {
            "code": p.code,
            "title": p.title,
            "nomenclature": p.nomenclature,
            "descriptor": p.descriptor,
            "category": self._category_dict,
            "also_known_as": list(p.synonyms),
            "description": p.description,
            "plain_language": p.plain_language,
            "clinical_context": p.clinical_context,
            "dental_rvu": self._dental_dict,
            "rvu": self._rvu_dict,
            "claim": dict(requirements(p)),
            "documentation": list(p.documentation),
            "specialties": list(self._specialties),
            "faq": [question.to_dict() for question in self.faq],
            "conflicts": [conflict.to_dict() for conflict in self.conflicts],
            "related": [link._asdict() for link in self._links],
            "lifecycle": self._lifecycle_dict,
            "sources": [source.to_dict() for source in p.sources],
            "notice": self.notice,
        }

    def __rich_console__(self, _console: Any, _options: Any) -> Iterator[Any]:
        from rich.text import Text

        yield Text(printable(self.procedure.caption), "bold")
        yield Text(printable(self.summary))
        for section in self.sections:
            yield Text(f"\n{printable(section.heading)}", "bold")
            yield Text(markup.section_text(section))

    def _repr_html_(self) -> str:
        return self.to_html()

    def _all_sections(self) -> Iterator[Section]:
        """
        In the order in which people ask: what is it, what must the claim carry, when is it right,
        what must be on file, what is it worth; then what goes with it and leads on, and where it is
        from.
        """
        p = self.procedure
        yield from self._wording_sections()
        yield Section(key="claim", heading="Claim requirements", facts=requirements(p))
        context = (p.clinical_context,)
        yield Section(key="clinical-context", heading="Clinical context", text=context)
        yield Section(key="documentation", heading="Documentation", items=p.documentation)
        yield from self._value_sections()
        told = tuple((one.question, one.answer) for one in self.faq)
        yield Section(key="faq", heading="Questions", questions=told)
        beside = tuple(map(_fact_of_conflict, filter(_is_of_its_own, self.conflicts)))
        yield Section(key="conflicts", heading="Beside other codes on a claim", facts=beside)
        related = tuple(map(_fact_of_link, self._links))
        yield Section(key="related", heading="Related codes", facts=related)
        yield Section(key="also-known-as", heading="Also known as", items=p.synonyms)
        yield Section(key="category", heading="Category", text=(self._category_line,))
        labels = ", ".join(self._specialties)
        yield Section(key="specialties", heading="Specialties", text=(labels,))
        yield Section(key="lifecycle", heading="Lifecycle", facts=tuple(self._lifecycle_facts()))
        yield Section(key="sources", heading="Sources", items=tuple(self._source_lines()))

    def _wording_sections(self) -> Iterator[Section]:
        p = self.procedure
        own, wording = "Official wording (your licensed copy)", (p.nomenclature, p.descriptor)
        yield Section(key="nomenclature", heading=own, text=wording)
        yield Section(key="plain-language", heading="In plain language", text=(p.plain_language,))
        yield Section(key="description", heading="Description", text=(p.description,))

    @property
    def _category_line(self) -> str:
        p = self.procedure
        if not p.subcategory or p.subcategory == p.category.label.lower():
            return p.category.label  # a small category is one group, of its own name
        return f"{p.category.label}: {p.subcategory}"

    def _value_sections(self) -> Iterator[Section]:
        """Two scales, each under its own name: they are never added up."""
        yield Section(
            key="dental-rvu",
            heading="Dental relative value (Indian Health Service)",
            text=(self._dental_text,),
            facts=() if self.dental is None else self.dental.facts,
        )
        yield Section(
            key="rvu",
            heading="Medicare fee schedule",
            text=(self._rvu_text,),
            facts=() if self.values is None else self.values.facts,
        )

    def _worth(self) -> Iterator[str]:
        if self.dental is not None:
            value = self.dental.value
            yield f"Dental relative value {value} (Indian Health Service, D0150 = 1.00)."
        elif self.dental_absence:
            yield "No dental relative value (Indian Health Service)."
        if self.values is None:
            yield f"Medicare: no row in {self.release}."
        else:
            billable = "billable" if self.values.is_billable_with_rvu else "not billable"
            yield f"Medicare: status {self.values.status}, {billable} with RVUs."

    @property
    def _lives(self) -> str:
        return "; ".join(map(str, self.procedure.periods))

    @property
    def _is_retired(self) -> bool:
        """True where its end lies before the end of the edition's year."""
        ended = self.procedure.terminated
        return ended is not None and str(ended.year) <= self.edition

    @property
    def _specialties(self) -> tuple[str, ...]:
        return tuple(specialty.label for specialty in self.procedure.specialties)

    @property
    def _rvu_text(self) -> str:
        if self.values is not None:
            return self.values.explain()
        return (
            f"Medicare's physician fee schedule {self.release} has no row for "
            f"{self.procedure.code}, which is another answer than a row of zeros. "
            "A dental plan pays by its own fee schedule."
        )

    @property
    def _dental_text(self) -> str:
        if self.dental is None:
            return self.dental_absence
        return self.dental.explain()

    @property
    def _dental_dict(self) -> dict[str, Any]:
        value = None if self.dental is None else self.dental.to_dict()
        return {"explanation": self._dental_text, "value": value}

    @property
    def _rvu_dict(self) -> dict[str, Any]:
        row = self.values
        return {
            "release": self.release,
            "is_billable_with_rvu": row is not None and row.is_billable_with_rvu,
            "explanation": self._rvu_text,
            "values": None if row is None else row.to_dict(),
        }

    @property
    def _category_dict(self) -> dict[str, str]:
        p = self.procedure
        category = p.category
        return {"slug": category.value, "label": category.label, "subcategory": p.subcategory}

    @property
    def _lifecycle_dict(self) -> dict[str, Any]:
        record = self.procedure.to_dict()
        return {name: record[name] for name in _LIFECYCLE}

    @property
    def _titles(self) -> dict[str, str]:
        """Titles of the codes that this one has links to."""
        return {other.code: other.title for other in self.linked}

    @property
    def _links(self) -> tuple[_Link, ...]:
        """The links to other codes, in the order of the relations."""
        titles = self._titles
        links = []
        for name, code in sorted(self.procedure.related, key=_by_relation):
            links.append(_Link(name, _role_of(name), code, titles.get(code, "")))
        return tuple(links)

    def _lifecycle_facts(self) -> Iterator[tuple[str, str]]:
        p, titles = self.procedure, self._titles
        for period in p.periods:
            if period.precision == "month":
                yield "Valid", f"{period} (start known to the month)"
            else:
                yield "Valid", str(period)
        became = _BECAME.get(p.succession or "", "Replaced by")
        for code in p.replaced_by:
            yield became, f"{code} {titles.get(code, '')}".strip()
        if p.succession in _WITHOUT_HEIR:
            yield "Successor", _WITHOUT_HEIR[p.succession]
        yield "Confidence in the dates", dates_certainty(p)
        if p.dates_note:
            yield "Note", p.dates_note

    def _source_lines(self) -> Iterator[str]:
        if self.procedure.is_added:
            yield "Title: your licensed copy"
        else:
            yield f"Texts: the cdtref authors, for CDT {self.edition}"
        for source in self.procedure.sources:
            line = source.title
            if source.address:
                line += f": {source.address}"
            if source.retrieved:
                line += f", retrieved {source.retrieved}"
            yield line
        if self.dental is not None:
            yield f"Dental relative values, {self.dental.release}: {DENTAL_ADDRESS}"
        yield f"Medicare physician fee schedule, release {self.release}: {ADDRESS}"

    @property
    def _procedure_in_json_ld(self) -> dict[str, Any]:
        p = self.procedure
        status = f"valid {self._lives}"
        if self._is_retired:
            status = f"retired; {status}"
        return {
            "@type": "MedicalProcedure",
            "name": p.title,
            "alternateName": list(p.synonyms),
            "description": p.description or p.title,
            "status": status,
            "code": {
                "@type": "MedicalCode",
                "codeValue": p.code,
                "codingSystem": _CODING_SYSTEM,
                "inCodeSet": _CODE_SET,
            },
            "relevantSpecialty": "https://schema.org/Dentistry",
        }

    def _linker(self, link: str | Callable[[str], str]) -> markup.AddressOf:
        own = self.procedure.code

        def address_of(code: str) -> str:
            if code == own:
                return ""
            if callable(link):
                return link(code)
            return link.replace("{code}", code)

        return address_of

    def _article(self, level: int, link: str | Callable[[str], str], figure: str) -> str:
        """The `<article>`, whose title is a heading of *level*."""
        address_of = self._linker(link)
        parts = [self._header_html(level)]
        if figure:
            parts.append(f"<figure>{figure}</figure>")
        for section in self.sections:
            code = self.procedure.code
            parts.append(markup.section_html(section, code, level + 1, address_of))
        parts.append(f"<footer><p>{escape(self.notice)}</p></footer>")
        article = "\n".join(parts)
        return f'<article class="cdt-page" lang="en">\n{article}\n</article>'

    def _header_html(self, level: int) -> str:
        p = self.procedure
        code = f'<span class="cdt-code">{escape(p.code)}</span>'
        title = f"<h{level}>{code} {markup.text_html(p.title)}</h{level}>"
        state = markup.text_html(self.summary)
        return f'<header>\n{title}\n<p class="cdt-state">{state}</p>\n</header>'

    def _document(self, body: str) -> str:
        about = self.procedure.plain_language or self.procedure.title
        data = json.dumps(self.to_json_ld(), ensure_ascii=False)
        # No text in it may end the script element that it stands in.
        return style.document(self.procedure.caption, about, body, data.replace("<", "\\u003c"))


class _Link(NamedTuple):
    """A link to another code: the relation, the role of the other code in words, its title."""

    relation: str
    role: str
    code: str
    title: str


def _by_relation(link: Related) -> tuple[int, str]:
    return RANK.get(link.relation, len(RANK)), link.code


def _role_of(name: str) -> str:
    """What the other code is; a relation that this version does not know is said by its name."""
    if name in RELATIONS:
        return RELATIONS[name].role
    return name.replace("_", " ")


def _fact_of_link(link: _Link) -> tuple[str, str]:
    term = link.role[:1].upper() + link.role[1:]
    return term, f"{link.code} {link.title}".strip()


def _is_of_its_own(conflict: Conflict) -> bool:
    """What another code needs is told on that one's page: a house call wants any service at all."""
    return conflict.kind != "needs" or conflict.questioned == "code"


def _fact_of_conflict(conflict: Conflict) -> tuple[str, str]:
    """What it says, why, and who says so; what is not told of it is sure."""
    told = f"{conflict.reason} {conflict.authority}"
    if conflict.confidence == "high":
        return conflict.caption, told
    return conflict.caption, f"{told} ({conflict.confidence} confidence)"


def _question_in_json_ld(question: Question) -> dict[str, Any]:
    return {
        "@type": "Question",
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": question.answer},
    }
