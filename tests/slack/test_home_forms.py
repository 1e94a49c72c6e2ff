"""The forms of the Home: within Slack's limits, and what they say is read back as it was meant, in four languages."""

import json
from dataclasses import replace
from datetime import time

import pytest

from bot.engines.answers.alerts import amount_of
from bot.engines.understanding.alerting import changed
from bot.engines.understanding.scheduled import read
from bot.errors import BadQuestion
from bot.language import available, load
from bot.language.scheduled import change_of
from bot.playground.blocks import faults
from bot.slack.home_forms import carried, channel_of, form, typed, wrong
from bot.types import Alert, Cadence, Intent, Limit, Query, Schedule
from bot.types.schedules import LAST_DAY

WEEKLY = Schedule("T1", "C1", "U1", Cadence.WEEKLY, time(9), "Europe/Madrid", "en", 0, "leadership", id=3)
MONTHLY = replace(WEEKLY, cadence=Cadence.MONTHLY, day=LAST_DAY, readers=None)
DAILY = replace(WEEKLY, cadence=Cadence.DAILY, day=None, at=time(17, 30), readers="success", personal=True)
EVERY = (WEEKLY, MONTHLY, replace(MONTHLY, day=12), DAILY, *(replace(WEEKLY, day=day) for day in range(1, 7)))
LIMIT = Limit("2", "churn rate above 5%", "5.0%")


def filled(view, **said):
    """The form as it comes back with these fields filled in, the others as they stood there."""
    values = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        state = {
            "static_select": {
                "selected_option": {"value": said.get(name, element.get("initial_option", {}).get("value"))}
            },
            "timepicker": {"selected_time": said.get(name, element.get("initial_time"))},
            "plain_text_input": {"value": said.get(name, element.get("initial_value"))},
        }[element["type"]]
        values[name] = {name: {"type": element["type"], **state}}
    return {**view, "state": {"values": values}}


def opened(change, code="en"):
    return form(carried(change, load(code)), "D1")


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("schedule", EVERY, ids=str)
def test_a_form_keeps_every_limit_and_says_nothing_where_nothing_was_changed(schedule, code):
    view = opened(schedule, code)
    assert list(faults(view["blocks"], "modal")) == []
    assert len(view["title"]["text"]) <= 24
    assert typed(filled(view)) == ""
    assert channel_of(view) == "D1"


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("schedule", EVERY, ids=str)
def test_what_is_typed_for_a_schedule_is_read_as_that_schedule(schedule, code):
    wish = read(change_of(schedule, load(code)), code)
    assert (wish.verb, wish.id, wish.cadence, wish.day, wish.at) == (
        "change", 3, schedule.cadence, schedule.day, schedule.at,
    )  # fmt: skip
    assert wish.zone == (None if schedule.personal else schedule.zone)
    assert (wish.readers, wish.everyone) == (schedule.readers, schedule.readers is None)
    assert (wish.unread, wish.no_time, wish.no_zone) == ((), None, None)


def test_each_field_of_the_form_is_in_what_is_typed():
    view = filled(opened(WEEKLY), day="4", at="08:15", zone="Asia/Tokyo", readers="everyone")
    assert typed(view) == "schedule change 3 weekly friday 8:15 Asia/Tokyo everyone"
    assert typed(filled(opened(MONTHLY), day="15")) == "schedule change 3 monthly 15 9:00 Europe/Madrid everyone"


def test_a_zone_that_is_none_is_told_beside_its_field():
    view = filled(opened(WEEKLY), zone="Madrid time")
    assert wrong(view) == {"zone": load("en").say("slack_home_form_zone_unknown")}
    assert wrong(filled(opened(WEEKLY), zone="Europe/Paris")) == {}
    assert "zone" not in [block["block_id"] for block in opened(DAILY)["blocks"]]


def test_an_alert_has_its_amount_in_the_form_and_an_unusual_one_has_no_form():
    view = opened(LIMIT)
    assert list(faults(view["blocks"], "modal")) == []
    assert typed(filled(view, amount="6,5 %")) == "alerts change 2 6,5 %"
    assert typed(filled(view)) == ""
    assert carried(None, load("en")) is None
    assert len(carried(replace(LIMIT, rule="z" * 5_000), load("en"))) < 2_000
    assert json.loads(view["private_metadata"])["alert"] == "2"


ALERTS = (
    Alert(Query(Intent.VALUE, "churn_rate"), "above", 0.05),
    Alert(Query(Intent.VALUE, "churn_rate"), "up", 0.021),
    Alert(Query(Intent.VALUE, "mrr"), "down", 0.1, relative=True),
    Alert(Query(Intent.VALUE, "mrr"), "below", 1_234.5),
    Alert(Query(Intent.VALUE, "open_tickets"), "above", 300),
)


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("alert", ALERTS, ids=str)
def test_the_amount_of_an_alert_is_read_back_as_it_is_shown(alert, code):
    language = load(code)
    assert changed(alert, amount_of(language, alert, "USD"), language) == alert


def test_a_bare_number_is_meant_as_the_amount_was_and_what_cannot_be_is_said():
    english = load("en")
    assert changed(ALERTS[0], "6", english).amount == pytest.approx(0.06)
    assert changed(ALERTS[2], "20", english) == replace(ALERTS[2], amount=0.2)
    for alert, text, key in (
        (ALERTS[0], "more", "alert_needs_amount"),
        (ALERTS[3], "6%", "alert_unit"),
        (replace(ALERTS[0], when="unusual"), "6%", "alert_no_amount"),
    ):
        with pytest.raises(BadQuestion) as refused:
            changed(alert, text, english)
        assert refused.value.key == key
