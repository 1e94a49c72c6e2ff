"""The Home: at once with what is known, then with the week; in four languages and within every limit."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from bot.access import RoleRule, make_policy
from bot.engines.answers.setup import Setup
from bot.language import Language, load
from bot.playground import Pace, Slack
from bot.playground.blocks import faults
from bot.records import open_records
from bot.service import Service
from bot.slack.home import BARS, Elsewhere, Home, refused, sparkline, view
from bot.types import (
    Defaults,
    Definitions,
    Entry,
    Group,
    Limit,
    Note,
    Place,
    Question,
    Rights,
    Standing,
    Wanted,
    filters,
)
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Town, start

NOW = datetime(2026, 11, 2, 9)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with open_records(f"sqlite:///{tmp_path_factory.mktemp('home')}/records.sqlite") as records:
        service = served(FINGERS, records)
        service.now = lambda: NOW
        yield service


@pytest.fixture(scope="module")
def city(service: Service) -> Iterator[Town]:
    with Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack, start(service, service.records, slack):
        slack.wait_for(lambda: slack.connections)
        ana, bruno = slack.person("Ana"), slack.person("Bruno", locale="fr-FR")
        slack.direct(ana), slack.direct(bruno)
        yield Town(slack, ana, bruno, slack.channel("retention", members=[ana, bruno]))


def words(shown: dict[str, object]) -> str:
    return str(shown["blocks"])


def opened(town: Town, person: str, until: str) -> dict[str, object]:
    """The Home of a person once it says this."""
    town.slack.open_home(person, "home")
    return town.slack.wait_for(
        lambda: home if until in words(home := town.slack.space.homes.get(person) or {"blocks": []}) else None, 20
    )


def test_the_home_shows_the_data_the_week_and_questions_in_the_language_of_the_person(city: Town) -> None:
    french = load("fr")
    shown = words(opened(city, city.bruno, "`"))
    assert french.say("slack_home_week") in shown
    assert french.say("slack_home_measuring") not in shown
    assert french.say("slack_prompt_why_title") in shown
    assert any(bar in shown for bar in BARS)
    assert "1er novembre 2026" in shown
    assert "semaine du" in shown


def test_a_question_of_the_home_is_answered_in_direct_messages_and_can_be_asked_on(city: Town) -> None:
    home = opened(city, city.ana, "`")
    direct = city.slack.direct(city.ana)
    before = len(city.answers(direct))
    city.slack.press_in_view(city.ana, home, "Churn last month")
    answer = city.answer(direct, before + 2)
    assert "3 of 8" in answer["text"]
    root = next(m for m in city.slack.messages(direct, by_app=True) if m["ts"] == answer["thread_ts"])
    assert "What was our churn rate last month?" in root["text"]
    city.slack.post(city.ana, direct, "and in September?", thread=answer["thread_ts"])
    assert "0 of 8" in city.answer(direct, before + 3)["text"]


def test_a_guest_sees_one_sentence_and_no_figure(city: Town) -> None:
    guest = city.slack.person("Gil", guest="multi")
    city.slack.direct(guest)
    home = opened(city, guest, "Guests")
    assert len(home["blocks"]) == 1


def test_what_is_kept_is_shown_to_whom_it_is_for(service: Service) -> None:
    def standing(role: str) -> Standing:
        return service.clerk.standing(Question("", NOW, service.rights_of(role, Place.DM), language="en"))

    analyst = service.rights_of("analyst", Place.DM)
    service.clerk.note(Question("note 2026-10-05 new checkout", NOW, analyst, language="en"))
    service._taught.keep(Wanted("carbon footprint"), "U1", NOW)
    service._taught.keep(Group("Monthly ones", filters=filters({"interval": ["month"]})), "U1", NOW)
    admin, marketer = standing("admin"), standing("marketer")
    assert [one.values["what"] for one in admin.notes] == ["new checkout"]
    assert [one.line.values["name"] for one in admin.wanted] == ["carbon footprint"]
    assert marketer.wanted == ()
    assert marketer.drafts == ()
    assert [one.line.values["name"] for one in marketer.segments] == ["Monthly ones"]
    assert marketer.data[0].values["day"] == date(2026, 11, 1)


FULL = Standing(
    "Fern " * 60,
    (Note("as_of", {"day": date(2026, 11, 1), "zone": "UTC"}), Note("stale", {"day": date(2026, 11, 2)})),
    tuple(
        Entry(Note("segment_size_none", {"name": f"Segment {n} <!channel> *bold* {'x' * 400}"}), {"end": "segments"})
        for n in range(90)
    ),
    tuple(
        Note(
            "drafts_listed_ready",
            {"id": f"d{n}", "title": "Win back " * 60, "language": "fr", "n": n, "day": NOW.date()},
        )
        for n in range(40)
    ),
    tuple(
        Entry(
            Note(
                "requests_line", {"name": "x" * 300, "askers": ["U1"], "day": NOW.date(), "formula": "", "columns": ""}
            ),
            {"accept": "requests accept x", "drop": "requests drop x"},
        )
        for _ in range(40)
    ),
    tuple(Note("notes_line", {"number": n, "day": NOW.date(), "what": "y" * 200}) for n in range(120)),
    tuple(
        Entry(
            Note("alert_listed", {"name": str(n), "rule": "z" * 200, "day": None}),
            {"end": f"alerts delete {n}"},
            Limit(str(n), "z" * 2000, "5%"),
        )
        for n in range(50)
    ),
    tuple(
        Entry(Note("settings_channel", {"channel": f"C{n}", "about": "z" * 400}), {"off": "alerts accounts off"})
        for n in range(40)
    ),
)


@pytest.mark.parametrize("language", ["en", "fr", "es", "pl"])
def test_the_fullest_and_the_emptiest_home_keep_every_limit(service: Service, language: str) -> None:
    week = service.weekly(Question("", NOW, Rights(drafts=False), language=language))
    others = [Elsewhere(FULL, [f"C{n}" for n in range(40)]), Elsewhere(Standing(""), ["C1"])] * 3
    for home in (
        Home(load(language), FULL, week, others), Home(load(language), Standing(""), week, others),
        Home(load(language), FULL), Home(load(language), Standing("")),
    ):  # fmt: skip
        shown = view(home, "D1")
        assert list(faults(shown["blocks"], "home")) == []
        assert "<!channel>" not in words(shown)
    empty = view(Home(load(language), Standing("Fern")), "D1")
    assert load(language).say("slack_home_notes") not in words(empty)
    assert list(faults(refused("Sorry")["blocks"], "home")) == []


def test_a_week_that_cannot_be_told_leaves_the_rest(service: Service) -> None:
    week = service.weekly(Question("", NOW, Rights(drafts=False), language="en"))
    shown = view(Home(load("en"), Standing("Fern"), replace(week, evidence=(), text="There is no week.\nNone.")), "D1")
    assert "There is no week." in words(shown)


def test_of_many_notes_the_latest_are_shown_and_the_others_counted() -> None:
    shown = words(view(Home(load("en"), FULL), "D1"))
    assert "119. " in shown
    assert "• 0. " not in shown
    assert "and 112 more" in shown


def test_a_sparkline_runs_from_the_lowest_to_the_highest_with_gaps() -> None:
    assert sparkline([0, 7, None, 3.5]) == "▁█ ▅"
    assert sparkline([2, 2]) == "▅▅"
    assert sparkline([None]) == ""


def test_the_home_names_the_persons_own_summaries_and_alerts(service: Service) -> None:
    analyst = service.rights_of("analyst", Place.DM)
    for asker, text in (("U1", "alerts add churn rate above 5%"), ("U2", "alerts add MRR below 100")):
        service.clerk.alert(Question(text, NOW, analyst, asker=asker, language="en"))
    weekly = Question("schedule weekly monday 9:00", NOW, analyst, asker="U1", language="en", zone="Europe/Madrid")
    service.clerk.schedule(weekly, "T1/D1/U1")
    coming = service.clerk.standing(replace(weekly, text="")).coming
    said = [load("en").say(one.line.key, **one.line.values) for one in coming]
    assert len(said) == 2
    assert "every Monday at 9:00 (Europe/Madrid)" in said[0]
    assert "churn rate above 5.0%" in said[1]
    assert said[1] in words(view(Home(load("en"), Standing("Fern", coming=coming)), "D1"))


@pytest.mark.parametrize("person", ["ana", "bruno"])
def test_what_comes_by_itself_is_ended_on_the_home(city: Town, service: Service, person: str) -> None:
    """In the language of the person: Bruno's is French."""
    who, language = getattr(city, person), load("fr" if person == "bruno" else "en")
    direct, label = city.slack.direct(who), language.say("slack_home_end")
    asked = Question("", NOW, service.rights_of("analyst", Place.DM), asker=who, language="en", zone="UTC")
    service.clerk.schedule(replace(asked, text="schedule weekly monday 9:00"), f"T0HOME/{direct}/1")
    service.clerk.alert(replace(asked, text="alerts add MRR below 100"))
    number = len(city.answers(direct)) + 2
    opened(city, who, "`")
    for left in (1, 0):  # after each the Home is shown anew by itself

        def shown(left: int = left) -> object:
            home = city.slack.space.homes.get(who) or {"blocks": []}
            return home if words(home).count(f"'{label}'") == left + 1 and "`" in words(home) else None

        city.slack.press_in_view(who, city.slack.wait_for(shown), label)
        city.slack.wait_for(lambda left=left: len(service.clerk.standing(asked).coming) == left)
    city.answer(direct, number)
    said = city.answers(direct)[-2:]
    assert [bool(re.search("deleted|supprimé", one["text"], re.IGNORECASE)) for one in said] == [True, True]


