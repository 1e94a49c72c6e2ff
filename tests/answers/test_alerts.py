"""Alerts: asked for in four languages, kept, told once, quiet afterwards; and accounts in trouble, told to owners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bot.access import BUILT_IN
from bot.analysis import trouble, unusual
from bot.analysis.measure import Analyst
from bot.analysis.trouble import troubled
from bot.analysis.unusual import look
from bot.engines.answers import alerted, watched
from bot.engines.answers.alerts import Rule
from bot.engines.understanding.alerting import asked_for
from bot.errors import NotAllowed
from bot.language import available, load
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.commands import load_commands
from bot.types import (
    Alert,
    Answer,
    Evidence,
    Grain,
    Intent,
    Outcome,
    Place,
    Query,
    Question,
    Rights,
    RowFilter,
    Window,
)
from tests.served import DEMO, FINGERS, served

NOW = datetime(2026, 11, 2, 12)
ANALYST = replace(BUILT_IN["analyst"], role="analyst", drafts=True, person_level=True)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with open_records(f"sqlite:///{tmp_path}/records.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def fingers() -> Service:
    return served(FINGERS, None)  # type: ignore[arg-type] # each test brings its own records


@pytest.fixture(scope="module")
def demo() -> Service:
    return served(DEMO, None)  # type: ignore[arg-type] # each test brings its own records


@pytest.fixture
def service(fingers: Service, records: Records) -> Service:
    fingers.__dict__["records"] = records
    return fingers


def say(service: Service, text: str, asker: str = "U1", language: str = "en", **more: Any) -> Answer:
    return service.clerk.alert(Question(text, NOW, ANALYST, asker=asker, language=language, **more))


def refused(service: Service, text: str, asker: str = "U1") -> str:
    """The key of the sentence that says why not."""
    answer = say(service, text, asker)
    assert answer.error is not None
    return answer.error.key


def only(service: Service) -> Rule:
    (rule,) = service.clerk.alerts.rules()
    return rule


# ------------------------------------------------------------ words

ABOVE_FIVE = Alert(Query(Intent.VALUE, "churn_rate"), "above", 0.05)
WORDS = [
    ("en", "alerts add churn rate above 5%", ABOVE_FIVE),
    ("en", "alerts add churn rate > 5 %", ABOVE_FIVE),
    ("en", "alerts add churn rate is over 5", ABOVE_FIVE),
    ("fr", "alertes ajouter taux d’attrition au-dessus de 5 %", ABOVE_FIVE),
    ("es", "alertas añadir tasa de cancelación por encima de 5%", ABOVE_FIVE),
    ("pl", "alerty dodaj wskaźnik odpływu powyżej 5%", ABOVE_FIVE),
    ("en", "alerts add MRR below 1,200", Alert(Query(Intent.VALUE, "mrr"), "below", 1200)),
    ("fr", "alertes ajouter MRR en dessous de 1 200 €", Alert(Query(Intent.VALUE, "mrr"), "below", 1200)),
    ("en", "alerts add mrr drops by 10 %", Alert(Query(Intent.VALUE, "mrr"), "down", 0.1, relative=True)),
    ("fr", "alertes ajouter MRR baisse de 10 %", Alert(Query(Intent.VALUE, "mrr"), "down", 0.1, relative=True)),
    ("es", "alertas añadir MRR baja un 10%", Alert(Query(Intent.VALUE, "mrr"), "down", 0.1, relative=True)),
    ("pl", "alerty dodaj MRR spadnie o 10%", Alert(Query(Intent.VALUE, "mrr"), "down", 0.1, relative=True)),
    ("en", "alerts add churn rate rises by 2 points", Alert(Query(Intent.VALUE, "churn_rate"), "up", 0.02)),
    ("en", "alerts add active users unusual", Alert(Query(Intent.VALUE, "active_users"), "unusual")),
    ("fr", "alertes ajouter utilisateurs actifs inhabituels", Alert(Query(Intent.VALUE, "active_users"), "unusual")),
    ("es", "alertas añadir usuarios activos inusuales", Alert(Query(Intent.VALUE, "active_users"), "unusual")),
    ("pl", "alerty dodaj aktywni użytkownicy nietypowo", Alert(Query(Intent.VALUE, "active_users"), "unusual")),
]


@pytest.mark.parametrize(("language", "text", "alert"), WORDS)
def test_an_alert_is_read_from_words_in_four_languages(service: Service, language, text, alert) -> None:
    answer = say(service, text, language=language)
    assert answer.outcome is Outcome.ANSWER, answer.text
    found = only(service).alert
    assert replace(found, query=replace(found.query, intent=Intent.VALUE, names_rate=False)) == alert


def test_filters_and_breakdowns_are_understood_as_in_any_question(service: Service) -> None:
    say(service, "alerts add churn rate for annual plans in France above 5%")
    assert only(service).alert.query.filters == (("country", ("FR",)), ("interval", ("annual",)))
    say(service, "alerts add active users by country unusual")
    assert service.clerk.alerts.rules()[1].alert.query.by == ("country",)


SENTENCES = [
    ("en", "Alert me when churn rate is above 5%"),
    ("en", "let me know if churn rate goes above 5 %"),
    ("fr", "Prévenez-moi quand le taux d’attrition dépasse 5 %"),
    ("es", "Avísame cuando la tasa de cancelación supera 5%"),
    ("pl", "Powiadom mnie, gdy wskaźnik odpływu przekroczy 5%"),
]


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_a_sentence_sets_one_too(service: Service, language, text) -> None:
    answer = service.ask(Question(text, NOW, ANALYST, asker="U1", language=language))
    assert answer.outcome is Outcome.ANSWER, answer.text
    assert (only(service).alert.when, only(service).alert.amount) == ("above", 0.05)


def test_a_change_without_an_amount_is_one_beyond_what_is_usual(service: Service) -> None:
    say(service, "alerts add time between purchases lengthens")
    assert only(service).alert.when == "unusual"
    assert "month by month" in say(service, "alerts").text
    say(service, "alerts add churn rate rises")
    assert service.clerk.alerts.rules()[1].alert == Alert(Query(Intent.VALUE, "churn_rate", names_rate=True), "unusual")


def test_a_question_that_only_sounds_alike_sets_none() -> None:
    for text in ("What was our churn rate last month?", "Tell me about churn", "is churn above 5%?", "alert me when"):
        assert asked_for(text, "en") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("alerts add churn rate", "alert_needs_condition"),
        ("alerts add", "alert_needs_condition"),
        ("alerts add churn rate above", "alert_needs_amount"),
        ("alerts add above 5%", "alert_needs_metric"),
        ("alerts add mrr above 5%", "alert_unit"),
        ("alerts add churn rate above $500", "alert_unit"),
        ("alerts add median lifetime unusual", "alert_not_judged"),
        ("alerts add mrr movements above 5", "alert_not_judged"),
        ("alerts add churn rate and mrr above 5", "alert_one_metric"),
        ("alerts delete 9", "alert_unknown"),
        ("alerts snooze", "alert_unknown"),
        ("alerts calm", "trouble_which"),
    ],
)
def test_what_cannot_be_watched_is_a_kind_sentence(service: Service, text, key) -> None:
    answer = say(service, text)
    assert answer.outcome is Outcome.REFUSE, answer.text
    assert answer.error is not None
    assert answer.error.key == key
    assert service.clerk.alerts.rules() == []
    for code in available():
        assert say(service, text, language=code).text


def test_a_word_for_several_figures_is_asked_back_with_what_to_type(service: Service) -> None:
    answer = say(service, "alerts add retention below 90%")
    assert answer.outcome is Outcome.ASK_BACK
    assert answer.follow_ups[0] == "alerts add retention rate below 90%"
    assert say(service, answer.follow_ups[0]).outcome is Outcome.ANSWER
    assert only(service).alert.amount == 0.9


# ------------------------------------------------------------ keeping


def test_alerts_are_listed_snoozed_and_deleted_by_whose_they_are(service: Service) -> None:
    assert say(service, "alerts").findings[0].key == "alerts_none"
    say(service, "alerts add churn rate above 5%")
    say(service, "alerts add churn rate above 5%")
    assert only(service).name == "1"
    assert refused(service, "alerts delete 1", asker="U2") == "alert_others"
    assert "16 November 2026" in say(service, "alerts snooze 1 14").text
    assert only(service).snoozed == date(2026, 11, 16)
    assert refused(service, "alerts snooze 1 yesterday") == "alert_day"
    assert refused(service, "alerts snooze 1 2020-01-01") == "alert_day"
    assert "quiet until" in say(service, "alerts list").text
    assert "deleted" in say(service, "alerts delete 1").text
    assert service.clerk.alerts.rules() == []
    say(service, "alerts add mrr below 100")
    assert only(service).name == "2"


@pytest.mark.parametrize("code", available())
def test_the_list_and_every_condition_is_said_in_every_language(service: Service, code) -> None:
    for text in ("churn rate above 5%", "mrr below 100", "mrr drops by 10%", "mrr rises by 500",
                 "active users by country unusual", "churn rate in France below 5%"):  # fmt: skip
        say(service, f"alerts add {text}")
    answer = say(service, f"{load(code).say('alerts_word')}", language=code)
    assert len(answer.text.split("\n")) == 7
    for typed in answer.follow_ups:
        commands = [one.name for one in load_commands() if one.means(typed, load(code))]
        assert commands == ["alerts"], typed


@pytest.mark.parametrize("code", available())
def test_the_examples_it_offers_can_be_typed(service: Service, code) -> None:
    for key in ("alerts_example_above", "alerts_example_unusual"):
        answer = say(service, load(code).say(key), language=code)
        assert answer.outcome is Outcome.ANSWER, answer.text


def test_the_usual_alerts_are_those_that_the_data_allows(service: Service) -> None:
    answer = say(service, "alerts add usual")
    assert answer.outcome is Outcome.ANSWER
    watched_now = [one.alert for one in service.clerk.alerts.rules()]
    assert watched_now
    assert set(watched_now) <= set(alerted.USUAL)


# ------------------------------------------------------------ firing


def due(service: Service, now: datetime = NOW, rights: Rights = ANALYST, number: int = 0) -> Answer | None:
    alerts = service.clerk.alerts
    answer, after = alerts.due(alerts.rules()[number], Question("", now, rights, asker="U1", language="en"))
    alerts.keep(after)
    return answer


def test_a_crossed_threshold_is_told_once_with_its_counts_and_what_comes_next(service: Service) -> None:
    say(service, "alerts add churn rate above 5%")
    answer = due(service)
    assert answer is not None
    assert answer.text.startswith("Churn rate is above 5.0%: 37.5% in October 2026.")
    assert "3 of 8" in answer.text
    assert answer.follow_ups[0] == "Why did churn rate go up in October 2026?"
    assert answer.follow_ups[-1] == "alerts snooze 1"
    assert answer.labels["alerts snooze 1"] == "Snooze this alert"
    assert service.unfounded(answer.text, answer.evidence, load("en")) == []
    assert due(service) is None


def test_a_share_of_few_is_beyond_a_threshold_only_with_its_whole_interval(service: Service) -> None:
    """3 of 8 lie between 13.7 and 69.4 %."""
    say(service, "alerts add churn rate above 20%")
    assert due(service) is None


def test_a_change_since_the_period_before_is_told_with_both_figures(service: Service) -> None:
    say(service, "alerts add mrr drops by 1%")
    assert due(service) is None
    say(service, "alerts add churned customers rises by 2")
    answer = due(service, number=1)
    assert answer is not None
    assert "rose by 3" in answer.text
    assert "after 0" in answer.text


def test_a_snoozed_alert_is_quiet_and_comes_back(service: Service) -> None:
    say(service, "alerts add churn rate above 5%")
    say(service, "alerts snooze 1 3")
    assert due(service) is None
    assert due(service, NOW + timedelta(days=3)) is not None


def test_an_alert_told_in_one_period_is_quiet_in_the_next_while_it_lasts(service: Service, monkeypatch) -> None:
    say(service, "alerts add churn rate above 5%")
    assert due(service) is not None
    found = alerted.found

    def later(analyst: Analyst, alert: Alert) -> alerted.Found:
        stands = found(analyst, alert)
        return replace(stands, window=replace(stands.window, start=date(2026, 11, 1), end=date(2026, 12, 1)))

    monkeypatch.setattr(alerted, "found", later)
    assert due(service) is None
    assert only(service).judged == date(2026, 11, 1)


def test_who_may_not_see_a_metric_is_told_nothing_of_it(service: Service) -> None:
    say(service, "alerts add churn rate above 5%")
    assert due(service, rights=Rights(metrics=("nps",))) is None


def test_an_alert_is_judged_under_the_rights_of_its_owner(service: Service) -> None:
    """With cells of ten customers at least, the eight of the company filtered by country are too few to show."""
    say(service, "alerts add churn rate in France above 5%")
    assert due(service, rights=replace(ANALYST, smallest_cell=10)) is None


@pytest.mark.slow
def test_an_unusual_week_of_the_demo_is_told_with_its_limits_its_place_and_what_is_on_record(
    demo: Service, records: Records
) -> None:
    demo.__dict__["records"] = records
    now = datetime(2026, 11, 10, 12)
    for code in available():
        demo.clerk.alert(Question("alerts add active users unusual", now, ANALYST, asker=code, language=code))
    told = []
    for rule in demo.clerk.alerts.rules():
        question = Question("", now, ANALYST, asker=rule.by)
        answer, _ = demo.clerk.alerts.due(rule, question)
        assert answer is not None
        assert answer.language == rule.by
        assert demo.unfounded(answer.text, answer.evidence, load(rule.by)) == [], answer.text
        told.append(answer)
    english = next(one for one in told if one.language == "en")
    assert "5,623" in english.text
    assert "would be usual" in english.text
    assert "mostly by country: France" in english.text
    assert "On record: All Saints (1 November, France)" in english.text
    assert {one.role for one in english.evidence} >= {"main", "baseline", "driver"}
    assert english.queries[0].window == Window(date(2026, 11, 2), date(2026, 11, 9), Grain.WEEK, "UTC", "week")


# ------------------------------------------------------------ accounts


def test_who_may_not_see_people_is_told_of_no_account(service: Service) -> None:
    answer = service.clerk.alert(Question("alerts accounts", NOW, replace(ANALYST, person_level=False), language="en"))
    assert answer.error is not None
    assert answer.error.key == "people_not_allowed"
    with pytest.raises(NotAllowed):
        service.clerk.alerts.accounts.of("nora", Question("", NOW, Rights(person_level=False)))
    answer = service.clerk.alert(Question("alerts calm A1", NOW, replace(ANALYST, person_level=False), language="en"))
    assert answer.error is not None
    assert answer.error.key == "people_not_allowed"


@pytest.fixture
def _no_risk(monkeypatch):
    """Learning the risk takes seconds; it has tests of its own."""
    none = pd.DataFrame(columns=["account_id", "risk", "was", "drivers"]), ""
    monkeypatch.setattr(trouble, "_risks", lambda *_: none)


@pytest.mark.slow
@pytest.mark.usefixtures("_no_risk")
def test_a_payment_that_fails_is_new_once(service: Service) -> None:
    """A4 is past due since 20 September."""

    def signs(day: date) -> dict[str, list[str]]:
        rows = troubled(Analyst(service.company, Rights(person_level=True), day)).rows
        return {row["account_id"]: row["signs"] for row in rows}

    assert "failed_payment" in signs(date(2026, 9, 22)).get("A4", [])
    assert "failed_payment" not in signs(date(2026, 9, 19)).get("A4", [])
    assert "failed_payment" not in signs(date(2026, 10, 5)).get("A4", [])


def test_a_risk_jumps_into_the_top_tier_or_by_a_jump() -> None:
    risks = pd.DataFrame(
        [(f"A{n}", 0.10, 0.10) for n in range(18)]
        + [("entered", 0.30, 0.12), ("there before", 0.40, 0.38), ("jumped", 0.26, 0.10), ("slowly", 0.12, 0.11)],
        columns=["account_id", "risk", "was"],
    )
    assert trouble._jumped(risks) == ["entered", "jumped"]


ROW = {"name": None, "owner": "nora", "mrr": 100.0, "signs": ["risk"], "risk": 0.4, "was": 0.1, "drivers": [],
       "renews_on": date(2026, 12, 1), "days_left": 29}  # fmt: skip


@pytest.fixture(scope="module")
def nobody(fingers: Service) -> Evidence:
    """What is told of accounts on a day, to be filled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trouble, "_risks", lambda *_: (pd.DataFrame(columns=["account_id", "risk", "was"]), ""))
        return troubled(Analyst(fingers.company, Rights(person_level=True), date(2026, 11, 2)))


