"""What the stories are told with: the words of four languages, and a city in which one of them is spoken."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.language import Language, load
from bot.playground import Pace, Slack
from bot.records import Records, open_records
from bot.service import Service
from bot.slack.app import open_bot
from bot.wiring import service_of
from tests.served import FINGERS, served
from tests.slack.town import MANIFEST, Script, Town, start

NOW = datetime(2026, 11, 2, 9)
MORE = """
[brand]
name = "Finger Count"
sender = "Nora"
reply_to = "nora@example.com"
postal_address = "1 Example Street, 75001 Paris"
[access.roles.admin]
members = ["ana@example.com"]
[access.roles.spain]
row_filters = {{ country = ["ES"] }}
smallest_cell = 1
members = ["sol@example.com"]
[access.channels.{spanish}]
role = "analyst"
language = "{code}"
filters = {{ country = ["ES"] }}
"""
READER = "V7,A7,h-v7,Vivian,admin,US,en,2026-10-03 09:00:00\n"
"""One who may be written to; the finger-count company has nobody of whom nothing speaks against it."""


@dataclass(frozen=True)
class Words:
    """One language as its people type it, and the counts as it says them."""

    churn: str
    earlier: str
    by_country: str
    three_of_eight: str
    none_of_eight: str
    one_of_two: str
    vague: str
    trend: str
    mrr: str
    weekly: str
    note: str
    noted: str
    no_note: str
    left: str
    all_left: str
    unendorse: str
    alert: str
    draft: str
    metric: str
    period: str


WORDS = {
    "en": Words(
        churn="what was our churn rate in October?", earlier="and in September?", by_country="by country",
        three_of_eight="3 of 8", none_of_eight="0 of 8", one_of_two="1 of 2", vague="how is retention?",
        trend="customers lost per month since July 2026?", mrr="what is our MRR this month?", weekly="weekly",
        note="note 1 October new checkout", noted="new checkout (1 October)", no_note="note drop 1",
        left="it was nine", all_left="feedback", unendorse="endorse drop churn rate",
        alert="alerts add churn rate above 5%", draft="draft", metric="churn rate", period="October 2026",
    ),
    "fr": Words(
        churn="quel était notre taux de churn en octobre ?", earlier="et en septembre ?", by_country="et par pays ?",
        three_of_eight="3 sur 8", none_of_eight="0 sur 8", one_of_two="1 sur 2", vague="c’est quoi notre rétention ?",
        trend="clients perdus par mois depuis juillet 2026 ?", mrr="quel est notre MRR ce mois-ci ?", weekly="semaine",
        note="note 1er octobre nouveau paiement", noted="nouveau paiement (1er octobre)", no_note="note retirer 1",
        left="c’était neuf", all_left="avis", unendorse="valider retirer taux de churn",
        alert="alertes ajouter taux de churn au-dessus de 5 %", draft="brouillon", metric="taux de churn",
        period="octobre 2026",
    ),
    "es": Words(
        churn="¿cuál fue nuestra tasa de churn en octubre?", earlier="¿y en septiembre?", by_country="¿y por país?",
        three_of_eight="3 de 8", none_of_eight="0 de 8", one_of_two="1 de 2", vague="¿cómo va la retención?",
        trend="¿clientes perdidos por mes desde julio de 2026?", mrr="¿cuál es nuestro MRR este mes?", weekly="semana",
        note="nota 1 de octubre nuevo proceso de pago", noted="nuevo proceso de pago (1 de octubre)",
        no_note="nota quitar 1", left="eran nueve", all_left="comentarios",
        unendorse="avalar quitar tasa de abandono", alert="alertas añadir tasa de churn por encima de 5%",
        draft="borrador", metric="tasa de churn", period="octubre de 2026",
    ),
    "pl": Words(
        churn="jaki był nasz wskaźnik churnu w październiku?", earlier="a we wrześniu?", by_country="a według kraju?",
        three_of_eight="3 z 8", none_of_eight="0 z 8", one_of_two="1 z 2", vague="jak wygląda retencja?",
        trend="ilu klientów straciliśmy w każdym miesiącu od lipca 2026?", mrr="jaki jest nasz MRR w tym miesiącu?",
        weekly="tydzień", note="notatka 1 października nowa ścieżka zakupu",
        noted="nowa ścieżka zakupu (1 października)", no_note="notatka usuń 1", left="było dziewięć",
        all_left="opinia", unendorse="potwierdź usuń wskaźnik churn", alert="alerty dodaj wskaźnik churnu powyżej 5%",
        draft="szkic", metric="wskaźnik churnu", period="październik 2026",
    ),
}  # fmt: skip


@dataclass
class City(Town):
    """A company that speaks one language: Ana is an admin, Bruno a viewer, Sol sees Spain alone."""

    code: str = "en"
    spanish: str = ""
    """A channel that is about Spain."""
    service: Service = field(kw_only=True)
    language: Language = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.language, self.words = load(self.code), WORDS[self.code]

    def somebody(self, name: str, **more: Any) -> str:
        return self.slack.person(name, locale=f"{self.code}-XX", email=f"{name.lower()}@example.com", **more)

    def say(self, key: str, **values: Any) -> str:
        return self.language.say(key, **values)

    def asks(self, text: str, thread: str | None = None, channel: str = "") -> dict[str, Any]:
        """The answer to a mention by Ana, or to what she says in a thread that the bot is in."""
        place = channel or self.channel
        number = len(self.answers(place)) + 1
        if thread is None:
            self.slack.mention(self.ana, place, text)
        else:
            self.slack.post(self.ana, place, text, thread=thread)
        return self.answer(place, number)

    def asks_alone(self, person: str, text: str) -> dict[str, Any]:
        """The answer to a direct message."""
        direct = self.slack.direct(person)
        number = len(self.answers(direct)) + 1
        self.slack.tell(person, text)
        return self.answer(direct, number)

    def types(self, person: str, line: str, channel: str = "") -> str:
        """What a person alone is shown after a command."""
        number = len(self.whispers(person)) + 1
        self.slack.command(person, channel or self.channel, f"/retention {line}")
        return str(self.whisper(person, number)["text"])

    def modal(self, person: str, words: str, without: str = "\0") -> dict[str, Any]:
        """The modal that a person sees, once it holds these words and not those."""
        return self.slack.wait_for(
            lambda: (v := self.slack.modal(person)) and words in str(v) and without not in str(v) and v, 60
        )

    def receipt(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The receipt of an answer, once the other definitions are measured."""
        self.slack.press(self.ana, message, self.say("slack_receipt_button"), self.channel)
        return self.modal(self.ana, self.say("slack_receipt_query"), without=self.say("slack_receipt_measuring"))