def form_of(city: Town, person: str, language: Language, until: str) -> dict[str, object]:
    """The form that the first "Edit" on somebody's Home opens, once this stands there."""
    city.slack.press_in_view(person, opened(city, person, until), language.say("slack_home_change"))
    return city.slack.wait_for(lambda: city.slack.modal(person), 20)


def sent(city: Town, person: str, shown: dict[str, object], **values: dict[str, object]) -> None:
    city.slack.submit(person, shown, {name: {name: state} for name, state in values.items()})


@pytest.mark.parametrize("person", ["ana", "bruno"])
def test_a_summary_and_an_alert_are_changed_in_a_form_of_the_home(city: Town, service: Service, person: str) -> None:
    who, language = getattr(city, person), load("fr" if person == "bruno" else "en")
    direct = city.slack.direct(who)
    asked = Question("", NOW, service.rights_of("analyst", Place.DM), asker=who, language=language.code, zone="UTC")
    service.clerk.schedule(replace(asked, text="schedule weekly monday 9:00"), f"T0HOME/{direct}/1")
    (entry,) = service.clerk.standing(asked).coming
    shown = form_of(city, who, language, "9:00 (UTC)")
    number = len(city.answers(direct)) + 1
    picked = {"type": "static_select", "selected_option": {"value": "3"}}
    for _ in range(2):  # the second sending of a form changes nothing
        sent(city, who, shown, day=picked, at={"type": "timepicker", "selected_time": "17:45"})
    assert "17:45" in city.answer(direct, number)["text"]
    (after,) = service.clerk.standing(asked).coming
    assert (after.change.day, after.change.at) == (3, time(17, 45))
    assert after.change.readers == entry.change.readers
    assert "17:45" in words(opened(city, who, "17:45"))  # the Home is shown anew by itself
    service.clerk.schedule(replace(asked, text=f"schedule delete {after.change.id}"), f"T0HOME/{direct}/1")
    set_by = {"en": "alerts add churn rate above 5%", "fr": "alertes ajouter taux de churn au-dessus de 5 %"}
    service.clerk.alert(replace(asked, text=set_by[language.code]))
    shown = form_of(city, who, language, "5,0" if person == "bruno" else "5.0%")
    assert "5" in shown["blocks"][1]["element"]["initial_value"]
    sent(city, who, shown, amount={"type": "plain_text_input", "value": "60%"})
    assert "60" in city.answer(direct, number + 1)["text"]
    (alert,) = service.clerk.standing(asked).coming
    assert alert.change.amount.startswith("60")
    service.clerk.alert(replace(asked, text=f"alerts delete {alert.change.name}"))
    city.quiet()
    assert len(city.answers(direct)) == number + 1


