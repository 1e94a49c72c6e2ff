"""The manifest and our blocks against schemas made from Slack's own types; check.sh makes them."""

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from bot.language import load
from bot.slack import blocks
from bot.slack.home import Home, view
from bot.slack.manifest import manifest
from bot.types import (
    Choice,
    Citation,
    Clarify,
    Entry,
    Evidence,
    Grain,
    Intent,
    Note,
    Query,
    Shape,
    Standing,
    Unit,
    Window,
)
from tests.slack.double.pieces import button, section
from tests.slack.town import said

pytestmark = pytest.mark.npm
MADE = Path(__file__).parent / "node_modules" / ".schemas"


def schema(name):
    file = MADE / f"{name}.json"
    if not file.exists():
        pytest.fail("Tests marked npm need schemas that tests/slack/schema/check.sh makes.")
    return json.loads(file.read_text())


def faults(block):
    """What Slack's types find wrong with a block, by the definition of its type alone."""
    known = schema("KnownBlock")
    name = "".join(part.title() for part in block["type"].split("_")) + "Block"
    validator = Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": known["definitions"]})
    return [error.message for error in validator.iter_errors(block)]


def all_kinds():
    """The message of an answer that has a bit of everything."""
    query = Query(
        Intent.BREAKDOWN, metric="churn_rate", window=Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
    )
    rows = tuple({"country": code, "part": 9, "whole": 110, "value": 9 / 110} for code in ("ES", "FR"))
    evidence = Evidence(
        "e1", query, "main", Unit.SHARE, "down", Shape.SHARE, 1, tuple(rows[0]), rows, date(2026, 11, 10)
    )
    return blocks.build(
        said(
            "Churn rate, October 2026\nSomething to say.",
            evidence=(evidence,),
            caveats=("The load is stale.",),
            citations=(Citation("dunning", "Failed payments", "Steps"),),
            follow_ups=("Why?",),
            clarify=Clarify("Which one?", (Choice("Churn rate", query),)),
        ),
        load("en"),
        asked="churn?",
    )


def test_the_manifest_has_the_keys_scopes_and_events_of_slacks_types():
    wrong = Draft7Validator(schema("Manifest")).iter_errors(manifest())
    # The types (@slack/web-api 8.2.0) lag behind docs.slack.dev: the scope of the agent view, the event of its stop
    # button, and whether a parameter of a workflow step is required.
    lags = (
        "'assistant:write' is not one of",
        "'agent_session_stopped' is not one of",
        "'function_executed' is not one of",
    )
    strange = [one for one in wrong if not one.message.startswith(lags) and "functions" not in one.absolute_path]
    assert [(list(one.absolute_path), one.message) for one in strange] == []


@pytest.mark.parametrize(
    "fault",
    [
        {"display_information": {}},
        {"oauth_config": {"scopes": {"bot": ["assistant:write", "chat:shout"]}}},
        {
            "settings": {
                "event_subscriptions": {
                    "bot_events": [*manifest()["settings"]["event_subscriptions"]["bot_events"], "message.weather"]
                }
            }
        },
        {"features": {"slash_commands": [{"command": "/x"}]}},
    ],
    ids=["a missing name", "an unknown scope", "an unknown event", "a command without description"],
)
def test_the_schema_finds_a_planted_fault_in_a_manifest(fault):
    validator = Draft7Validator(schema("Manifest"))
    assert len(list(validator.iter_errors({**manifest(), **fault}))) > len(list(validator.iter_errors(manifest())))


def test_every_block_that_the_builder_makes_fits_slacks_types():
    made = all_kinds().blocks
    kinds = {"section", "table", "context", "actions", "data_visualization"}  # of the last the types know nothing yet
    assert {block["type"] for block in made} == kinds
    assert [fault for block in made if block["type"] != "data_visualization" for fault in faults(block)] == []


def test_every_block_of_the_home_fits_slacks_types():
    notes = (Note("notes_line", {"number": 1, "day": date(2026, 9, 1), "what": "price rise"}),)
    entries = (Entry(Note("segment_size_none", {"name": "Monthly"}), {"end": "segments delete Monthly"}),)
    standing = Standing("Fern", notes, segments=entries, wanted=entries, notes=notes, coming=entries)
    made = view(Home(load("en"), standing), "D1")["blocks"]
    assert {block["type"] for block in made} == {"header", "context", "section", "actions"}
    assert [fault for block in made for fault in faults(block)] == []


@pytest.mark.parametrize(
    "block",
    [
        section(colour="red"),
        {"type": "section", "text": {"type": "markdown", "text": "x"}},
        {"type": "actions", "elements": [button(style="pink")]},
        {"type": "table", "rows": [[{"type": "raw_text"}]]},
    ],
    ids=["an unknown field", "an unknown text type", "an unknown style", "a cell without text"],
)
def test_the_schema_finds_a_planted_fault_in_a_block(block):
    assert faults(block) != []
