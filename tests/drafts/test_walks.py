"""A campaign planned in eight steps: real figures, answers that are kept for days, a way back, and four languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.access import BUILT_IN
from bot.cli import app
from bot.engines.answers import decided as deciding
from bot.engines.answers import drafts as writing
from bot.engines.answers import packed, walk
from bot.errors import BadQuestion, NotAllowed
from bot.language import available, load
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.commands import load_commands
from bot.types import Answer, Order, Outcome, Question
from tests.drafts.test_decisions import once, rows_of
from tests.served import DEMO, FINGERS, served

NOW = datetime(2026, 11, 10, 12)
STEPS = ("objective", "journey", "segment", "tool", "messages", "flow", "test", "watch")


@pytest.fixture(scope="module")
def whole() -> Iterator[Service]:
    """The demo company, read once; of those who may be won back every sixth account."""

    def some(analyst: Any, query: Any) -> list[str]:
        return sorted(accounts_of(analyst, query))[::6]

    accounts_of = writing.accounts_of
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "accounts_of", once(some))
        for name in ("recipients", "shipped"):
            patch.setattr(writing, name, once(getattr(writing, name)))
        patch.setattr(packed, "contacted", once(packed.contacted))
        patch.setattr(walk, "measure", once(walk.measure))
        patch.setattr(walk, "packed", once_by_answers(walk.packed))
        patch.setattr(deciding, "rule_sql", once(deciding.rule_sql))
        yield served(DEMO, None)  # type: ignore[arg-type] # each test brings its own records


def once_by_answers(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same campaign for the same programme, segment, start and share, made one time while nothing is approved."""
    kept: dict[str, Any] = {}

    def made(decided: Any, analyst: Any, *rest: Any) -> Any:
        if decided.records().campaigns.all(analyst.company.definitions.company):
            return make(decided, analyst, *rest)
        key = repr((analyst.rights, rest))
        if key not in kept:
            kept[key] = make(decided, analyst, *rest)
        return kept[key]

    return made


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/records.sqlite"


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    with open_records(url) as made:
        yield made


@pytest.fixture
def service(whole: Service, records: Records) -> Service:
    whole.__dict__["records"] = records
    return whole


def said(service: Service, text: str, language: str = "en", now: datetime = NOW, role: str = "marketer") -> Answer:
    return service.clerk.campaign(Question(text, now, BUILT_IN[role], asker="U1", language=language))


def state(answer: Answer) -> dict[str, Any]:
    return dict(next(one.values for one in answer.findings if one.key == "walk_state"))


def keys(answer: Answer) -> set[str]:
    return {one.key for one in answer.findings}


def test_a_campaign_is_begun_in_words(service: Service) -> None:
    question = Question("Préparons une campagne de reconquête", NOW, BUILT_IN["marketer"], asker="U1", language="fr")
    answer = service.ask(question)
    assert state(answer)["programme"] == "win_back"
    assert "étape 1" in answer.text
    assert answer.labels["campagne suivant win_back"] == "Étape suivante"
    refused = service.ask(replace(question, rights=BUILT_IN["viewer"]))
    assert refused.outcome is Outcome.REFUSE


@pytest.mark.slow
def test_eight_steps_are_walked_with_figures_of_the_data_and_end_decided(service: Service) -> None:
    answer = said(service, "campaign start win-back")
    seen = []
    while not state(answer)["done"]:
        assert answer.error is None, answer.text
        seen.append(state(answer)["step"])
        answer = said(service, "campaign next win_back")
    assert tuple(seen) == STEPS
    assert "campaign approve win_back" in answer.text
    kept = service.clerk.walks.kept("win_back").document["answers"]
    now = next(one for one in said(service, "campaign start win-back").findings if one.key == "walk_goal_now")
    assert kept["objective"] == pytest.approx(now.values["value"] * 1.1)
    assert kept["segment"] == "churned_eligible_for_win_back"


def walked_to(service: Service, step: str, language: str = "en") -> Answer:
    answer = said(service, "campaign start win_back", language)
    for _ in range(STEPS.index(step)):
        answer = said(service, "campaign next win_back", language)
    assert state(answer)["step"] == step
    return answer


ANSWERS = [
    ("objective", "7,5 %", 0.075),
    ("segment", "slipping_away", "slipping_away"),
    ("tool", "Customer.io", "customer_io"),
    ("messages", "without the offer", ["offer"]),
    ("flow", "on 2026-12-01", "2026-12-01"),
    ("test", "20%", 0.2),
]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "answer", "kept"), ANSWERS)
def test_an_answer_of_ones_own_is_kept_in_place_of_the_proposal(
    service: Service, step: str, answer: str, kept: object
) -> None:
    walked_to(service, step)
    found = said(service, f"campaign next win_back {answer}")
    assert found.error is None, found.text
    assert service.clerk.walks.kept("win_back").document["answers"][step] == kept