def test_a_saved_segment_has_its_size_and_is_deleted_by_whoever_saved_it(city: Town, service: Service) -> None:
    service._taught.keep(Group("Yearly ones", filters=filters({"interval": ["annual"]})), city.ana, NOW)
    service._taught.keep(Group("Those by month", filters=filters({"interval": ["monthly"]})), city.bruno, NOW)
    city.slack.space.homes.pop(city.ana, None)
    home = opened(city, city.ana, "Those by month: 5 customers")
    assert "fewer than 5" in words(home)
    direct, delete = city.slack.direct(city.ana), load("en").say("slack_home_end")
    number = len(city.answers(direct)) + 1
    city.slack.press_in_view(city.ana, home, delete)
    assert "Yearly ones" in city.answer(direct, number)["text"]
    assert "Yearly ones" not in [one.name for one in service._taught.groups()]
    city.slack.tell(city.ana, "delete the segment “those by month”")
    assert "somebody else" in city.answer(direct, number + 1)["text"]
    city.slack.tell(city.bruno, "supprimez le segment Those by month")
    city.slack.wait_for(lambda: "Those by month" not in [one.name for one in service._taught.groups()])


def test_a_segment_that_an_alert_watches_is_not_deleted_and_a_missing_one_is_told_with_those_there_are(
    service: Service,
) -> None:
    asked = Question("", NOW, service.rights_of("analyst", Place.DM), asker="U7", language="en")

    def said(text: str) -> str:
        return service.ask(replace(asked, text=text)).text

    service._taught.keep(Group("The plan", filters=filters({"interval": ["monthly"]})), "U7", NOW)
    service.clerk.alert(replace(asked, text="alerts add churn rate for the plan above 5%"))
    (alert,) = [one for one in service.clerk.alerts.rules() if one.by == "U7"]
    assert said("segments delete the plan").endswith(f"of the alerts: {alert.name}.")
    assert "The plan" in said("delete the segment Nobody")
    service.clerk.alert(replace(asked, text=f"alerts delete {alert.name}"))
    assert "Deleted" in said("segments delete the plan")


