"""Commands the whole way: one metric named exactly, the data in short, a word for the admins, and an answer shared."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

EN, FR, ES, PL = (load(code) for code in ("en", "fr", "es", "pl"))
SHARE, SHARE_FR = EN.say("slack_share_button"), FR.say("slack_share_button")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real bot, to which Ana is an admin and Bruno a viewer, as everybody else."""
    folder = tmp_path_factory.mktemp("exactly")
    workspace = folder / "workspace.toml"
    told = FINGERS.read_text().replace("files:data", f"files:{FINGERS.parent}/data")
    workspace.write_text(f'{told}\n[access.roles.admin]\nmembers = ["ana@example.com"]\n')
    with open_records(f"sqlite:///{folder}/records.sqlite") as records:
        service = served(workspace, records)
        service.now = lambda: datetime(2026, 11, 2, 9)
        with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(service, records, slack):
            slack.wait_for(lambda: slack.connections)
            ana = slack.person("Ana", email="ana@example.com")
            bruno = slack.person("Bruno", locale="fr-FR")
            yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


@pytest.fixture(autouse=True)
def a_minute_later(city: Town) -> None:
    city.slack.advance(61)


def typed(town: Town, person: str, line: str, channel: str | None = None):
    """What a person is shown after a command."""
    number = len(town.whispers(person)) + 1
    town.slack.command(person, channel or town.channel, f"/retention {line}")
    return town.whisper(person, number)


def buttons(message) -> list[str]:
    return [e["text"]["text"] for b in message.get("blocks", ()) if b["type"] == "actions" for e in b["elements"]]


def test_a_metric_is_measured_by_its_id_or_by_its_name(city: Town) -> None:
    assert "3 of 8" in typed(city, city.ana, "metric churn_rate 2026-10")["text"]
    assert "3 sur 8" in typed(city, city.bruno, "métrique taux de churn octobre 2026")["text"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("metric unicorns", EN.say("metric_unnamed", words="unicorns", typed=EN.say("metric_example"))),
        ("métrique licornes", FR.say("metric_unnamed", words="licornes", typed=FR.say("metric_example"))),
        ("metric churn_rate by zodiac", EN.say("metric_unread", words="zodiac", typed=EN.say("metric_example"))),
        ("metryka churn_rate zodiak", PL.say("metric_unread", words="zodiak", typed=PL.say("metric_example"))),
    ],
)
def test_what_cannot_be_read_is_said_with_what_would_work(city: Town, line: str, sentence: str) -> None:
    assert sentence in typed(city, city.ana, line)["text"].replace("&lt;", "<")


def test_a_metric_alone_lists_all_that_there_are(city: Town) -> None:
    for line, spoken in (("metric", EN), ("métrica", ES)):
        whisper = typed(city, city.ana, line)
        assert spoken.name("metrics", "churn_rate") in whisper["text"]
        assert spoken.say("metric_example") in buttons(whisper)


def test_an_answer_to_a_metric_can_be_asked_on_and_has_its_receipt(city: Town) -> None:
    direct = city.slack.direct(city.ana)
    whisper = typed(city, city.ana, "metric churn_rate 2026-10 by country", direct)
    assert all(row in whisper["text"] for row in ("France: 2 of 4", "Spain: 1 of 2"))
    assert EN.say("slack_receipt_button") in buttons(whisper)
    assert "1 of 2" in typed(city, city.ana, "and in Spain?", direct)["text"]


@pytest.mark.slow
def test_the_data_is_told_in_short_with_examples_only_where_single_people_may_be_seen(city: Town) -> None:
    """All probes of all tables."""
    own, shared = typed(city, city.ana, "data", city.slack.direct(city.ana)), typed(city, city.bruno, "données")
    for whisper, spoken in ((own, EN), (shared, FR)):
        assert spoken.say("data_more") in whisper["text"]
        assert "accounts (24" in whisper["text"]
    assert "Data to 1 November 2026" in own["text"]
    assert "for example W1" in own["text"]
    assert "events.user_id" in shared["text"]
    assert "W1" not in shared["text"]


def test_a_word_left_by_anybody_reaches_the_admins_and_them_alone(city: Town) -> None:
    left = typed(city, city.bruno, "avis le résumé est <trop> long")["text"]
    assert FR.say("feedback_left", words="le résumé est &lt;trop&gt; long") in left
    assert FR.say("feedback_example") in typed(city, city.bruno, "avis")["text"]
    assert "résumé est" not in typed(city, city.bruno, "feedback")["text"]
    told = typed(city, city.ana, "feedback")["text"]
    assert "le résumé est &lt;trop&gt; long" in told
    assert "Thumbs up: 0. Thumbs down: 0." in told


