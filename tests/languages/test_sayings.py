"""Sayings about retention as people repeat and doubt them, in every language, each with its claim of the register."""

import pytest

from bot.language import available, load
from bot.playbook.claims import register
from tests.languages import asked_es, asked_pl
from tests.languages.asked import reading, written

SAID = {
    "CL01": {
        "en": (
            "Is it true that selling to an existing customer is far more likely than selling to a new one?",
            "I heard you have a 60-70% chance of selling to current customers, is that right?",
            "is it really easier to sell to the customers we already have than to prospects?",
            "Do we have better odds selling to returning customers, like they say?",
            "They say the probability of a sale is 5 to 20% with a new prospect and 60% with an existing customer",
            "Do we really have a better chance of selling to someone who already buys from us?",
        ),
        "fr": (
            "Est-il vrai qu'il est plus facile de vendre à un client existant qu'à un prospect ?",
            "On dit que la probabilité de vendre à un client actuel est de 60 à 70 %",
            "j'ai lu qu'on a plus de chances de vendre à un ancien client qu'à un nouveau",
            "Vendre à nos clients actuels est-il vraiment plus facile ?",
            "une vente à un client qu'on a déjà est-elle vraiment plus probable ?",
        ),
    },
    "CL02": {
        "en": (
            "is it true that keeping is five times cheaper?",
            "Is it really cheaper to retain a customer than to acquire one?",
            "HBR says winning a new customer costs 5 to 25 times more than keeping one. Does that hold for us?",
            "they say acquisition is 10x more expensive than retention",
            "does it cost ten times more to win a new customer than to keep one?",
            "Everyone says retention costs less than acquisition",
            "Can you check whether keeping customers is cheaper for us?",
            "is keeping a customer cheaper than winning a new one?",
        ),
        "fr": (
            "Est-il vrai que garder un client coûte cinq fois moins cher ?",
            "Fidéliser coûte-t-il vraiment moins que conquérir ?",
            "On dit qu'acquérir un nouveau client coûte 10 fois plus que d'en garder un",
            "la rétention est-elle moins chère que l'acquisition, comme on le prétend ?",
            "Combien de fois moins cher est-ce vraiment de garder un client ?",
        ),
    },
    "CL03": {
        "en": (
            "Is it true that 1% more acquisition lifts the bottom line by 3% and 1% less churn by 7%?",
            "I read that cutting churn by 1% raises profit 7%",
            "does 1% better retention really add 7% to profits?",
            "They say one percent more new customers brings 3% more profit",
            "Would you believe 1% less churn means 7% more profit?",
        ),
        "fr": (
            "Est-il vrai que 1 % d'acquisition en plus augmente le résultat de 3 % ?",
            "j'ai lu que 1 % d'attrition en moins fait 7 % de bénéfice en plus",
            "1 % de rétention en plus rapporte-t-il vraiment 7 % de profit ?",
            "On dit qu'un pour cent de nouveaux clients en plus donne 3 % de profit",
            "c'est vrai que baisser le churn de 1 % augmente la marge de 7 % ?",
        ),
    },
    "CL04": {
        "en": (
            "Is retention really twice as powerful as acquisition?",
            "They say retention beats acquisition by a factor of two, is it true?",
            "is it true that improving retention has more than double the impact of acquiring customers?",
            "Paddle claims retention is a stronger lever than new customer acquisition",
            "is it right that retention matters more than acquisition?",
            "retention vs acquisition: is it true that retention has twice the effect?",
        ),
        "fr": (
            "La rétention est-elle vraiment deux fois plus efficace que l'acquisition ?",
            "Est-il vrai que fidéliser a deux fois plus d'impact que conquérir ?",
            "on dit que la rétention est un levier plus puissant que l'acquisition",
            "la fidélisation pèse plus que l'acquisition, c'est vrai ?",
            "Est-ce vrai que la rétention rapporte plus que l'acquisition ?",
        ),
    },
    "CL05": {
        "en": (
            "Do existing customers really spend 67% more?",
            "is it true that returning customers spend more than new ones?",
            "Bain says existing customers spend two thirds more than newcomers",
            "I read that long-standing customers have a 67% bigger basket",
            "is it a myth that old customers spend more?",
            "is the 67% more spending by existing customers true for us?",
        ),
        "fr": (
            "Les clients existants dépensent-ils 67 % de plus ?",
            "est-il vrai que les anciens clients dépensent plus que les nouveaux ?",
            "on dit que le panier des clients récurrents est plus élevé de 67 %",
            "J'ai lu que nos clients actuels dépenseraient deux tiers de plus",
        ),
    },
    "CL06": {
        "en": (
            "Do referral leads really convert three to five times better?",
            "is it true that leads from word of mouth close more and convert 4x better?",
            "They say referred prospects have a 3x higher conversion",
            "I heard referrals convert 5 times more often than other leads",
        ),
        "fr": (
            "Les contacts parrainés se convertissent-ils vraiment 3 à 5 fois mieux ?",
            "On dit que le bouche à oreille convertit quatre fois mieux",
            "est-il vrai que le taux de conversion des parrainages est trois fois plus élevé ?",
            "j'ai lu que les prospects parrainés deviennent clients 5 fois plus souvent",
            "les prospects recommandés convertissent-ils vraiment mieux ?",
        ),
    },
    "CL07": {
        "en": (
            "Are referred customers really worth 16% more?",
            "is it true that referrals have a higher lifetime value?",
            "They say the LTV of referred customers is 16% higher",
            "I read customers who come by word of mouth are more valuable",
            "are referred customers more valuable?",
        ),
        "fr": (
            "Les clients parrainés valent-ils vraiment 16 % de plus ?",
            "est-il vrai que la LTV des parrainés est plus élevée ?",
            "on dit que la valeur d'un client parrainé est supérieure de 16 %",
            "j'ai lu que les clients venus par bouche à oreille ont plus de valeur à vie",
            "un client parrainé vaut-il plus ?",
        ),
    },
    "CL08": {
        "en": (
            "Do referred customers really stay 37% longer?",
            "is it true that customers who were referred churn less?",
            "Deloitte says referred customers have 37% higher retention",
            "they say people who come by recommendation are more loyal",
            "do referred customers stay longer?",
            "Is it true that referred customers churn less?",
        ),
        "fr": (
            "Les clients parrainés restent-ils vraiment plus longtemps ?",
            "est-il vrai que la rétention des parrainés est supérieure de 37 % ?",
            "Deloitte affirme que les clients parrainés sont plus fidèles",
            "on dit que les clients venus par parrainage partent moins, avec un churn plus bas",
            "les clients parrainés sont-ils plus fidèles ?",
        ),
    },
    "CL09": {
        "en": (
            "Are webinar attendees six times more likely to activate?",
            "is it true that people who attend our webinars activate more?",
            "Intercom says workshop attendees are 6x more likely to get started",
            "does a live demo really make people activate six times as often?",
            "do webinars really boost activation?",
        ),
        "fr": (
            "Les participants aux webinaires s'activent-ils vraiment six fois plus ?",
            "est-il vrai que venir à un webinaire favorise l'activation ?",
            "Intercom affirme que les participants à un atelier ont 6 fois plus de chances de s'activer",
            "on dit que ceux qui suivent une formation en direct démarrent six fois plus souvent",
            "les webinaires aident-ils vraiment à activer les clients ?",
        ),
    },
    "CL10": {
        "en": (
            "Is a monthly digest really the best retention email?",
            "is it true that a 30-day feature recap is the best-performing message?",
            "Intercom says the feature digest works best for keeping people",
            "they say a monthly product newsletter performs better than anything else",
            "is a monthly feature digest the best way to keep customers?",
        ),
        "fr": (
            "Un récapitulatif mensuel est-il vraiment le meilleur message de rétention ?",
            "est-il vrai que le digest des fonctionnalités marche le mieux ?",
            "Intercom affirme que le récap des nouveautés est le message le plus efficace",
            "on dit que le résumé tous les 30 jours fonctionne mieux que tout",
            "le récapitulatif mensuel des fonctionnalités est-il efficace pour garder les clients ?",
        ),
    },
    "CL11": {
        "en": (
            "Does the average customer really use more than three channels?",
            "is it true that people shop across three channels or more?",
            "they say consumers go through several channels",
            "I read that most buyers switch between more than 3 channels",
            "do our customers use three channels?",
        ),
        "fr": (
            "Nos clients utilisent-ils vraiment plus de trois canaux ?",
            "est-il vrai qu'un consommateur passe par plusieurs canaux ?",
            "on dit que l'acheteur moyen jongle entre trois canaux",
            "j'ai lu que les gens utilisent plus de 3 points de contact",
            "Nos clients sont-ils vraiment sur trois canaux ?",
        ),
    },
    "CL12": {
        "en": (
            "Do customers who can pause really churn less?",
            "is it true that letting people skip a month keeps them from cancelling?",
            "they say a flexible subscription reduces churn a lot",
            "I read that being able to downgrade makes customers leave less",
            "would offering a pause really reduce churn?",
        ),
        "fr": (
            "Les clients qui peuvent faire une pause partent-ils vraiment moins ?",
            "est-il vrai qu'une formule souple réduit l'attrition ?",
            "on dit que pouvoir suspendre son abonnement évite les résiliations",
            "j'ai lu que proposer une pause fait baisser le churn",
            "Une option de pause fait-elle vraiment baisser les résiliations ?",
        ),
    },
    "CL13": {
        "en": (
            "Do companies with many repeat purchases really have good loyalty programmes?",
            "is it true that a loyalty program makes people come back?",
            "they say firms with a high repeat rate run a rewards program",
            "I read that shops where people buy again have good loyalty schemes",
            "does a good loyalty programme go with repeat purchases, really?",
        ),
        "fr": (
            "Les entreprises à fort réachat ont-elles vraiment de bons programmes de fidélité ?",
            "est-il vrai qu'un programme de fidélité fait revenir, que les clients reviennent acheter ?",
            "on dit que les enseignes où l'on rachète ont une carte de fidélité",
            "j'ai lu qu'un bon programme de fidélité va avec un réachat élevé",
            "un bon programme de fidélité augmente-t-il vraiment le réachat ?",
        ),
    },
    "CL14": {
        "en": (
            "Is it true that loyal customers spend more and recommend us?",
            "do loyal customers really give more feedback?",
            "they say loyal customers promote the brand",
            "I read that fans spend more and leave more reviews",
            "are loyal customers really promoting us?",
        ),
        "fr": (
            "Est-il vrai que les clients fidèles dépensent plus et nous recommandent ?",
            "les clients fidèles donnent-ils vraiment plus leur avis ?",
            "on dit que les fidèles sont des ambassadeurs",
            "j'ai lu que les clients fidèles achètent plus et parlent de nous, bref dépensent plus",
            "nos clients fidèles nous recommandent-ils vraiment ?",
        ),
    },
    "CL15": {
        "en": (
            "Does 1% less churn really make a huge difference?",
            "is it true that one point of churn matters that much?",
            "they say improving retention by 1% has a massive effect",
            "I read a 1% improvement in churn is a game changer",
            "is one percent of churn really such a big deal?",
        ),
        "fr": (
            "1 % d'attrition en moins, ça change vraiment tout ?",
            "est-il vrai qu'un point de churn fait une énorme différence ?",
            "on dit que 1 % de rétention en plus a un effet considérable",
            "j'ai lu qu'un pour cent d'attrition en moins compte beaucoup",
            "un point d'attrition, est-ce vraiment si important ?",
        ),
    },
    "CL16": {
        "en": (
            "Is 30 days without a login really the right threshold for inactivity?",
            "is it true that someone is inactive after 7 days?",
            "they say a user who is silent for a month is dormant",
            "Intercom says 30 days of no activity means inactive, right?",
            "is 7 days without activity too long, as Intercom says?",
        ),
        "fr": (
            "30 jours sans activité, est-ce vraiment le bon seuil ?",
            "est-il vrai qu'on est inactif au bout de 7 jours ?",
            "on dit qu'un utilisateur silencieux depuis un mois est dormant",
            "Intercom affirme que 30 jours sans connexion, c'est inactif",
            "Intercom parle de 7 jours d'inactivité, c'est juste ?",
        ),
    },
    "CL17": {
        "en": (
            "Is it true that lost customers are very hard to win back?",
            "do people who left really never come back?",
            "they say winning back churned customers is nearly impossible",
            "once they cancel, is it really so difficult to get them back?",
            "Is winning customers back as hard as they say?",
        ),
        "fr": (
            "Est-il vrai qu'un client parti est très dur à reconquérir ?",
            "les clients perdus ne reviennent-ils vraiment jamais ?",
            "on dit que récupérer un ancien client est presque impossible",
            "faire revenir quelqu'un qui a résilié, est-ce si difficile qu'on le dit ?",
            "reconquérir un client est-il aussi difficile qu'on le dit ?",
        ),
    },
}
for _claim, _texts in SAID.items():
    _texts |= {"es": asked_es.SAID[_claim], "pl": asked_pl.SAID[_claim]}