def test_what_people_ask_for_is_decided_on_the_home_of_an_admin(service: Service) -> None:
    admin = Question("", NOW, service.rights_of("admin", Place.DM), asker="U9", language="en")
    service._taught.keep(Wanted("tree count"), "U1", NOW)
    entry = next(one for one in service.clerk.standing(admin).wanted if one.line.values["name"] == "tree count")
    shown = words(view(Home(load("en"), Standing("Fern", wanted=(entry,))), "D1"))
    assert entry.deeds["accept"] in shown
    assert (
        "Dropped: the request for “tree count”" in service.clerk.requests(replace(admin, text=entry.deeds["drop"])).text
    )
    assert "tree count" not in [one.line.values["name"] for one in service.clerk.standing(admin).wanted]
    service._taught.keep(Wanted("tree count"), "U2", NOW)
    assert "Taken up" in service.clerk.requests(replace(admin, text=entry.deeds["accept"])).text


def test_only_an_admin_sees_the_settings_and_turns_what_can_be_turned(service: Service) -> None:
    def standing(role: str) -> Standing:
        return service.clerk.standing(Question("", NOW, service.rights_of(role, Place.DM), asker="U9", language="en"))

    def owners() -> Entry:
        return standing("admin").settings[0]

    assert standing("analyst").settings == ()
    admin = Question("", NOW, service.rights_of("admin", Place.DM), asker="U9", language="en")
    off = owners()
    assert (off.line.key, off.deeds) == ("settings_owners_off", {"on": "alerts accounts on"})
    service.clerk.alert(replace(admin, text=off.deeds["on"]), "T1/D1/1.0")
    on = owners()
    assert on.line.key == "settings_owners_on"
    service.clerk.alert(replace(admin, text=on.deeds["off"]), "T1/D1/1.0")
    assert owners() == off


@pytest.mark.parametrize("code", ["en", "fr", "es", "pl"])
def test_the_settings_name_the_roles_and_what_each_channel_is_about(code: str) -> None:
    rules = {"admin": RoleRule(members=("U1", "ana@example.com"))}
    own = {"C0SPAIN01": Defaults(filters({"country": ["ES"]}), (("pause_policy", "churn"),), "es")}
    setup = Setup(make_policy("viewer", rules, {"C0SPAIN01": "marketer"}), own, model=False)
    lines = tuple(setup.lines(Definitions(company="Fern", zone="Europe/Madrid"), load(code)))
    shown = words(view(Home(load(code), Standing("Fern", settings=lines)), "D1"))
    assert "Europe/Madrid" in shown
    assert "admin (2)" in shown
    assert "<#C0SPAIN01>" in shown
    assert load(code).value_name("country", "ES") in shown
    assert "pause_policy = churn" in shown
