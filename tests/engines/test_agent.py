"""A model with our tools says what the rules engine's Evidence holds, or the rules engine answers in its place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from bot.documents import query_document
from bot.engines.agent.arguments import BadCall, checked
from bot.engines.agent.lenient import written
from bot.engines.agent.prompts import prompts
from bot.engines.agent.reply import Reply
from bot.engines.agent.tools import Tool, tools
from bot.engines.agent.work import Work
from bot.errors import OurFault
from bot.language import load
from bot.records import open_records
from bot.settings import ROOT
from bot.types import Defaults, Intent, Limits, Outcome, Place, Rights, RowFilter, Spent
from tests.engines.agent_asked import Bot, opened, told
from tests.models import turns
from tests.models.endpoint import Asked
from tests.models.turns import Turn, call, call_as_text, say, together

DEMO = ROOT / ".mainstay" / "demo"
ANNUAL = "What was churn in October for annual plans?"
MEASURED = call("measure", {"metric": "churn_rate", "period": "October", "filters": ["interval=annual"]})
FAITHFUL = "Of the annual customers, 11.0% left in October 2026: 69 of 630."


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    folder = tmp_path_factory.mktemp("records")
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        yield opened(records)


def tool_of(work: Work, name: str) -> Tool:
    return next(one for one in tools(work.desk.analyst) if one.name == name)


# ------------------------------------------------------------ the same Evidence

SAME = [
    ("What was churn in October for annual plans?", "measure",
     {"metric": "churn_rate", "period": "October", "filters": ["interval=annual"]}),
    pytest.param("MRR by plan", "measure", {"metric": "mrr", "by": ["plan"]}, marks=pytest.mark.slow),
    ("MRR per month this year", "measure", {"metric": "mrr", "period": "this year", "steps": "month"}),
    ("Which country has the highest churn rate?", "measure",
     {"metric": "churn_rate", "by": ["country"], "rank": "highest"}),
    ("Compare churn in France and Spain", "compare",
     {"metric": "churn_rate", "filters": ["country=France", "country=Spain"]}),
    ("Compare churn in October with last year", "compare",
     {"metric": "churn_rate", "period": "October with last year"}),
    ("Why did churn go up last month for annual plans?", "explain",
     {"metric": "churn_rate", "period": "last month", "filters": {"interval": "annual"}, "direction": "up"}),
    pytest.param("What is going on with churn?", "investigate", {"metric": "churn_rate"}, marks=pytest.mark.slow),
    ("Forecast MRR for next quarter", "project", {"figure": "mrr", "period": "next quarter"}),
    ("What if churn were half a point lower?", "what_if",
     {"metric": "churn_rate", "amount": 0.5, "unit": "points", "way": "down"}),
    ("List the customers slipping away in Spain", "list_people",
     {"segment": "slipping_away", "filters": ["country=ES"]}),
    pytest.param("How do I win back customers?", "search_playbook", {"words": "How do I win back customers?"},
                 marks=pytest.mark.slow),
    ("Quel était le taux de churn le mois dernier sans l’Espagne ?", "measure",
     {"metric": "churn_rate", "period": "le mois dernier", "exclude": ["country=Espagne"]}),
    ("¿Cuál fue la tasa de abandono el mes pasado por país?", "measure",
     {"metric": "churn_rate", "period": "el mes pasado", "by": ["country"]}),
    pytest.param("Jaki był churn w zeszłym miesiącu w Polsce?", "measure",
                 {"metric": "churn_rate", "period": "w zeszłym miesiącu", "filters": ["country=Polska"]},
                 marks=pytest.mark.slow),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("text", "tool", "arguments"), SAME)
def test_both_engines_give_the_same_evidence_for_the_same_query(bot: Bot, text: str, tool: str, arguments: Any) -> None:
    """A model that calls and then says nothing of use: the answer is the rules engine's, to the letter."""
    reply = bot.reply(text, [call(tool, arguments), say("—")])
    rules = bot.by_rules(text)
    assert reply.answer is not None
    assert reply.answer.evidence == rules.evidence
    assert (reply.answer.text, reply.answer.queries) == (rules.text, rules.queries)
    assert rules.evidence or rules.citations