@pytest.fixture
def in_trouble(monkeypatch, nobody: Evidence) -> list[dict[str, Any]]:
    """Seven accounts of nora's, one of paul's, one of nobody's; the list may be changed by a test."""
    rows = [{**ROW, "account_id": f"A{n}"} for n in range(1, 8)]
    rows += [{**ROW, "account_id": "A8", "owner": "paul"}, {**ROW, "account_id": "A9", "owner": None}]

    def some(_analyst: Analyst) -> Evidence:
        return replace(nobody, rows=tuple(rows))

    monkeypatch.setattr(watched, "troubled", some)
    monkeypatch.setattr(
        watched, "customer", lambda _, id: id.upper() if id.upper() in {f"A{n}" for n in range(10)} else None
    )
    return rows


def tell(service: Service, owner: str) -> tuple[str, ...]:
    """Tells one owner, and which accounts of."""
    question, accounts = Question("", NOW, ANALYST, asker="U1", language="en"), service.clerk.alerts.accounts
    found = accounts.of(owner, question)
    if found is None:
        return ()
    accounts.told(found, question)
    return found.accounts


def test_each_owner_is_told_of_some_accounts_with_days_left_reasons_and_what_to_do(service, in_trouble) -> None:
    question, accounts = Question("", NOW, ANALYST, asker="U1", language="en"), service.clerk.alerts.accounts
    assert accounts.owners(NOW) == ["nora", "paul"]
    found = accounts.of("paul", question)
    assert found is not None
    assert "risk jumped from 10.0% to 40.0%" in found.answer.text
    assert "29 days left, renews on 1 December 2026" in found.answer.text
    assert found.deeds == (
        {"draft": "Draft something for A8", "snooze": "alerts snooze A8 7", "calm": "alerts not-a-risk A8"},
    )
    assert found.answer.labels == {
        "alerts snooze A8 7": "Snooze A8 for a week", "alerts not-a-risk A8": "A8 is not a risk"
    }  # fmt: skip
    assert accounts.of("paul", question) == found, "nothing is kept before it is told"
    assert [tell(service, "nora"), tell(service, "paul")] == [("A1", "A2", "A3", "A4", "A5"), ("A8",)]
    assert [tell(service, "nora"), tell(service, "paul")] == [("A6", "A7"), ()]
    assert accounts.owners(NOW) == []


