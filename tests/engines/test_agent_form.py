"""A model whose endpoint takes no tools calls them by a form, and is held to all that any other is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.engines.agent.arguments import checked
from bot.engines.agent.strict import form_of, told
from bot.engines.agent.tools import tools
from bot.language import load
from bot.records import open_records
from tests.engines.agent_asked import Bot, opened
from tests.models import turns
from tests.models.strictness import schema_faults
from tests.models.turns import Refused, Reply, Turn, say

ANNUAL = "What was churn in October for annual plans?"
FAITHFUL = "Of the annual customers, 11.0% left in October 2026: 69 of 630."
NO_TOOLS = Refused(400, "registry.ollama.ai/library/gemma3:4b does not support tools", "api_error")
NULL = dict.fromkeys(("as_before", "exclude", "variant", "by", "steps", "limit", "rank"))
MEASURED = {"metric": "churn_rate", "period": "October", "filters": ["interval=annual"], **NULL}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("records")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        yield replace(opened(records), no_tools=NO_TOOLS)


def calls(*arguments: Any, name: str = "measure") -> Reply:
    return say(json.dumps({"calls": [{"name": name, "arguments": one} for one in arguments], "answer": None}))


def answers(text: str) -> Reply:
    return say(json.dumps({"calls": [], "answer": text}))


@pytest.mark.parametrize("streaming", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_calls_and_answers_are_read_from_the_form(bot: Bot, streaming: bool) -> None:
    """The schema of the form is one that strict mode takes: the endpoint refuses any other."""
    bot = replace(bot, streaming=streaming)
    answer = bot.answer(ANNUAL, [calls(MEASURED), answers("Annual churn was 12.4%."), answers(FAITHFUL)])
    assert (answer.engine, answer.text) == ("agent", FAITHFUL)
    assert answer.evidence == bot.by_rules(ANNUAL).evidence
    assert [one.message for one in bot.refusals] == [NO_TOOLS.message]
    for asked in bot.requests:
        assert asked.tools == []
        assert asked.body["response_format"]["json_schema"]["strict"] is True
        assert {one["role"] for one in asked.messages} <= {"system", "user", "assistant"}
    assert '"part": 69' in bot.requests[1].question
    assert "12.4%" in bot.requests[2].question


def test_what_an_endpoint_refuses_is_offered_once(bot: Bot) -> None:
    with bot.model([calls(MEASURED), answers(FAITHFUL)] * 2) as service:
        said = [service.ask(bot.asked(ANNUAL)).text for _ in "ab"]
    assert said == [FAITHFUL, FAITHFUL]
    assert len(bot.refusals) == 1


@pytest.mark.parametrize(
    ("turn", "why"),
    [
        (turns.too_long('{"calls": ['), "model_cut"),
        (turns.filtered(), "model_refused"),
        (turns.silent(), "model_empty"),
    ],
)
def test_a_form_that_is_not_finished_is_told_to_the_person_by_its_reason(bot: Bot, turn: Turn, why: str) -> None:
    answer = bot.answer(ANNUAL, lambda _: turn)
    assert (answer.engine, answer.caveats[-1]) == ("rules", load("en").say(why))


@pytest.mark.parametrize(
    "reply",
    [
        calls({"sql": "SELECT 1"}, name="run_sql"), calls({"metric": "happiness"}), calls({**MEASURED, "period": "99"}),
        answers("It was 77.7%."), answers("PASS"), say('{"calls": [{"name": "mea'), say('{"calls": 1, "answer": 2}'),
        say("[]"), say("It was 77.7%."),
    ],
)  # fmt: skip
def test_a_form_filled_badly_leaves_the_question_to_the_rules_engine(bot: Bot, reply: Reply) -> None:
    rules = bot.by_rules(ANNUAL)
    answer = bot.answer(ANNUAL, lambda _: reply)
    assert (answer.engine, answer.text, answer.evidence) == ("rules", rules.text, rules.evidence)


def test_every_tool_is_told_and_has_its_place_in_a_form_that_is_no_looser_than_its_schema(bot: Bot) -> None:
    ours = tools(bot.work(ANNUAL).desk.analyst)
    form = form_of(ours)
    assert list(schema_faults(form, strict=True)) == []
    places = {one["properties"]["name"]["enum"][0]: one for one in form["properties"]["calls"]["items"]["anyOf"]}
    assert places.keys() == {one.name for one in ours}
    for tool in ours:
        arguments = places[tool.name]["properties"]["arguments"]["properties"]
        assert f"{tool.name}({', '.join(arguments)}): {tool.purpose}" in told(ours)
        optional = {name for name, one in arguments.items() if "null" in one["type"]}
        assert optional == set(tool.schema["properties"]) - set(tool.schema["required"])
    assert checked(MEASURED, ours[0].schema) == {
        "metric": "churn_rate", "period": "October", "filters": ["interval=annual"],
    }  # fmt: skip


def test_the_words_of_a_form_stay_small(bot: Bot) -> None:
    """About four letters a token: the schema holds the reply, the model reads the words alone."""
    bot.answer(ANNUAL, [answers("PASS")])
    assert len(json.dumps(bot.requests[0].messages)) < 4 * 6_000


def test_what_takes_neither_tools_nor_a_form_is_told_to_the_person_with_its_reason(bot: Bot) -> None:
    answer = replace(bot, no_tools=None).answer(ANNUAL, lambda _: NO_TOOLS)
    assert answer.text == bot.by_rules(ANNUAL).text
    assert answer.caveats[-1] == load("en").say("model_without_tools")