@pytest.mark.slow
def test_both_engines_draft_for_the_same_people(bot: Bot) -> None:
    """A model that calls and then writes nothing that can be read: the texts are our own."""
    text = "Draft something for the customers slipping away, in French"
    wanted = call("draft", {"segment": "slipping_away", "language": "fr"})
    reply = bot.reply(text, [wanted, say("—"), say("—")])
    rules = bot.by_rules(text)
    assert reply.answer is not None
    assert (reply.answer.evidence, reply.answer.queries) == (rules.evidence, rules.queries)
    assert rules.drafts
    assert [one.audience for one in reply.answer.drafts] == [one.audience for one in rules.drafts]
    assert [one.variants for one in reply.answer.drafts] == [one.variants for one in rules.drafts]


def test_what_a_channel_is_about_holds_for_what_a_model_asks_too(bot: Bot) -> None:
    spain = Defaults((("country", ("ES",)),))
    asked = replace(bot.asked(ANNUAL), place=Place.PRIVATE, defaults=spain)
    with bot.model([MEASURED, say("—")]) as service:
        answer = service.ask(asked)
    rules = bot.service.ask(asked)
    assert answer.evidence == rules.evidence
    assert dict(answer.evidence[0].query.filters) == {"country": ("ES",), "interval": ("annual",)}
    assert any("In this channel" in line and "Spain" in line for line in answer.caveats)
    assert answer.caveats == rules.caveats


# ------------------------------------------------------------ prose, held against the Evidence


def test_a_faithful_answer_is_posted_in_the_models_words(bot: Bot) -> None:
    answer = bot.answer(ANNUAL, [MEASURED, say(FAITHFUL)])
    assert (answer.engine, answer.text) == ("agent", FAITHFUL)
    assert answer.evidence == bot.by_rules(ANNUAL).evidence


def test_an_unfounded_answer_is_mended_once_with_its_faults_named(bot: Bot) -> None:
    answer = bot.answer(ANNUAL, [MEASURED, say("Annual churn was 12.4% in October 2026."), say(FAITHFUL)])
    assert (answer.engine, answer.text) == ("agent", FAITHFUL)
    assert "12.4%" in bot.requests[2].question


UNFOUNDED = {
    "a wrong figure": "Annual churn was 12.4% in October 2026.",
    "a figure of another period": "Annual churn was 11.0% in August 2026.",
    "a figure of another group": "Churn in Spain was 11.0% in October 2026.",
    "a fall where there was a rise": "Annual churn fell to 11.0% in October 2026.",
    "a deed that nobody did": "Annual churn was 11.0% in October 2026. I have sent the win-back mail to all of them.",
    "another language": "Le taux de churn des abonnés annuels était de 11,0 % en octobre 2026, et il a augmenté.",
    "a link": "Annual churn was 11.0% in October 2026, see https://example.org/report.",
    "what calls a whole channel": "<!channel> Annual churn was 11.0% in October 2026.",
    "no figure at all": "I would rather not say.",
}  # fmt: skip


@pytest.mark.parametrize("what", UNFOUNDED)
def test_an_answer_that_stays_unfounded_gives_way_to_the_rules_engine(bot: Bot, what: str) -> None:
    """It has one chance; then the same Evidence is worded by the rules engine."""
    script = lambda asked: MEASURED if len(asked.messages) == 2 else say(UNFOUNDED[what])  # noqa: E731 one line says it
    assert told(bot.answer(ANNUAL, script)) == told(bot.by_rules(ANNUAL))


