"""What a channel is about goes into what is asked there, is named in each answer, and gives way to the question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.errors import BadWorkspace
from bot.language import available, load
from bot.language.refused import said
from bot.records import open_records
from bot.terminal import Session
from bot.types import Answer, Defaults, Evidence, Grain, Intent, Place, Query, Question, Rights, RowFilter, Window
from bot.wiring import service_of
from tests.served import FINGERS, served

FRANCE = Defaults((("country", ("FR",)), ("interval", ("monthly",))))
ONLY = (("country", ("FR",)), ("interval", ("monthly",)))


def ask(session: Session, text: str, defaults: Defaults = FRANCE, **more: object) -> Answer:
    return session.service.ask(replace(session.question(text), place=Place.PRIVATE, defaults=defaults, **more))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what was our churn rate in October?", "en"),
        ("churn rate by plan in October", "en"),
        ("churn rate trend from May to October", "en"),
        ("compare churn in September and October", "en"),
        ("why did churn go up in October?", "en"),
        ("which customers left in October?", "en"),
        ("who is slipping away?", "en"),
        ("quel était notre taux de churn en octobre 2026 ?", "fr"),
        ("¿cuál fue nuestra tasa de churn en octubre de 2026?", "es"),
        ("jaki był nasz churn w październiku 2026?", "pl"),
    ],
)
def test_what_a_question_leaves_open_is_the_channels(fingers: Session, text: str, language: str) -> None:
    answer = ask(fingers, text)
    assert answer.language == language
    assert {one.query.filters for one in answer.evidence if one.role == "main"} == {ONLY}
    assert answer.caveats.count(load(language).say("channel_here", filters=ONLY)) == 1


def test_the_figure_is_that_of_the_filtered_question(fingers: Session) -> None:
    """Two of the four customers in France, by hand; all of them pay by the month."""
    here = ask(fingers, "what was our churn rate in October?").evidence[0]
    window = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH)
    asked = Query(Intent.VALUE, "churn_rate", window, filters=ONLY)
    assert here.rows == fingers.service.measure(asked, Rights(), fingers.now)[0].rows
    assert (here.rows[0]["part"], here.rows[0]["whole"]) == (2, 4)


@pytest.mark.parametrize(
    "text", ["churn rate in Spain in October", "churn rate in Iberia in October", "churn rate by country in October"]
)
def test_a_question_that_names_something_else_wins_and_says_so(fingers: Session, text: str) -> None:
    answer = ask(fingers, text)
    (main,) = [one for one in answer.evidence if one.role == "main"]
    assert dict(main.query.filters).get("country", ("ES",)) == ("ES",)
    assert dict(main.query.filters)["interval"] == ("monthly",)
    assert "In this channel, unless a question says otherwise: only monthly." in answer.caveats
    assert "This channel is otherwise about France; your question names something else, and that holds." in (
        answer.caveats
    )


def test_what_cannot_be_told_that_way_is_for_all_and_says_so(fingers: Session) -> None:
    """Nobody leaves by platform."""
    by_platform = Defaults((("platform", ("ios",)),))
    answer = ask(fingers, "what was our churn rate in October?", by_platform)
    assert "3 of 8" in answer.text
    assert any("this figure is not told that way: it is for all" in line for line in answer.caveats)


def test_the_way_to_count_is_the_channels_where_the_figure_knows_it(fingers: Session) -> None:
    lost = Defaults(variant=(("pause_policy", "churn"),))
    answer = ask(fingers, "what was our churn rate in October?", lost)
    assert "4 of 8" in answer.text  # a pause counts as lost: A11
    assert dict(answer.evidence[0].query.variant) == {"pause_policy": "churn"}
    assert any(line.startswith("Counted as this channel does") for line in answer.caveats)
    other = ask(fingers, "NPS in October", lost)
    assert other.evidence[0].query.variant == ()
    assert not any(line.startswith("Counted as this channel does") for line in other.caveats)


def test_a_way_to_count_that_the_question_names_wins(fingers: Session) -> None:
    answer = ask(fingers, "churn rate in October as Stripe counts it", Defaults(variant=(("method", "events"),)))
    assert dict(answer.evidence[0].query.variant)["method"] == "stripe_like"


@pytest.mark.slow
def test_one_customers_profile_has_no_channel(fingers: Session) -> None:
    answer = ask(fingers, "tell me about A3")
    assert "Cedar" in answer.text
    assert not any("channel" in line for line in answer.caveats)


def test_a_refusal_that_the_channel_may_be_the_reason_of_names_it(fingers: Session) -> None:
    few = Rights(smallest_cell=5)
    answer = ask(fingers, "what was our churn rate in October?", rights=few)
    assert answer.error is not None
    assert answer.error.key == "too_few_to_show"
    assert answer.caveats == ("In this channel, unless a question says otherwise: only France, monthly.",)
    spain = Rights(row_filters=(RowFilter("country", ("ES",)),))
    outside = ask(fingers, "what was our churn rate in October?", rights=spain)
    assert outside.error is not None
    assert outside.error.key == "outside_rights"
    assert any("In this channel" in line for line in outside.caveats)


def test_a_thread_remembers_the_question_and_not_what_the_channel_added(tmp_path: Path) -> None:
    """So that a follow-up by country is one by country, as it would have been at once."""
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        service = served(FINGERS, records)

        def asked(text: str) -> Evidence:
            question = Question(text, service.now(), Rights(), Place.PRIVATE, defaults=FRANCE)
            return service.ask(question, "T1/C1/1").evidence[0]

        assert asked("churn rate in October").query.filters == ONLY
        assert {row["country"] for row in asked("and by country?").rows} == {"FR", "ES", "US"}
        assert asked("and by plan?").query.filters == ONLY


WRONG = """
[access.channels.C1]
role = "boss"
filters = {{ contry = ["FR"] }}
variant = {{ pause_policy = "ignored" }}
language = "xx"
"""


def workspace(folder: Path, channels: str) -> Path:
    data = (FINGERS.parent / "data").as_posix()
    text = FINGERS.read_text(encoding="utf-8").replace("files:data", f"files:{data}")
    file = folder / "workspace.toml"
    file.write_text(text + channels.replace("{{", "{").replace("}}", "}"), encoding="utf-8")
    return file


def test_all_that_is_wrong_with_a_channel_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadWorkspace) as fault:
        service_of(workspace(tmp_path, WRONG))
    keys = [gap.key for gap in fault.value.values["gaps"]]
    assert keys == ["gap_channel_role", "gap_channel_filter", "gap_channel_variant", "gap_channel_language"]
    for code in sorted(available()):
        told = said(load(code), fault.value.key, fault.value.values)
        assert all(word in told for word in ("boss", "contry", "country", "pause_policy", "ignored", "xx"))


def test_a_value_that_the_data_has_not_is_told_when_the_bot_starts(tmp_path: Path) -> None:
    service = service_of(workspace(tmp_path, '\n[access.channels.C1]\nfilters = {{ country = ["FR", "XX"] }}\n'))
    with pytest.raises(BadWorkspace) as fault:
        service.check_defaults()
    (gap,) = fault.value.values["gaps"]
    assert (gap.key, gap.values["value"]) == ("gap_channel_value", "XX")
    assert "FR" in gap.values["near"]


def test_a_filter_without_a_value_is_a_gap(tmp_path: Path) -> None:
    with pytest.raises(BadWorkspace, match=r"workspace_gaps.*access.channels.C1.filters.country"):
        service_of(workspace(tmp_path, "\n[access.channels.C1]\nfilters = {{ country = [] }}\n"))


def test_a_channel_that_is_only_about_something_gives_nobody_more_rights(tmp_path: Path) -> None:
    service = service_of(workspace(tmp_path, '\n[access.channels.C1]\nlanguage = "es"\n'))
    assert service.defaults("C1") == Defaults(language="es")
    assert service.defaults("C2") == Defaults()
    assert service.policy.channels == {}