def test_a_new_sign_of_a_known_account_is_told(service, in_trouble) -> None:
    assert tell(service, "paul") == ("A8",)
    in_trouble[7] = {**in_trouble[7], "signs": ["risk", "failed_payment"]}
    assert tell(service, "paul") == ("A8",)


def test_who_may_not_draft_is_offered_no_draft_of_an_account(service, in_trouble) -> None:
    question = Question("", NOW, replace(ANALYST, drafts=False), asker="U1", language="en")
    found = service.clerk.alerts.accounts.of("paul", question)
    assert found is not None
    assert [list(one) for one in found.deeds] == [["snooze", "calm"]]


@pytest.mark.parametrize("code", available())
def test_an_account_that_is_no_risk_or_snoozed_is_not_told_of(service, in_trouble, code) -> None:
    del in_trouble[:7]
    listed = say(service, "alerts accounts", language=code)
    assert "A8" in listed.text
    assert "A9" in listed.text
    snooze = next(one for one in listed.follow_ups if one.endswith("A8 7"))
    assert "9" in say(service, snooze, language=code).text
    assert "A8" not in say(service, "alerts accounts", language=code).text
    say(service, f"{load(code).say('alerts_word')} calm a9", language=code)
    assert say(service, "alerts accounts", language=code).findings[0].key == "trouble_none"


