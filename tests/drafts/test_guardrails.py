"""Each guardrail lets a good text pass and stops a bad one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.drafting import Brand
from bot.drafting.guardrails import Copy, Preview, check, guardrails
from bot.language import available, load
from bot.types import Check, Variant

MakeCopy = Callable[..., Copy]


def says(old: str, new: str) -> Callable[[str], str]:
    """The text with some words replaced, which must be in it."""

    def replaced(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return replaced


OPENING = {
    "en": "Planning has become easier in {brand}: these",
    "fr": "Planifier est devenu plus simple dans {brand}\u00a0: voici",
    "es": "Planificar es ahora más fácil en {brand}: esto",
    "pl": "planowanie jest teraz łatwiejsze.",
}


def opens(language: str, sentence: str) -> dict[str, Any]:
    """The text with a sentence put before its opening."""
    return {"language": language, "body": says(OPENING[language], f"{sentence} {OPENING[language]}")}


def addressed(language: str, form: str, sentence: str) -> dict[str, Any]:
    """The text with a sentence before its opening, and a brand that addresses its readers so."""
    return {**opens(language, sentence), "brand": Brand("B", "N", "n@b.example", "B, Sol 1", {language: form})}


def voiced(language: str, avoid: str, sentence: str) -> dict[str, Any]:
    """The text with a sentence before its opening, and a brand that avoids a word in that language."""
    voice = {"": {"avoid": ["synergy"]}, language: {"avoid": [avoid]}}
    return {**opens(language, sentence), "brand": Brand("B", "N", "n@b.example", "B, Sol 1", voice=voice)}


def texts(body: str) -> dict[str, Any]:
    """A text message."""
    a = Variant("A", {"body": body})
    return {"channel": "sms", "element": "body", "variants": (a, a.but("body", f"{body} .", "B"))}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("CON-01", {"body": says("Hello {first_name|there},", "Dear customer,")}, "Dear customer"),
    ("CON-01", {"body": says("{first_name|there}", "{first_name|valued customer}")}, "valued customer"),
    ("CON-01", {"language": "fr", "body": says("Bonjour {first_name|à vous},", "Chère cliente,")}, "Chère cliente"),
    ("CON-02", opens("en", "Log in now."), "Log in now."),
    ("CON-02", opens("fr", "Connectez-vous dès maintenant."), "Connectez-vous dès maintenant."),
    ("CON-03", opens("en", "We miss you!"), "We miss you"),
    ("CON-03", {**opens("en", "We miss you! Do write."), "type": "DT22"}, "We miss you"),
    ("CON-03", opens("fr", "Vous nous manquez."), "Vous nous manquez"),
    ("CON-04", opens("en", "You abandoned us."), "You abandoned"),
    ("CON-04", opens("fr", "Vous nous avez oubliés."), "Vous nous avez oublié"),
    ("CON-05", {"subject": "Only today: news for your team"}, "Only today"),
    ("CON-05", opens("fr", "Dernière chance, ne manquez pas cela."), "Dernière chance"),
    ("CON-11", {"body": says("Reply with a line", "See {link}. Reply with a line")}, "2 × {link}"),
    ("CON-11", {"body": says("See what is new: {link}", "{link}")}, "{link}"),
    ("CON-12", {"body": says("easier", "easier" + " and easier" * 60)}, "easier"),
    ("CON-13", voiced("en", "cheap", "It is cheaper than before."), "cheaper"),
    ("CON-13", voiced("en", "cheap", "It has Synergies for everybody."), "Synergies"),
    ("CON-13", voiced("fr", "révolutionnaire", "Voici des pas révolutionnaires."), "révolutionnaires"),
    ("CON-13", voiced("es", "pan comido", "Con esto es pan comido."), "pan comido"),
    ("CON-13", voiced("pl", "okazja", "Korzystamy z\u00a0okazji."), "okazji"),
    ("CON-18", opens("en", "Teams like yours grow by a third."), "Teams like yours grow"),
    ("CON-18", opens("fr", "Le résultat est garanti."), "garanti"),
    ("CON-21", {"type": "DT04"}, "A"),
    ("CON-21", {"language": "fr", "type": "DT32"}, "A"),
    ("CON-21", {"language": "es", "type": "DT04"}, "A"),
    ("CON-21", {"language": "pl", "type": "DT32"}, "A"),
    ("CON-22", opens("en", "Install the app: find {brand} in the App Store."), "find"),
    ("CON-22", opens("en", "To install it, first sign in, then open the page."), "first sign in"),
    ("CON-22", opens("fr", "Pour installer l’application, cherchez-la dans le Play Store."), "cherchez-la"),
    ("CON-22", opens("fr", "Installez l’application, puis saisissez le code."), "puis saisissez"),
    ("CON-22", opens("es", "Instala la app: búscala en la tienda."), "búscala en la tienda"),
    ("CON-22", opens("es", "Descarga la app y después introduce el código."), "después introduce"),
    ("CON-22", opens("pl", "Zainstaluj aplikację: wyszukaj ją w\u00a0sklepie."), "wyszukaj"),
    ("CON-22", opens("pl", "Pobierz aplikację, potem wpisz kod."), "potem wpisz"),
    ("PER-01", {"body": lambda body: body.replace("{plan|current}", "").replace("{features_new}", "News")}, "company"),
    ("OFF-01", {"subject": "A discount of a fifth for your team"}, "discount"),
    ("OFF-01", opens("en", "Take 20% off, or two months free."), "20% off"),
    ("OFF-01", opens("fr", "Une remise vous attend."), "remise"),
    ("OFF-07", opens("en", "It is yours for free."), "for free"),
    ("OFF-07", opens("fr", "C’est gratuit."), "gratuit"),
    ("PER-03", opens("en", "We noticed that you were away."), "We noticed that you"),
    ("PER-03", opens("en", "You opened our email three times."), "You opened our"),
    ("PER-03", opens("fr", "Votre dernière connexion remonte à mars."), "Votre dernière connexion"),
    ("PER-06", opens("en", "Your churn score is high."), "churn"),
    ("PER-06", opens("fr", "Vous faites partie du segment dormant."), "segment"),
    ("PER-AMBER", {"body": says("easier in {brand}", "easier since {last_active_month|then}")}, "{last_active_month}"),
    ("TAG-01", {"body": says("{first_name|there}", "{first_name| there}")}, "{first_name| there}"),
    ("TAG-02", {"body": says("{first_name|there}", "{First_Name|there}")}, "{First_Name|there}"),
    ("TAG-02", {"body": says("{plan|current}", "{churn_score|high}")}, "{churn_score|high}"),
    ("TAG-03", {"body": says("{first_name|there}", "{first_name|null}")}, "{first_name|null}"),
    ("TAG-04", {"subject": "{company|Hello} news"}, "{company|Hello} news"),
    ("TAG-05", {"body": says("{first_name|there}", "{first_name|“there”}")}, "{first_name|“there”}"),
    ("TAG-05", {"body": says("{link}", "https://{company|www}.example {link}")}, "https://{"),
    ("TAG-06", {"body": says("{first_name|there}", "{{first_name}}")}, "{{"),
    ("TAG-06", {"body": says("{first_name|there}", "*|FNAME|*")}, "*|"),
    ("TAG-06", {"body": says("Hello", "[if plan=pro]Hello[end]")}, "[if"),
    ("TAG-06", {"body": says("{plan|current}", "{plan|current")}, "{plan|current"),
    ("TAG-08", opens("fr", "Voici ce que {company|votre équipe} a créé."), "que {company"),
    ("TAG-08", opens("en", "It is a {plan|current} feature."), "a {plan"),
    ("OUT-06", opens("en", "You saved 12 hours."), "12"),
    ("OUT-06", {"subject": "Back by March 3: news for your team"}, "March 3"),
    ("OUT-06", opens("fr", "Rendez-vous le 1er décembre."), "1er décembre"),
    ("OUT-07", {"body": says("{company|your team}", "{company}")}, "{company}"),
    ("OUT-09", {"element": "opening"}, "subject"),
    ("OUT-11", {"subject": "News " * 40}, "150"),
    ("OUT-11", {"preheader": "News " * 40}, "140"),
    ("LEN-01", {"subject": "News of your boards, and a good many other things that are new"}, "60"),
    ("LEN-01", {"preheader": "Short."}, "30"),
    ("LEN-01", {"body": says("easier", "easier " * 250)}, "250"),
    ("LOC-02", opens("en", "Voici la liste des nouveautés pour votre équipe et vos projets."), "Voici"),
    ("LOC-02", opens("fr", "These are the new features that have been added for you."), "These are"),
    ("LOC-05", opens("en", "It was 1.234,50 on 3/4/2026."), "3/4"),
    ("LOC-05", opens("fr", "C’est prévu le 1.12.2026."), "1.12"),
    ("LOC-05", opens("fr", "Il y en a 1,234."), "1,234"),
    ("LEG-05", {"body": says("{unsubscribe}", "write to us")}, "A: {unsubscribe}"),
    ("LEG-07", {"body": says("{postal_address}", "")}, "A: {postal_address}"),
    ("LEG-07", {"brand": Brand("Brindlewick", "", "nora@b.example", "12 Mill Lane")}, "sender"),
    ("LEG-07", {"brand": Brand("Brindlewick", "Nora", "no-reply@b.example", "12 Mill Lane")}, "no-reply@b.example"),
    ("LEG-08", {"subject": "Re: your invoice for this month"}, "invoice"),
    ("LEG-08", {"language": "fr", "subject": "TR : votre commande confirmée"}, "TR :"),
    ("DEL-11", {"body": says("{link}", "{link} http://b.example")}, "http://b.example"),
    ("DEL-11", {"body": says("{link}", "{link} https://bit.ly/abc")}, "https://bit.ly/abc"),
    ("DEL-12", {"subject": "READ THIS NOW please do"}, "READ THIS NOW"),
    ("DEL-12", {"subject": "What is new! Read on!"}, "!!"),
    ("DEL-14", {"subject": "What is new\nBcc: everybody"}, "What is new"),
    ("SMS-07", texts("{brand}: the list is there \u2026 {link} {stop}"), "horizontal ellipsis"),
    ("SMS-08", texts("{brand}: " + "za" * 40 + " ż {link} {stop}"), "2"),
    ("SMS-09", texts("Your list is there: {link} {stop}"), "A"),
    ("LEG-05", texts("{brand}: your list is there {link}"), "A: {stop}"),
    ("OUT-11", texts("{brand}: " + "news " * 70 + "{link} {stop}"), "3"),
    ("PUB-01", {**texts("{brand}: {company|somebody} joins {link}"), "channel": "social"}, "{company|somebody}"),
    ("EN-02", opens("en", "Look : it is here."), ":"),
    ("EN-04", opens("en", "Ask him/her, dear Sir."), "Sir"),
    ("EN-06", {"body": says("Hello {first_name|there},", "{first_name|There}!")}, "{first_name|There}!"),
    ("EN-08", {"body": says("Unsubscribe: {unsubscribe}", "Cancel your contract: {unsubscribe}")}, "Cancel"),
    ("FR-01", opens("fr", "Tu retrouves ton espace."), "Tu"),
    ("FR-01", {**opens("fr", "Tout est là."), "brand": Brand("B", "N", "n@b.example", "12 rue", {"fr": "tu"})}, "vous"),
    ("FR-02", opens("fr", "Regardez : c’est là."), ":"),
    ("FR-02", opens("fr", "C’est là!"), "à!"),
    ("FR-03", opens("fr", "C'est là."), "C'e"),
    ("FR-04", opens("fr", "Êtes-vous prêt(e)\u202f?"), "Êtes-vous prêt"),
    ("FR-04", opens("fr", "Vous êtes resté loin."), "Vous êtes resté"),
    ("FR-04", opens("fr", "Nous sommes ravis de vous revoir."), "ravis de vous revoir"),
    ("FR-05", opens("fr", "Nous sommes ravi·es."), "i·es"),
    ("FR-06", {"language": "fr", "body": says("Bonjour {first_name|à vous},", "{first_name|Coucou},")}, "|Coucou}"),
    ("FR-07", opens("fr", "A bientôt."), "A bientôt"),
    ("FR-08", {"language": "fr", "body": says("Se désabonner\u00a0:", "Résilier\u00a0:")}, "Résilier"),
    ("CON-01", {"language": "es", "body": says("Hola, {first_name|buenas}:", "Estimado cliente:")}, "Estimado cliente"),
    ("CON-01", {"language": "pl", "body": says("Dzień dobry,", "Szanowny Kliencie,")}, "Szanowny Kliencie"),
    ("CON-01", {"language": "pl", "body": says("Dzień dobry,", "Drogi Kliencie,")}, "Drogi Kliencie"),
    ("CON-02", opens("es", "Inicia sesión ahora."), "Inicia sesión ahora."),
    ("CON-02", opens("pl", "Zaloguj się teraz."), "Zaloguj się teraz."),
    ("CON-03", opens("es", "Te echamos de menos."), "Te echamos de menos"),
    ("CON-03", {**opens("pl", "Tęsknimy. Napisz."), "type": "DT22"}, "Tęsknimy"),
    ("CON-04", opens("es", "Nos has abandonado."), "has abandonado"),
    ("CON-04", opens("pl", "To ostatnie ostrzeżenie."), "ostatnie ostrzeżenie"),
    ("CON-05", opens("es", "Solo hoy, no te lo pierdas."), "Solo hoy"),
    ("CON-05", opens("pl", "To ostatnia szansa."), "ostatnia szansa"),
    ("CON-18", opens("es", "El resultado está garantizado."), "garantiza"),
    ("CON-18", opens("pl", "Mamy gwarancję wyniku."), "gwaran"),
    ("OFF-01", opens("es", "Te espera un descuento."), "descuento"),
    ("OFF-01", opens("pl", "Czeka rabat."), "rabat"),
    ("OFF-07", opens("es", "Es gratis."), "gratis"),
    ("OFF-07", opens("pl", "To jest za darmo."), "za darmo"),
    ("PER-03", opens("es", "Hemos visto que no entras."), "Hemos visto que"),
    ("PER-03", opens("pl", "Widzimy, że to trwa."), "Widzimy, że"),
    ("PER-06", opens("es", "Tu puntuación de churn es alta."), "puntuación"),
    ("PER-06", opens("pl", "To segment uśpionych."), "segment"),
    ("TAG-08", opens("es", "Lo vemos tú y {company|tu equipo}."), "y {company"),
    ("TAG-08", opens("pl", "To nowość dla {company|firmy}."), "dla {company"),
    ("TAG-08", opens("pl", "Razem już {tenure_years|kilka} lat."), "} lat"),
    ("OUT-06", opens("es", "Nos vemos el 3 de marzo."), "3 de marzo"),
    ("OUT-06", opens("pl", "Spotkajmy się 1 grudnia."), "1 grudnia"),
    ("LOC-02", opens("es", "To jest lista nowości dla zespołu, która już czeka i nie zniknie."), "To jest"),
    ("LOC-02", opens("pl", "Esta es la lista de las novedades que hay para tu equipo."), "Esta es"),
    ("LOC-05", opens("es", "Son 12€."), "2€"),
    ("LOC-05", opens("pl", "To 1.5 godziny."), "1.5"),
    ("LEG-08", {"language": "es", "subject": "Tu factura de este mes"}, "factura"),
    ("LEG-08", {"language": "pl", "subject": "Odp: nowości na Twoich tablicach"}, "Odp:"),
    ("ES-01", opens("es", "Usted ya puede verlo."), "Usted"),
    ("ES-01", opens("es", "Vos ya podés verlo."), "podés"),
    ("ES-01", addressed("es", "usted", "Aquí está."), "tu"),
    ("ES-01", addressed("es", "vos", "Lo tienes."), "tienes"),
    ("ES-02", {"language": "es", "subject": "Listo para volver?"}, "Listo para volver?"),
    ("ES-02", opens("es", "Ya está aquí! Mira."), "Ya está aquí!"),
    ("ES-03", opens("es", "¿Estás listo?"), "Estás listo"),
    ("ES-03", opens("es", "Te esperamos, bienvenido/a."), "bienvenido"),
    ("ES-03", opens("es", "Hola a tod@s."), "d@s"),
    ("ES-04", opens("es", "Llega en Marzo."), "Marzo"),
    ("ES-06", {"language": "es", "body": says("Darse de baja de estos correos:", "Darse de baja:")}, "Darse de baja:"),
    ("ES-06", {"language": "es", "body": says("Darse de baja de estos correos", "Cancelar el plan")}, "Cancelar"),
    ("ES-07", {"language": "es", "body": says("Comunicación comercial de {brand}\n", "")}, "A"),
    ("ES-08", {"language": "es", "body": says("Hola, {first_name|buenas}:", "{first_name|Ey}:")}, "|Ey}"),
    ("PL-01", opens("pl", "Zapraszamy Państwa."), "Państwa"),
    ("PL-01", opens("pl", "Czeka na ciebie."), "ciebie"),
    ("PL-01", addressed("pl", "Państwo", "Już jest."), "Twój"),
    ("PL-01", addressed("pl", "Pan/Pani", "To jest dla Państwa."), "Państwa"),
    ("PL-02", opens("pl", "Dawno się nie logowałeś."), "łeś"),
    ("PL-02", opens("pl", "Czy jesteś gotowy?"), "jesteś gotowy"),
    ("PL-02", opens("pl", "Gotowy na powrót?"), "Gotowy"),
    ("PL-03", {"language": "pl", "body": says("Dzień dobry,", "Dzień dobry {first_name|},")}, "{first_name|}"),
    ("PL-06", opens("pl", 'To "nowość".'), "nowość"),
    ("PL-07", opens("pl", "To jest w planie."), "w"),
    ("PL-09", {"language": "pl", "body": says("Wypisz się z\u00a0wiadomości:", "Rezygnacja:")}, "Rezygnacja"),
    ("PL-11", {"language": "pl", "body": says("Dzień dobry,", "Hej,")}, "Hej,"),
    ("PL-12", {"language": "pl", "body": says("Informacja handlowa. Nadawca: {brand}\n", "")}, "A"),
]  # fmt: skip
"""Rule, what spoils the good text, and a word of what the check must say it found."""


def verdicts(copy: Copy, rule: str) -> list[Check]:
    return [verdict for verdict in guardrails()[rule].check(copy) if not verdict.passed]


@pytest.mark.parametrize(("rule", "changes", "found"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_text_is_stopped_and_told_where(rule: str, changes: dict[str, Any], found: str, copy: MakeCopy) -> None:
    failed = verdicts(copy(**changes), rule)
    assert failed, f"{rule} let it pass"
    assert found in str([verdict.reason.values for verdict in failed])
    for language in available():
        for verdict in failed:
            assert load(language).say(verdict.reason.key, **verdict.reason.values)


@pytest.mark.parametrize("language", available())
def test_a_good_text_passes_all_guardrails(language: str, copy: MakeCopy) -> None:
    assert [verdict for verdict in check(copy(language)) if not verdict.passed] == []


def test_every_guardrail_has_a_failing_case_a_rule_and_its_sentences() -> None:
    assert {rule for rule, *_ in BAD} == {id for id, rule in guardrails().items() if not rule.of_model}
    for rule in guardrails().values():
        assert rule.rule.__doc__, rule.id
        for language in available():
            assert rule.key in load(language).keys


def test_guardrails_of_another_language_are_silent(copy: MakeCopy) -> None:
    for language in available():
        others = tuple(f"{code.upper()}-" for code in available() if code != language)
        assert not [verdict for verdict in check(copy(language)) if verdict.id.startswith(others)]


def test_we_miss_you_is_allowed_to_former_customers_with_a_reason(copy: MakeCopy) -> None:
    spoiled = opens("en", "We miss you, and two things you asked for have been built.")
    assert verdicts(copy(**spoiled, type="DT22"), "CON-03") == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Send us your question beforehand."),
        ("en", "Bring a question."),
        ("fr", "Envoyez-nous votre question à l’avance."),
        ("fr", "Vous pouvez poser toutes vos questions."),
        ("es", "Mándanos tu pregunta."),
        ("es", "Trae tus dudas."),
        ("pl", "Przyślij wcześniej swoje pytanie."),
        ("pl", "Przyjdź z\u00a0pytaniem."),
    ],
)
def test_an_invitation_with_room_for_a_question_passes(language: str, sentence: str, copy: MakeCopy) -> None:
    assert verdicts(copy(**opens(language, sentence), type="DT04"), "CON-21") == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Install the app: there is nothing to search for."),
        ("en", "Sign in first, then open the report."),
        ("fr", "Installez l’application, sans détour."),
        ("es", "Instala la app en un paso."),
        ("pl", "Zainstaluj aplikację: to jeden krok."),
    ],
)
def test_one_step_to_an_app_passes_and_so_do_steps_to_something_else(
    language: str, sentence: str, copy: MakeCopy
) -> None:
    assert verdicts(copy(**opens(language, sentence)), "CON-22") == []


def test_a_word_that_only_begins_like_an_avoided_one_is_no_fault(copy: MakeCopy) -> None:
    assert verdicts(copy(**voiced("en", "game", "It is gamification.")), "CON-13") == []
    assert verdicts(copy(**voiced("en", "cheap", "It is as it was.")), "CON-13") == []


def test_a_preview_that_is_not_whole_is_stopped(copy: MakeCopy) -> None:
    good = copy("en")
    broken = Preview("empty", Variant("A", {"subject": "Hello {plan}"}))
    assert verdicts(replace(good, previews=(*good.previews, broken)), "OUT-07")
    assert verdicts(replace(good, previews=good.previews[:1]), "OUT-07")


def test_variants_that_differ_in_two_elements_teach_nothing(copy: MakeCopy) -> None:
    good = copy("en")
    a, b = good.variants
    other = b.but("body", b["body"].replace("See what is new: {link}", "Have a look: {link}"))
    assert verdicts(replace(good, variants=(a, other)), "OUT-09")
    assert verdicts(replace(good, variants=(a,)), "OUT-09")
    assert verdicts(replace(good, variants=(a, replace(a, name="B"))), "OUT-09")
