"""The message texts inside the plays obey what code can check of the rules for drafts."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from bot.playbook import Message, load

PLAYS = load(Path(__file__).parents[2] / "knowledge")
MESSAGES = [
    pytest.param(text.language, message, id=f"{play.id}-{message.type}-{text.language}")
    for play in PLAYS
    for text in play.texts.values()
    for message in text.messages.values()
]
EACH = pytest.mark.parametrize(("language", "message"), MESSAGES)

PERSONAL = {"first_name", "company", "plan", "last_active_month"}
"""Tags that may be empty for somebody and so need a fallback."""
SUPPLIED = {"features_new", "sender_name", "brand", "link", "unsubscribe", "postal_address"}
"""Tags without which there is no message at all."""
TAG = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")
GREETING = {
    "en": "Hello {first_name|there},",
    "fr": "Bonjour {first_name|à vous},",
    "es": "Hola, {first_name|buenas}:",
    "pl": "Dzień dobry,",
}
"""A Polish greeting wants the vocative, which no field holds: it bears no name."""
LAST = {
    "en": "{postal_address}\nUnsubscribe: {unsubscribe}",
    "fr": "{postal_address}\nSe désabonner\u00a0: {unsubscribe}",
    "es": "Comunicación comercial de {brand}\n{postal_address}\nDarse de baja de estos correos: {unsubscribe}",
    "pl": "Informacja handlowa. Nadawca: {brand}\n{postal_address}\nWypisz się z\u00a0wiadomości: {unsubscribe}",
}
NEVER = re.compile(
    r"we miss you|vous nous manque|dear |cher client|last chance|dernière chance|only today|aujourd.hui seulement"
    r"|urgent|log in now|connectez-vous|you (have )?abandoned|abandonné|we (saw|noticed)|nous avons (vu|remarqué)"
    r"|haven.t (logged|used)|not (logged|used)|n.avez pas (utilisé|ouvert)"
    r"|free!|gratuit !|\bre:|fwd:|click here|cliquez ici"
    r"|te echamos de menos|tęsknimy|estimad[oa]|drogi|szanowny kliencie|última oportunidad|ostatnia szansa|solo hoy"
    r"|tylko dziś|inicia sesión|zaloguj|hemos (visto|notado)|(widzimy|zauważyliśmy), że|no has (usado|abierto)"
    r"|haz clic aquí|kliknij tutaj",
    re.IGNORECASE,
)
OFFER = re.compile(
    r"discount|% off|remise|offert|promo|coupon|free month|mois gratuit|voucher"
    r"|descuento|rebaja|oferta|cupón|gratis|regalo|rabat|zniżk|kupon|za darmo|prezent", re.IGNORECASE
)  # fmt: skip
GENDERED = re.compile(r"\b(êtes|soyez|serez|restez|étiez) \w+(é|i|u|t)e?s?\b|\(e\)|·e|[éi]\(?-?e\)", re.IGNORECASE)


def test_the_first_answers_find_their_messages() -> None:
    """Onboarding, second feature, at risk, renewal, inactive, former, and just cancelled."""
    kinds = {message.type for play in PLAYS for message in play.texts["en"].messages.values()}
    assert kinds == {"DT01", "DT06", "DT12", "DT16", "DT19", "DT22", "DT23", "DT39"}


@EACH
def test_subject_and_preheader_fit_a_phone(language: str, message: Message) -> None:
    for variant in message.variants:
        assert len(variant.subject.replace("{brand}", "A long brand")) <= 50
        assert 30 <= len(variant.preheader.replace("{brand}", "A long brand")) <= 90
        assert not set(TAG.findall(variant.subject)) - {("brand", "")}


@EACH
def test_the_body_is_a_personal_note_of_50_to_125_words(language: str, message: Message) -> None:
    for variant in message.variants:
        assert 50 <= len(variant.body.removesuffix(LAST[language]).split()) <= 125


@EACH
def test_tags_are_known_and_personal_ones_have_a_fallback(language: str, message: Message) -> None:
    for variant in message.variants:
        for part in (variant.subject, variant.preheader, variant.body):
            tags = TAG.findall(part)
            assert {name for name, _ in tags} <= PERSONAL | SUPPLIED
            assert {name for name, fallback in tags if not fallback} <= SUPPLIED
            assert {name for name, fallback in tags if fallback} <= PERSONAL
            assert part.count("{") == len(tags)


@EACH
def test_a_message_knows_two_things_of_its_reader_beyond_the_name(language: str, message: Message) -> None:
    for variant in message.variants:
        names = {name for name, _ in TAG.findall(variant.body)}
        assert len(names & {"company", "plan", "last_active_month", "features_new"}) >= 2


@EACH
def test_it_greets_and_ends_with_the_way_out(language: str, message: Message) -> None:
    for variant in message.variants:
        assert variant.body.startswith(GREETING[language] + "\n\n")
        assert variant.body.endswith("\n\n" + LAST[language])
        assert "{sender_name}" in variant.body.split("\n\n")[-2]


@EACH
def test_it_has_one_link_with_words_that_say_what_happens(language: str, message: Message) -> None:
    for variant in message.variants:
        assert len(re.findall(r"\{link\}|https?:|www\.", variant.body)) == 1
        assert re.search(r"^\w.{6,40}: \{link\}$", variant.body.replace("\u00a0", " "), re.MULTILINE)


@EACH
def test_it_neither_presses_nor_blames_nor_sells(language: str, message: Message) -> None:
    for variant in message.variants:
        whole = f"{variant.subject} {variant.preheader} {variant.body}".replace("’", "'").replace("\u202f", " ")
        assert not NEVER.search(whole)
        assert not OFFER.search(whole)
        assert variant.subject.count("!") + variant.body.count("!") == 0


@EACH
def test_it_motivates_before_it_asks(language: str, message: Message) -> None:
    """The first sentence gives a benefit, news or help: no imperative opens a message."""
    for variant in message.variants:
        first = variant.body.split("\n\n")[1].split()[0].lower()
        assert not first.endswith("ez")
        assert first not in {"log", "come", "click", "update", "try", "use", "open", "please", "start"}
        assert first not in {
            "entra",
            "vuelve",
            "usa",
            "abre",
            "prueba",
            "haz",
            "wróć",
            "użyj",
            "otwórz",
            "spróbuj",
            "kliknij",
        }


@pytest.mark.parametrize(("language", "message"), [one for one in MESSAGES if one.values[0] == "fr"])
def test_french_messages_tell_nobodys_gender(language: str, message: Message) -> None:
    for variant in message.variants:
        assert not GENDERED.search(variant.body)
        assert "résilier" not in variant.body.rsplit("\n\n", 1)[-1]


@pytest.mark.parametrize(("language", "message"), [one for one in MESSAGES if one.values[0] == "pl"])
def test_polish_messages_bend_nothing_around_a_value(language: str, message: Message) -> None:
    """A value stands in the nominative: at the start of a line, or after a colon or a comma."""
    for variant in message.variants:
        for part in (variant.subject, variant.preheader, variant.body):
            assert "{first_name" not in part
            assert not re.search(r"[^\s:,][ \u00a0]\{", part)


@EACH
def test_the_variants_differ_in_the_named_element_and_in_nothing_else(language: str, message: Message) -> None:
    a, b = message.variants
    assert (a.name, b.name) == ("A", "B")
    if message.element == "subject":
        assert a.subject != b.subject
        assert replace(b, name="A", subject=a.subject) == a
    else:
        assert (a.subject, a.preheader) == (b.subject, b.preheader)
        parts = list(zip(a.body.split("\n\n"), b.body.split("\n\n"), strict=True))
        differ = [n for n, (one, other) in enumerate(parts) if one != other]
        assert len(differ) == 1
        assert ("{link}" in parts[differ[0]][0]) == (message.element == "call_to_action")


def test_all_languages_test_the_same_element_at_the_same_stage() -> None:
    for play in PLAYS:
        facts = [{(m.type, m.stage, m.element) for m in text.messages.values()} for text in play.texts.values()]
        assert all(one == other for one, other in pairwise(facts))
        assert all(stage for each in facts for _, stage, _ in each)