def test_figures_of_several_calls_at_once_may_stand_in_one_answer(bot: Bot) -> None:
    text = "What were churn and MRR in October?"
    calls = together(*(call("measure", {"metric": one, "period": "October"}) for one in ("churn_rate", "mrr")))
    churn, mrr = (bot.by_rules(f"What was {one} in October?") for one in ("churn", "MRR"))
    left, paid = churn.evidence[0].rows[0]["part"], mrr.evidence[0].rows[0]["value"]
    said = f"In October 2026, {left} customers left. MRR was ${paid:,.0f}."
    answer = bot.answer(text, [calls, say(said)])
    assert (answer.engine, answer.text) == ("agent", said)
    assert [one.metric for one in answer.queries] == ["churn_rate", "mrr"]


def test_a_streamed_model_is_read_like_any_other(bot: Bot) -> None:
    answer = replace(bot, streaming=True).answer(ANNUAL, [MEASURED, say(FAITHFUL)])
    assert (answer.engine, answer.text) == ("agent", FAITHFUL)


@pytest.mark.parametrize("form", ["bare", "fenced", "tagged", "amid", "openai"])
def test_a_call_that_a_small_model_writes_as_text_is_made(bot: Bot, form: Any) -> None:
    arguments = {"metric": "churn_rate", "period": "October", "filters": {"interval": "annual"}}
    answer = bot.answer(ANNUAL, [call_as_text("measure", arguments, form), say(FAITHFUL)])
    assert (answer.engine, answer.text) == ("agent", FAITHFUL)


# ------------------------------------------------------------ whatever a model does

FAILURES: dict[str, Turn] = {
    "a refusal": turns.decline(), "a filter": turns.filtered(), "too long": turns.too_long(), "silence": turns.silent(),
    "429": turns.rate_limited(), "no quota": turns.out_of_quota(), "500": turns.fail(), "401": turns.fail(401),
    "a cut": turns.cut(), "an end too soon": turns.unfinished(), "an error within": turns.error_in_stream(),
    "a closed line": turns.gone(), "no choice": turns.empty(), "a page": turns.page(),
    "an unknown tool": call("run_sql", {"sql": "SELECT 1"}), "broken JSON": call("measure", '{"metric": "chu'),
    "a list for arguments": call("measure", "[1]"), "an unknown metric": call("measure", {"metric": "happiness"}),
    "PASS": say("PASS"), "a guess": say("It was 4.2%."), "SQL as text": call_as_text("run_sql", {"sql": "SELECT 1"}),
}  # fmt: skip
TOLD = {
    "a refusal": "model_refused", "a filter": "model_refused", "too long": "model_cut", "silence": "model_empty",
    "429": "model_rate_limited", "no quota": "model_quota", "500": "model_error", "401": "model_key_refused",
    "a cut": "model_unreachable", "an end too soon": "model_unreachable", "an error within": "model_unreadable",
    "a closed line": "model_unreachable", "no choice": "model_empty", "a page": "model_unreadable",
    "a list for arguments": "model_unreadable",
    **dict.fromkeys(("an unknown tool", "broken JSON", "an unknown metric"), "budget_question"),
}  # fmt: skip
"""What the person is told of it where the reply comes whole; nothing where the model spoke, and was not believed."""
QUICK = (
    "a refusal", "silence", "429", "500", "a cut", "an unknown tool", "broken JSON", "an unknown metric", "PASS",
    "a guess",
)  # fmt: skip
"""Those of every run; what the client makes of the others is tried beside it."""
NOT_QUICK = [pytest.param(one, marks=pytest.mark.slow) for one in FAILURES if one not in QUICK]


@pytest.mark.parametrize("streaming", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["whole", "streamed"])
@pytest.mark.parametrize("what", [*QUICK, *NOT_QUICK])
def test_whatever_a_model_does_the_question_is_answered(bot: Bot, what: str, streaming: bool) -> None:
    """At its first turn, and again at every turn after: the answer is that of the rules engine, with no figure else."""
    answer = replace(bot, streaming=streaming, limits=Limits(steps=3)).answer(ANNUAL, lambda _: FAILURES[what])
    rules = bot.by_rules(ANNUAL)
    assert (answer.outcome, answer.text, answer.evidence) == (Outcome.ANSWER, rules.text, rules.evidence)
    assert answer.caveats[: len(rules.caveats)] == rules.caveats
    said = answer.caveats[len(rules.caveats) :]
    if streaming:  # of which some endpoints tell less
        assert bool(said) is (what in TOLD)
    else:
        assert said == tuple(load("en").say(key) for key in filter(None, [TOLD.get(what)]))


