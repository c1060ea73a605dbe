"""
The reference as tools for an agent, by the Model Context Protocol: `cdtref mcp`.

Answers are compact JSON, brief unless `detail` is 'full', and each names the edition and the
release that it rests on. What is wrong with a question is an answer too, with the reason and what
to ask instead. The server reads no file but the bundled ones, opens no connection, and writes
nothing of what it was given into any log.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Annotated, Any, ClassVar, Final, Literal

try:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError
    from mcp.server.mcpserver.tools import Tool
    from mcp.types import ToolAnnotations
    from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator
except ImportError as _missing:
    raise ImportError('the server needs its extra: pip install "cdtref[mcp]"') from _missing

import cdtref
from cdtref import Catalog, CdtrefError, ClaimLine, FoundCode, Procedure, Verdict

Answer = dict[str, Any]
Detail = Annotated[
    Literal["brief", "full"], Field(description="'full' gives whole records, of ten codes at most.")
]
Day = Annotated[
    date | None,
    Field(description="Date of service, YYYY-MM-DD; without it the pinned edition counts."),
]
Codes = Annotated[
    list[str],
    Field(min_length=1, max_length=50, description="Procedure codes, such as D2740; up to 50."),
]
MOST_IN_FULL: Final = 10
_FIRST_CODES: Final = 20  # of each kind of change, which leaves a brief answer brief
LONGEST_TEXT: Final = 20_000
_READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_INSTRUCTIONS: Final = (
    "The reference of US dental procedure codes (CDT). Look a code up before you cite it, pass "
    "what you wrote to verify_text, and check a claim before you propose it. A code that is not "
    "found here does not exist in the editions covered."
)


class Line(BaseModel):
    """A line of a dental claim; a field that does not apply is left out."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    code: str = Field(description="Procedure code, such as D2391.")
    date: str | None = Field(None, description="Date of service, YYYY-MM-DD.")
    tooth: str | None = Field(None, description="Universal number or letter: 14, A, 6-11.")
    surfaces: str | None = Field(None, description="Surface letters, such as MOD.")
    area: str | None = Field(None, description="Quadrant or arch: 10, 20, 30, 40, 01, 02, UR.")
    quantity: int = Field(1, description="Number of services.")
    modifiers: tuple[str, ...] = Field((), description="Claim modifiers, such as KX.")
    fee: str | None = Field(None, description="Dollars, such as 120.00.")
    prosthesis: str | None = Field(None, description="initial or replacement.")
    prior_placement: str | None = Field(None, description="When the one before was placed.")
    birth_date: str | None = Field(None, description="The patient's, YYYY-MM-DD.")
    narrative: str | None = Field(None, description="What a code by report needs to be told.")

    def to_claim_line(self) -> ClaimLine:
        return ClaimLine.from_dict(self.model_dump())


Lines = Annotated[list[Line], Field(min_length=1, max_length=100, description="One claim's lines.")]


