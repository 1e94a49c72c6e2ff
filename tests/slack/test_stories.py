"""The stories of Slack, each in four languages: the real bot on the finger-count company in the strict local Slack.

Two more are told where their clocks are: schedules in test_scheduled.py, accounts in trouble in test_owners.py. Each
piece of a story is held in a language or two by a fast test of its own; here it is told whole, in all of them.
"""

import json
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest

from bot.playground import Pace, Slack
from bot.playground.workspace import Refused
from bot.progress import safe_point
from bot.records import open_records
from bot.slack import telling
from bot.slack.home import BARS
from bot.slack.manifest import SHORTCUT
from bot.types import Grain, Window
from tests.slack.storytellers import NOW, WORDS, City, built, company, on
from tests.slack.town import MANIFEST

pytestmark = pytest.mark.slow
WEEK = Window(date(2026, 10, 26), date(2026, 11, 2), Grain.WEEK)
OCTOBER = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
SPAIN = (("country", ("ES",)),)


@pytest.fixture(scope="module", params=WORDS)
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with built(tmp_path_factory.mktemp("stories"), request.param) as city:
        yield city


@pytest.fixture(autouse=True)
def _a_minute_later(request: pytest.FixtureRequest) -> None:
    """No story pays for the calls of another, or sees its modals."""
    if "city" in request.fixturenames:
        slack = request.getfixturevalue("city").slack
        slack.advance(61)
        slack._do(lambda: [slack.space.close_view(one) for stack in slack.space.modals.values() for one in [*stack]])


def test_a_question_is_followed_up_twice_in_its_thread(city: City) -> None:
    first = city.asks(city.words.churn)
    assert city.words.three_of_eight in first["text"]
    thread = first["thread_ts"]
    assert city.words.none_of_eight in city.asks(city.words.earlier, thread)["text"]
    # Every country is too small for a channel, which is said, and not that there is nothing.
    split = city.asks(city.words.by_country, thread)
    assert city.say("too_few_to_show", smallest=5) in split["text"]
    direct = city.slack.direct(city.ana)
    before = len(city.answers(direct)) + 1
    city.slack.press(city.ana, split, city.say("slack_alone_button"), city.channel)
    assert city.language.value_name("country", "FR") in city.answer(direct, before)["text"]


def test_a_question_that_asks_back_is_finished_by_its_button(city: City) -> None:
    asked = city.asks(city.words.vague)
    assert not any(figure.isdigit() for figure in asked["text"])
    number = len(city.answers()) + 1
    label = city.say("cell_metric", metric="retention_rate")
    city.slack.press(city.ana, asked, label, city.channel)
    answer = city.answer(number=number)
    assert answer["thread_ts"] == asked["thread_ts"]
    assert answer["text"].startswith(city.say("slack_asked", text=label))
    assert city.words.three_of_eight.replace("3", "5") in answer["text"]


def test_the_receipt_is_opened_and_another_definition_chosen_in_it(city: City) -> None:
    first = city.asks(city.words.churn)
    view = city.receipt(first)
    assert city.words.three_of_eight in str(view)
    use = next(block for block in view["blocks"] if block.get("accessory", {}).get("action_id") == "receipt_use_0")
    number = len(city.answers()) + 1
    at = ("blocks", view["blocks"].index(use), "accessory")
    city.slack._do(lambda: city.slack._acts.press_in_view(city.ana, view, at, {}, {}))
    assert city.answer(number=number)["thread_ts"] == first["thread_ts"]
    city.modal(city.ana, city.say("slack_receipt_switched"))


def test_a_bad_answer_is_marked_with_its_reason_and_told_to_the_admins(city: City) -> None:
    answer = city.asks(city.words.churn)
    row = next(block for block in answer["blocks"] if block["type"] == "context_actions")
    thumbs = row["elements"][0]
    assert thumbs["negative_button"]["text"]["text"] == city.say("slack_mark_down")
    at = ("blocks", answer["blocks"].index(row), "elements", 0)
    chosen = {"value": thumbs["negative_button"]["value"]}
    city.slack._do(lambda: city.slack._acts.press(city.bruno, answer, at, chosen, city.channel))
    form = city.modal(city.bruno, city.say("slack_mark_wrong_figure"))
    seen = len(city.whispers(city.bruno)) + 1
    reason = {"reason": {"reason": {"selected_option": {"value": "wrong_figure"}}}}
    city.slack.submit(city.bruno, form, reason | {"words": {"words": {"value": city.words.left}}})
    assert city.whisper(city.bruno, seen)["text"] == city.say("slack_mark_noted")
    told = city.types(city.ana, city.words.all_left, city.slack.direct(city.ana))
    assert city.words.left in told
    assert city.words.churn in told