BESIDE = [
    ("did churn really go up?", "premise churn_rate base=previous claim=up"),
    ("is it true that MRR fell in October?", "premise mrr 2026-10-01/2026-11-01 base=previous claim=down"),
    ("how much does it cost to keep a customer?", "value retention_cost"),
    ("are referred customers worth more than the others?", "value referred_value_ratio"),
    ("le churn a-t-il vraiment augmenté ?", "premise churn_rate base=previous claim=up"),
    ("combien coûte un nouveau client ?", "value cac"),
    ("les clients perdus le mois dernier", "value churned_customers 2026-10-01/2026-11-01"),
    ("I think churn went up in October", "premise churn_rate 2026-10-01/2026-11-01 base=previous claim=up"),
    ("I think the moon is made of cheese", "no claim_unknown"),
    ("I think customers who pay annually churn less", "compare churn_rate by=interval claim=down"),
]
SUPPOSED = [
    ("I think users who invite a teammate in their first week retain better. Can you validate that?", "7", "90"),
    ("I believe customers who import their data churn less", "30", "90"),
    ("je pense que ceux qui invitent un collègue le premier mois restent plus longtemps", "30", "90"),
    ("Je suppose que les utilisateurs qui partagent des fichiers la première semaine partent moins", "7", "90"),
]


