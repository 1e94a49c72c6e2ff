"""What a message looks like, and that it keeps every limit: the playground's table is the second answer."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import load
from bot.playground import blocks as playground
from bot.playground import limits as theirs
from bot.slack import blocks, limits
from bot.types import Choice, Citation, Clarify, Evidence, Grain, Intent, Outcome, Query, Shape, Unit, Window
from tests.slack.town import said

EN, FR = load("en"), load("fr")
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)


def evidence(rows, columns, **more):
    values = {
        "id": "e1",
        "query": Query(Intent.BREAKDOWN, metric="churn_rate", window=OCTOBER),
        "role": "main",
        "unit": Unit.SHARE,
        "good": "down",
        "shape": Shape.SHARE,
        "version": 1,
        "as_of": date(2026, 11, 10),
    }
    return Evidence(columns=tuple(columns), rows=tuple(rows), **{**values, **more})


BY_COUNTRY = evidence(
    [
        {"country": "ES", "part": 9, "whole": 110, "value": 9 / 110, "interval": [0.0436, 0.1482]},
        {"country": "FR", "part": 2, "whole": 20, "value": 0.1, "interval": [0.028, 0.301]},
    ],
    ["country", "part", "whole", "value", "interval"],
)
SPOKEN = """Churn rate by country, October 2026:
• Spain: 8.2% (9 of 110)
• France: 2 of 20