WRONG = [
    ("objective", "more", "walk_answer_share"),
    ("journey", "no", "walk_answer_yes"),
    ("segment", "everybody", "walk_answer_segment"),
    ("tool", "carrier pigeon", "unknown_tool"),
    ("messages", "without reconnect reason offer goodbye", "walk_answer_steps"),
    ("flow", "2026-11-01", "walk_answer_day"),
    ("flow", "2026-13-01", "walk_answer_day"),
    ("test", "60%", "walk_answer_holdout"),
]


@pytest.mark.parametrize(("step", "answer", "key"), WRONG)
def test_an_answer_that_cannot_be_leaves_the_step_as_it_was(service: Service, step: str, answer: str, key: str) -> None:
    walked_to(service, step)
    found = said(service, f"campaign next win_back {answer}")
    assert found.error is not None
    assert found.error.key == key
    assert state(said(service, "campaign show win_back"))["step"] == step


def test_a_campaign_is_resumed_days_later_by_another_process(service: Service, url: str) -> None:
    walked_to(service, "segment")
    said(service, "campaign next win_back")
    with open_records(url) as other:
        service.__dict__["records"] = other
        later = NOW + timedelta(days=9)
        assert state(said(service, "campaign show", now=later))["step"] == "tool"
        assert state(said(service, "campaign next win_back braze", now=later))["step"] == "messages"
        assert service.clerk.walks.kept("win_back").document["answers"]["tool"] == "braze"


def test_back_keeps_what_was_answered_and_the_figures_follow_a_new_answer(service: Service) -> None:
    walked_to(service, "messages")
    said(service, "campaign next win_back offer")
    flow = said(service, "campaign show win_back")
    assert "offer" not in flow.text
    back = said(service, "campaign back win_back")
    assert state(back)["step"] == "messages"
    assert "walk_left_out" in keys(back)


def test_two_campaigns_of_a_kind_have_two_names_and_a_dropped_one_is_gone(service: Service) -> None:
    assert state(said(service, "campaign start win_back"))["name"] == "win_back"
    assert state(said(service, "campaign start win back"))["name"] == "win_back-2"
    assert said(service, "campaign drop win_back").error is None
    listed = said(service, "campaign list")
    assert ("win_back-2" in listed.text, "• win_back (" in listed.text) == (True, False)
    gone = said(service, "campaign show win_back")
    assert gone.error is not None
    assert gone.error.key == "walk_unknown"


def test_who_may_not_draft_plans_no_campaign(service: Service) -> None:
    found = said(service, "campaign start win_back", role="viewer")
    assert found.error is not None
    assert found.error.key == "drafts_not_allowed"


def test_the_flow_of_the_win_back_of_the_demo_is_as_drawn(service: Service) -> None:
    assert "\n".join(walked_to(service, "flow").text.splitlines()[1:17]) == GOLDEN


GOLDEN = """\
● left at least 30 days ago
│
├─ 10 November: saying hello again – email 52
│    click or not, after 10 days → the reason
│
├─ 20 November: the reason – email 23
│    click or not, after 14 days → the offer
│
├─ 4 December: the offer – email 17
│    a click → the end
│    no click, after 14 days → the goodbye
│
├─ 18 December: the goodbye – email 52
│    click or not → the end
│
■ the end"""


@pytest.mark.parametrize("code", available())
def test_every_step_is_said_in_each_language_and_goes_on_by_its_words(service: Service, code: str) -> None:
    language = load(code)
    word, start, on = (language.say(key).split()[0] for key in ("walk_word", "walk_verb_start", "walk_verb_next"))
    answer = said(service, f"{word} {start} {language.value_name('programme', 'win_back')}", code)
    for step in STEPS:
        assert answer.error is None, answer.text
        assert state(answer)["step"] == step
        assert language.say(f"walk_title_{step}") in answer.text
        answer = said(service, f"{word} {on} win_back {language.say('walk_yes').split()[0]}", code)
    assert state(answer)["done"]


@pytest.mark.parametrize("code", available())
def test_the_words_of_a_campaign_are_the_command_of_slack(code: str) -> None:
    language = load(code)
    (command,) = [one for one in load_commands() if one.name == "campaign"]
    typed = f"{language.say('walk_word')} {language.say('walk_verb_next').split()[0]} win_back 5%"
    assert command.means(typed, language)
    assert not command.means(f"{language.say('walk_word')} x", language)


# ------------------------------------------------------------ the terminal


def run(url: str, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["campaign", *words, "--workspace", str(FINGERS)], env={"MAINSTAY_RECORDS": url})
    return result.exit_code, result.stdout + result.stderr


