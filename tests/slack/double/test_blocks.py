"""The limits of Block Kit, one wrong block for each.

A lax double hides faults of the app, so each refusal is a promise to the tests that build on it.
"""

import pytest

from bot.playground.blocks import faults, weight
from tests.slack.double.pieces import actions, button, chart, overflow, pie, plain, rich, section, select, table, task

SOUND = {
    "section": section(),
    "fields": {"type": "section", "fields": [plain()] * 10},
    "accessory": section(accessory=button()),
    "header": {"type": "header", "text": plain("x" * 150)},
    "divider": {"type": "divider"},
    "context": {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
    "actions": actions(*[button(action_id=f"a{n}") for n in range(25)]),
    "select": actions(select(100)),
    "feedback": {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "positive_button": {"text": plain(), "value": "1"},
                "negative_button": {"text": plain(), "value": "0"},
            }
        ],
    },
    "markdown": {"type": "markdown", "text": "# x"},
    "table": table([["a", "b"], ["1", "2"]], column_settings=[{"align": "right", "is_wrapped": True}]),
    "numbers": {
        "type": "table",
        "rows": [[{"type": "raw_number", "value": 1, "text": "1"}, rich({"type": "text", "text": "x"})]],
    },
    "data_table": {**table([["a"], ["1"]]), "type": "data_table", "caption": "C", "page_size": 5},
    "line": chart(),
    "pie": pie(1, 2),
    "task": task(),
    "plan": {"type": "plan", "title": "P", "tasks": [task(status="pending")]},
    "card": {"type": "card", "title": {"type": "mrkdwn", "text": "x"}, "actions": [button()]},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "body": {"type": "mrkdwn", "text": "x"}}]},
    "container": {"type": "container", "title": plain(), "child_blocks": [section()], "is_collapsible": True},
    "image": {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png"},
    "rich_text": rich({"type": "text", "text": "x"}, {"type": "user", "user_id": "U1"}),
}