@pytest.mark.parametrize("code", available())
def test_pressing_again_or_of_an_account_that_is_gone_is_answered_kindly(service, in_trouble, code) -> None:
    word, language = load(code).say("alerts_word"), load(code)
    say(service, f"{word} snooze A8 7", language=code)
    again = say(service, f"{word} snooze A8 7", language=code)
    assert again.text == language.say("trouble_already", id="A8", day=date(2026, 11, 9))
    assert say(service, f"{word} calm A8", language=code).findings[0].key == "trouble_calm", "for longer"
    after = say(service, f"{word} snooze A8 7", language=code)
    assert after.text == language.say("trouble_already", id="A8", day=date(2026, 12, 2)), "and it stays so long"
    gone = say(service, f"{word} calm A99", language=code)
    assert gone.text == language.say("trouble_gone", id="A99")


def test_a_customer_is_known_by_its_id_and_one_who_left_or_is_not_the_askers_is_none(service) -> None:
    """A4 left on 20 October, and A1 pays in France."""
    everybody, poles = (
        Analyst(service.company, rights, date(2026, 11, 2))
        for rights in (Rights(), Rights(row_filters=(RowFilter("country", ("PL",)),)))
    )
    assert [trouble.customer(everybody, id) for id in ("a1", "A4", "A99")] == ["A1", None, None]
    assert trouble.customer(poles, "A1") is None