class Reference:
    """
    The tools, by one catalog: each gives a dict of plain JSON values.

    >>> tools = Reference(cdtref.catalog())
    >>> tools.look_up_codes(["D2740"])["codes"][0]["status"]
    'in force'
    >>> tools.look_up_codes(["DO389"])["codes"][0]["suggestion"]
    'D0389'
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def look_up_codes(self, codes: Codes, on: Day = None, detail: Detail = "brief") -> Answer:
        """
        What each code is, whether it is valid on the date of service, what its claim line must
        name. A code that cannot be answered has an error of its own; the others are answered.
        """
        _require_few(codes, detail)
        return {"codes": [self._looked_up(code, on, detail) for code in codes]}

    def search_codes(
        self,
        query: Annotated[
            str, Field(max_length=1_000, description="Words of any kind, or numbers.")
        ],
        limit: Annotated[int, Field(ge=1, le=20)] = 5,
        on: Day = None,
        category: Annotated[str | None, Field(description="Slug of a category.")] = None,
        detail: Detail = "brief",
    ) -> Answer:
        """
        Which codes words mean, best first: shorthand, a patient's or a clinician's words. The score
        is from 0 to 1; nothing is found where nothing dental is asked.
        """
        found = self._catalog.search(query, limit=limit, on=on, category=category)
        _require_few(found, detail)
        if detail == "full":
            return {"matches": [match.to_dict() for match in found]}
        matches = []
        for match in found:
            told: Answer = {"code": match.procedure.code, "title": match.procedure.title}
            told["score"] = round(match.score, 2)
            if match.site is not None:
                told["site"] = match.site.to_dict()
            matches.append(told)
        if not matches:
            return {"matches": [], "advice": "no code fits; try other words, or fewer"}
        return {"matches": matches}

    def verify_text(
        self,
        text: Annotated[
            str, Field(max_length=LONGEST_TEXT, description="A letter, a note, or your own answer.")
        ],
        on: Day = None,
    ) -> Answer:
        """
        Every procedure code that a text cites, with its place, and whether it exists and is in
        force; 'all_hold' tells whether each dental code of the text is, and is null where the text
        has no code that is recognized.
        """
        found = cdtref.find_codes(text, on, catalog=self._catalog)
        if not found:
            advice = "no code was found in this text, so nothing was verified"
            return {"all_hold": None, "codes": [], "advice": advice}
        holding = all(one.status in ("in force", "other system") for one in found)
        cited = [self._cited_code(one, on) for one in found]
        return {"all_hold": holding, "codes": cited}

    def check_claim(
        self,
        lines: Lines,
        history: Annotated[
            list[Line] | None,
            Field(max_length=200, description="Earlier lines of the patient, where known."),
        ] = None,
        detail: Detail = "brief",
    ) -> Answer:
        """
        What is wrong with the lines of one claim, each and together: missing or impossible sites,
        codes that may not stand together, dates, fees. Line numbers begin at 0.
        """
        earlier = None
        if history is not None:
            earlier = _claim_lines(history, "history")
        claim = _claim_lines(lines, "lines")
        found = cdtref.check_claim(claim, catalog=self._catalog, history=earlier)
        if detail == "full":
            return {"findings": [finding.to_dict() for finding in found]}
        kept = ("line_index", "severity", "rule", "field", "message")
        told = []
        for finding in found:
            values = finding.to_dict()
            told.append({key: values[key] for key in kept})
        return {"findings": told}

    def relative_values(self, codes: Codes, on: Day = None, detail: Detail = "brief") -> Answer:
        """
        What codes are worth on two scales that are never added up: the dental scale of the Indian
        Health Service, on a date, and Medicare's of the pinned release. Neither is a price.
        """
        _require_few(codes, detail)
        return {"codes": [self._valued(code, on, detail) for code in codes]}

    def changes(
        self,
        old: Annotated[int, Field(description="Year of the earlier edition.")],
        new: Annotated[int, Field(description="Year of the later edition.")],
        detail: Annotated[
            Literal["brief", "full"],
            Field(description="'full' gives every code with its title; else the first of each."),
        ] = "brief",
    ) -> Answer:
        """
        Which codes were added, ended and revised between two editions of the code set: how many of
        each, and the first of them.
        """
        found = self._catalog.changes(old, new)
        complete = {"list_of_revisions_is_complete": found.revised_complete}
        if detail == "full":
            return _changes_in_full(found) | complete
        kinds = {"added": found.added, "terminated": found.terminated, "revised": found.revised}
        told: Answer = {"counts": {kind: len(codes) for kind, codes in kinds.items()}}
        for kind, codes in kinds.items():
            told[kind] = list(codes[:_FIRST_CODES])
        return told | complete

    @property
    def tools(self) -> tuple[Callable[..., Answer], ...]:
        """All of them, as functions of their arguments."""
        return (
            self.look_up_codes,
            self.search_codes,
            self.verify_text,
            self.check_claim,
            self.relative_values,
            self.changes,
        )

    def _looked_up(self, code: str, on: date | None, detail: str) -> Answer:
        verdict = cdtref.verdict(code, on, catalog=self._catalog)
        if not verdict.known:
            return _without_record(verdict)
        procedure = self._catalog[verdict.code or ""]
        if detail == "full":
            return procedure.to_dict()
        told: Answer = {"code": procedure.code, "title": procedure.title}
        told |= {"status": _status_of(procedure, verdict), "plain": procedure.plain_language}
        requirement = procedure.requirement_on(on or self._catalog.last_day)
        told["claim_line_names"] = requirement.named_on_line
        if verdict.replaced_by:
            told["replaced_by"] = list(verdict.replaced_by)
        return told

    def _cited_code(self, found: FoundCode, on: date | None) -> Answer:
        told = {"text": found.text, "start": found.start, "end": found.end, "status": found.status}
        if found.code in self._catalog:
            told |= {"code": found.code, "title": self._catalog[found.code or ""].title}
        if found.status in ("unknown", "malformed", "not in force"):
            verdict = cdtref.verdict(found.code or found.text, on, catalog=self._catalog)
            told |= {"reason": verdict.reason} | _advice_of(verdict)
        return told

    def _valued(self, code: str, on: date | None, detail: str) -> Answer:
        told: Answer = {"code": code}
        try:
            told["dental"] = _dental_answer(_dental_value(code, on), detail)
        except CdtrefError as error:
            told["dental"] = {"error": str(error)}
        try:
            told["medicare"] = _medicare_answer(cdtref.rvu(code), detail)
        except CdtrefError as error:
            told["medicare"] = {"error": str(error)}
        return told


def _changes_in_full(found: cdtref.Changes) -> Answer:
    kinds: Answer = {"added": [], "terminated": [], "revised": []}
    for change in found.rows:
        kinds[change.kind].append(f"{change.code} {change.title}")
    return kinds


def _require_few(asked: Collection[object], detail: str) -> None:
    if detail == "full" and len(asked) > MOST_IN_FULL:
        raise ValueError(f"detail 'full' is for {MOST_IN_FULL} codes at most, not {len(asked)}")


def _claim_lines(lines: Iterable[Line], name: str) -> list[ClaimLine]:
    return [_claim_line_at(place, line, name) for place, line in enumerate(lines)]


def _claim_line_at(place: int, line: Line, name: str) -> ClaimLine:
    try:
        return line.to_claim_line()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}[{place}]: {error}") from error


def _without_record(verdict: Verdict) -> Answer:
    """What is told of a text that is no known dental code."""
    told: Answer = {"text": verdict.text}
    if verdict.system is not None and verdict.known is None:
        label = verdict.system.label
        return told | {"error": f"{verdict.code} is a {label} code; these tools know dental ones"}
    return told | {"error": verdict.reason} | _advice_of(verdict)


def _advice_of(verdict: Verdict) -> Answer:
    """What may be meant instead."""
    told: Answer = {}
    if verdict.suggestion is not None:
        told["suggestion"] = verdict.suggestion
    if verdict.neighbours:
        told["neighbours"] = list(verdict.neighbours)
    if verdict.replaced_by:
        told["replaced_by"] = list(verdict.replaced_by)
    return told


def _status_of(procedure: Procedure, verdict: Verdict) -> str:
    if verdict.in_force:
        return "in force"
    return f"not in force: {'; '.join(map(str, procedure.periods))}"


def _dental_value(code: str, on: date | None) -> cdtref.DentalRvu:
    """The library's own error advises a function of Python, which is no tool here."""
    system = cdtref.code_system(code)
    if system is cdtref.CodeSystem.CDT:
        return cdtref.dental_rvu(code, on)
    told = f"{code} is a {system.label} code, not a dental one"
    raise cdtref.NoRelativeValuesError(told, code=code)