WRONG = {
    "unknown type": ({"type": "poem"}, "unknown type 'poem'"),
    "unknown field": (section(colour="red"), "unknown field"),
    "no type": ({"text": "x"}, "unknown type None"),
    "not an object": ("section", "unknown type 'section'"),
    "block_id": (section(block_id="x" * 256), "256 characters, at most 255"),
    "section without text": ({"type": "section"}, "a section needs text or fields"),
    "section text": (section("x" * 3_001), "3001 characters, at most 3000"),
    "empty text": (section(""), "empty"),
    "section fields": ({"type": "section", "fields": [plain()] * 11}, "11 items, from 1 to 10 are allowed"),
    "section field text": ({"type": "section", "fields": [plain("x" * 2_001)]}, "2001 characters, at most 2000"),
    "header text": ({"type": "header", "text": plain("x" * 151)}, "151 characters, at most 150"),
    "header in mrkdwn": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "'mrkdwn' is not one of plain_text",
    ),
    "context elements": ({"type": "context", "elements": [plain()] * 11}, "11 items, from 1 to 10 are allowed"),
    "context of buttons": (
        {"type": "context", "elements": [button()]},
        "type 'button' is not one of image, plain_text, mrkdwn",
    ),
    "no elements": (actions(), "0 items, from 1 to 25 are allowed"),
    "actions": (actions(*[button(action_id=f"a{n}") for n in range(26)]), "26 items, from 1 to 25 are allowed"),
    "context_actions": (
        {"type": "context_actions", "elements": [button()]},
        "type 'button' is not one of feedback_buttons, icon_button",
    ),
    "button text": (actions(button(text=plain("x" * 76))), "76 characters, at most 75"),
    "button value": (actions(button(value="x" * 2_001)), "2001 characters, at most 2000"),
    "button url": (actions(button(url="x" * 3_001)), "3001 characters, at most 3000"),
    "button style": (actions(button(style="pink")), "'pink' is not one of primary, danger"),
    "button prompt": (actions(button(agent_prompt="x" * 4_001)), "4001 characters, at most 4000"),
    "button in mrkdwn": (actions(button(text={"type": "mrkdwn", "text": "x"})), "'mrkdwn' is not one of plain_text"),
    "action_id": (actions(button(action_id="x" * 256)), "256 characters, at most 255"),
    "options": (actions(select(101)), "101 items, from 1 to 100 are allowed"),
    "overflow": (actions(overflow(6)), "6 items, from 1 to 5 are allowed"),
    "radio buttons": (actions({**overflow(11), "type": "radio_buttons"}), "11 items, from 1 to 10 are allowed"),
    "markdown text": ({"type": "markdown", "text": "x" * 12_001}, "12001 characters, at most 12000"),
    "markdown headings": ({"type": "markdown", "text": "# x\n" * 51}, "more than 50 headings and rules"),
    "table rows": (table([["x"]] * 101), "101 items, from 1 to 100 are allowed"),
    "table columns": (table([["x"] * 21]), "21 items, from 1 to 20 are allowed"),
    "table empty cell": (table([[""]]), "empty"),
    "table uneven": (table([["a", "b"], ["c"]]), "rows of different lengths"),
    "table text": (table([["x" * 501] * 20]), "more than 10000 characters over all cells"),
    "table cell type": (
        {"type": "table", "rows": [[{"type": "image", "text": "x"}]]},
        "type 'image' is not one of raw_text, raw_number, rich_text",
    ),
    "data_table rows": (
        {**table([["x"]] * 102), "type": "data_table", "caption": "C"},
        "102 items, from 2 to 101 are allowed",
    ),
    "data_table header alone": (
        {**table([["x"]]), "type": "data_table", "caption": "C"},
        "1 items, from 2 to 101 are allowed",
    ),
    "data_table caption": ({**table([["x"], ["y"]]), "type": "data_table"}, "missing"),
    "data_table rich header": (
        {"type": "data_table", "caption": "C", "rows": [[rich({"type": "text", "text": "x"})]] * 2},
        "the header may not be rich text",
    ),
    "data_table text": (
        {**table([["x" * 1_000] * 10] * 3), "type": "data_table", "caption": "C"},
        "more than 20000 characters over all cells",
    ),
    "chart title": ({**pie(1), "title": "x" * 51}, "51 characters, at most 50"),
    "chart type": (chart(type="radar"), "type 'radar' is not one of pie, bar, line, area"),
    "chart categories": (chart(axis_config={"categories": ["Jan"]}), "points do not match the categories"),
    "chart series": (
        chart(series=[{"name": f"s{n}", "data": [{"label": "Jan", "value": 1}]} for n in range(7)]),
        "7 items, from 1 to 6 are allowed",
    ),
    "chart names": (chart(series=[chart()["chart"]["series"][0]] * 2), "names used twice"),
    "chart points": (
        chart(series=[{"name": "s", "data": [{"label": "x", "value": 1}] * 21}]),
        "21 items, from 1 to 20 are allowed",
    ),
    "pie at zero": (pie(1, 0), "not above zero"),
    "pie segments": (pie(*[1] * 7), "7 items, from 1 to 6 are allowed"),
    "task pending alone": (task(status="pending"), "a task card on its own may not be pending"),
    "task status": (task(status="done"), "'done' is not one of pending, in_progress, complete, error"),
    "plan tasks": ({"type": "plan", "title": "P", "tasks": [task()] * 51}, "51 items, from 0 to 50 are allowed"),
    "card title": ({"type": "card", "title": {"type": "mrkdwn", "text": "x" * 151}}, "151 characters, at most 150"),
    "card body": ({"type": "card", "body": {"type": "mrkdwn", "text": "x" * 201}}, "201 characters, at most 200"),
    "card actions": ({"type": "card", "actions": [button()] * 4}, "4 items, from 1 to 3 are allowed"),
    "carousel cards": ({"type": "carousel", "elements": [{"type": "card"}] * 11}, "11 items, from 1 to 10 are allowed"),
    "container blocks": ({"type": "container", "child_blocks": [section()] * 11}, "11 items, from 1 to 10 are allowed"),
    "container child": (
        {"type": "container", "child_blocks": [{"type": "markdown", "text": "x"}]},
        "not allowed in a container",
    ),
    "container title": (
        {"type": "container", "title": plain("x" * 151), "child_blocks": [section()]},
        "151 characters, at most 150",
    ),
    "alert in a message": ({"type": "alert", "text": plain()}, "alert is not allowed in a message"),
    "image without source": ({"type": "image", "alt_text": "a"}, "an image needs image_url or slack_file"),
    "image alt": (
        {"type": "image", "alt_text": "a" * 2_001, "image_url": "https://example.com/a.png"},
        "2001 characters, at most 2000",
    ),
    "image url": ({"type": "image", "alt_text": "a", "image_url": "x" * 3_001}, "3001 characters, at most 3000"),
    "rich text element": (rich({"type": "poem"}), "not an element of rich text"),
    "rich text empty": (rich({"type": "text", "text": ""}), "missing or empty"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_block_passes(name):
    assert faults([SOUND[name]]) == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_block_is_refused(name):
    block, reason = WRONG[name]
    (fault,) = faults([block])
    assert fault.endswith(reason)


@pytest.mark.parametrize(
    "blocks",
    [
        "section",
        [section()] * 51,
        [section(block_id="b"), section(block_id="b")],
        [actions(button()), actions(button())],
        [table([["x"]]), table([["y"]])],
        [chart(), pie(1), pie(2)],
        [{"type": "markdown", "text": "x" * 7_000}] * 2,
    ],
    ids=[
        "no list",
        "too many",
        "block_id twice",
        "action_id twice",
        "two tables",
        "three charts",
        "markdown in all",
    ],
)
def test_blocks_have_limits_together(blocks):
    assert faults(blocks) != []


def test_an_alert_is_for_modals():
    assert faults([{"type": "alert", "text": plain("x" * 200), "level": "info"}], "modal") == []
    assert faults([{"type": "alert", "text": plain("x" * 201)}], "modal") != []


def test_weight_counts_the_text_that_is_shown():
    assert weight([section("12345"), actions(button()), table([["678", "9"]])]) == 5 + 2 + 4
