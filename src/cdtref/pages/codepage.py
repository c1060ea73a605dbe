"""
CodePage: one code's page, derived from its record and its fee schedule row, as Markdown, HTML,
JSON-LD or plain values.

It is made of what it is given and loads nothing; `cdtref.page(code)` gives it the bundled data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any, Final

import attrs

from cdtref.feeschedule import ADDRESS, RelativeValues
from cdtref.pages import markup, style
from cdtref.pages.faq import Question, questions
from cdtref.pages.markup import Section
from cdtref.pages.sentences import requirements
from cdtref.procedure import Procedure
from cdtref.relation import RANK, RELATIONS

_CODING_SYSTEM: Final = "CDT"
_LIFECYCLE: Final = ("periods", "replaced_by", "dates_confidence", "dates_note")
_CODE_SET: Final = "http://www.ada.org/cdt"
_NOTICE: Final = (
    "CDT is a registered trademark of the American Dental Association. {texts} are those of the cdtref authors, not "
    "the ADA's nomenclature or descriptors. A reference for software; no coding, billing, legal or clinical advice."
)
_ALL_BUT_WORDING: Final = "All texts but the official wording"
_ADDED: Final = "The title and the official wording are those of your licensed copy, the dates of your file. Other texts"


@attrs.frozen(kw_only=True)
class CodePage:
    """
    The page of one code.

    Attributes:
        procedure: The code's record.
        values: Its row in the fee schedule, or None where the schedule has none.
        linked: Records of the codes that it has links to, as far as known.
        edition: Name of the pinned edition, which is its year.
        release: CMS's name of the fee schedule release.
    """

    procedure: Procedure
    values: RelativeValues | None
    linked: tuple[Procedure, ...] = ()
    edition: str
    release: str

    @property
    def notice(self) -> str:
        """Whose the words are, and what the page is not."""
        if self.procedure.is_added:
            return _NOTICE.format(texts=_ADDED)
        has_wording = bool(self.procedure.nomenclature)
        return _NOTICE.format(texts=_ALL_BUT_WORDING if has_wording else "The texts")

    @property
    def faq(self) -> tuple[Question, ...]:
        """Three questions with their answers."""
        return questions(self.procedure, self.values, self.linked, self.release)

    @property
    def sections(self) -> tuple[Section, ...]:
        """
        What the page says below its title, section by section; those with nothing to say are left
        out.
        """
        return tuple(section for section in self._sections() if not section.is_empty)

    def to_markdown(self, link: str = "") -> str:
        """
        The page as CommonMark. *link* is the address of other codes' pages, such as '{code}.md';
        without it no links.

        >>> import cdtref
        >>> cdtref.page("D0389").to_markdown().splitlines()[0]
        '# D0389 Intraoral tomosynthesis periapical x-ray, capture only'
        >>> cdtref.page("D0147")
        Traceback (most recent call last):
        cdtref.errors.UnknownCodeError: D0147 has the form of a CDT code, but no such code is known; ...
        """
        address_of = self._address_of(link)
        parts = [markup.section_markdown(section, address_of) for section in self.sections]
        return (
            "\n\n".join(
                [markup.markdown_heading(self.procedure.caption), *parts, "---", self.notice]
            )
            + "\n"
        )

    def to_html(self, *, standalone: bool = False, link: str = "", figure: str = "") -> str:
        """
        The page as HTML: an `<article>` for a page of your own, or with *standalone* a document
        with its style.

        *link* is the address of other codes' pages, such as '{code}.html'. *figure* is markup that
        you trust, such as an SVG; it is set below the title as it is. All else is escaped.
        """
        level = 1 if standalone else 2
        parts = [self._header_html(level), f"<figure>{figure}</figure>" if figure else ""]
        address_of = self._address_of(link)
        parts += [
            markup.section_html(s, self.procedure.code, level + 1, address_of)
            for s in self.sections
        ]
        parts.append(f"<footer><p>{escape(self.notice)}</p></footer>")
        article = "\n".join(filter(None, parts))
        body = f'<article class="cdt-page" lang="en">\n{article}\n</article>'
        return self._document(body) if standalone else body

    def to_json_ld(self) -> dict[str, Any]:
        """
        The page in the terms of schema.org: a MedicalProcedure with its code, retired or not, and
        the FAQ.
        """
        p = self.procedure
        lives = "; ".join(map(str, p.periods))
        procedure = {
            "@type": "MedicalProcedure",
            "name": p.title,
            "alternateName": list(p.synonyms),
            "description": p.description or p.title,
            "status": f"{'retired; ' if self._is_retired else ''}valid {lives}",
            "code": {
                "@type": "MedicalCode",
                "codeValue": p.code,
                "codingSystem": _CODING_SYSTEM,
                "inCodeSet": _CODE_SET,
            },
            "relevantSpecialty": "https://schema.org/Dentistry",
        }
        faq = {"@type": "FAQPage", "mainEntity": [_question_ld(question) for question in self.faq]}
        return {"@context": "https://schema.org", "@graph": [procedure, faq]}

    def to_dict(self) -> dict[str, Any]:
        """
        The page as plain JSON values under stable keys, all of its sections.

        JSON Schema: data/schemas/records.schema.json in the package, CodePage.
        """
        p, record = self.procedure, self.procedure.to_dict()
        return {
            "code": p.code,
            "title": p.title,
            "nomenclature": p.nomenclature,
            "descriptor": p.descriptor,
            "category": {
                "slug": p.category.value,
                "label": p.category.label,
                "subcategory": p.subcategory,
            },
            "also_known_as": list(p.synonyms),
            "description": p.description,
            "plain_language": p.plain_language,
            "clinical_context": p.clinical_context,
            "rvu": self._rvu_dict(),
            "claim": dict(requirements(p)),
            "documentation": list(p.documentation),
            "specialties": [specialty.label for specialty in p.specialties],
            "faq": [question._asdict() for question in self.faq],
            "related": [
                {"relation": name, "role": role, "code": code, "title": title}
                for name, role, code, title in self._related()
            ],
            "lifecycle": {name: record[name] for name in _LIFECYCLE},
            "sources": [source._asdict() for source in self.procedure.sources],
            "notice": self.notice,
        }

    def __rich_console__(self, _console: Any, _options: Any) -> Iterator[Any]:
        from rich.text import Text

        yield Text(self.procedure.caption, "bold")
        for section in self.sections:
            yield Text(f"\n{section.heading}", "bold")
            yield Text(markup.section_text(section))

    def _repr_html_(self) -> str:
        return self.to_html()

    def _sections(self) -> Iterator[Section]:
        p = self.procedure
        category = f"{p.category.label}: {p.subcategory}" if p.subcategory else p.category.label
        wording = (p.nomenclature, p.descriptor)
        yield Section(
            key="nomenclature", heading="Official wording (your licensed copy)", text=wording
        )
        yield Section(key="category", heading="Category", text=(category,))
        yield Section(key="also-known-as", heading="Also known as", items=p.synonyms)
        yield Section(key="description", heading="Description", text=(p.description,))
        yield Section(key="plain-language", heading="In plain language", text=(p.plain_language,))
        yield Section(
            key="clinical-context", heading="Clinical context", text=(p.clinical_context,)
        )
        yield Section(
            key="rvu", heading="RVU information", text=(self._rvu_text,), facts=self._rvu_facts
        )
        yield Section(key="claim", heading="Claim requirements", facts=requirements(p))
        yield Section(key="documentation", heading="Documentation", items=p.documentation)
        labels = ", ".join(specialty.label for specialty in p.specialties)
        yield Section(key="specialties", heading="Specialties", text=(labels,))
        yield Section(key="faq", heading="Questions", questions=self.faq)
        related = tuple(
            (_capital(role), f"{code} {title}".strip()) for _, role, code, title in self._related()
        )
        yield Section(key="related", heading="Related codes", facts=related)
        yield Section(key="lifecycle", heading="Lifecycle", facts=tuple(self._lifecycle()))
        yield Section(key="sources", heading="Sources", items=tuple(self._sources()))

    @property
    def _is_retired(self) -> bool:
        """True where its end lies before the end of the edition's year."""
        return (
            self.procedure.terminated is not None
            and str(self.procedure.terminated)[:4] <= self.edition
        )

    @property
    def _rvu_text(self) -> str:
        if self.values is not None:
            return self.values.explain()
        return (
            f"Medicare's physician fee schedule {self.release} has no row for {self.procedure.code}, which is another "
            "answer than a row of zeros. A dental plan pays by its own fee schedule."
        )

    @property
    def _rvu_facts(self) -> tuple[tuple[str, str], ...]:
        return () if self.values is None else self.values.facts

    def _rvu_dict(self) -> dict[str, Any]:
        row = self.values
        return {
            "release": self.release,
            "is_billable_with_rvu": row is not None and row.is_billable_with_rvu,
            "explanation": self._rvu_text,
            "values": None if row is None else row.to_dict(),
        }

    def _related(self) -> Iterator[tuple[str, str, str, str]]:
        """Relation, role in words, code and title of each link, in the order of the relations."""
        titles = {other.code: other.title for other in self.linked}
        for name, code in sorted(
            self.procedure.related, key=lambda link: (RANK.get(link[0], len(RANK)), link[1])
        ):
            role = RELATIONS[name].role if name in RELATIONS else name.replace("_", " ")
            yield name, role, code, titles.get(code, "")

    def _lifecycle(self) -> Iterator[tuple[str, str]]:
        p = self.procedure
        titles = {other.code: other.title for other in self.linked}
        for period in p.periods:
            known = " (start known to the month)" if period.precision == "month" else ""
            yield "Valid", f"{period}{known}"
        for code in p.replaced_by:
            yield "Replaced by", f"{code} {titles.get(code, '')}".strip()
        yield "Confidence in the dates", p.dates_confidence
        if p.dates_note:
            yield "Note", p.dates_note

    def _sources(self) -> Iterator[str]:
        added = self.procedure.is_added
        yield (
            "Title: your licensed copy"
            if added
            else f"Texts: the cdtref authors, for CDT {self.edition}"
        )
        for source in self.procedure.sources:
            yield f"{source.title}: {source.address}{source.retrieved and f', retrieved {source.retrieved}'}"
        yield f"Medicare physician fee schedule, release {self.release}: {ADDRESS}"

    def _address_of(self, link: str) -> markup.AddressOf:
        own = self.procedure.code
        return lambda code: "" if code == own else link.replace("{code}", code)

    def _header_html(self, level: int) -> str:
        p = self.procedure
        title = f'<h{level}><span class="cdt-code">{escape(p.code)}</span> {markup.text_html(p.title)}</h{level}>'
        state = f"Valid {'; '.join(map(str, p.periods))}"
        return f'<header>\n{title}\n<p class="cdt-state">{markup.text_html(state)}</p>\n</header>'

    def _document(self, body: str) -> str:
        about = self.procedure.plain_language or self.procedure.title
        data = json.dumps(self.to_json_ld(), ensure_ascii=False).replace(
            "<", "\\u003c"
        )  # no text ends the script
        return style.document(self.procedure.caption, about, body, data)


def _question_ld(question: Question) -> dict[str, Any]:
    return {
        "@type": "Question",
        "name": question.question,
        "acceptedAnswer": {"@type": "Answer", "text": question.answer},
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
