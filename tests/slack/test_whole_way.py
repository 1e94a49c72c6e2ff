"""The whole way, with nothing scripted: a person in Slack, the real bot, the finger-count company."""

from collections.abc import Iterator

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The local Slack with the real bot in it."""
    folder = tmp_path_factory.mktemp("whole")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
        start(served(FINGERS, records), records, slack),
    ):
        slack.wait_for(lambda: slack.connections)
        ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
        yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def test_a_mention_its_follow_up_and_its_receipt_of_counts(city: Town) -> None:
    root = city.slack.mention(city.ana, city.channel, "what was our churn rate in October?")
    first = city.answer()
    assert "3 of 8" in first["text"]
    assert first["thread_ts"] == root
    city.slack.post(city.bruno, city.channel, "and by interval?", thread=root)
    second = city.answer(number=2)
    # A channel shows what a viewer may see: the one annual customer is too few to be shown, and so is nobody else.
    assert "0 of 1" not in second["text"]
    assert load("en").say("too_few_to_show", smallest=5) in second["text"]
    assert second["thread_ts"] == root


def test_a_french_direct_message_is_answered_in_french(city: Town) -> None:
    direct = city.slack.direct(city.bruno)
    city.slack.tell(city.bruno, "quel était notre taux de churn en octobre 2026 ?")
    text = city.answer(direct)["text"]
    assert "3 sur 8" in text
    assert "octobre 2026" in text


def test_names_of_customers_are_kept_from_a_channel(city: Town) -> None:
    number = len(city.answers()) + 1
    city.slack.mention(city.ana, city.channel, "which customers left in October?")
    answer = city.answer(number=number)
    assert "Cedar" not in answer["text"]
    assert "direct message" in answer["text"]
    # Ana is a viewer: in a direct message she would see no names either, so none is offered.
    assert load("en").say("slack_alone_button") not in str(answer["blocks"])


def test_the_weekly_command_answers_only_the_asker(city: Town) -> None:
    before = len(city.answers())
    city.slack.command(city.ana, city.channel, "/retention weekly")
    text = city.whisper(city.ana)["text"]
    assert "The week of 26 October to 1 November 2026" in text
    assert "Churned customers: 1, 2 the week before, 1 on average" in text
    assert len(city.answers()) == before


def test_a_guest_is_refused_before_anything_is_measured(city: Town) -> None:
    guest = city.slack.person("Gil", guest="multi")
    direct = city.slack.direct(guest)
    city.slack.tell(guest, "what was our churn rate in October?")
    text = city.answer(direct)["text"]
    assert "Guests" in text
    assert "3 of 8" not in text


def test_what_cannot_be_answered_is_said_and_the_next_question_works(city: Town) -> None:
    direct = city.slack.direct(city.ana)
    city.slack.tell(city.ana, "what is our pipeline revenue?")
    assert "will not make one up" in city.answer(direct)["text"]
    city.slack.tell(city.ana, "MRR at the end of October")
    assert "950" in city.answer(direct, number=2)["text"]


def test_a_segment_from_a_sentence_is_kept_by_a_button_and_known_by_its_name(city: Town) -> None:
    direct = city.slack.direct(city.ana)
    number = len(city.answers(direct)) + 1
    city.slack.tell(city.ana, "create a segment of monthly customers")
    shown = city.answer(direct, number)
    assert "5 customers on 2 November 2026" in shown["text"]
    assert "there were 6: 1 fewer now" in shown["text"]
    city.slack.press(city.ana, shown, "Save it as “Group monthly”", direct)
    assert "Saved as “Group monthly”" in city.answer(direct, number + 1)["text"]
    city.slack.mention(city.ana, city.channel, "what was the churn rate of group monthly in October?")
    answer = city.answer(number=len(city.answers()) + 1)
    assert "3 of 7" in answer["text"]
    assert "Only: Group monthly" in answer["text"]
    city.slack.tell(city.ana, "customers with at least 1 ticket")
    assert "fewer than 5" in city.answer(direct, number + 2)["text"]


def test_a_missing_metric_is_requested_by_a_button_and_listed_for_no_viewer(city: Town) -> None:
    direct = city.slack.direct(city.bruno)
    number = len(city.answers(direct)) + 1
    city.slack.tell(city.bruno, "what was our carbon footprint in October?")
    refused = city.answer(direct, number)
    city.slack.press(city.bruno, refused, "Request the metric “carbon footprint”", direct)
    assert "Your request is noted" in city.answer(direct, number + 1)["text"]
    seen = len(city.whispers(city.ana)) + 1
    city.slack.command(city.ana, city.channel, "/retention requests")
    assert "Only admins" in city.whisper(city.ana, seen)["text"]