@pytest.mark.parametrize(
    ("claim", "language", "text"),
    [
        (claim, code, text)
        for claim, by_language in SAID.items()
        for code, texts in by_language.items()
        for text in texts
    ],
)
def test_a_saying_is_known_however_it_is_put(claim: str, language: str, text: str) -> None:
    found = reading(text)
    assert [(query.intent.value, query.metric, query.subject) for query in found.queries] == [("claim", None, claim)]
    assert found.language == language


def test_every_claim_is_asked_in_four_wordings_a_language_none_of_them_its_own() -> None:
    assert SAID.keys() == register().keys()
    for claim, by_language in SAID.items():
        for code, texts in by_language.items():
            assert len(set(texts)) >= 4, (claim, code)
            own = register()[claim].text(code).said
            assert not any(own.lower() in text.lower() for text in texts), (claim, code)


@pytest.mark.parametrize("code", available())
def test_the_ideas_of_a_claim_are_ideas_of_its_language(code: str) -> None:
    hears = load(code).data["hears"]
    assert hears["register"].keys() == register().keys()
    for ways in hears["register"].values():
        assert {idea for way in ways for idea in way.split()} <= hears["ideas"].keys()


@pytest.mark.parametrize(("text", "means"), BESIDE)
def test_a_question_of_a_figure_or_a_premise_stays_one(text: str, means: str) -> None:
    assert written(text) == means


