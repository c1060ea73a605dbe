"""The doors as plain function tools: what frameworks for agents make of their annotations."""

from __future__ import annotations

import json

import anyio
import jsonschema
import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from pydantic import TypeAdapter, ValidationError, validate_call

import cdtref
import pinned
from cdtref.mcpserver import as_tool

# function: the parameters that a model fills in
TOOLS = {
    "changes": {"old", "new"},
    "check": {"line"},
    "check_claim": {"lines", "history", "practice", "limits"},
    "conflicts": {"code", "beside"},
    "find_codes": {"text", "on"},
    "get": {"code", "on"},
    "is_billable_with_rvu": {"code", "modifier"},
    "page": {"code"},
    "parse_surfaces": {"text"},
    "procedures": {"category", "on"},
    "rvu": {"code", "modifier"},
    "search": {"text", "limit", "on", "category", "prefix"},
    "verdict": {"text", "on"},
}
FAULTY = {"code": "D2391", "date": str(pinned.DAY), "tooth": "14"}


def schema_of(name):
    return TypeAdapter(getattr(cdtref, name)).json_schema()


@pytest.mark.parametrize("name", TOOLS)
def test_a_door_has_a_schema_in_which_what_a_program_gives_is_null(name):
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    null = {key for key, told in schema["properties"].items() if told.get("type") == "null"}
    assert set(schema["properties"]) - null == TOOLS[name]
    assert null.isdisjoint(schema.get("required", ()))


@pytest.mark.parametrize("name", TOOLS)
def test_what_a_program_gives_may_be_absent_or_null(name):
    """Frameworks that are strict make a model fill in every parameter."""
    schema = schema_of(name)
    for told in schema["properties"].values():
        if told.get("type") == "null":
            assert told["default"] is None


def test_a_line_comes_as_an_object():
    findings = validate_call(cdtref.check)(line=FAULTY, rules=None, catalog=None)
    assert [finding.rule for finding in findings] == ["surface.missing"]
    with pytest.raises(ValidationError, match="toth"):
        validate_call(cdtref.check)(line={**FAULTY, "toth": "14"})


def test_lines_come_as_a_list():
    findings = validate_call(cdtref.check_claim)(lines=[FAULTY], history=[FAULTY])
    assert "surface.missing" in [finding.rule for finding in findings]


@pytest.mark.parametrize("rules", [[], {}, "all", [{"id": "tooth.missing"}]])
def test_a_model_cannot_leave_out_the_rules(rules):
    """Else a line with faults would be found clean."""
    with pytest.raises(ValidationError, match="leave it out"):
        validate_call(cdtref.check)(line=FAULTY, rules=rules)


def test_a_program_can():
    check = validate_call(cdtref.check)
    assert check(FAULTY, rules=cdtref.LINE_RULES, catalog=cdtref.catalog()) == check(FAULTY)
    assert check(FAULTY, rules=()) == ()


def test_the_official_sdk_makes_tools_of_them():
    own = MCPServer("own")
    for name in ("find_codes", "check", "verdict", "search"):
        own.add_tool(getattr(cdtref, name))

    async def ask():
        async with Client(own) as client:
            return await client.call_tool("check", {"line": FAULTY})

    result = anyio.run(ask)
    assert not result.is_error
    assert "surface.missing" in result.content[0].text


# Of a server of one's own: function, what is asked
ASKED = {
    "get": {"code": "d2740"},
    "rvu": {"code": "99213"},
    "search": {"text": "crown", "limit": 2},
    "verdict": {"text": "0389"},
    "find_codes": {"text": "D2740 on #14"},
    "conflicts": {"code": "D4341"},
    "changes": {"old": int(pinned.EDITION) - 1, "new": int(pinned.EDITION)},
}


def asked(name, arguments):
    """What a client gets of a function that `as_tool` adapts."""
    own = MCPServer("own")
    own.add_tool(as_tool(getattr(cdtref, name)))

    async def ask():
        async with Client(own) as client:
            return await client.call_tool(name, arguments)

    result = anyio.run(ask)
    return result.is_error, result.content[0].text


@pytest.mark.parametrize(("name", "arguments"), ASKED.items())
def test_a_server_of_ones_own_gives_what_to_dict_gives(name, arguments):
    found = getattr(cdtref, name)(**arguments)
    failed, text = asked(name, arguments)
    assert not failed
    if hasattr(found, "to_dict"):
        assert json.loads(text) == json.loads(json.dumps(found.to_dict()))
        return
    assert json.loads(text) == json.loads(json.dumps([one.to_dict() for one in found]))


def test_it_gives_findings_of_a_line_and_a_page_as_markdown():
    findings = json.loads(asked("check", {"line": FAULTY})[1])
    assert [finding["rule"] for finding in findings] == ["surface.missing"]
    assert asked("page", {"code": "D2740"}) == (False, cdtref.page("D2740").to_markdown())


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("get", {"code": "0389"}, "did you mean D0389?"),
        ("get", {"code": "D1352", "on": str(pinned.TERMINATED["D1352"])}, "not in force"),
        ("changes", {"old": "1", "new": "2"}, "no edition '1'"),
        ("search", {"text": "crown", "category": "pies"}, "no category 'pies'"),
    ],
)
def test_an_error_reaches_the_client_with_its_text(name, arguments, told):
    failed, text = asked(name, arguments)
    assert failed
    assert told in text
