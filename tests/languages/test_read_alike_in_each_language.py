"""One way of asking, four languages, one reading: a few questions for each mechanism that reads them."""

import pytest

from tests.languages.asked import written

RISE = "what_if arpa claim=up by=5percent"
BOTH = "value churn_rate 2026-10-01/2026-11-01 & list_people about=at_risk"
PAID = (
    'segment about={"conditions": [{"least": 1, "of": "2026-09-01/2026-10-01", "what": "paying"}, '
    '{"most": 0, "of": "2026-10-01/2026-11-01", "what": "paying"}]}'
)
MEMBERS = 'segment about={"conditions": [{"least": 11, "what": "members"}]}'
WORST = "top nrr 2026-07-01/2026-10-01 by=industry claim=down limit=3"
WEEKLY = "trend ticket_volume 2026-08-01/2026-11-10 step=week"
MONTH_1 = "value n_day_retention 2026-08-01/2026-09-01 n:1 steps:month"
BENCHMARK = "value benchmark_compare compared:churn_rate"
TWO_REPORTS = "reconcile churn_rate"
STATED = "reconcile mrr about=mrr?vendor=stripe to=41000number"
DOWNGRADES = "value mrr_movements 2026-10-01/2026-11-01 type=contraction"
BEFORE = "value churn_rate 2026-07-03/2026-10-01 rate"
WEEK_BEFORE = "value churn_rate 2026-09-24/2026-10-01"
SOON = "project mrr 2026-11-01/2027-05-01"
FRENCH_MAIL = "value open_rate 2026-10-01/2026-11-01 language=fr rate"
NEW = "value new_customers 2026-09-01/2026-10-01"
MONTH_3 = "value n_day_retention 2026-05-01/2026-06-01 n:3 steps:month"
EARLY = "value churn_rate 2026-10-01/2026-11-01 include_early:true"
QUARTERS = "compare nps 2026-07-01/2026-10-01 base=previous"
LOST = "value mrr_movements 2026-07-01/2026-08-01 type=churn"
MORE_LEFT = "why churned_customers 2026-10-01/2026-11-01 base=previous country=FR claim=up"
LEFT = "list_people churned_customers 2026-10-01/2026-11-01"
AT_RISK = "list_people about=at_risk"
AND_THEN = "breakdown churn_rate by=country & advise churn_rate"
ROLLING = "trend mrr 2025-11-01/2026-11-01 step=month"
WEEKS = "trend mrr 2026-08-01/2026-11-10 step=week"
LOYALTY = "advise loyalty_participation"
NOT_YEARLY = "segment not-interval=annual about={}"