def _dental_answer(value: cdtref.DentalRvu, detail: str) -> Answer:
    if detail == "full":
        return value.to_dict() | {"explained": value.explain()}
    return {"value": str(value.value), "since": str(value.since), "unit": "D0150 = 1.00"}


def _medicare_answer(values: cdtref.RelativeValues, detail: str) -> Answer:
    if detail == "full":
        return values.to_dict() | {"explained": values.explain()}
    told = {"status": values.status.value, "billable_with_rvu": values.is_billable_with_rvu}
    total = values.total_nonfacility
    return told | {"total_nonfacility": None if total is None else str(total)}


def basis(catalog: Catalog) -> dict[str, str]:
    """What an answer rests on: the versions of all that is bundled, and where it comes from."""
    laid_over = catalog.nomenclature_report is not None
    return {
        "edition": f"CDT {cdtref.EDITION}",
        "medicare": cdtref.FEE_SCHEDULE,
        "package": f"cdtref {cdtref.__version__}",
        "provenance": _PROVENANCE[laid_over],
    }


_PROVENANCE: Final = {
    False: "texts by cdtref; dates and figures by the sources that 'full' names",
    True: "wording of the licensee's file; all else by cdtref and the sources that 'full' names",
}


def server(catalog: Catalog | None = None) -> MCPServer:
    """The server of these tools, by the bundled code set or another catalog."""
    if catalog is None:
        catalog = cdtref.catalog()
    return MCPServer(
        "cdtref",
        instructions=_INSTRUCTIONS,
        version=cdtref.__version__,
        tools=[_strict_tool(_answering(tool, catalog)) for tool in Reference(catalog).tools],
        log_level="CRITICAL",  # below that the protocol's package may log what it was given
    )


