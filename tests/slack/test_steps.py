"""Steps of people's workflows, the whole way: the finger-count company in the strict local Slack."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError

from bot.language import load
from bot.playground import Pace, Slack
from bot.playground.workspace import Refused
from bot.records import Records, open_records
from bot.slack.heard import Heard
from bot.slack.manifest import STEPS
from bot.slack.steps import Steps
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, NOW, Script, Town, start


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real bot, to which Ana is an analyst."""
    folder = tmp_path_factory.mktemp("steps")
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
        start(served(FINGERS, records), records, slack),
    ):
        slack.wait_for(lambda: slack.connections)
        ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
        yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def ended(town: Town, run: str):
    return town.slack.wait_for(
        lambda: one if (one := town.slack.run_of(run))["state"] != "running" else None, seconds=20
    )


def test_a_metric_gives_its_value_its_change_and_its_words(city: Town) -> None:
    run = ended(city, city.slack.run_step("metric_value", metric="mrr", period="2026-10"))
    assert run["state"] == "succeeded"
    assert run["outputs"]["value"] == 950
    assert run["outputs"]["change"] == -370
    assert "€950.00" in run["outputs"]["text"]
    assert "€370.00" in run["outputs"]["text"]


def test_a_share_is_given_in_per_cent_and_in_the_language_of_the_step(city: Town) -> None:
    run = ended(city, city.slack.run_step("metric_value", metric="taux de churn", period="octobre 2026"))
    assert run["outputs"]["value"] == 37.5
    assert "3 sur 8" in run["outputs"]["text"]


def test_the_week_is_given_in_words_as_everybody_may_see_it(city: Town) -> None:
    run = ended(city, city.slack.run_step("weekly_summary"))
    assert "The week of 26 October to 1 November 2026" in run["outputs"]["text"]
    assert "Draft" not in run["outputs"]["text"]


@pytest.mark.parametrize(
    ("language", "inputs", "key"),
    [
        ("en", {"metric": "unicorn rate of ours"}, "metric_unnamed"),
        ("fr", {"metric": "taux de licornes par pays"}, "metric_unnamed"),
        ("en", {"metric": "churn_rate", "period": "the age of the dinosaurs"}, "metric_unread"),
    ],
)
def test_what_cannot_be_read_fails_with_a_sentence_that_says_what_would_work(
    city: Town, language: str, inputs: dict[str, str], key: str
) -> None:
    run = ended(city, city.slack.run_step("metric_value", **inputs))
    assert run["state"] == "failed"
    spoken = load(language)
    assert spoken.say("metric_example") in run["error"]
    assert run["error"].startswith(spoken.data["errors"][key][:12])


def test_a_group_too_small_for_everybody_is_not_given_to_a_workflow(city: Town) -> None:
    """A workflow shows what it is given to whom it likes, so nobody's own rights count."""
    run = ended(city, city.slack.run_step("metric_value", metric="churn_rate interval=annual", period="2026-10"))
    assert run["state"] == "failed"
    assert run["error"] == load("en").say("too_few_to_show", smallest=5)


def test_a_metric_of_many_rows_has_no_value_to_give(city: Town) -> None:
    run = ended(city, city.slack.run_step("metric_value", metric="mrr_movements", period="2026-10"))
    assert run["error"] == load("en").say("slack_step_no_value", metric="mrr_movements")


def test_a_step_without_its_input_is_refused_by_slack_itself(city: Town) -> None:
    with pytest.raises(Refused, match="parameter_validation_failed"):
        city.slack.run_step("metric_value", period="2026-10")
    with pytest.raises(Refused, match="unknown_function"):
        city.slack.run_step("sing")


def test_a_run_that_is_told_of_twice_is_completed_once(town: Town, service: Script) -> None:
    run = town.slack.run_step("weekly_summary")
    ended(town, run)
    delivery = town.slack.deliveries("function_executed")[-1]
    town.slack.deliver_again(delivery)
    town.quiet(0.3)
    assert len(service.asked) == 1
    assert (
        len([c for c in town.slack.calls("functions.completeSuccess") if c.args["function_execution_id"] == run]) == 1
    )


class Ended:
    """A Slack that keeps what it is told of failures, and says of every run that it is over."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def functions_completeError(self, *, function_execution_id: str, error: str) -> None:  # noqa: N802  Slack's name
        self.errors.append(error)

    def functions_completeSuccess(self, **_: object) -> None:  # noqa: N802  Slack's name
        raise SlackApiError("over", {"ok": False, "error": "execution_not_in_running_state"})


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as records:
        yield records


@pytest.fixture
def run(kept: Records) -> Heard:
    """A run that was kept, and nobody is at."""
    heard = Heard("Fx1", "step/Fx1", "step", "T0HOME", "Wx1", "", "weekly_summary")
    kept.inbox.accept(
        event=heard.event, team=heard.team, channel=heard.channel, ts=heard.ts, payload=heard.as_row(), now=NOW
    )
    return heard


def test_a_failure_of_ours_is_tried_again_and_told_in_the_end(kept: Records, run: Heard) -> None:
    service, client, now = Script(answers={"": RuntimeError("secret")}), Ended(), [NOW]
    steps = Steps(service, kept.inbox, client, "fr", lambda: now[0])
    for _ in range(3):
        assert client.errors == []
        steps.run(run)
        steps.run(run)
        now[0] += timedelta(minutes=6)
    assert client.errors == [load("fr").say("slack_failed")]
    assert len(service.asked) == 3
    assert kept.inbox.unfinished(now[0]) == []


def test_a_run_that_is_over_for_slack_is_over_for_us(kept: Records, run: Heard) -> None:
    client = Ended()
    Steps(Script(), kept.inbox, client, "en", lambda: NOW).run(run)
    assert client.errors == []
    assert kept.inbox.unfinished(NOW + timedelta(hours=1)) == []


def test_every_step_has_a_title_and_outputs_that_it_promises() -> None:
    for step in STEPS.values():
        assert len(step["title"]) <= 50
        for side in ("input_parameters", "output_parameters"):
            properties = step[side]["properties"]
            assert step[side]["required"] == [name for name, one in properties.items() if one["is_required"]]
            assert all(one["title"] and one["description"] for one in properties.values())