def company(folder: Path, code: str, spanish: str) -> Path:
    """The finger-count company, at home in this language, with a name to sign with and somebody to write to."""
    (folder / "data").mkdir(parents=True)
    for file in (FINGERS.parent / "data").iterdir():
        more = READER if file.stem == "users" else ""
        (folder / "data" / file.name).write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    told = FINGERS.read_text(encoding="utf-8").replace('language = "en"', f'language = "{code}"')
    workspace = folder / "workspace.toml"
    workspace.write_text(told + MORE.format(spanish=spanish, code=code), encoding="utf-8")
    return workspace


@contextmanager
def built(folder: Path, code: str) -> Iterator[City]:
    """A city on the second of November, with the real bot in it."""
    with (
        Slack(MANIFEST, Pace(retries=(0.0, 0.2, 0.2))) as slack,
        open_records(f"sqlite:///{folder}/records.sqlite") as records,
    ):
        spanish = slack.channel("spain")
        service = served(company(folder / "company", code, spanish), records)
        service.now = lambda: NOW
        with start(service, records, slack, code):
            slack.wait_for(lambda: slack.connections)
            city = City(slack, "", "", "", code, spanish, service=service)
            city.ana, city.bruno = city.somebody("Ana"), city.somebody("Bruno")
            city.channel = slack.channel("retention", members=[city.ana, city.bruno])
            for member in (city.ana, city.bruno):
                slack._do(lambda one=member: slack.space.channels[spanish].members.add(one))
            yield city


@contextmanager
def on(day: date, workspace: Path, records: Records, slack: Slack, code: str) -> Iterator[Service]:
    """The bot on a day, to which the data reaches then."""
    service = service_of(workspace, day)
    service.__dict__["records"] = records
    service.now = lambda: datetime(day.year, day.month, day.day, 9)
    with open_bot(
        service, records, bot_token=slack.bot_token, app_token=slack.app_token, try_file=Script().try_file,
        api_url=slack.api_url.rstrip("/"), clock=service.now, language=code,
    ):  # fmt: skip
        slack.wait_for(lambda: slack.connections)
        yield service
