"""Charts in answers: a line for a trend, bars for a breakdown, and the table alone where Slack takes no chart."""

from dataclasses import replace
from datetime import date

import pytest

from bot.language import available, load
from bot.playground import blocks as playground
from bot.slack import blocks, limits
from bot.slack.charts import MARK
from bot.types import Evidence, Grain, Intent, Query, Shape, Unit, Window
from tests.slack.town import said

EN, FR = load("en"), load("fr")
SUMMER = Window(date(2026, 5, 1), date(2026, 11, 1), Grain.MONTH)
MRR = {"2026-05-01": 300.5, "2026-06-01": 310, "2026-07-01": 305, "2026-08-01": 320, "2026-09-01": 330, "2026-10-01": 9}


def trend(rows, **more):
    values = {
        "id": "e1",
        "query": Query(Intent.TREND, metric="mrr", window=SUMMER),
        "role": "main",
        "unit": Unit.MONEY,
        "good": "up",
        "shape": Shape.LEVEL,
        "version": 1,
        "as_of": date(2026, 11, 10),
        "currency": "USD",
        "columns": ("period", "value", "n"),
    }
    return Evidence(rows=tuple(rows), **{**values, **more})


STEPS = trend([{"period": day, "value": value, "n": 40} for day, value in MRR.items()])
NOTED = replace(
    STEPS,
    id="e2",
    role="driver",
    unit=Unit.COUNT,
    shape=Shape.VERDICT,
    columns=("day", "what", "kind", "country"),
    rows=(
        {"day": "2026-07-01", "what": "a new app", "kind": "release", "country": None},
        {"day": "2026-10-01", "what": "price rise", "kind": "price_change", "country": "FR"},
    ),
)
SHARES = trend(
    [
        {"country": "ES", "part": 9, "whole": 110, "value": 9 / 110},
        {"country": "FR", "part": 20, "whole": 200, "value": 0.1},
        {"country": "PL", "part": 2, "whole": 9, "value": 2 / 9},
    ],
    query=Query(Intent.BREAKDOWN, metric="churn_rate", window=SUMMER, by=("country",)),
    unit=Unit.SHARE,
    shape=Shape.SHARE,
    currency=None,
    columns=("country", "part", "whole", "value"),
)
SPOKEN = "Churn rate by country:\nFrance: 10.0% (20 of 200)\nSpain: 8.2% (9 of 110)\nPoland: 2 of 9"


def drawn(message):
    """The chart of a message, its points, and the lines under it."""
    assert playground.faults(list(message.blocks)) == []
    ((at, block),) = [(at, one) for at, one in enumerate(message.blocks) if one["type"] == limits.CHART]
    after = message.blocks[at + 1]
    under = after["elements"][0]["text"].splitlines() if after.get("block_id") == limits.UNDER_CHART else []
    series = {one["name"]: {p["label"]: p["value"] for p in one["data"]} for one in block["chart"]["series"]}
    return block, series, under


def charts(message):
    return [one for one in message.blocks if one["type"] == limits.CHART]


def test_a_trend_is_a_line_with_every_number_of_its_table():
    block, series, _ = drawn(blocks.build(said("MRR:", evidence=(STEPS,)), EN))
    assert block["chart"]["type"] == "line"
    assert block["chart"]["axis_config"]["y_label"] == "USD"
    assert list(series["MRR"].values()) == list(MRR.values())
    assert next(iter(series["MRR"])) == "May 2026"


@pytest.mark.parametrize(
    ("language", "labels", "under"),
    [
        (EN, ("Jul 2026", "Oct 2026"), [f"{MARK} 1 July: a new app", f"{MARK} 1 October: price rise (France)"]),
        (
            FR,
            ("juil. 2026", "oct. 2026"),
            [f"{MARK} 1er juillet\u00a0: a new app", f"{MARK} 1er octobre\u00a0: price rise (France)"],
        ),
    ],
)
def test_what_is_on_record_is_marked_at_its_period_and_told_under_the_chart(language, labels, under):
    _, series, told = drawn(blocks.build(said("MRR", evidence=(STEPS, NOTED)), language))
    marked = [label for line in series.values() for label in line if MARK in label]
    assert marked == [f"{MARK} {one}" for one in labels]
    assert told == under