def test_the_terminal_walks_a_campaign_and_says_what_is_wrong(url: str) -> None:
    code, out = run(url, "start", "churn_prevention", "--json")
    assert (code, json.loads(out)["findings"][-1]["values"]["step"]) == (0, "objective")
    assert run(url, "next", "churn_prevention", "3 %")[0] == 0
    code, out = run(url, "show")
    assert (code, "step 2 of 8" in out) == (0, True)
    code, out = run(url, "start", "siege", "--json")
    assert (code, json.loads(out)["error"]["key"]) == (2, "walk_no_programme")
    assert run(url, "drop", "churn_prevention")[0] == 0
    code, out = run(url, "next")
    assert (code, "campaign start" in out) == (2, True)


# ------------------------------------------------------------ approved and taken out


def decided_on(service: Service) -> None:
    answer = said(service, "campaign start win_back")
    while not state(answer)["done"]:
        answer = said(service, "campaign next win_back")


def approved(service: Service) -> Answer:
    question = Question("", NOW, BUILT_IN["marketer"], asker="U1")
    return service.clerk.walks.approve(question, "win_back", "Ana", load("en"), confirmed=True)


def test_a_campaign_is_approved_in_words_by_who_types_them(service: Service) -> None:
    decided_on(service)
    held = said(service, "campagne approuver win_back", "fr")
    assert "confirmer après le nom" in held.text
    assert not service.clerk.walks.kept("win_back").document.get("campaigns")
    done = said(service, "campagne approuver win_back confirmer", "fr")
    assert "U1" in done.text
    assert service.clerk.walks.kept("win_back").document["campaigns"]


def test_a_campaign_is_approved_as_a_whole_by_name_and_once(service: Service) -> None:
    question = Question("", NOW, BUILT_IN["marketer"], asker="U1")
    said(service, "campaign start win_back")
    with pytest.raises(BadQuestion, match="walk_not_decided"):
        approved(service)
    said(service, "campaign drop win_back")
    decided_on(service)
    with pytest.raises(BadQuestion, match="decision_needs_name"):
        service.clerk.walks.approve(question, "win_back", " ", load("en"), confirmed=True)
    with pytest.raises(NotAllowed):
        service.clerk.walks.approve(
            replace(question, rights=BUILT_IN["analyst"]), "win_back", "Ana", load("en"), confirmed=True
        )
    held = service.clerk.walks.approve(question, "win_back", "Ana", load("en"), confirmed=False)
    assert held.error is not None
    assert held.error.key == "walk_held"
    assert service.records.campaigns.all(service.company.definitions.company) == []
    assert approved(service).error is None
    with pytest.raises(BadQuestion, match="walk_is_approved"):
        approved(service)
    for verb in ("back", "drop"):
        found = said(service, f"campaign {verb} win_back")
        assert found.error is not None
        assert found.error.key == "walk_is_approved"


@pytest.mark.slow
def test_one_holdout_is_kept_out_of_every_message_and_every_file(service: Service, tmp_path: Path) -> None:
    decided_on(service)
    approved(service)
    campaigns = service.records.campaigns
    found = {one.id: campaigns.people(one.id) for one in campaigns.all(service.company.definitions.company)}
    arms: dict[str, set[str]] = {}
    for people in found.values():
        for one in people:
            arms.setdefault(one.account, set()).add(one.arm)
    assert all(len(one) == 1 for one in arms.values())
    held = {account for account, one in arms.items() if one == {"holdout"}}
    assert len(held) == round(len(arms) / 10)
    question = Question("", NOW, BUILT_IN["marketer"], asker="U1")
    shown = said(service, "campaign show win_back")
    first = next(one.values["draft"] for one in shown.findings if one.key == "walk_approved")
    answer = service.clerk.export(question, Order(first, tmp_path / "out", "braze", None, "Ana"), load("en"))
    assert answer.error is None, answer.text
    written = sorted(tmp_path.joinpath("out").glob("*/people.csv"))
    assert len(written) == len(found)
    persons = {one.person for people in found.values() for one in people if one.arm == "holdout"}
    names = [row["id"] for path in written for row in rows_of(path)]
    assert names
    assert not persons & set(names)
    later = [row for path in tmp_path.glob("out/goodbye-*/people.csv") for row in rows_of(path)]
    assert later, "what left the house with the first step does not hold back the last"
    index = tmp_path.joinpath("out", "flow.md").read_text(encoding="utf-8")
    assert index.count("```mermaid") == 1
    assert all(f"]({path.parent.name}/campaign.json)" in index for path in written)
    document = json.loads(tmp_path.joinpath("out", "campaign.json").read_text(encoding="utf-8"))
    assert {row["folder"] for row in document["messages"]} == {path.parent.name for path in written}


def test_what_is_not_approved_is_not_taken_out(service: Service, tmp_path: Path) -> None:
    said(service, "campaign start win_back")
    question = Question("", NOW, BUILT_IN["marketer"], asker="U1")
    with pytest.raises(BadQuestion, match="walk_not_approved"):
        service.clerk.walks.export(question, "win_back", Order("", tmp_path, "", None, "Ana"), load("en"))