def as_tool(function: Callable[..., Any]) -> Callable[..., str]:
    """
    A function of cdtref for a server of your own, as `server.add_tool(as_tool(cdtref.get))`: it
    gives what `to_dict` gives, as JSON, of a page its Markdown, and an error reaches the client
    with its whole text, which the protocol's package keeps back otherwise.

    >>> json.loads(as_tool(cdtref.get)("d2740"))["code"]
    'D2740'
    >>> as_tool(cdtref.get)("0389")
    Traceback (most recent call last):
    mcp.server.mcpserver.exceptions.ToolError: '0389' is four digits without a letter; ...
    """

    @functools.wraps(function)
    def answer(*args: Any, **kwargs: Any) -> str:
        try:
            return _as_text(function(*args, **kwargs))
        except (CdtrefError, ValueError, TypeError) as error:
            raise ToolError(str(error)) from error

    return _giving_text(answer)


def _giving_text(answer: Callable[..., Any]) -> Callable[..., str]:
    """The function with the annotations of the one that it stands for, but for what it gives."""
    asked = inspect.signature(answer, eval_str=True)
    answer.__signature__ = asked.replace(return_annotation=str)  # type: ignore[attr-defined]
    answer.__annotations__ = {**answer.__annotations__, "return": str}
    return answer


def _answering(tool: Callable[..., Answer], catalog: Catalog) -> Callable[..., str]:
    """The tool with its answer as compact JSON; what is wrong with the question is an answer."""
    versions = basis(catalog)

    @functools.wraps(tool)
    def answer(*args: Any, **kwargs: Any) -> str:
        try:
            found = tool(*args, **kwargs) | _caution(kwargs.get("on"), catalog)
        except (CdtrefError, ValueError, TypeError) as error:
            found = {"error": str(error)}
        return _as_json(found | {"basis": versions})

    return _giving_text(answer)


def _caution(on: date | None, catalog: Catalog) -> Answer:
    """What an answer about a day is worth that no edition covers."""
    if on is None or catalog.covers(on):
        return {}
    first, last = catalog.editions()[0].name, catalog.editions()[-1].name
    told = f"no edition here covers {on}; known are CDT {first} to {last}, and the answer is"
    return {"caution": f"{told} what they say, no statement about that day"}


def _as_text(value: Any) -> str:
    if isinstance(value, cdtref.CodePage):  # a third as long as its plain values
        return value.to_markdown()
    return _as_json(value)


def _as_json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), default=str)


def _plain(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list | tuple):
        return list(map(_plain, value))
    return value


class _StrictArguments(BaseModel):
    """What refuses an argument by its name, and says which there are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown(cls, given: Any) -> Any:
        for name in given:
            if name not in cls.model_fields:
                known = ", ".join(cls.model_fields)
                raise ValueError(f"there is no argument {name!r}; the arguments are {known}")
        return given


def _strict_tool(answering: Callable[..., str]) -> Tool:
    """A tool that refuses an argument that it has not, which the protocol's package passes over."""
    tool = Tool.from_function(answering, annotations=_READS, structured_output=False)
    model = tool.fn_metadata.arg_model
    strict: Any = create_model(model.__name__, __base__=(model, _StrictArguments))
    tool.fn_metadata.arg_model = strict
    tool.parameters = strict.model_json_schema(by_alias=True)
    return tool