@pytest.mark.parametrize(
    "what",
    [
        "500",
        "a guess",
        *(pytest.param(one, marks=pytest.mark.slow) for one in FAILURES if one not in ("500", "a guess")),
    ],
)
def test_a_model_that_fails_after_measuring_leaves_its_evidence_to_the_rules_engine(bot: Bot, what: str) -> None:
    script = lambda asked: MEASURED if len(asked.messages) == 2 else FAILURES[what]  # noqa: E731 one line says it
    answer = replace(bot, limits=Limits(steps=4)).answer(ANNUAL, script)
    rules = bot.by_rules(ANNUAL)
    assert (answer.engine, answer.text, answer.evidence) == ("rules", rules.text, rules.evidence)


def test_a_fault_of_the_loops_own_is_no_fault_of_the_answer(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engines.agent.loop.create_agent", lambda *_, **__: 1 / 0)
    answer = bot.answer(ANNUAL, [])
    assert (answer.text, answer.caveats[-1]) == (bot.by_rules(ANNUAL).text, load("en").say("model_unreadable"))


def test_an_endpoint_that_hangs_is_given_up_in_time(bot: Bot) -> None:
    answer = replace(bot, limits=Limits(seconds=0.1)).answer(ANNUAL, lambda _: turns.hang())
    assert answer.text == bot.by_rules(ANNUAL).text
    assert load("en").say("model_timeout") in answer.caveats


@pytest.mark.parametrize(
    "arguments",
    [
        {"metric": "churn_rate", "period": "October"},
        {"metric": "mrr", "period": "October"},
        pytest.param({"metric": "churn_rate", "filters": ["interval=annual", "country=Spain"]}, marks=pytest.mark.slow),
    ],
    ids=["of everybody", "of another metric", "of fewer"],
)
def test_a_model_that_measures_something_else_is_not_believed(bot: Bot, arguments: Any) -> None:
    """Its figures are right, of another question."""
    script = lambda asked: call("measure", arguments) if len(asked.messages) == 2 else say("It is 100.")  # noqa: E731 one line says it
    assert told(bot.answer(ANNUAL, script)) == told(bot.by_rules(ANNUAL))


def half_wrong(asked: Asked) -> Turn:
    """Every second turn is a call that measures something else, or an invented figure; so is every last one."""
    if len(asked.messages) % 4 == 2:
        return call("measure", {"metric": "churn_rate"}) if len(asked.question) % 2 else say("Churn was 77.7%.")
    return say("Churn was 77.7% in 2019, and I have fixed it.")


@pytest.mark.parametrize("text", [ANNUAL, "Quel était le taux de churn le mois dernier ?", "Thanks!"])
def test_a_model_that_is_wrong_half_of_the_time_brings_no_unfounded_figure_to_anybody(bot: Bot, text: str) -> None:
    """Nothing stays unanswered."""
    answer = bot.answer(text, half_wrong)
    assert answer.text
    assert answer.error is None
    assert "77" not in answer.text
    assert told(answer) == told(bot.by_rules(text))


# ------------------------------------------------------------ what only the words decide


@pytest.mark.parametrize(
    ("text", "tool", "arguments", "said"),
    [
        ("What is churn?", "measure", {"metric": "churn_rate", "period": "2026-10-01..2026-10-31"}, "does not say"),
        ("How was churn last month?", "measure", {"metric": "churn_rate", "period": "October"}, "does not say"),
        ("How was churn last month?", "measure", {"metric": "churn_rate", "period": "was"}, "names no period"),
        ("What if churn fell?", "what_if", {"metric": "churn_rate", "amount": 3, "unit": "points", "way": "down"},
         "does not say 3"),
        ("Churn by owner", "measure", {"metric": "churn_rate", "by": ["owner"]}, "no by 'owner'"),
        ("Churn of Ann's customers", "measure", {"metric": "churn_rate", "filters": ["owner=Ann"]}, "no dimension"),
        ("How was churn?", "measure", {"metric": "churn_rate", "filters": ["Spain"]}, "name=value"),
        ("Churn in Atlantis?", "measure", {"metric": "churn_rate", "filters": ["country=Atlantis"]}, "Atlantis"),
        ("Rank churn", "measure", {"metric": "churn_rate", "rank": "highest"}, "by which dimension"),
        ("List them", "list_people", {}, "For whom"),
    ],
)  # fmt: skip
def test_what_the_words_do_not_hold_is_refused_with_a_sentence(
    bot: Bot, text: str, tool: str, arguments: Any, said: str
) -> None:
    work = bot.work(text)
    assert said in json.loads(work.call(tool_of(work, tool), arguments))["error"]
    assert not work.parts


def test_a_follow_up_keeps_the_period_of_the_question_before(bot: Bot) -> None:
    august = bot.work("What was churn in August?").asked
    before = august.query(Intent.VALUE, {"metric": "churn_rate", "period": "in August"})
    arguments = {"metric": "churn_rate", "by": ["country"], "as_before": True}
    reply = bot.reply("and by country?", [call("measure", arguments), say("—")], before)
    assert reply.answer is not None
    assert reply.answer.evidence == bot.by_rules("and by country?", previous=before).evidence
    assert "August 2026" in json.dumps(bot.requests[0].messages)


def test_asking_back_offers_choices_that_finish_the_question(bot: Bot) -> None:
    choices = [{"metric": "retention_rate"}, {"metric": "nrr"}]
    answer = bot.answer("How is retention?", [call("ask_back", {"choices": choices})])
    assert (answer.engine, answer.outcome) == ("agent", Outcome.ASK_BACK)
    assert answer.clarify is not None
    assert [one.query.metric for one in answer.clarify.choices] == ["retention_rate", "nrr"]
    assert bot.service.choose(bot.asked(""), query_document(answer.clarify.choices[0].query)).evidence


def test_a_model_does_not_ask_back_where_the_words_decide(bot: Bot) -> None:
    choices = [{"metric": "churn_rate"}, {"metric": "churned_customers"}]
    assert told(bot.answer(ANNUAL, [call("ask_back", {"choices": choices})])) == told(bot.by_rules(ANNUAL))


def test_what_no_tool_serves_is_not_sent_to_the_model(bot: Bot) -> None:
    """Nor is a question that names an account: the tools tell of no single one."""
    for text in ("Thanks!", "What is churn?", "Tell me about A0613", "Was Atelier Rovadine part of churn last month?"):
        assert bot.reply(text, []) == Reply()
        assert bot.requests == []


# ------------------------------------------------------------ what leaves


LISTED = (call("list_people", {"segment": "slipping_away"}), call("measure", {"metric": "mrr", "by": ["owner"]}))
EVERY = (
    *LISTED, call("list_people", {"metric": "churn_rate"}), call("draft", {"segment": "slipping_away"}),
    call("explain", {"metric": "churn_rate", "period": "last month"}), call("measure", {"metric": "churn_reasons"}),
    call("measure", {"metric": "next_step"}), call("measure", {"metric": "feature_requests"}),
    call("search_playbook", {"words": "slipping away"}),
)  # fmt: skip


@pytest.mark.parametrize("calls", [LISTED, pytest.param(EVERY, marks=pytest.mark.slow)], ids=["lists", "every tool"])
def test_no_name_id_or_address_leaves_with_any_call(bot: Bot, calls: tuple[Turn, ...]) -> None:
    """Tools are called where people are behind the figures; an address in the question is struck out."""
    text = "List who is slipping away, why did churn go up last month, ann@example.com"
    written = [say("No text.")] * (calls is EVERY)  # who writes the draft is sent a brief, of nobody
    answer = bot.answer(text, [together(*calls), *written, say("Done.")])
    assert len(bot.requests) == 2 + len(written)
    sent = json.dumps([one.body for one in bot.requests], ensure_ascii=False)
    accounts = duckdb.sql(f"SELECT account_id, name, owner_id FROM '{DEMO}/accounts.parquet'").fetchall()
    assert len(accounts) > 2000
    words = set(re.findall(r"[\w.@+-]+", sent))
    assert not [id for id, _, owner in accounts if {id, owner} & words]
    assert not [name for _, name, _ in accounts if name and name in sent]
    assert "@" not in sent
    assert answer.text


def test_a_list_is_shown_to_the_person_under_the_models_words(bot: Bot) -> None:
    text = "List the customers slipping away in Spain"
    row = bot.by_rules("What was churn in October?").evidence[0].rows[0]
    said = f"Beside them, {row['part']} of {row['whole']} customers left in October 2026."
    listed = call("list_people", {"segment": "slipping_away", "filters": ["country=Spain"]})
    answer = bot.answer(text, [together(listed, call("measure", {"metric": "churn_rate"})), say(said)])
    assert answer.engine == "agent"
    assert answer.text == f"{said}\n\n{bot.by_rules(text).text}"
    assert "(A" in answer.text


# ------------------------------------------------------------ rights and limits


def test_the_model_gets_no_more_than_the_asker_may_see(bot: Bot) -> None:
    rights = Rights("x", frozenset({"churn_rate"}), frozenset({"country"}), person_level=False, drafts=False,
                    row_filters=(RowFilter("country", ("ES",)),))  # fmt: skip
    work = bot.work("churn by country and plan", rights)
    schema = tool_of(work, "measure").schema["properties"]
    assert schema["metric"]["enum"] == ["churn_rate"]
    assert "plan" not in schema["by"]["items"]["enum"]
    for name, arguments in (
        ("measure", {"metric": "churn_rate", "filters": ["plan=Pro"]}), ("explain", {"metric": "mrr"}),
        ("list_people", {"segment": "at_risk"}), ("draft", {"segment": "at_risk"}),
    ):  # fmt: skip
        assert "error" in json.loads(work.call(tool_of(work, name), arguments)), name
    work.call(tool_of(work, "measure"), {"metric": "churn_rate", "by": ["country"]})
    assert {row["country"] for one in work.evidence for row in one.rows if "country" in row} == {"ES"}


def test_the_steps_of_a_question_are_bounded(bot: Bot) -> None:
    answer = replace(bot, limits=Limits(steps=2)).answer(ANNUAL, lambda _: MEASURED)
    assert (answer.engine, answer.evidence) == ("rules", bot.by_rules(ANNUAL).evidence)
    assert load("en").say("budget_question") in answer.caveats


def test_what_a_question_costs_is_bounded_and_kept(bot: Bot) -> None:
    day = bot.service._today(bot.service.now())
    before = bot.records.spending.spent(day, "ann")
    asked = replace(bot, limits=Limits(tokens=1_000), asker="ann")
    answer = asked.answer(ANNUAL, lambda _: MEASURED)
    assert len(asked.requests) == 1
    assert load("en").say("budget_question") in answer.caveats
    assert bot.records.spending.spent(day, "ann").tokens - before.tokens > 1_000


def test_a_person_whose_day_is_used_up_is_answered_without_the_model(bot: Bot) -> None:
    day = bot.service._today(bot.service.now())
    bot.records.spending.add("eve", day, Spent(5))
    asked = replace(bot, limits=Limits(person_tokens=5), asker="eve")
    answer = asked.answer(ANNUAL, [])
    assert answer.text == bot.by_rules(ANNUAL).text
    assert load("en").say("budget_person") in answer.caveats
    assert asked.requests == []


# ------------------------------------------------------------ prompts, schemas, reading


@pytest.mark.parametrize("name", prompts())
def test_a_prompt_takes_just_the_variables_that_it_declares(name: str) -> None:
    found = prompts()[name]
    assert found.purpose
    for supplied in ([*found.variables, "more"], sorted(found.variables)[1:]):
        with pytest.raises(OurFault, match=name):
            found.filled(**dict.fromkeys(supplied, ""))


def test_all_that_is_wrong_with_prompts_is_told_at_once_by_name(tmp_path: Path) -> None:
    front = "---\npurpose: x\nversion: 1\nvariables: [a]\n---\n"
    texts = {
        "good": front + "$a",
        "unused": front + "b",
        "undeclared": front + "$a $b",
        "bare": "$a",
        "broken": front + "$a $",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    with pytest.raises(OurFault) as told_of:
        prompts(tmp_path)
    assert [name for name in texts if f"prompt {name}:" in str(told_of.value)] == [
        "unused",
        "undeclared",
        "bare",
        "broken",
    ]


def test_every_prompt_is_asked_for_by_the_code_with_just_its_variables(bot: Bot) -> None:
    """The instructions and the chance to mend: a variable more or less would have raised."""
    bot.answer(ANNUAL, [MEASURED, say("It was 12.4%."), say(FAITHFUL)])
    text = bot.requests[2].messages[0]["content"] + bot.requests[2].question
    assert prompts().keys() == {"agent", "form", "mend", "writer", "rewrite"}
    assert "churn_rate: " in text
    assert "$" not in re.sub(r"\$\d", "", text)


def test_what_goes_out_with_each_call_stays_small(bot: Bot) -> None:
    """About four letters a token: small local models read 8,000 tokens, results and all."""
    bot.answer(ANNUAL, [say("PASS")])
    assert len(json.dumps(bot.requests[0].body)) < 4 * 6_000


def test_calls_are_read_from_text_only_where_they_name_a_tool() -> None:
    names = {"measure", "explain"}
    assert list(written('{"name": "measure", "arguments": "{\\"metric\\": \\"mrr\\"}"}', names)) == [
        ("measure", {"metric": "mrr"})
    ]
    several = '[{"tool": "measure", "args": {}}, {"tool": "explain", "input": {"metric": "mrr"}}]'
    assert list(written(several, names)) == [("measure", {}), ("explain", {"metric": "mrr"})]
    thought = '<think>{"name": "measure"}</think>'
    for text in ('{"name": "rm", "arguments": {}}', '{"value": 0.11}', "measure it {", thought):
        assert list(written(text, names)) == []


def test_arguments_are_taken_in_the_forms_that_models_give_them() -> None:
    schema = {"type": "object", "required": ["metric"], "properties": {
        "metric": {"type": "string", "enum": ["mrr"]}, "by": {"type": "array", "items": {"type": "string"}},
        "filters": {"type": "array", "items": {"type": "string", "pattern": "^[a-z_]+=.+$"}},
        "limit": {"type": "integer"}, "as_before": {"type": "boolean"},
    }}  # fmt: skip
    given = {
        "metric": "mrr",
        "by": "plan",
        "filters": {"country": ["ES", "FR"]},
        "limit": "5",
        "as_before": "True",
        "x": None,
    }
    assert checked(given, schema) == {
        "metric": "mrr", "by": ["plan"], "filters": ["country=ES", "country=FR"], "limit": 5, "as_before": True,
    }  # fmt: skip
    for wrong in ({}, {"metric": "arr"}, {"metric": "mrr", "limit": 2.5}, {"metric": "mrr", "sql": "x"}, "text", None):
        with pytest.raises(BadCall):
            checked(wrong, schema)


def test_a_bot_without_a_model_never_loads_langchain() -> None:
    """Nor does one with a model, before a question is put to it: it takes over a second."""
    code = (
        "import sys; from pathlib import Path; from bot.terminal import opened; from bot.types import Place\n"
        "session = opened(Path('workspace.toml'), None, 'analyst', Place.DM, None)\n"
        "assert session.service.ask(session.question('MRR?')).evidence\n"
        "import bot.models.chat\n"
        "loaded = {one.partition('.')[0] for one in sys.modules}\n"
        "print(sorted(loaded & {'langchain', 'langchain_core', 'langchain_openai', 'langgraph', 'openai', 'httpx2'}))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "MAINSTAY_MODEL"}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