# ------------------------------------------------------------ the switch

SWITCHING = [
    ("en", "Please turn on account alerts", "Stop account alerts"),
    ("en", "tell account owners about accounts in trouble", "turn account alerts off, please"),
    ("fr", "Prévenez les responsables des comptes en difficulté", "Désactivez les alertes de comptes"),
    ("es", "Avisa a los responsables de las cuentas con problemas", "Desactiva las alertas de cuentas"),
    ("pl", "Włącz alerty o kontach", "Wyłącz alerty o kontach"),
]


def tells_owners(service: Service, text: str, language: str = "en", role: str = "analyst", thread: str | None = None):
    """The keys that are said."""
    question = Question(text, NOW, replace(ANALYST, role=role), asker="U1", language=language)
    answer = service.clerk.heard(question, thread) or service.clerk.alert(question, thread)
    return answer.error.key if answer.error else answer.findings[0].key


@pytest.mark.parametrize(("language", "on", "off"), SWITCHING)
def test_owners_are_told_from_a_sentence_on_until_another_one(service, language, on, off) -> None:
    monday = "T1/C1/1.0"
    assert service.clerk.alerts.owners.now() is None
    assert tells_owners(service, on, language, thread=monday) == "owners_on"
    assert tells_owners(service, on, language, thread=monday) == "owners_on_already"
    switch = service.clerk.alerts.owners.now()
    assert switch is not None
    assert (switch.by, switch.team, switch.language) == ("U1", "T1", language)
    assert load(language).say("owners_line", day=NOW.date()) in say(service, "alerts", language=language).text
    assert tells_owners(service, off, language, thread=monday) == "owners_off"
    assert tells_owners(service, off, language, thread=monday) == "owners_off_already"
    assert service.clerk.alerts.owners.now() is None


