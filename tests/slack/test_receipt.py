"""The receipt behind an answer, over real sockets: the real bot on the finger-count company in the local Slack."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from bot.documents import Receipt
from bot.errors import NotAllowed
from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from bot.slack.heard import Heard
from bot.slack.receipt import table_of
from bot.types import Evidence, Intent, Query, Question, Rights, RowFilter, Shape, Unit
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

EN, FR = load("en"), load("fr")


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('receipts')}/records.sqlite") as records:
        yield records


@pytest.fixture(scope="module")
def city(records):
    """The local Slack with the real bot in it."""
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(served(FINGERS, records), records, slack):
        slack.wait_for(lambda: slack.connections)
        yield slack


@pytest.fixture
def town(city):
    city.advance(61)
    ana, bruno = city.person("Ana"), city.person("Bruno", locale="fr-FR")
    return Town(city, ana, bruno, city.channel("retention", members=[ana, bruno]))


def text_of(view):
    return "\n".join(
        [b["text"]["text"] for b in view["blocks"] if "text" in b]
        + [f["text"] for b in view["blocks"] for f in b.get("fields", ())]
        + [e["text"] for b in view["blocks"] if b["type"] == "context" for e in b["elements"]]
    )


def opened(town, person, message, language=EN):
    """The receipt of a message as one person sees it, once it is whole."""
    town.slack.press(person, message, language.say("slack_receipt_button"), town.channel)
    whole = language.say("slack_receipt_query")
    waiting = language.say("slack_receipt_measuring")
    return town.slack.wait_for(
        lambda: (v := town.slack.modal(person)) and whole in text_of(v) and waiting not in text_of(v) and v, seconds=20
    )


@pytest.fixture
def asked(town):
    """Churn in October of the finger-count company: 3 of 8."""
    town.slack.mention(town.ana, town.channel, "what was our churn rate in October?")
    return town.answer()


def test_the_receipt_tells_what_the_figure_stands_on(town, asked):
    shown = text_of(opened(town, town.bruno, asked))
    assert "3 of 8" in shown
    assert "*Counted*\n3" in shown
    assert "*Out of*\n8" in shown
    assert "1 October 2026 to 31 October 2026" in shown
    assert "Formula:" in shown
    assert "SELECT" in shown
    assert [c.ok for c in town.slack.calls("views.open")] == [True] * len(town.slack.calls("views.open"))


def test_the_other_definitions_stand_beside_it_and_one_click_answers_by_it(town, asked):
    view = opened(town, town.ana, asked)
    named = {
        b["text"]["text"].split("\n")[0]: b for b in view["blocks"] if b.get("accessory", {}).get("type") == "button"
    }
    label = EN.say("slack_receipt_variant", variant=(("method", "stripe_like"),))
    assert label in named
    number = named[label]["text"]["text"].split("\n")[1].strip("*")
    at = view["blocks"].index(named[label])
    town.slack._do(lambda: town.slack._acts.press_in_view(town.ana, view, ("blocks", at, "accessory"), {}, {}))
    answer = town.answer(number=2)
    assert answer["thread_ts"] == asked["thread_ts"]
    counts = number.partition(" (")[2]
    assert counts.rstrip(")") in answer["text"]
    town.slack.wait_for(lambda: EN.say("slack_receipt_switched") in text_of(town.slack.modal(town.ana)))


def test_the_rows_and_the_query_come_as_files_into_a_direct_message(town, asked):
    view = opened(town, town.bruno, asked)
    direct = town.slack.direct(town.bruno)
    for label, name in (("slack_receipt_csv", "churn_rate-2026-10-01.csv"), ("slack_receipt_sql", ".sql")):
        before = len(town.slack.messages(direct))
        town.slack.press_in_view(town.bruno, view, EN.say(label))
        message = town.slack.wait_for(lambda n=before: town.slack.messages(direct)[n:])[0]
        (file,) = message["files"]
        assert file["name"].endswith(name)
        town.slack.wait_for(lambda n=name: n in text_of(town.slack.modal(town.bruno)))
        content = town.slack.file(file["id"]).decode()
        if name.endswith("csv"):
            first = next(csv.DictReader(io.StringIO(content)))
            assert (first["metric"], first["part"], first["whole"]) == ("churn_rate", "3", "8")
            assert float(first["interval_low"]) < 3 / 8 < float(first["interval_high"])
        else:
            assert content.startswith("-- churn_rate\n")
    assert town.slack.messages(town.channel, by_app=True)[-1]["ts"] == asked["ts"]


def test_a_file_that_slack_does_not_take_is_said_and_not_hidden(town, asked):
    view = opened(town, town.ana, asked)
    town.slack.fail("files.getUploadURLExternal", 500, times=3)
    town.slack.press_in_view(town.ana, view, EN.say("slack_receipt_csv"))
    town.slack.wait_for(lambda: EN.say("slack_receipt_file_failed") in text_of(town.slack.modal(town.ana)), seconds=20)
    town.slack._do(town.slack._server.troubles["files.getUploadURLExternal"].clear)


def test_a_guest_may_press_the_button_and_sees_nothing(town, asked):
    guest = town.slack.person("Gus", guest="multi")
    town.slack._do(lambda: town.slack.space.channels[town.channel].members.add(guest))
    town.slack.press(guest, asked, EN.say("slack_receipt_button"), town.channel)
    refused = EN.say("refused_guest")
    view = town.slack.wait_for(lambda: (v := town.slack.modal(guest)) and refused in text_of(v) and v)
    assert "3 of 8" not in text_of(view)


def test_an_ephemeral_answer_has_its_receipt_and_the_switch_stays_for_its_asker_alone(town):
    town.slack.command(town.ana, town.channel, "/retention what was our churn rate in October?")
    view = opened(town, town.ana, town.whisper(town.ana))
    at = next(i for i, b in enumerate(view["blocks"]) if b.get("accessory", {}).get("action_id") == "receipt_use_0")
    town.slack._do(lambda: town.slack._acts.press_in_view(town.ana, view, ("blocks", at, "accessory"), {}, {}))
    town.whisper(town.ana, number=2)
    assert town.slack.messages(town.channel) == []


def test_a_receipt_speaks_the_language_of_its_answer(town):
    town.slack.mention(town.bruno, town.channel, "quel était notre taux de churn en octobre ?")
    view = opened(town, town.ana, town.answer(), FR)
    assert "*Comptés*\n3" in text_of(view)


def test_an_answer_that_is_no_longer_kept_has_no_receipt_and_says_so(town, asked, records, monkeypatch):
    monkeypatch.setattr(type(records.answers), "get", lambda self, id: None)
    town.slack.press(town.ana, asked, EN.say("slack_receipt_button"), town.channel)
    town.slack.wait_for(lambda: (v := town.slack.modal(town.ana)) and EN.say("receipt_gone") in text_of(v))


def test_an_ephemeral_answer_that_may_have_been_given_is_offered_anew_by_a_button(town, city, records):
    long_ago = datetime(2026, 11, 2, 8)
    url = city.command(town.ana, town.channel, "/retention help").payload["response_url"]
    town.whisper(town.ana)
    what = Heard(
        event="cut off", ts="cut off", kind="command", team="T0HOME", channel=town.channel, user=town.ana,
        text="what was our churn rate in October?", response_url=url,
    )  # fmt: skip
    records.inbox.accept(event=what.event, team=what.team, channel=what.channel, ts=what.ts,
        payload=what.as_row(), now=long_ago)  # fmt: skip
    records.inbox.claim(long_ago, "a worker that died", timedelta(minutes=1), what.event)
    with start(served(FINGERS, records), records, city):
        offer = town.whisper(town.ana, number=2)
    assert what.text in offer["text"]
    assert "3 of 8" not in offer["text"]
    city.press(town.ana, offer, EN.say("slack_run_again_button"), town.channel)
    assert "3 of 8" in town.whisper(town.ana, number=3)["text"]


def kept(service, now, rights, id="asked"):
    """An answer that was given to somebody with these rights."""
    text = "what was our churn rate in October?"
    return service.ask(Question(text=text, now=now, rights=rights, language="en", id=id))


def test_who_is_confined_to_fewer_rows_than_the_answer_gets_no_receipt(records):
    service = served(FINGERS, records)
    now, spain = datetime(2026, 11, 2, 9), (RowFilter("country", ("ES",)),)
    kept(service, now, Rights(), "all")
    kept(service, now, Rights(row_filters=spain), "spain")
    with pytest.raises(NotAllowed, match="receipt_other_rights"):
        service.receipt("all", Rights(row_filters=spain))
    with pytest.raises(NotAllowed, match="metric_not_allowed"):
        service.receipt("all", Rights(metrics=frozenset({"mrr"})))
    assert service.receipt("spain", Rights(row_filters=spain)).evidence[0].rights == spain


@pytest.mark.slow
def test_the_other_definitions_are_measured_on_the_rows_of_the_answer(records):
    """Whoever may see more still compares like with like: the whole stays that of the confined answer."""
    service = served(FINGERS, records)
    now = datetime(2026, 11, 2, 9)
    confined = Rights(row_filters=(RowFilter("country", ("ES",)),))
    kept(service, now, confined, "confined")
    receipt = service.receipt("confined", Rights())
    whole = receipt.evidence[0].rows[0]["whole"]
    measured = {query.variant: evidence for query, evidence in service.others(receipt, Rights(), now)}
    assert measured
    for variant, evidence in measured.items():
        query = Query(Intent.VALUE, "churn_rate", receipt.query.window, variant=variant)
        assert evidence.rows == service.measure(query, confined, now)[0].rows
        assert evidence.rights == confined.row_filters
    assert whole < 8


def test_a_spreadsheet_runs_nothing_that_stands_in_the_data():
    evidence = {"id": "e1", "role": "main", "unit": Unit.SHARE, "good": "down", "shape": Shape.SHARE, "version": 1}
    rows = ({"plan": "=HYPERLINK(1)", "part": -1, "whole": 2},)
    one = Evidence(query=Query(Intent.VALUE, "churn_rate"), columns=("plan", "part", "whole"), rows=rows,
        as_of=date(2026, 11, 2), **evidence)  # fmt: skip
    table = table_of(Receipt("en", one.query, {}, (one,)))
    assert next(csv.DictReader(io.StringIO(table)))["plan"] == "'=HYPERLINK(1)"
    assert next(csv.DictReader(io.StringIO(table)))["part"] == "-1"