def test_the_week_comes_to_whoever_types_it(city: City) -> None:
    said = city.types(city.bruno, city.words.weekly)
    assert city.say("weekly_header", window=WEEK) in said
    assert city.language.name("metrics", "churned_customers").lower() in said.lower()


def test_a_note_then_stands_in_the_answer_on_a_trend(city: City) -> None:
    city.types(city.ana, city.words.note)
    assert city.words.noted in city.asks(city.words.trend)["text"]
    city.types(city.ana, city.words.no_note)
    assert city.words.noted not in city.asks(city.words.trend)["text"]


def test_an_endorsed_definition_is_named_in_the_next_answer_with_its_day(city: City) -> None:
    view = city.receipt(city.asks(city.words.churn))
    city.slack.press_in_view(city.ana, view, city.say("slack_receipt_endorse"))
    line = city.say("footing_endorsed", by="Ana", day=NOW.date())
    city.modal(city.ana, line)
    assert line in city.asks(city.words.churn)["text"]
    city.types(city.ana, city.words.unendorse)
    assert line not in city.asks(city.words.churn)["text"]


def test_a_draft_goes_from_the_command_to_its_files(city: City) -> None:
    direct, say = city.slack.direct(city.ana), city.say
    city.slack.command(city.ana, direct, f"/retention {city.words.draft}")
    form = city.modal(city.ana, say("slack_compose_submit"))
    city.slack.submit(city.ana, form, {"person": {"person": {"type": "plain_text_input", "value": "A7"}}})
    made = city.modal(city.ana, say("slack_compose_preview_full"))
    city.slack.press_in_view(city.ana, made, say("slack_draft_approve"))
    asked = city.slack.wait_for(lambda: (v := city.slack.modal(city.ana)) and v["callback_id"] == "draft_" and v)
    ticked = {"type": "checkboxes", "selected_options": [{"value": "yes"}]}
    city.slack.submit(city.ana, asked, {"confirm": {"confirm": ticked}})
    approved = city.modal(city.ana, say("slack_compose_export"))
    city.slack.press_in_view(city.ana, approved, say("slack_compose_export"))
    city.modal(city.ana, ".zip")
    sent = city.slack.wait_for(lambda: [file for one in city.slack.messages(direct) for file in one.get("files", ())])
    names = zipfile.ZipFile(BytesIO(city.slack.file(sent[0]["id"]))).namelist()
    assert {"people.csv", "holdout.csv"} <= set(names)


def test_the_home_shows_the_week_and_answers_its_questions(city: City) -> None:
    direct = city.slack.direct(city.bruno)
    city.slack.open_home(city.bruno, "home")
    home = city.slack.wait_for(lambda: (v := city.slack.space.homes.get(city.bruno)) and "`" in str(v) and v)
    shown = json.dumps(home, ensure_ascii=False)
    for key in ("slack_home_week", "slack_home_ask", "slack_prompt_why_title"):
        assert city.say(key) in shown
    assert any(bar in shown for bar in BARS)
    number = len(city.answers(direct)) + 2
    city.slack.press_in_view(city.bruno, home, city.say("slack_prompt_churn_title"))
    assert city.words.three_of_eight in city.answer(direct, number)["text"]


def test_the_shortcut_answers_under_somebody_elses_message(city: City) -> None:
    said = city.slack.post(city.bruno, city.channel, city.words.churn)
    number = len(city.answers()) + 1
    city.slack.shortcut(city.ana, city.channel, said, SHORTCUT)
    answer = city.answer(number=number)
    assert answer["thread_ts"] == said
    assert answer["text"].startswith(city.say("slack_asked", text=city.words.churn))
    assert city.words.three_of_eight in answer["text"]