@pytest.mark.parametrize("code", available())
def test_the_command_switches_in_the_words_of_its_language(service, code) -> None:
    say_in = load(code).say
    words = [f"{say_in('alerts_word')} {say_in('alerts_verb_accounts')} {say_in(f'alerts_verb_{v}').split()[0]}"
             for v in ("on", "off")]  # fmt: skip
    assert [tells_owners(service, one, code, thread="T1/C1/1.0") for one in words] == ["owners_on", "owners_off"]


def test_viewers_and_the_terminal_cannot_switch_it_on(service) -> None:
    assert tells_owners(service, "alerts accounts on", role="viewer", thread="T1/C1/1.0") == "owners_not_allowed"
    assert tells_owners(service, "alerts accounts on", role="marketer", thread="T1/C1/1.0") == "owners_not_allowed"
    assert tells_owners(service, "alerts accounts on") == "owners_only_slack"
    assert service.clerk.alerts.owners.now() is None


# ------------------------------------------------------------ who may set one where


@pytest.mark.parametrize("code", available())
def test_a_viewer_sets_an_alert_in_a_direct_message_and_not_for_a_channel(service, code) -> None:
    text = next(words for language, words, _ in WORDS if language == code)

    def set_by(role: str, place: Place) -> str:
        rights = replace(ANALYST, role=role, drafts=False)
        answer = service.clerk.alert(Question(text, NOW, rights, place, asker=role, language=code), "T1/C1/1.0")
        return answer.error.key if answer.error else answer.findings[0].key

    assert set_by("viewer", Place.PUBLIC) == set_by("viewer", Place.PRIVATE) == "alert_not_allowed"
    assert service.clerk.alerts.rules() == []
    assert set_by("viewer", Place.DM) == "alert_added"
    assert set_by("analyst", Place.PUBLIC) == "alert_added", "a channel cuts what is drafted there, not who may"
    assert set_by("admin", Place.PUBLIC) == "alert_added"


def test_looking_at_accounts_keeps_nothing_of_them(service, in_trouble) -> None:
    for _ in range(2):
        assert "A1" in say(service, "alerts accounts").text


# ------------------------------------------------------------ looking


@pytest.mark.slow
def test_looking_at_one_metric_is_one_measurement_and_a_second_one_where_something_stands_out(
    demo: Service, monkeypatch
) -> None:
    spans = []
    seen = unusual.measure
    monkeypatch.setattr(unusual, "measure", lambda *of, **more: spans.append(of[1].window) or seen(*of, **more))
    analyst = demo._analyst(ANALYST, datetime(2026, 11, 10, 12))
    calm = look(analyst, Query(Intent.VALUE, "ticket_volume"), Grain.WEEK)
    assert (len(calm.evidence.rows), len(spans)) == (27, 1)
    assert [(alerted.key_of(one.segment), alerted._way(one)) for one in calm.judged] == [("", "")]
    look(analyst, Query(Intent.VALUE, "active_users"), Grain.WEEK)
    assert [one.end for one in spans[1:]] == [date(2026, 11, 9), date(2026, 11, 9) - timedelta(weeks=51)]