def test_bars_follow_the_text_and_a_group_with_too_small_a_base_is_named_and_not_drawn():
    block, series, under = drawn(blocks.build(said(SPOKEN, evidence=(SHARES,)), EN))
    assert block["chart"]["type"] == "bar"
    assert series == {"Churn rate": {"France": 10.0, "Spain": 8.2}}
    assert under == [EN.say("slack_chart_small", labels=["Poland"])]


def test_two_periods_one_group_and_what_is_no_figure_per_row_have_no_chart():
    short = replace(STEPS, rows=STEPS.rows[:2])
    lone = replace(SHARES, rows=(SHARES.rows[0], SHARES.rows[2]))
    roster = replace(SHARES, shape=Shape.ROSTER)
    for one in (short, lone, roster):
        assert charts(blocks.build(said("…", evidence=(one,)), EN)) == []


def test_a_billing_interval_is_a_group_and_no_pair_of_bounds():
    rows = [
        {"interval": "annual", "part": 69, "whole": 630, "value": 69 / 630, "bounds": [0.087, 0.136]},
        {"interval": "monthly", "part": 45, "whole": 525, "value": 45 / 525, "bounds": [0.065, 0.113]},
    ]
    query = replace(SHARES.query, by=("interval",))
    one = replace(SHARES, rows=tuple(rows), query=query, columns=("interval", "part", "whole", "value", "bounds"))
    message = blocks.build(said("Churn rate", evidence=(one,)), EN)
    assert list(drawn(message)[1]["Churn rate"]) == ["annual", "monthly"]
    table = next(block for block in message.blocks if block["type"] == "table")
    assert [cell["text"] for cell in table["rows"][1]] == ["annual", "69", "630", "11.0%", "8.7 to 13.6%"]


def test_each_group_of_a_trend_has_its_line_and_one_with_gaps_is_named_under_it():
    rows = [{"period": day, "plan": plan, "value": value, "n": 40} for day, value in MRR.items() for plan in "AB"]
    rows.append({"period": "2026-05-01", "plan": "C", "value": 5, "n": 3})
    query = replace(STEPS.query, by=("plan",))
    one = replace(STEPS, rows=tuple(rows), query=query, columns=("period", "plan", "value", "n"))
    _, series, under = drawn(blocks.build(said("MRR by plan", evidence=(one,)), EN))
    assert list(series) == ["A", "B"]
    assert under == [EN.say("slack_chart_small", labels=["C"])]