@pytest.mark.parametrize(("text", "day", "horizon"), SUPPOSED)
def test_a_supposition_on_behaviour_is_read_with_its_first_days(text: str, day: str, horizon: str) -> None:
    (query,) = reading(text).queries
    assert (query.intent.value, query.metric, query.subject) == ("claim", "compare_behaviour", text)
    assert dict(query.variant) == {"day": day, "horizon_days": horizon}


@pytest.mark.parametrize(
    "text",
    [
        "which features are most correlated with 30-day retention?",
        "quelles fonctionnalités sont les plus corrélées avec la rétention à 30 jours ?",
    ],
)
def test_a_question_for_the_strongest_feature_asks_all_of_them(text: str) -> None:
    (query,) = reading(text).queries
    assert (query.metric, query.subject) == ("compare_behaviour", "features")
    assert dict(query.variant)["horizon_days"] == "30"


def test_a_country_narrows_a_claim_and_a_month_is_its_period() -> None:
    (query,) = reading("Is it true that keeping customers in Spain was five times cheaper in October?").queries
    assert query.subject == "CL02"
    assert query.filters == (("country", ("ES",)),)
    assert query.window is not None
    assert (query.window.start.isoformat(), query.window.end.isoformat()) == ("2026-10-01", "2026-11-01")