def test_a_bad_answer_is_listed_for_admins_with_its_reason(city: Town) -> None:
    number = len(city.answers()) + 1
    city.slack.mention(city.bruno, city.channel, "quel était notre taux de churn en octobre 2026 ?")
    answer = city.answer(number=number)
    key = next(b for b in answer["blocks"] if b["type"] == "context_actions")
    id = key["elements"][0]["negative_button"]["value"].split(" ", 2)[2]
    path = ("blocks", answer["blocks"].index(key), "elements", 0)
    chosen = {"value": f"down fr {id}"}
    city.slack._do(lambda: city.slack._acts.press(city.bruno, answer, path, chosen, city.channel))
    modal = city.slack.wait_for(lambda: city.slack.modal(city.bruno), seconds=10)
    reason = {"reason": {"selected_option": {"value": "wrong_figure"}}}
    city.slack.submit(city.bruno, modal, {"reason": reason, "words": {"words": {"value": "c’est 9 %"}}})
    city.slack.wait_for(lambda: "c’est 9 %" in typed(city, city.ana, "feedback")["text"], seconds=10)
    told = typed(city, city.ana, "feedback")["text"]
    assert "quel était notre taux de churn en octobre 2026" in told
    assert EN.say("slack_mark_wrong_figure") in told


@pytest.mark.parametrize(
    ("who", "line", "label", "told"),
    [
        ("ana", "metric churn_rate 2026-10", SHARE, "Ana shares: metric churn_rate 2026-10"),
        ("bruno", "quel était notre taux de churn en octobre 2026 ?", SHARE_FR, "Bruno partage"),
    ],
)
def test_an_ephemeral_answer_is_shared_once_with_everybody(
    city: Town, who: str, line: str, label: str, told: str
) -> None:
    person, before = getattr(city, who), len(city.answers())
    whisper = typed(city, person, line)
    city.slack.press(person, whisper, label, city.channel)
    shared = city.answer(number=before + 1)
    assert told in shared["text"].replace("\u00a0", " ")
    assert "3 of 8" in shared["text"] or "3 sur 8" in shared["text"]
    assert "thread_ts" not in shared
    assert label not in buttons(shared)
    city.slack.press(person, whisper, label, city.channel)
    city.quiet()
    assert len(city.answers()) == before + 1


def test_the_talk_goes_on_under_what_was_shared(city: Town) -> None:
    before = len(city.answers())
    city.slack.press(city.ana, typed(city, city.ana, "metric mrr 2026-10"), SHARE, city.channel)
    shared = city.answer(number=before + 1)
    city.slack.post(city.bruno, city.channel, "and in September?", thread=shared["ts"])
    followed = city.answer(number=before + 2)
    assert followed["thread_ts"] == shared["ts"]
    assert "€1,320.00" in followed["text"]


def test_what_the_place_may_not_see_is_not_there_to_be_shared(city: Town) -> None:
    """Ana may see single customers where nobody reads along; the channel gets none by her sharing."""
    whisper = typed(city, city.ana, "metric churn_rate 2026-10 by interval")
    assert "0 of 1" not in whisper["text"]
    with pytest.raises(LookupError, match=SHARE):
        city.slack.press(city.ana, whisper, SHARE, city.channel)


def test_nothing_can_be_shared_from_direct_messages_nor_where_there_is_no_figure(city: Town) -> None:
    assert SHARE not in buttons(typed(city, city.ana, "metric churn_rate 2026-10", city.slack.direct(city.ana)))
    for line in ("help", "feedback", "metric unicorns"):
        assert SHARE not in buttons(typed(city, city.ana, line))


def test_where_the_bot_is_no_member_it_says_so_and_shares_once_it_is(city: Town) -> None:
    elsewhere = city.slack.channel("elsewhere", members=[city.ana], joined=False)
    whisper = typed(city, city.ana, "metric churn_rate 2026-10", elsewhere)
    number = len(city.whispers(city.ana)) + 1
    city.slack.press(city.ana, whisper, SHARE, elsewhere)
    assert city.whisper(city.ana, number)["text"] == EN.say("slack_share_not_inside")
    assert city.slack.messages(elsewhere, by_app=True) == []
    city.slack._do(lambda: city.slack.space.channels[elsewhere].members.add(city.slack.space.bot_user))
    city.slack.press(city.ana, typed(city, city.ana, "metric churn_rate 2026-10", elsewhere), SHARE, elsewhere)
    assert "3 of 8" in city.answer(elsewhere)["text"]