def test_a_long_trend_shows_its_latest_periods_and_says_that_there_are_more():
    days = [date(2024 + month // 12, month % 12 + 1, 1).isoformat() for month in range(8, 32)]
    rows = tuple({"period": day, "value": at, "n": 40} for at, day in enumerate(days))
    window = replace(SUMMER, start=date(2024, 9, 1), end=date(2026, 9, 1))
    one = replace(STEPS, rows=rows, query=replace(STEPS.query, window=window))
    _, series, under = drawn(blocks.build(said("MRR", evidence=(one,)), EN))
    assert list(series["MRR"].values()) == list(range(4, 24))
    assert under == [EN.say("slack_chart_cut", n=20, all=24)]


def test_a_chart_whose_points_can_no_longer_be_told_apart_is_left_to_the_table():
    rows = [{"plan": f"the same long beginning {n}", "value": n + 1, "n": 40} for n in range(3)]
    query = replace(STEPS.query, by=("plan",))
    one = replace(STEPS, rows=tuple(rows), query=query, columns=("plan", "value", "n"))
    message = blocks.build(said("MRR by plan", evidence=(one,)), EN)
    assert charts(message) == []
    assert [block["type"] for block in message.blocks if block["type"] == "table"] == ["table"]


def test_a_heavy_message_loses_its_chart_before_its_table():
    heavy = said("MRR\n" + "x" * 12_700, evidence=(STEPS, NOTED))
    message = blocks.build(heavy, EN)
    assert charts(message) == []
    assert not [one for one in message.blocks if one.get("block_id") == limits.UNDER_CHART]
    assert [block["type"] for block in message.blocks if block["type"] == "table"] == ["table"]


def test_a_slack_that_knows_no_charts_gets_the_table(town, service, monkeypatch):
    monkeypatch.delitem(playground._BLOCKS, limits.CHART)
    service.answers["mrr?"] = said("MRR, step by step", evidence=(STEPS, NOTED))
    town.slack.mention(town.ana, town.channel, "mrr?")
    answer = town.answer()
    assert {block["type"] for block in answer["blocks"]} >= {"table"}
    assert not [one for one in answer["blocks"] if one.get("block_id") == limits.UNDER_CHART]
    refused = [c for c in town.slack.calls("chat.postMessage") if c.args["channel"] == town.channel and not c.ok]
    assert [c.error for c in refused] == ["invalid_blocks"]
    town.slack.command(town.ana, town.channel, "/retention mrr?")
    assert "table" in {block["type"] for block in town.whisper(town.ana)["blocks"]}


def test_a_slack_that_takes_charts_shows_them_to_everybody_and_in_private(town, service):
    service.answers["mrr?"] = said("MRR, step by step", evidence=(STEPS, NOTED))
    town.slack.mention(town.ana, town.channel, "mrr?")
    assert limits.CHART in {block["type"] for block in town.answer()["blocks"]}
    town.slack.command(town.ana, town.channel, "/retention mrr?")
    assert limits.CHART in {block["type"] for block in town.whisper(town.ana)["blocks"]}


@pytest.mark.parametrize("code", available())
def test_a_title_that_would_be_cut_is_the_metric_alone(code):
    language = load(code)
    wide = Window(date(2026, 1, 1), date(2026, 11, 10), Grain.MONTH, complete=False)
    for metric in ("mrr", "churn_rate"):
        shown = replace(STEPS, query=Query(Intent.TREND, metric=metric, window=wide))
        block, _, _ = drawn(blocks.build(said("…", evidence=(shown,), language=code), language))
        assert "…" not in block["title"]
        assert block["title"].startswith(language.say("choice_metric", metric=metric))


@pytest.mark.parametrize("code", available())
def test_a_month_that_is_not_over_stands_in_the_table_as_in_the_text(code):
    language = load(code)
    running = Window(date(2026, 5, 1), date(2026, 10, 10), Grain.MONTH, complete=False)
    shown = replace(STEPS, query=Query(Intent.TREND, metric="mrr", window=running))
    steps = [Window(date(2026, month, 1), date(2026, month + 1, 1), Grain.MONTH) for month in range(5, 10)]
    steps.append(Window(date(2026, 10, 1), date(2026, 10, 10), Grain.MONTH, complete=False))
    lines = [f"{language.say('cell_window', window=one)}: 300" for one in steps]
    message = blocks.build(said("\n".join(["MRR:", *lines]), evidence=(shown,), language=code), language)
    (table,) = [one for one in message.blocks if one["type"] == "table"]
    assert table["rows"][-1][0]["text"] == language.say("cell_window", window=steps[-1])
    prose = [one["text"]["text"] for one in message.blocks if one["type"] == "section"]
    assert prose == ["*MRR:*"]  # every line has its row


@pytest.mark.parametrize("code", available())
def test_the_small_groups_that_are_put_together_are_named_in_the_readers_language(code):
    rows = [{"country": one, "part": 30, "whole": 100, "value": 0.3} for one in ("ES", "other")]
    shown = replace(SHARES, rows=tuple(rows))
    message = blocks.build(said("…", evidence=(shown,), language=code), load(code))
    (table,) = [one for one in message.blocks if one["type"] == "table"]
    assert table["rows"][-1][0]["text"] == load(code).say("other_value_label")
