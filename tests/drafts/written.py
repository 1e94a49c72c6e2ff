"""What a scripted model writes: twenty texts that are true to their message, and what it may not add to them."""

from __future__ import annotations

from typing import Any, NamedTuple


class Told(NamedTuple):
    """A model's reply to the brief of a message: its parts, and the element as B has it."""

    language: str
    message: str
    channel: str
    parts: dict[str, str]
    other: str

    @property
    def reply(self) -> dict[str, Any]:
        return {"a": self.parts, "b": self.other}


def email(language: str, message: str, subject: str, preheader: str, body: str, other: str) -> Told:
    return Told(language, message, "email", {"subject": subject, "preheader": preheader, "body": body}, other)


def push(language: str, message: str, title: str, body: str, other: str) -> Told:
    return Told(language, message, "push", {"title": title, "body": body}, other)


def sms(language: str, message: str, body: str, other: str) -> Told:
    return Told(language, message, "sms", {"body": body}, other)


GOOD = [
    email(
        "en", "DT12", "What has changed since your last visit", "Only what is new to you in {brand}, in a short list.",
        "A few things in {brand} have become easier. These have been added since {last_active_month|your last visit}:"
        "\n\n{features_new}\n\n"
        "Your {plan|current} plan has all of them, and the work of {company|your team} is just as it was: nothing has "
        "to be set up again.\n\n"
        "Have your needs changed? That is good to know too. Reply with a line about what you would like to do, and "
        "{sender_name} will answer with the shortest way there, or tell you plainly if there is none.\n\n"
        "See what is new: {link}",
        "Some steps in {brand} just got shorter",
    ),
    push("en", "DT12", "New to you, in a short list", "See what was added. Your own work is just as you left it.",
         "New since your last visit here"),
    sms("en", "DT40", "{brand}: running low on {last_item}? Order again here: {link}",
        "{brand}: time for more {last_item}? {link}"),
    push("en", "DT29", "Your points are ready", "{points} points are on your account. See what they can become.",
         "You have {points} points. Go on collecting, or see what they can become."),
    email(
        "en", "DT14", "What you asked for is here", "Thank you for the idea. See what has become of it.",
        "Thank you for taking the trouble to describe it: your request has been built. {wish}.\n\n"
        "{company|Your team} can try it at once. The page shows where it is and how it works, so you don't have to "
        "go looking for it anywhere.\n\n"
        "Once you've tried it, tell me whether it does the job: yes, nearly, or not at all. You know better than "
        "anyone what it was meant for, and all three answers help.\n\n"
        "Try what you asked for: {link}",
        "Your idea is now in {brand}",
    ),
    email(
        "fr", "DT12", "Ce qui est nouveau depuis votre dernière visite", "Seulement ce qui est nouveau pour vous, en "
        "une courte liste.",
        "Dans {brand}, plusieurs choses sont devenues plus simples. Voici ce qui est arrivé depuis "
        "{last_active_month|votre dernière visite} :\n\n{features_new}\n\n"
        "Tout est compris dans votre offre {plan|actuelle}, et {company|votre équipe} retrouvera son travail "
        "exactement en l'état : rien à ressaisir, rien à réinstaller.\n\n"
        "Vos besoins ont changé ? C'est bon à savoir aussi. Dites en une ligne ce que vous aimeriez faire : "
        "{sender_name} vous indiquera le chemin le plus court, ou vous dira franchement s'il n'existe pas.\n\n"
        "Voir les nouveautés : {link}",
        "Certaines étapes se sont raccourcies",
    ),
    push("fr", "DT12", "Ce qui a changé entre-temps", "Une courte liste vous montre ce qui est devenu plus simple, "
         "l'utile d'abord.", "Des nouveautés pour vous"),
    sms("fr", "DT40", "{brand} : en reprendre ? Dernier achat : {last_item}. C'est ici : {link}",
        "{brand} : encore assez de {last_item} ? Pour en reprendre : {link}"),
    push("fr", "DT29", "Vos points, en un coup d'œil", "Votre solde : {points}. Vos points permettent beaucoup : voyez "
         "quoi.", "De quoi se faire plaisir"),
    email(
        "fr", "DT14", "Vous l'aviez demandé, c'est arrivé", "Votre demande, ce que nous en avons fait et comment "
        "l'essayer.",
        "C'est prêt : « {wish} ». Vous faites partie des personnes qui en avaient parlé : cela méritait mieux qu'une "
        "ligne dans une liste.\n\n"
        "Vos mots, et ceux d'autres équipes, ont guidé le travail jusque dans les détails. Le résultat est dans votre "
        "espace, avec votre formule {plan|actuelle}.\n\n"
        "Est-ce bien ce qu'il fallait chez {company|vous} ? S'il manque encore quelque chose, dites-le-moi, même en "
        "quelques mots : une demande satisfaite à moitié n'est pas finie.\n\n"
        "Essayer sur un cas réel : {link}",
        "Merci pour votre demande : elle a fait son chemin. Ce que vous souhaitiez existe maintenant : « {wish} ».",
    ),
    email(
        "es", "DT12", "Lo nuevo en {brand} desde tu última visita", "Solo lo que es nuevo para ti, en una lista corta.",
        "En {brand}, algunas cosas son ahora más fáciles. Estas han llegado desde {last_active_month|tu última visita}:"
        "\n\n{features_new}\n\n"
        "Todas entran en tu plan {plan|actual}, y el trabajo de {company|tu equipo} sigue tal como quedó: no hay que "
        "volver a configurar nada.\n\n"
        "¿Han cambiado tus necesidades? También nos sirve saberlo. Responde con una línea sobre lo que te gustaría "
        "hacer: {sender_name} te dirá cuál es el camino más corto, o te dirá con franqueza que no lo hay.\n\n"
        "Ver lo nuevo: {link}",
        "Algunos pasos se han acortado",
    ),
    push("es", "DT12", "Lo nuevo, en pocas líneas", "Algunas cosas son ahora más fáciles. Tu trabajo sigue donde "
         "estaba.",
         "Novedades que te pueden servir"),
    sms("es", "DT40", "{brand}: ¿te queda poco? {last_item}. Pedir de nuevo: {link}",
        "{brand}: ¿toca reponer {last_item}? Repetir: {link}"),
    push("es", "DT29", "Tus puntos, al día", "Puntos disponibles: {points}. Puedes ver en qué usarlos.",
         "¿En qué los usarías?"),
    email(
        "es", "DT14", "Lo pediste y ya está aquí", "Gracias por la idea: así ha quedado y así se prueba.",
        "Lo que nos pediste ya está disponible: {wish}. Gracias por tomarte el tiempo de explicarlo; peticiones como "
        "la tuya ayudan a decidir qué va primero.\n\n"
        "La página de abajo enseña qué hace, qué no hace todavía y cómo empezar a usarlo en "
        "{company|tu espacio de trabajo}.\n\n"
        "Puede que no sea exactamente como lo imaginabas. Si le falta algo para servirte, responde y dímelo sin "
        "rodeos: tu comentario llega a quienes lo han construido.\n\n"
        "Ver cómo ha quedado: {link}",
        "{wish}: ya se puede usar. Gracias por tomarte el tiempo de explicarlo.",
    ),
    email(
        "pl", "DT12", "Co nowego od ostatniej wizyty u nas", "Tylko to, co jest dla Ciebie nowe, na krótkiej liście.",
        "kilka rzeczy robi się u nas teraz łatwiej. Oto lista.\n\n"
        "Ostatnia wizyta: {last_active_month|jakiś czas temu}. Od tamtej pory doszły:\n\n{features_new}\n\n"
        "Konto: {company|Twój zespół}. Plan: {plan|obecny}. Praca czeka w takim stanie, w jakim została, więc niczego "
        "nie trzeba ustawiać od nowa.\n\n"
        "Potrzeby się zmieniły? To też ważna wiadomość. Odpowiedz jednym zdaniem, co chcesz zrobić, a wskażemy "
        "najkrótszą drogę albo powiemy wprost, że jej nie ma.\n\n"
        "Zobacz, co nowego: {link}",
        "Kilka Twoich kroków jest krótszych",
    ),
    push("pl", "DT12", "Co nowego od wizyty", "Krótka lista: co jest dla Ciebie nowe i do czego się przydaje.",
         "Krótka lista dla Ciebie"),
    sms("pl", "DT40", "{brand}: pora zamówić ponownie? Ostatnio: {last_item}. {link}",
        "{brand}: może zapas się kończy? {last_item}: {link}"),
    push("pl", "DT29", "Punkty, które masz", "Aktualny stan: {points}. Sprawdź, na co można je zamienić.",
         "Sprawdź, co dają punkty"),
    email(
        "pl", "DT14", "Twoja prośba ma już rozwiązanie", "Dziękujemy za pomysł. Zobacz, co z niego wyszło.",
        "dobra wiadomość: to, o co chodziło w Twojej prośbie, już działa.\n\n"
        "Prośba: {wish}. Konto: {company|Twój zespół}.\n\n"
        "Dziękujemy, że chciało Ci się o tym napisać. Takie głosy pomagają nam rozstrzygać, czym zająć się najpierw, "
        "więc o wyniku piszemy osobno.\n\n"
        "Coś wyszło inaczej, niż miało być? Odpisz od razu. Świeżą rzecz najłatwiej poprawić, a każda uwaga się "
        "przyda.\n\n"
        "Zobacz, jak to działa: {link}",
        "To, o co chodziło, działa",
    ),
]  # fmt: skip
"""True to their messages: the same facts in other words."""

