"""The tools for agents: asked by the protocol's own client, in one process and over stdio."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp import Client, ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import LATEST_PROTOCOL_VERSION

import cdtref
import pinned
from cdtref.mcpserver import LONGEST_TEXT, MOST_IN_FULL, Reference, server

SERVER = server()
INVENTED = pinned.MISPRINT
CODES = sorted(cdtref.catalog())
BRIEF = 1_200  # characters that five hits may have


def asked(tool, **arguments):
    """The answer of a tool, and how long it is."""

    async def ask():
        async with Client(SERVER) as client:
            return await client.call_tool(tool, arguments)

    result = anyio.run(ask)
    (content,) = result.content
    assert not result.is_error, content.text
    return json.loads(content.text), len(content.text)


def refused(tool, **arguments):
    async def ask():
        async with Client(SERVER) as client:
            return await client.call_tool(tool, arguments)

    result = anyio.run(ask)
    assert result.is_error
    return result.content[0].text


def tools_offered():
    async def ask():
        async with Client(SERVER) as client:
            return (await client.list_tools()).tools

    return anyio.run(ask)


@pytest.mark.parametrize("tool", tools_offered(), ids=lambda tool: tool.name)
def test_each_tool_says_what_it_does_and_changes_nothing(tool):
    assert tool.description.strip()
    assert tool.annotations.read_only_hint
    assert not tool.annotations.open_world_hint
    told = [field for field in tool.input_schema["properties"].values() if "description" in field]
    assert told


QUESTIONS = [
    ("look_up_codes", {"codes": ["D2740"]}),
    ("search_codes", {"query": "crown"}),
    ("verify_text", {"text": "D2740"}),
    ("check_claim", {"lines": [{"code": "D0120", "date": str(pinned.DAY)}]}),
    ("relative_values", {"codes": ["D2740"]}),
    ("changes", {"old": int(pinned.EDITION) - 1, "new": int(pinned.EDITION)}),
    ("changes", {"old": 1, "new": 2}),
]


@pytest.mark.parametrize(("tool", "arguments"), QUESTIONS)
def test_each_answer_names_what_it_rests_on(tool, arguments):
    basis = asked(tool, **arguments)[0]["basis"]
    assert basis["edition"].endswith(cdtref.EDITION)
    assert basis["medicare"] == cdtref.FEE_SCHEDULE
    assert cdtref.__version__ in basis["package"]
    assert basis["provenance"]


def test_codes_are_answered_each_for_itself():
    answer, _ = asked("look_up_codes", codes=["d-2740", "DO389", INVENTED, "D1352", "99213"])
    crown, slip, invented, ended, other = answer["codes"]
    assert (crown["code"], crown["status"]) == ("D2740", "in force")
    assert crown["claim_line_names"] == cdtref.get("D2740").requirement.named_on_line
    assert slip["suggestion"] == "D0389"
    assert slip["error"]
    assert INVENTED in invented["error"]
    assert ended["replaced_by"] == list(cdtref.get("D1352").replaced_by)
    assert str(pinned.LAST_DAY["D1352"]) in ended["status"]
    assert "CPT" in other["error"]


EDITIONS = [int(edition.name) for edition in cdtref.editions()]


@pytest.mark.parametrize("old", EDITIONS[:-1])
def test_changes_are_brief_with_counts_and_whole_in_full(old):
    """A brief answer has at most 1,200 characters of JSON."""
    new = EDITIONS[-1]
    brief, length = asked("changes", old=old, new=new)
    whole, _ = asked("changes", old=old, new=new, detail="full")
    assert length <= BRIEF
    for kind in ("added", "terminated", "revised"):
        assert brief["counts"][kind] == len(whole[kind])
        codes = [text.partition(" ")[0] for text in whole[kind]]
        assert brief[kind] == codes[:20]
        assert codes == list(getattr(cdtref.changes(str(old), str(new)), kind))


def test_the_date_of_service_decides():
    status = asked("look_up_codes", codes=["D1352"], on=str(pinned.LAST_DAY["D1352"]))[0]
    assert status["codes"][0]["status"] == "in force"


def test_a_record_is_whole_in_full_and_too_many_are_told():
    answer, _ = asked("look_up_codes", codes=["D0389"], detail="full")
    assert answer["codes"] == [cdtref.get("D0389").to_dict()]
    told, _ = asked("look_up_codes", codes=CODES[: MOST_IN_FULL + 1], detail="full")
    assert str(MOST_IN_FULL) in told["error"]


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([p.title for p in cdtref.procedures()]))
def test_five_hits_are_brief(title):
    """A brief answer of five hits has at most 1,200 characters of JSON."""
    answer, length = asked("search_codes", query=title)
    assert len(answer["matches"]) <= 5
    assert length <= BRIEF


def test_a_site_in_the_query_comes_back_as_a_claim_line_has_it():
    best = asked("search_codes", query="deep cleaning lower left")[0]["matches"][0]
    assert (best["code"], best["site"]["area"]) == ("D4341", "30")


def test_words_that_mean_no_code_get_none_and_an_advice():
    answer, _ = asked("search_codes", query="oil change")
    assert answer["matches"] == []
    assert answer["advice"]


def test_a_code_that_a_model_invented_is_caught():
    text = f"I would report D2740 with {INVENTED}, not DO120 or D1352."
    answer, _ = asked("verify_text", text=text)
    assert not answer["all_hold"]
    fine, invented, slip, ended = answer["codes"]
    assert fine["status"] == "in force"
    assert text[invented["start"] : invented["end"]] == INVENTED
    assert invented["status"] == "unknown"
    assert slip["suggestion"] == "D0120"
    assert ended["replaced_by"] == list(cdtref.get("D1352").replaced_by)
    assert all(cited["reason"] for cited in (invented, slip, ended))
    assert asked("verify_text", text="D2740 it is")[0]["all_hold"] is True


def test_no_code_found_is_another_answer_than_all_hold():
    answer, _ = asked("verify_text", text="the crown is on tooth 14")
    assert (answer["all_hold"], answer["codes"]) == (None, [])
    assert answer["advice"]
    text = "The crown is CDT2740, the fluoride DI206, the onlay D2642A."
    answer, _ = asked("verify_text", text=text)
    assert answer["all_hold"] is False
    assert [code["status"] for code in answer["codes"]] == ["in force", "malformed", "malformed"]


def test_a_claim_is_judged_as_by_check_claim():
    day = str(pinned.DAY)
    lines = [{"code": "D2391", "date": day, "tooth": "14"}, {"code": "D0120", "date": day}]
    findings = asked("check_claim", lines=lines)[0]["findings"]
    expected = cdtref.check_claim([cdtref.ClaimLine(**line) for line in lines])
    assert [finding["message"] for finding in findings] == [one.message for one in expected]
    full = asked("check_claim", lines=lines, detail="full")[0]["findings"]
    assert full == [one.to_dict() for one in expected]


def test_earlier_lines_count():
    lines = [{"code": "D5410", "date": str(pinned.DAY)}]
    earlier = [{"code": "D5110", "date": f"{str(pinned.DAY)[:7]}-01"}]
    alone = asked("check_claim", lines=lines)[0]["findings"]
    later = asked("check_claim", lines=lines, history=earlier)[0]["findings"]
    assert len(later) > len(alone)


def test_a_line_that_cannot_be_read_is_told_by_its_place():
    lines = [{"code": "D0120", "date": str(pinned.DAY)}, {"code": "D0120", "date": "soon"}]
    assert asked("check_claim", lines=lines)[0]["error"].startswith("lines[1]: 'soon'")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("look_up_codes", {"codes": []}),
        ("look_up_codes", {"codes": ["D0120"] * 51}),
        ("verify_text", {"text": "x" * (LONGEST_TEXT + 1)}),
        ("check_claim", {"lines": [{"code": "D0120", "patient": "x"}]}),
        ("search_codes", {"query": "crown", "limit": 10_000}),
        ("look_up_codes", {"date": str(pinned.DAY), "codes": ["D0120"]}),
        ("search_codes", {"text": "crown", "query": "crown"}),
        ("verify_text", {"date": str(pinned.DAY), "text": "D0120"}),
        ("check_claim", {"practice": "all", "lines": [{"code": "D0120"}]}),
        ("relative_values", {"scale": "ihs", "codes": ["D0120"]}),
        ("changes", {"code": "D0120", "old": 2, "new": 1}),
    ],
)
def test_what_is_too_large_or_unknown_is_refused_by_its_name(tool, arguments):
    assert next(iter(arguments)) in refused(tool, **arguments) or "limit" in arguments


@pytest.mark.parametrize("tool", tools_offered(), ids=lambda tool: tool.name)
def test_each_tool_tells_clients_that_it_has_no_further_argument(tool):
    assert tool.input_schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("look_up_codes", {"codes": ["D2740"]}),
        ("search_codes", {"query": "crown"}),
        ("verify_text", {"text": "D2740"}),
        ("relative_values", {"codes": ["D2740"]}),
    ],
)
def test_a_day_beyond_the_editions_is_told(tool, arguments):
    beyond = f"{pinned.YEAR + 1}-06-01"
    assert beyond in asked(tool, on=beyond, **arguments)[0]["caution"]
    assert "caution" not in asked(tool, on=str(pinned.DAY), **arguments)[0]


def test_no_answer_names_a_function_that_is_no_tool():
    assert "rvu()" not in json.dumps(asked("relative_values", codes=["99213"])[0])


def test_the_two_scales_stand_apart():
    (scan, visit) = asked("relative_values", codes=["D0389", "99213"])[0]["codes"]
    assert scan["dental"]["value"] == str(cdtref.dental_rvu("D0389").value)
    assert scan["medicare"]["billable_with_rvu"] is False
    assert "error" in visit["dental"]
    assert visit["medicare"]["billable_with_rvu"] is True


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_any_text_is_answered(codes):
    """A tool gives an answer for each code, whatever it is, and never fails."""
    tools = Reference(cdtref.catalog())
    assert len(tools.look_up_codes(codes)["codes"]) == len(codes)
    assert len(tools.relative_values(codes)["codes"]) == len(codes)
    json.dumps(tools.verify_text(" ".join(codes)))


def test_another_catalog_answers_in_its_own_words():
    mine = cdtref.catalog().with_nomenclature({"D0389": "wording of my licensed copy"})
    (record,) = Reference(mine).look_up_codes(["D0389"], detail="full")["codes"]
    assert record["nomenclature"] == "wording of my licensed copy"


def test_nothing_that_was_given_is_logged(caplog):
    caplog.set_level(logging.DEBUG)
    asked("check_claim", lines=[{"code": "D0120", "date": "long ago", "narrative": "Zyx Wvu"}])
    refused("check_claim", lines=[{"code": "D0120", "patient": "Zyx Wvu"}])
    assert "Zyx" not in caplog.text


# Over stdio ---------------------------------------------------------------------------------------

COMMAND = [sys.executable, "-m", "cdtref", "mcp"]


def test_the_protocols_own_client_over_stdio():
    async def ask():
        program = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env={**os.environ})
        async with stdio_client(program) as streams, ClientSession(*streams) as session:
            await session.initialize()
            return await session.call_tool("look_up_codes", {"codes": ["D0389"]})

    result = anyio.run(ask)
    assert json.loads(result.content[0].text)["codes"][0]["code"] == "D0389"


def test_a_plain_transcript_of_json_rpc():
    hello = {
        "protocolVersion": LATEST_PROTOCOL_VERSION,
        "capabilities": {},
        "clientInfo": {"name": "plain", "version": "0"},
    }
    call = {"name": "search_codes", "arguments": {"query": "tooth root x-ray"}}
    said = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for message in said:
            process.stdin.write(json.dumps(message) + "\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        assert process.stderr.read() == ""
    assert answers[0]["result"]["serverInfo"]["name"] == "cdtref"
    text = answers[1]["result"]["content"][0]["text"]
    expected = cdtref.search("tooth root x-ray", limit=5)
    assert [hit["code"] for hit in json.loads(text)["matches"]] == [
        match.procedure.code for match in expected
    ]