def test_the_two_steps_of_workflows_end_with_words_and_a_number(city: City) -> None:
    def ended(run: str) -> dict[str, object]:
        return city.slack.wait_for(lambda: one if (one := city.slack.run_of(run))["state"] != "running" else None)

    metric = ended(city.slack.run_step("metric_value", metric=city.words.metric, period=city.words.period))
    assert metric["outputs"]["value"] == 37.5
    assert city.words.three_of_eight in metric["outputs"]["text"]
    week = ended(city.slack.run_step("weekly_summary"))
    assert city.say("weekly_header", window=WEEK) in week["outputs"]["text"]


def test_the_stop_button_ends_the_work_with_a_sentence(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = city.service.ask

    def long(*question):
        """A measure that takes its time, and looks at its safe points whether it is still wanted."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            safe_point()
            time.sleep(0.01)
        return ask(*question)

    monkeypatch.setattr(telling, "AT_ONCE", 0.0)
    monkeypatch.setattr(city.service, "ask", long)
    direct = city.slack.direct(city.ana)
    number = len(city.answers(direct)) + 1
    root = city.slack.tell(city.ana, city.words.churn)

    def pressed() -> bool:
        try:
            city.slack.stop(city.ana, direct, root)
        except Refused:
            return False
        return True

    city.slack.wait_for(pressed)
    assert city.answer(direct, number)["text"] == city.say("slack_stopped")


def test_a_guest_is_refused_with_a_sentence(city: City) -> None:
    guest = city.slack.person("Gil", locale=f"{city.code}-XX", guest="multi")
    assert city.asks_alone(guest, city.words.churn)["text"] == city.say("refused_guest")


def test_a_channel_shared_with_another_company_is_refused_with_a_sentence(city: City) -> None:
    shared = city.slack.channel("partners", members=[city.ana], external=True)
    number = len(city.whispers(city.ana)) + 1
    city.slack.mention(city.ana, shared, city.words.churn)
    assert city.whisper(city.ana, number)["text"] == city.say("refused_external_channel")
    assert city.slack.messages(shared, by_app=True) == []


def test_a_row_filter_is_named_in_the_answer(city: City) -> None:
    sol = city.somebody("Sol")
    answer = city.asks_alone(sol, city.words.churn)["text"]
    assert city.words.one_of_two in answer
    assert city.say("confined", filters=SPAIN) in answer


def test_the_profile_of_a_channel_is_named_in_the_answer(city: City) -> None:
    answer = city.asks(city.words.churn, channel=city.spanish)["text"]
    assert city.words.one_of_two in answer
    assert city.say("channel_here", filters=SPAIN) in answer


@pytest.mark.parametrize("code", WORDS)
def test_an_alert_and_a_final_figure_come_on_their_days_and_no_second_time(code: str, tmp_path) -> None:
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{tmp_path}/records.sqlite") as records,
    ):
        workspace = company(tmp_path / "company", code, slack.channel("spain"))
        with on(date(2026, 10, 20), workspace, records, slack, code) as service:
            city = City(slack, "", "", "", code, service=service)
            city.ana = city.somebody("Ana")
            city.channel = slack.channel("retention", members=[city.ana])
            city.types(city.ana, city.words.alert)
            early = city.asks(city.words.mrr)
            label = city.say("slack_final_on", day=date(2026, 11, 1))
            slack.press(city.ana, early, label, city.channel)
            promise = city.whisper(city.ana, 2)["text"]
            assert city.say("slack_final_promised", day=date(2026, 11, 1), text=city.words.mrr) in promise
            assert len(city.answers()) == 1
        for _ in range(2):
            with on(date(2026, 11, 2), workspace, records, slack, code):
                city.answer(number=3)
                city.quiet()
        _, *later = city.answers()
        assert len(later) == 2
        final = next(one["text"] for one in later if one.get("thread_ts") == early["thread_ts"])
        fired = next(one["text"] for one in later if one.get("thread_ts") != early["thread_ts"])
        money = {"unit": "money", "currency": "EUR"}
        assert city.say("final_then_now", day=date(2026, 10, 19), then=1080, now=950, **money) in final
        share = {"metric": "churn_rate", "limit": 0.05, "value": 0.375, "unit": "share"}
        assert city.say("alert_above", window=OCTOBER, **share) in fired