JUDGED = "value benchmark_compare compared:churn_rate to=5percent rate"
PASSED = "value churn_rate 2026-10-01/2026-11-01 rate"
HALVED = "what_if churn_rate to=0.5number"
OFTEN = "compare churn_rate interval=annual,monthly by=interval"
COUNTED = "breakdown customer_count segment=at_risk by=country"
CONTRACTION = "value mrr_movements 2026-10-01/2026-11-01 type=contraction"
WITH_THEM = "value churned_customers 2026-09-01/2026-10-01 & value mrr_movements 2026-09-01/2026-10-01 type=churn"
LONGER = "compare median_lifetime interval=annual,monthly by=interval"
MOST_LOST = "trend churned_customers 2025-11-01/2026-11-01 step=month claim=up"
LOSING = "top mrr_movements type=churn by=country claim=up"
HALF_YEAR = "value churn_rate 2026-05-01/2026-11-01"
READ = [
    # the prices that change are no reason to leave
    ("what happens if we raise prices by 5%?", RISE),
    ("impact of a 5% price rise on MRR", RISE),
    ("impact d'une hausse de prix de 5 %", RISE),
    ("impacto de una subida de precios del 5 %", RISE),
    ("wpływ podwyżki cen o 5%", RISE),
    # what was done in one period and not in another
    ("customers who paid in September but not in October", PAID),
    ("clients qui ont payé en septembre mais pas en octobre", PAID),
    ("clientes que pagaron en septiembre pero no en octubre", PAID),
    ("klienci, którzy zapłacili we wrześniu, ale nie w październiku", PAID),
    (
        "kto kupił we wrześniu, a w październiku już nie?",
        PAID.replace("segment", "list_people").replace("paying", "orders"),
    ),
    ("churn in October, not September", "value churn_rate 2026-10-01/2026-11-01"),
    # who asks for advice says more than a figure: the playbook hears all of it
    ("How can I win back customers who left because of price?", "advise churned_customers reason=price"),
    ("is it worth building a loyalty programme?", LOYALTY),
    ("ça vaut le coup de lancer un programme de fidélité ?", LOYALTY),
    ("¿conviene montar un programa de puntos?", LOYALTY),
    ("czy warto założyć program lojalnościowy?", LOYALTY),
    # how many people an account has
    ("accounts with more than 10 users", MEMBERS),
    ("comptes avec plus de 10 utilisateurs", MEMBERS),
    ("cuentas con más de 10 usuarios", MEMBERS),
    ("konta z więcej niż 10 użytkownikami", MEMBERS),
    # a figure, and then who
    ("churn last month and who is at risk?", BOTH),
    ("churn du mois dernier et qui est à risque ?", BOTH),
    ("churn del mes pasado y quién está en riesgo?", BOTH),
    ("churn za zeszły miesiąc i kto jest zagrożony?", BOTH),
    # a number before the word that ranks
    ("3 worst industries by NRR last quarter", WORST),
    ("bottom 3 industries by NRR last quarter", WORST),
    ("les 3 pires secteurs par NRR au dernier trimestre", WORST),
    ("los 3 peores sectores por NRR del último trimestre", WORST),
    ("3 najgorsze branże wg NRR w ostatnim kwartale", WORST),
    # a rhythm beside the word for a course is its step
    ("weekly trend of tickets since August", WEEKLY),
    ("évolution hebdo des tickets depuis août", WEEKLY),
    ("tendencia semanal de tickets desde agosto", WEEKLY),
    ("tygodniowy trend zgłoszeń od sierpnia", WEEKLY),
    ("zgłoszenia tydzień po tygodniu od sierpnia", WEEKLY),
    ("monthly active users last 6 months", "trend active_users 2026-05-01/2026-11-01 step=month"),
    # shorthand of cohorts
    ("M1 retention, August cohort", MONTH_1),
    ("rétention M1 de la cohorte d'août", MONTH_1),
    ("retención M1 de la cohorte de agosto", MONTH_1),
    ("retencja M1 dla kohorty z sierpnia", MONTH_1),
    # what is good elsewhere is asked of benchmarks
    ("qu'est-ce qu'un bon churn ?", BENCHMARK),
    ("qué es un buen churn para un SaaS", BENCHMARK),
    ("jaki churn jest dobry dla SaaS", BENCHMARK),
    ("porównaj naszą retencję 30-dniową z rynkiem", "value benchmark_compare compared:n_day_retention"),
    # growth names a change and claims none
    ("croissance du MRR mois sur mois", "compare mrr base=previous"),
    ("tasa de crecimiento del MRR", "compare mrr base=previous rate"),
    # those who do something, and do they leave more or less
    ("los clientes que usan exports se van menos?", "claim compare_behaviour"),
    ("les clients qui utilisent les exports partent-ils moins ?", "claim compare_behaviour"),
    ("czy klienci używający raportów rzadziej odchodzą?", "claim compare_behaviour"),
    # two reports
    ("dwa raporty pokazują inny churn, pomóż znaleźć przyczynę", TWO_REPORTS),
    ("Stripe affiche 41 k€ de MRR et toi autre chose, pourquoi ?", STATED),
    ("Stripe dice 41k de MRR y tú otra cosa, por qué?", STATED),
    ("Stripe pokazuje 41k MRR, a ty co innego, czemu?", STATED),
    # what was lost to downgrades is not all that was lost
    ("revenu perdu à cause des downgrades en octobre", DOWNGRADES),
    ("ingresos perdidos por downgrades en octubre", DOWNGRADES),
    ("przychód utracony przez downgrade'y w październiku", DOWNGRADES),
    # a year ago is no anniversary
    ("perdemos más clientes que hace un año?", "compare churned_customers base=last_year"),
    # so long before or after another period
    ("churn rate in the 90 days before October", BEFORE),
    ("taux de churn dans les 90 jours précédant octobre", BEFORE),
    ("tasa de churn en los 90 días anteriores a octubre", BEFORE),
    ("wskaźnik churnu w 90 dniach przed październikiem", BEFORE),
    ("churn in the week before October", WEEK_BEFORE),
    ("churn la semaine précédant octobre", WEEK_BEFORE),
    ("churn en la semana anterior a octubre", WEEK_BEFORE),
    ("churn w tygodniu przed październikiem", WEEK_BEFORE),
    # a level at the end of some months is a forecast, and a figure within them is not
    ("MRR in 6 months", SOON),
    ("le MRR dans 6 mois", SOON),
    ("MRR dentro de 6 meses", SOON),
    ("MRR za 6 miesięcy", SOON),
    ("new customers in 6 months", "value new_customers 2026-05-01/2026-11-01"),
    # of whom the messages are
    ("open rate of french-language emails in oct", FRENCH_MAIL),
    ("taux d'ouverture des e-mails en français en octobre", FRENCH_MAIL),
    ("tasa de apertura de los correos en francés en octubre", FRENCH_MAIL),
    ("open rate maili po francusku w październiku", FRENCH_MAIL.removesuffix(" rate")),
    # what is denied is left out, and corrects nothing
    ("new customers in September but not in October", NEW),
    ("nouveaux clients en septembre mais pas en octobre", NEW),
    ("nuevos clientes en septiembre pero no en octubre", NEW),
    ("nowi klienci we wrześniu, ale nie w październiku", NEW),
    ("nuevos clientes en octubre, no, en septiembre", NEW),
    # a cohort and its month
    ("M3 retention of the May cohort", MONTH_3),
    ("rétention M3 de la cohorte de mai", MONTH_3),
    ("retención M3 de la cohorte de mayo", MONTH_3),
    ("retencja M3 kohorty majowej", MONTH_3),
    ("may churn in Spain?", "value churn_rate 2026-05-01/2026-06-01 country=ES"),
    ("who may churn in Spain?", "list_people country=ES about=at_risk"),
    # a year ago dates a month that stands beside it
    ("churn in october a year ago", "value churn_rate 2025-10-01/2025-11-01"),
    ("churn en octobre il y a un an", "value churn_rate 2025-10-01/2025-11-01"),
    ("churn en octubre de hace un año", "value churn_rate 2025-10-01/2025-11-01"),
    ("churn w październiku rok temu", "value churn_rate 2025-10-01/2025-11-01"),
    # counted with those who came and left again
    ("october churn, early churn included", EARLY),
    ("churn d'octobre, churn précoce inclus", EARLY),
    ("churn de octubre incluyendo el churn temprano", EARLY),
    ("churn w październiku, łącznie z wczesnym churnem", EARLY),
    # against the one before
    ("NPS last quarter vs the one before", QUARTERS),
    ("NPS du dernier trimestre par rapport au précédent", QUARTERS),
    ("NPS del último trimestre respecto al anterior", QUARTERS),
    ("NPS w ostatnim kwartale względem poprzedniego", QUARTERS),
    # what churn took of the MRR
    ("MRR lost to churn in July", LOST),
    ("MRR perdu par churn en juillet", LOST),
    ("MRR perdido por churn en julio", LOST),
    ("MRR utracony przez churn w lipcu", LOST),
    # why more left is asked of how many did, and not of the reasons they gave
    ("why did we lose more customers in France in October", MORE_LEFT),
    ("pourquoi a-t-on perdu plus de clients en France en octobre ?", MORE_LEFT),
    ("por qué perdimos más clientes en Francia en octubre", MORE_LEFT),
    ("dlaczego w październiku straciliśmy więcej klientów we Francji", MORE_LEFT),
    # accounts are customers, and no kind of ticket
    ("churn of accounts in France", "value churn_rate country=FR"),
    ("churn des comptes en France", "value churn_rate country=FR"),
    ("churn de las cuentas en Francia", "value churn_rate country=FR"),
    ("churn kont we Francji", "value churn_rate country=FR"),
    # which customers were lost is a list of them
    ("which customers did we lose in October", LEFT),
    ("quels clients avons-nous perdus en octobre", LEFT),
    ("qué clientes perdimos en octubre", LEFT),
    ("których klientów straciliśmy w październiku", LEFT),
    # who will leave cannot be known, and who is at risk can
    ("which customers are we going to lose next month?", AT_RISK),
    ("quels clients vont partir le mois prochain ?", AT_RISK),
    ("qué clientes se van a ir el mes que viene?", AT_RISK),
    ("którzy klienci odejdą w przyszłym miesiącu?", AT_RISK),
    # a figure, and what to do about it
    ("breakdown of churn by country and what to do about it", AND_THEN),
    ("détail du churn par pays et que faire ?", AND_THEN),
    ("desglose del churn por país y qué hacemos al respecto", AND_THEN),
    ("rozbicie churnu na kraje i co z tym zrobić", AND_THEN),
    # the last year, which is not last year
    ("MRR over the last year", ROLLING),
    ("MRR sur la dernière année", ROLLING),
    ("MRR en el último año", ROLLING),
    ("MRR za ostatni rok", ROLLING),
    # an adverb of rhythm is a step
    ("MRR weekly since August", WEEKS),
    ("MRR chaque semaine depuis août", WEEKS),
    ("MRR semanalmente desde agosto", WEEKS),
    ("MRR tygodniowo od sierpnia", WEEKS),
    # a stated figure that is judged is held against what others publish
    ("5% churn, is that a lot?", JUDGED),
    ("5 % de churn, c'est normal ?", JUDGED),
    ("5% de churn, ¿es mucho?", JUDGED),
    ("5% churnu, to dużo?", JUDGED),
    ("notre churn est-il élevé ?", "value benchmark_compare compared:churn_rate"),
    ("czy nasz churn jest wysoki?", "value benchmark_compare compared:churn_rate"),
    # a limit that it may have passed is told by its value, and is nobody's report
    ("is churn above 8% in October?", PASSED),
    ("le churn d'octobre a-t-il dépassé 8 % ?", PASSED),
    ("¿en octubre el churn está por encima de 8%?", PASSED),
    ("czy churn w październiku przekroczył 8%?", PASSED),
    # half and twice as many are of the rate as it is
    ("what if we had half as many cancellations?", HALVED),
    ("et si on avait deux fois moins de churn ?", HALVED),
    ("¿y si tuviéramos dos veces menos churn?", HALVED),
    ("a gdyby churn był o połowę mniejszy?", HALVED),
    ("a gdyby churn był dwa razy mniejszy?", HALVED),
    # how often they leave is a rate
    ("les clients mensuels partent-ils plus souvent que les annuels ?", OFTEN),
    ("czy miesięczni odchodzą częściej niż roczni?", OFTEN),
    # people are counted where they are split
    ("at-risk accounts per country", COUNTED),
    ("combien de comptes à risque par pays ?", COUNTED),
    ("cuentas en riesgo por país", COUNTED),
    ("ilu zagrożonych klientów w każdym kraju?", COUNTED),
    # where newcomers come from is no reason
    ("d'où viennent nos nouveaux clients ?", "breakdown new_customers by=channel"),
    ("skąd są nasi nowi klienci?", "breakdown new_customers by=channel"),
    # of what the MRR was lost to, the lost customers are no part
    ("on a perdu combien de MRR à cause des downgrades en octobre ?", CONTRACTION),
    ("combien de MRR perdu en downgrades en octobre ?", CONTRACTION),
    ("ile MRR straciliśmy na downgrade'ach w październiku?", CONTRACTION),
    # a length since which it is told
    ("churn depuis 6 mois", HALF_YEAR),
    ("churn desde hace 6 meses", HALF_YEAR),
    ("churn od 6 miesięcy", HALF_YEAR),
    ("churn od pół roku", HALF_YEAR),
    # the words of asking for a definition name no second figure
    ("quelle définition du churn utilises-tu ?", "define churn_rate"),
    ("jakiej definicji churnu używasz?", "define churn_rate"),
    # who does not pay by the year pays all the same
    ("customers who don't pay annually", NOT_YEARLY),
    ("clients qui ne paient pas à l'année", NOT_YEARLY),
    ("clientes que no pagan anualmente", NOT_YEARLY),
    ("klienci, którzy nie płacą rocznie", NOT_YEARLY),
    # what those who left took with them is no MRR of all of us
    ("how many customers churned in september and how much mrr did they take with them", WITH_THEM),
    ("combien de clients avons-nous perdus en septembre et combien de MRR cela représente", WITH_THEM),
    ("cuántos clientes perdimos en septiembre y cuánto MRR se llevaron", WITH_THEM),
    ("ilu klientów straciliśmy we wrześniu i ile MRR z nimi odeszło", WITH_THEM),
    # who stays longer, by the rhythm of payment
    ("do annual customers stay longer than monthly ones", LONGER),
    ("les clients annuels restent-ils plus longtemps que les mensuels", LONGER),
    ("¿los clientes anuales se quedan más que los mensuales?", LONGER),
    ("czy klienci roczni zostają dłużej niż miesięczni", LONGER),
    # the figure's own words rank
    ("when did we lose the most customers", MOST_LOST),
    ("quand avons-nous perdu le plus de clients", MOST_LOST),
    ("¿cuándo perdimos más clientes?", MOST_LOST),
    ("kiedy straciliśmy najwięcej klientów", MOST_LOST),
    ("which countries lose the most revenue", LOSING),
    ("quels pays perdent le plus de revenu", LOSING),
    ("¿qué países pierden más ingresos?", LOSING),
    ("które kraje tracą najwięcej przychodu", LOSING),
    # a split of churn by reason is that of the reasons
    ("break churn down by reason", "value churn_reasons"),
    ("répartis le churn par motif", "value churn_reasons"),
    ("desglosa el churn por motivo", "value churn_reasons"),
    ("rozbij churn na powody", "value churn_reasons"),
    # whether to do something is a matter for the playbook, though a discount is no figure of ours
    ("should we offer a discount to people who cancel", "advise"),
    ("faut-il offrir une remise", "advise"),
    ("¿deberíamos ofrecer un descuento a quien cancela?", "advise"),
    ("czy dawać rabat", "advise"),
    ("which customers gave us a bad nps score", "list_people nps"),
    # only who left has given a reason
    ("did churn go up because of price?", "premise churned_customers base=previous reason=price claim=up"),
    ("churn por precio", "value churned_customers reason=price"),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_each_way_of_asking_is_read_alike(text: str, expected: str) -> None:
    assert written(text).partition(" day:")[0] == expected


def test_what_cannot_be_compared_with_is_not_passed_over_for_the_time_before() -> None:
    assert written("compare NRR with the region") == "no not_understood"


IN_SPAIN = PAID.replace("segment", "segment country=ES")
LAST_YEAR = "compare mrr base=last_year"
OTHERWISE = [
    # what stands between the deed and its period is not swallowed
    ("customers who paid in Spain in September but not in October", IN_SPAIN),
    ("clients qui ont payé en Espagne en septembre mais pas en octobre", IN_SPAIN),
    ("clientes que pagaron en España en septiembre pero no en octubre", IN_SPAIN),
    ("klienci, którzy zapłacili w Hiszpanii we wrześniu, ale nie w październiku", IN_SPAIN),
    ("customers who paid in September but have not opened a ticket in October", "error segment_period"),
    ("clients qui ont payé en septembre mais n'ont pas ouvert de ticket en octobre", "error segment_period"),
    ("churn of customers in September but not in October", "value churn_rate 2026-09-01/2026-10-01"),
    (
        "combien de clients en octobre de plus qu'en septembre",
        "compare customer_count 2026-10-01/2026-11-01 base=2026-09-01/2026-10-01",
    ),
    # a rise of prices that has happened, or that is to move churn, is not put on churn
    ("did the 5% price increase in September raise churn", "no not_understood"),
    ("impact d'une hausse de prix de 5 % sur le churn", "no what_if_one"),
    ("what happens to churn if we raise prices by 5%", "no what_if_one"),
    # what is highest among rows that a figure has anyway is no course of it
    ("quelles sont les fonctionnalités les plus demandées ?", "value feature_requests"),
    ("o jakie funkcje najczęściej proszą klienci?", "value feature_requests"),
    (
        "dans quel mois a-t-on eu le plus de demandes de fonctionnalités ?",
        "trend feature_requests 2025-11-01/2026-11-01 step=month claim=up",
    ),
    ("historique du CAC sur 2 ans", "trend cac 2024-11-01/2026-11-01 step=month"),
    ("qui suit le compte ACC-12 ?", "profile about=ACC-12"),
    ("kto opiekuje się kontem ACC-12?", "profile about=ACC-12"),
    ("ile więcej MRR, jeśli pozyskamy 50 klientów miesięcznie?", "what_if new_customers claim=up by=50number"),
    ("combien de clients actifs en octobre ?", "value active_users 2026-10-01/2026-11-01"),
    # a figure that is confirmed, or is one of people, is not judged
    ("c'est bien 5 % le churn d'octobre ?", "reconcile churn_rate 2026-10-01/2026-11-01 to=5percent"),
    ("200 € de panier moyen, c'est bien ?", "no not_understood"),
    ("clients avec un MRR au-dessus de 500 €", "no not_understood"),
    # how long people have been here is no time of the figure
    ("NPS des clients avec nous depuis 2 ans", "no not_understood"),
    ("NPS klientów, którzy są z nami od 2 lat", "no not_understood"),
    ("różnica między churnem brutto a netto", "define gross_revenue_churn & define net_revenue_churn"),
    ("który zagrożony klient ma najwyższe MRR?", "list_people value_at_risk claim=up"),
    ("combien de clients perdus à cause d'un bug ?", "value churned_customers reason=bug"),
    ("współczynnik konwersji strony", "no no_such_metric"),
    # "something else" without another's figure is no report that disagrees
    ("something else: what was churn in October", "value churn_rate 2026-10-01/2026-11-01"),
    # growth by the year is no annual contract
    ("annual growth of MRR", LAST_YEAR),
    ("croissance annuelle du MRR", LAST_YEAR),
    ("compare MRR with the region in October", "no not_understood"),
    ("churn dans le SaaS en octobre", "value churn_rate 2026-10-01/2026-11-01 industry=Software"),
    ("cuál es una buena forma de reducir el churn", "advise churn_rate"),
    ("clientes que hacen su aniversario este mes", "list_people about=due_recognition"),
]


@pytest.mark.parametrize(("text", "expected"), OTHERWISE)
def test_what_sounds_alike_and_means_something_else_is_kept_apart(text: str, expected: str) -> None:
    assert written(text).partition(" day:")[0] == expected
