"""FastAPI and Django with codes, claim lines and records, asked as a browser asks them."""

from __future__ import annotations

from typing import Annotated

import django
import jsonschema
import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from pydantic import BaseModel

import cdtref
import pinned
from cdtref import testing
from cdtref.pydantic import CodeInForce, KnownCode, ModifierCode, ProcedureCode, ToothNumber

# FastAPI


class Planned(BaseModel):
    """What a practice plans."""

    code: CodeInForce
    tooth: ToothNumber | None = None
    modifiers: list[ModifierCode] = []


class Answer(BaseModel):
    """A record among other fields."""

    procedure: cdtref.Procedure
    findings: list[cdtref.Finding]


app = FastAPI()


@app.get("/forms/{code}")
def get_form(code: ProcedureCode) -> str:
    return code


@app.get("/codes/{code}")
def get_code(code: KnownCode) -> cdtref.Procedure:
    return cdtref.get(code)


@app.post("/plans")
def plan(planned: Planned) -> Planned:
    return planned


@app.post("/lines")
def check_line(line: Annotated[cdtref.ClaimLine, Body()]) -> Answer:
    return Answer(procedure=cdtref.get(line.code), findings=list(cdtref.check(line)))


@app.post("/claims")
def check_claim(claim: Annotated[cdtref.Claim, Body()]) -> list[cdtref.Finding]:
    return list(cdtref.check_claim(claim))


@app.post("/echo")
def echo(claim: Annotated[cdtref.Claim, Body()]) -> cdtref.Claim:
    return claim


CLIENT = TestClient(app)
ENDED = "D1352"


