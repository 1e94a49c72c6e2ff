"""Whatever people send, they get a kind sentence, or nothing where nothing is owed; and the next question works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.language import load
from bot.playground import Pace, Slack
from bot.records import open_records
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

BROKEN = ("Traceback", "Error", "None", "{", "errors.", "Something went wrong", "Quelque chose")
"""What no sentence for a person holds."""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("bad")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
        start(served(FINGERS, records), records, slack),
    ):
        slack.wait_for(lambda: slack.connections)
        ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
        city = Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))
        slack.tell(ana, "MRR at the end of October")
        slack.wait_for(lambda: city.answers(slack.direct(ana)), seconds=60)  # the first answer opens everything
        yield city


def asked(city: Town, person: str, text: str) -> dict[str, Any]:
    """The answer to what somebody says in a direct message."""
    city.slack.advance(61)
    direct = city.slack.direct(person)
    root = city.slack.tell(person, text)
    return city.slack.wait_for(lambda: [one for one in city.answers(direct) if one.get("thread_ts") == root], 60)[0]


def works(city: Town) -> None:
    """The next question of the same people is answered."""
    assert "3 of 8" in asked(city, city.ana, "what was our churn rate in October?")["text"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("🙂🙂🔥", "I answer questions about customer retention"),
        ("?!…", "I answer questions about customer retention"),
        ("```SELECT * FROM accounts; DROP TABLE accounts```", ""),
        ("```churn rate in October```", "3 of 8"),
        ("x" * 39_000, "39,000 characters"),
        ("churn " * 6_000, "characters"),
        ("<@U0NOBODY> <#C0NOWHERE|gone> <!channel> <https://example.com|link>", ""),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", ""),
        ("\u202e\u200b\u2066 \ufeff", ""),
        ("%s {0} ${HOME} {{churn}}", ""),
    ],
    ids=["emoji", "marks", "sql", "code", "long word", "long words", "names", "markup", "invisible", "templates"],
)
def test_words_that_are_no_question_get_a_kind_sentence(city: Town, text: str, told: str) -> None:
    answer = asked(city, city.ana, text)
    assert told in answer["text"]
    assert not any(one in answer["text"].replace(text[:60], "") for one in BROKEN if one not in text), answer["text"]
    assert len(answer["text"]) < 2_000
    works(city)


def test_an_empty_mention_gets_what_can_be_asked_in_the_askers_language(city: Town) -> None:
    city.slack.advance(61)
    number = len(city.answers()) + 1
    city.slack.mention(city.bruno, city.channel, "")
    text = city.answer(number=number)["text"]
    assert "attrition" in text or "churn" in text
    assert not any(one in text for one in BROKEN)


def test_a_picture_and_a_file_without_words_are_told_what_would_work(city: Town) -> None:
    direct = city.slack.direct(city.ana)
    for name, data in (("holiday.png", b"\x89PNG\r\n\x1a\n0000"), ("empty.csv", b"\n"), ("broken.pdf", b"%PDF-1.7 ")):
        city.slack.advance(61)
        number = len(city.answers(direct)) + 1
        city.slack.share(city.ana, direct, name, data)
        text = city.answer(direct, number=number)["text"]
        assert text
        assert not any(one in text for one in BROKEN), text
    works(city)


def test_an_edited_and_a_deleted_question_are_answered_once_as_they_were_asked(city: Town) -> None:
    """What is put right is asked again, in a message of its own: an answer that changes under readers misleads."""
    city.slack.advance(61)
    number = len(city.answers()) + 1
    root = city.slack.mention(city.ana, city.channel, "what was our churn rate in October?")
    city.slack.edit(city.ana, city.channel, root, "what was our churn rate in September?")
    assert "October" in city.answer(number=number)["text"]
    city.slack.delete(city.ana, city.channel, root)
    city.quiet()
    assert len(city.answers()) == number
    works(city)


def test_another_bot_in_the_channel_is_not_answered(city: Town) -> None:
    city.slack.advance(61)
    number = len(city.answers())
    robot = city.slack.person("Robot", bot=True)
    city.slack._do(lambda: city.slack.space.channels[city.channel].members.add(robot))
    city.slack._do(
        lambda: city.slack.space.say(city.slack.space.channels[city.channel], robot, "churn?", bot_id="B0ROBOT")
    )
    city.quiet()
    assert len(city.answers()) == number


def test_a_channel_that_the_bot_was_removed_from_loses_nothing_elsewhere(city: Town) -> None:
    city.slack.advance(61)
    left = city.slack.channel("left", members=[city.ana])
    root = city.slack.mention(city.ana, left, "what was our churn rate in October?")
    answer = city.answer(left)
    city.slack.expel(left)
    city.slack.press(city.ana, answer, load("en").say("follow_why"), left)
    city.slack.command(city.ana, left, "/retention churn rate in October")
    assert "3 of 8" in city.whisper(city.ana)["text"]
    city.quiet()
    assert [one["thread_ts"] for one in city.answers(left)] == [root]
    works(city)