Data up to 10 November."""


def cells(message):
    return [[c["text"] for c in row] for b in message.blocks if b["type"] == "table" for row in b["rows"]]


def shown(message):
    """All text that the blocks show."""
    return "\n".join(
        b["text"]["text"] if b["type"] == "section" else "\n".join(e["text"] for e in b["elements"])
        for b in message.blocks
        if b["type"] in ("section", "context")
    )


def test_a_breakdown_is_a_table_in_the_readers_own_forms():
    message = blocks.build(said(SPOKEN, evidence=(BY_COUNTRY,)), EN)
    assert cells(message) == [
        ["Country", "Count", "Of", "Churn rate", "95% interval"],
        ["Spain", "9", "110", "8.2%", "4.4 to 14.8%"],
        ["France", "2", "20", "–", "–"],
    ]


def test_the_table_stands_in_place_of_the_lines_that_say_the_same():
    message = blocks.build(said(SPOKEN, evidence=(BY_COUNTRY,)), EN)
    assert "Spain" not in shown(message)
    assert "Data up to 10 November." in shown(message)
    assert "• Spain: 8.2% (9 of 110)" in message.text


def test_the_table_follows_the_order_of_the_text_and_names_what_is_not_known():
    rows = [*BY_COUNTRY.rows, {"country": "unknown", "part": 1, "whole": 9, "value": 1 / 9, "interval": [0.02, 0.43]}]
    text = "Churn rate by country:\nnot known: 1 of 9\nFrance: 2 of 20\nSpain: 8.2% (9 of 110)"
    message = blocks.build(said(text, evidence=(evidence(rows, BY_COUNTRY.columns),)), EN)
    assert [row[0] for row in cells(message)] == ["Country", "not known", "France", "Spain"]
    assert shown(message) == "*Churn rate by country:*"


def test_lines_stay_where_the_table_does_not_say_them_all():
    text = SPOKEN.replace("• France: 2 of 20\n", "")
    assert "Spain" in shown(blocks.build(said(text, evidence=(BY_COUNTRY,)), EN))


def test_a_table_speaks_french():
    head, spain, _ = cells(blocks.build(said("x", language="fr", evidence=(BY_COUNTRY,)), FR))
    assert head[0] == "Pays"
    assert spain[0] == "Espagne"
    assert spain[3] == "8,2\u00a0%"


def test_a_trend_names_its_months_and_money_its_currency():
    steps = [
        {"period": "2026-09-01", "value": 1234.5, "n": 3},
        {"period": "2026-10-01", "value": 1300.25, "n": 4},
    ]
    trend = evidence(steps, ["period", "value", "n"], unit=Unit.MONEY, shape=Shape.LEVEL, currency="USD")
    assert cells(blocks.build(said("MRR", evidence=(trend,)), EN))[1:] == [
        ["September 2026", "$1,234.50", "3"],
        ["October 2026", "$1,300.25", "4"],
    ]


def test_a_single_figure_needs_no_table():
    one = evidence([{"part": 3, "whole": 8, "value": 0.375}], ["part", "whole", "value"])
    message = blocks.build(said("Churn rate, October 2026: 37.5% (3 of 8).", evidence=(one,)), EN)
    assert cells(message) == []
    assert message.text == "Churn rate, October 2026: 37.5% (3 of 8)."


def test_nothing_is_said_twice_and_nothing_is_left_out_of_the_text():
    answer = said(
        "8.2%.\n\nThe period is still running.",
        caveats=("The period is still running.", "The load is stale."),
        citations=(Citation("dunning", "Failed payments", "Steps"),),
    )
    message = blocks.build(answer, EN)
    assert shown(message).count("The period is still running.") == 1
    assert "The load is stale." in message.text
    assert "Failed payments – Steps" in message.text
    assert "Failed payments – Steps" in shown(message)


def test_choices_are_buttons_and_words():
    query = Query(Intent.VALUE, metric="churn_rate")
    clarify = Clarify("Which one?", (Choice("Churn rate", query), Choice("MRR churn", query)))
    message = blocks.build(said("", outcome=Outcome.ASK_BACK, clarify=clarify), EN)
    assert "Which one?" in message.text
    assert "• MRR churn" in message.text
    assert [e["text"]["text"] for e in message.blocks[-1]["elements"]] == ["Churn rate", "MRR churn"]


def test_a_choice_too_long_for_a_button_asks_by_its_words():
    query = Query(Intent.VALUE, metric="churn_rate", filters=(("plan", tuple(f"plan {n}" for n in range(400))),))
    message = blocks.build(said("?", clarify=Clarify("Which one?", (Choice("Churn rate", query),))), EN)
    assert message.blocks[-1]["elements"][0]["value"] == '{"ask":"Churn rate"}'


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("**bold** and [a link](https://example.com/x)", "*bold* and [a link](https://example.com/x)"),
        ("# Head\n- one\n* two", "*Head*\n• one\n• two"),
        (
            "<!channel> & <@U123> <https://evil|bank>",
            "&lt;!channel&gt; &amp; &lt;@U123&gt; &lt;https://evil|bank&gt;",
        ),
    ],
)
def test_markdown_becomes_mrkdwn_that_calls_nobody(written, sent):
    assert blocks.mrkdwn(written) == sent


def test_a_long_text_goes_on_in_further_messages_and_loses_nothing():
    text = "\n".join(f"Row {n}: {n * 7} of {n * 9}" for n in range(900))
    message = blocks.build(said(text), EN)
    everything = "\n".join([message.text, *message.rest])
    assert all(len(part) <= theirs.TEXT_OF_AN_UPDATE for part in [message.text, *message.rest])
    assert all(f"Row {n}: {n * 7} of {n * 9}" in everything for n in range(900))


def test_a_long_table_keeps_the_rows_it_has_room_for():
    rows = [{"name": f"Customer {n}" * 4, "mrr": n} for n in range(500)]
    message = blocks.build(said("500 customers", evidence=(evidence(rows, ["name", "mrr"], currency="USD"),)), EN)
    found = cells(message)
    assert 20 < len(found) <= theirs.TABLE_ROWS
    assert found[0] == ["Name", "MRR"]
    assert playground.faults(list(message.blocks)) == []


words = st.builds(lambda text, times: text * times, st.text(max_size=20), st.sampled_from([1, 1, 9, 80, 400]))
some_rows = st.builds(
    lambda row, times: [row] * times,
    st.fixed_dictionaries({"name": words, "part": st.integers(0, 10**9)}),
    st.integers(0, 140),
)


@settings(max_examples=60, deadline=None)
@given(words, st.lists(words, max_size=12), st.lists(words, max_size=8), some_rows, st.lists(words, max_size=30))
def test_whatever_is_answered_slack_takes_it(text, caveats, follow_ups, rows, labels):
    query = Query(Intent.VALUE, metric="churn_rate")
    answer = said(
        text,
        caveats=tuple(caveats),
        follow_ups=tuple(follow_ups),
        evidence=(evidence(rows, ["name", "part"]),),
        clarify=Clarify("Which?", tuple(Choice(label, query) for label in labels)) if labels else None,
    )
    message = blocks.build(answer, EN, asked="again?")
    sent = list(message.blocks)
    assert playground.faults(sent) == []
    assert playground.weight(sent) <= theirs.MESSAGE_BLOCK_TEXT
    assert 1 <= len(message.text) <= theirs.TEXT_OF_AN_UPDATE


@pytest.mark.parametrize(
    ("code", "label"),
    [("en", "Draft 1: Reach inactive customers"), ("fr", "Brouillon 1\u00a0: Reach inactive customers"),
     ("es", "Borrador 1: Reach inactive customers"), ("pl", "Szkic 1: Reach inactive customers")],
)  # fmt: skip
def test_a_button_says_the_short_label_and_asks_the_whole_question(town, service, code, label):
    say = load(code).say
    asked = say("follow_action", message="DT23-reconnect", segment="slipping_away", language="fr")
    labels = {asked: say("follow_action_label", number=1, play="Reach inactive customers")}
    service.answers["the week?"] = said("The week", language=code, follow_ups=("Why?", asked), labels=labels)
    town.slack.mention(town.ana, town.channel, "the week?")
    answer = town.answer()
    (row, *_) = [block["elements"] for block in answer["blocks"] if block["type"] == "actions"]
    assert [one["text"]["text"] for one in row] == ["Why?", label]
    town.slack.press(town.ana, answer, label, town.channel)
    town.answer(number=2)
    assert service.asked[-1][0].text == asked


def test_buttons_stand_under_the_lines_they_are_about_in_place_of_follow_ups():
    answer = said("Two in trouble\n• A1\n• A2\nThat is all.", follow_ups=("Why?",))
    message = blocks.build(answer, EN, under={1: [("Draft", "draft A1")], 2: [("Draft", "draft A2")]})
    shown = [b["text"]["text"] if b["type"] == "section" else b["elements"][0]["value"] for b in message.blocks]
    assert shown == ["*Two in trouble*", "• A1", '{"ask":"draft A1"}', "• A2", '{"ask":"draft A2"}', "That is all."]
    assert playground.faults(list(message.blocks)) == []


@pytest.mark.parametrize(
    ("ours", "slacks"),
    [
        (limits.TEXT, theirs.TEXT_OF_AN_UPDATE),
        (limits.BLOCKS, theirs.MESSAGE_BLOCKS),
        (limits.BLOCK_TEXT, theirs.MESSAGE_BLOCK_TEXT),
        (limits.SECTION, theirs.SECTION_TEXT),
        (limits.CONTEXT, theirs.TEXT_OBJECT),
        (limits.CONTEXT_ELEMENTS, theirs.CONTEXT_ELEMENTS),
        (limits.ACTIONS, theirs.ACTIONS_ELEMENTS),
        (limits.BUTTON, theirs.BUTTON_TEXT),
        (limits.BUTTON_VALUE, theirs.BUTTON_VALUE),
        (limits.TABLE_ROWS, theirs.TABLE_ROWS),
        (limits.TABLE_COLUMNS, theirs.TABLE_COLUMNS),
        (limits.TABLE_TEXT, theirs.TABLE_TEXT),
        (limits.CHART_TITLE, theirs.CHART_TITLE),
        (limits.CHART_LABEL, theirs.CHART_LABEL),
        (limits.CHART_AXIS, theirs.CHART_AXIS_LABEL),
        (limits.CHART_SERIES, theirs.CHART_SERIES),
        (limits.CHART_POINTS, theirs.CHART_POINTS),
        (limits.PROMPTS, theirs.SUGGESTED_PROMPTS),
    ],
)
def test_two_tables_of_limits_agree(ours, slacks):
    assert ours <= slacks


def test_blocks_that_slack_does_not_take_go_out_as_text(town, service, monkeypatch):
    bad = {"type": "section", "text": {"type": "mrkdwn", "text": "8 %"}, "colour": "red"}
    service.answers["churn?"] = said("8 % (3 of 8)")
    monkeypatch.setattr(limits, "_sound", lambda _block: [bad])
    town.slack.mention(town.ana, town.channel, "churn?")
    answer = town.answer()
    assert answer["text"] == "8 % (3 of 8)"
    assert "blocks" not in answer
    refused = [c for c in town.slack.calls("chat.postMessage") if c.args["channel"] == town.channel and not c.ok]
    assert [c.error for c in refused] == ["invalid_blocks"]
    town.slack.command(town.ana, town.channel, "/retention churn?")
    assert "8 % (3 of 8)" in town.whisper(town.ana)["text"]


def test_a_long_answer_goes_out_in_several_messages_in_order(town, service):
    service.answers["all?"] = said("\n".join(f"Row {n:04}" for n in range(1200)))
    town.slack.mention(town.ana, town.channel, "all?")
    town.answer(number=3)
    everything = "\n".join(m["text"] for m in town.slack.messages(town.channel, by_app=True))
    assert everything.splitlines() == [f"Row {n:04}" for n in range(1200)]