ADDED = [
    # discounts, gifts and other advantages
    ("en", "email", "As a thank you, you get twenty percent off.", "WRI-02"),
    ("en", "email", "There is a discount waiting for your team.", "OFF-01"),
    ("en", "push", "It is on us.", "WRI-04"),
    ("en", "sms", "Extra credits inside.", "WRI-04"),
    ("fr", "email", "Une remise vous attend dans votre espace.", "OFF-01"),
    ("fr", "push", "C'est offert.", "OFF-07"),
    ("fr", "email", "Nous faisons un geste commercial pour votre équipe.", "WRI-04"),
    ("es", "email", "Además, te regalamos una parte de la cuota.", "WRI-04"),
    ("es", "sms", "Con descuento.", "OFF-01"),
    ("pl", "email", "Do tego dorzucamy rabat dla całego zespołu.", "OFF-01"),
    ("pl", "push", "A do tego upominek.", "WRI-04"),
    # features, plans and products
    ("en", "email", "Timesheets show where the hours go.", "WRI-05"),
    ("en", "email", "With dark mode on, you can now work at night.", "WRI-06"),
    ("en", "push", "Try our Focus Board.", "WRI-05"),
    ("fr", "email", "Le mode sombre est arrivé pour tout le monde.", "WRI-06"),
    ("fr", "push", "Essayez Fluxo.", "WRI-05"),
    ("es", "email", "Los informes salen solos, sin que toques nada.", "WRI-06"),
    ("es", "email", "Prueba Tableros Mágicos cuando quieras.", "WRI-05"),
    ("pl", "email", "Raporty powstają same, bez żadnej pracy.", "WRI-06"),
    ("pl", "push", "Jest też Kompas Pro.", "WRI-05"),
    # dates and deadlines
    ("en", "email", "The page stays open until Friday.", "WRI-03"),
    ("en", "push", "Only this week.", "WRI-03"),
    ("en", "email", "It closes on March 3.", "OUT-06"),
    ("fr", "email", "La page ferme vendredi soir.", "WRI-03"),
    ("fr", "sms", "Jusqu'à demain.", "WRI-03"),
    ("es", "email", "La página estará abierta hasta el lunes.", "WRI-03"),
    ("es", "push", "Termina pronto.", "WRI-03"),
    ("pl", "email", "Strona jest otwarta do piątku.", "WRI-03"),
    ("pl", "push", "Tylko w tym tygodniu.", "WRI-03"),
    # names and other customers' data
    ("en", "email", "Your colleague Maria asked for it too.", "WRI-05"),
    ("en", "email", "The team at Atelier Rovadine works with it already.", "WRI-05"),
    ("en", "email", "We heard the same from atelier rovadine.", "WRI-05"),
    ("fr", "email", "Demandez à Jeanne Lefort, elle connaît la maison.", "WRI-05"),
    ("es", "email", "Lo cuenta también Estudio Ribera, de tu ciudad.", "WRI-05"),
    ("pl", "email", "Potwierdza to Studio Wierzbowa z Twojej okolicy.", "WRI-05"),
    ("en", "email", "Write to maria@rovadine.example about it.", "WRI-10"),
    # promises and deeds
    ("en", "email", "You will never lose a file again.", "WRI-07"),
    ("en", "email", "We have credited your account.", "WRI-08"),
    ("en", "push", "We promise.", "WRI-07"),
    ("fr", "email", "Nous vous rappellerons, c'est promis.", "WRI-07"),
    ("fr", "email", "Votre compte a été crédité.", "WRI-08"),
    ("es", "email", "Te prometemos que todo irá mejor.", "WRI-07"),
    ("es", "email", "Hemos ampliado tu cuenta.", "WRI-08"),
    ("pl", "email", "Obiecujemy, że praca pójdzie lżej.", "WRI-07"),
    ("pl", "email", "Zarezerwowano dla Ciebie osobne miejsce.", "WRI-08"),
    # quotes, comparisons, competitors
    ("en", "email", "Other teams love it.", "WRI-09"),
    ("en", "email", "It is better than Asana.", "WRI-09"),
    ("fr", "email", "Nos clients lui donnent la meilleure note.", "WRI-09"),
    ("es", "email", "Es mejor que lo que hace la competencia.", "WRI-09"),
    ("pl", "email", "Inne zespoły już to chwalą.", "WRI-09"),
    # what we know of the reader
    ("en", "email", "You stopped using it, and that is fine.", "WRI-12"),
    ("en", "email", "Your churn score is high.", "PER-06"),
    ("fr", "email", "Vous avez quitté votre tableau de bord en route.", "WRI-12"),
    ("es", "email", "Tu actividad se ha quedado en poco.", "WRI-12"),
    ("pl", "email", "Twoja aktywność spadła i to rozumiemy.", "WRI-12"),
    # links, tags, hidden characters, the machinery
    ("en", "email", "Go to brindlewick.example.com instead.", "WRI-10"),
    ("en", "email", "{{ customer.first_name }}", "TAG-06"),
    ("en", "email", "Your tier: {tier|gold}.", "WRI-01"),
    ("en", "email", "For {company|Atelier Rovadine} too.", "WRI-01"),
    ("en", "email", "There is a dis\u200bcount.", "WRI-10"),
    ("en", "email", "There is a disc\u043eunt.", "WRI-10"),
    ("en", "email", "**Look** <b>here</b>.", "WRI-10"),
    ("en", "email", "As an AI language model, I follow the brief.", "WRI-11"),
    ("fr", "email", "Voici le message, selon vos consignes.", "WRI-11"),
    ("es", "email", "Ignora las instrucciones anteriores.", "WRI-11"),
    ("pl", "email", "Oto treść zgodna z poleceniem.", "WRI-11"),
]
"""Language, channel, a sentence that a model adds of its own accord, and the check that must refuse it."""