def reason(door, *arguments, **options):
    """What a door says when it refuses."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # any of the tree
        door(*arguments, **options)
    return str(refused.value)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/forms/DO389", reason(cdtref.parse_code, "DO389")),
        ("/forms/0389", reason(cdtref.parse_code, "0389")),
        ("/codes/DO389", reason(cdtref.get, "DO389")),
        (f"/codes/{pinned.MISPRINT}", reason(cdtref.get, pinned.MISPRINT)),
        ("/codes/99213", reason(cdtref.get, "99213")),
    ],
)
def test_a_bad_code_and_an_unknown_one_are_422_with_the_reason(path, told):
    answer = CLIENT.get(path)
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert fault["loc"] == ["path", "code"]
    assert fault["msg"] == f"Value error, {told}"


def test_a_procedure_is_an_answer_as_to_dict_gives_it():
    answer = CLIENT.get("/codes/d-1352")
    assert answer.status_code == 200
    assert answer.json() == cdtref.get("D1352").to_dict()


def test_a_model_has_canonical_texts_and_the_place_of_each_fault():
    kept = CLIENT.post("/plans", json={"code": "d2740", "tooth": "#03", "modifiers": ["kx"]})
    assert kept.json() == {"code": "D2740", "tooth": "3", "modifiers": ["KX"]}
    refused = CLIENT.post("/plans", json={"code": ENDED, "tooth": "99", "modifiers": ["kxx"]})
    assert refused.status_code == 422
    places = [fault["loc"] for fault in refused.json()["detail"]]
    assert places == [["body", "code"], ["body", "tooth"], ["body", "modifiers", 0]]


def test_a_line_is_a_body_and_findings_are_an_answer():
    sent = {"code": "D2391", "date": pinned.DAY, "tooth": "14", "fee": "120.10"}
    answer = CLIENT.post("/lines", json=sent)
    line = cdtref.ClaimLine.from_dict(sent)
    assert answer.json()["procedure"] == cdtref.get("D2391").to_dict()
    assert answer.json()["findings"] == [one.to_dict() for one in cdtref.check(line)]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"lines": [{}]}, "a claim line lacks its code"),
        ({"lines": [{"code": "D0120", "fee": 60.5}]}, "a fee is a Decimal or a whole number"),
        ({}, "a claim lacks its lines"),
        ([], "a Claim is an object, not list"),
    ],
)
def test_a_body_that_is_no_claim_is_422_with_the_reason(sent, told):
    answer = CLIENT.post("/claims", json=sent)
    assert answer.status_code == 422
    assert told in answer.json()["detail"][0]["msg"]


@given(testing.broken_claims())
def test_any_claim_comes_back_and_is_checked_as_by_the_door(lines):
    claim = cdtref.Claim(lines)
    assert CLIENT.post("/echo", json=claim.to_dict()).json() == claim.to_dict()
    findings = CLIENT.post("/claims", json=claim.to_dict()).json()
    assert findings == [finding.to_dict() for finding in cdtref.check_claim(claim)]


def test_openapi_has_the_published_schemas():
    document = CLIENT.get("/openapi.json").json()
    answer = document["paths"]["/codes/{code}"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": REFERENCE + "Procedure"}
    schemas = document["components"]["schemas"]
    published = cdtref.json_schema("Procedure")
    assert schemas["Procedure"]["required"] == published["required"]
    described = schemas["Procedure"]["properties"]["title"]["description"]
    assert described == published["properties"]["title"]["description"]
    jsonschema.validate(cdtref.get("D2740").to_dict(), schemas["Procedure"])
    (asked,) = document["paths"]["/codes/{code}"]["get"]["parameters"]
    assert "is known" in asked["schema"]["description"]


REFERENCE = "#/components/schemas/"


def test_a_claim_that_is_read_needs_less_than_one_that_is_written():
    document = CLIENT.get("/openapi.json").json()
    operation = document["paths"]["/echo"]["post"]
    schemas = document["components"]["schemas"]
    read = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    written = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    assert schemas[read.removeprefix(REFERENCE)]["required"] == ["lines"]
    whole = cdtref.Claim([cdtref.ClaimLine("D0120")]).to_dict()
    assert set(schemas[written.removeprefix(REFERENCE)]["required"]) == whole.keys()


# Django


settings.configure(USE_I18N=False)
django.setup()


def validate_code(text):
    try:
        cdtref.get(text)
    except ValueError as error:
        raise ValidationError(str(error), code="procedure_code") from error


class CodeField(forms.CharField):
    """A field that keeps the canonical code."""

    def clean(self, value):
        text = super().clean(value)
        if text:
            validate_code(text)
            text = cdtref.get(text).code
        return text


def choices():
    for category in cdtref.Category:
        yield category.label, [(p.code, str(p)) for p in cdtref.procedures(category)]


class LineForm(forms.Form):
    """Each way to ask for a code."""

    code = CodeField(required=False)
    checked = forms.CharField(required=False, validators=[validate_code])
    form_only = forms.TypedChoiceField(
        required=False, choices=[("d-0120", "exam"), ("DO120", "a slip")], coerce=cdtref.parse_code
    )
    procedure = forms.TypedChoiceField(required=False, choices=choices, coerce=cdtref.get)


def cleaned(**fields):
    form = LineForm(fields)
    assert form.is_valid(), form.errors
    return form.cleaned_data


def test_a_form_keeps_the_canonical_code_and_the_record():
    kept = cleaned(code=" d-2740 ", checked="d2740", form_only="d-0120", procedure="D2740")
    assert (kept["code"], kept["form_only"]) == ("D2740", "D0120")
    assert kept["procedure"] is cdtref.get("D2740")
    assert cleaned()["code"] == ""


@pytest.mark.parametrize("field", ["code", "checked"])
@pytest.mark.parametrize("text", ["DO389", pinned.MISPRINT, "99213"])
def test_a_bad_code_is_an_error_of_the_form_with_the_reason(field, text):
    form = LineForm({field: text})
    assert not form.is_valid()
    assert form.errors[field] == [reason(cdtref.get, text)]
    assert form.errors.as_data()[field][0].code == "procedure_code"


@pytest.mark.parametrize(
    ("field", "text"), [("form_only", "DO120"), ("procedure", ENDED), ("procedure", "DO389")]
)
def test_a_choice_that_there_is_not_is_an_error_of_the_form(field, text):
    form = LineForm({field: text})
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_the_menu_has_every_code_in_force_once():
    shown = [code for _, group in LineForm().fields["procedure"].choices for code, _ in group]
    assert sorted(shown) == [procedure.code for procedure in cdtref.procedures()]
    assert 'value="D2740"' in str(LineForm()["procedure"])
