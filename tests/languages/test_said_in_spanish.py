"""Spanish as a team writes it to each other: the classes of wording that once were refused or read as others."""

import pytest

from tests.languages.asked import written

READ = [
    # "usa" is a verb, "USA" a country
    ("en cuántos canales distintos nos usa cada cliente", "value channels_per_customer"),
    ("qué parte de los nuevos usa la función clave", "value week1_key_feature_adoption rate"),
    ("churn en usa el mes pasado", "value churn_rate 2026-10-01/2026-11-01 country=US"),
    # "cada canal" splits, "cada cliente" does not
    ("cuánto churn tiene cada canal este año", "breakdown churn_rate 2026-01-01/2026-11-10~ by=channel"),
    ("cada euro en campañas de retención cuánto nos devuelve", "value retention_roi"),
    ("bajas por motivo y país este trimestre", "breakdown churn_reasons 2026-10-01/2026-11-10~ by=country"),
    # how often or how much in a time is no course of it
    ("cuántas veces al año compra un cliente medio", "value purchase_frequency 2025-11-01/2026-11-01"),
    ("cuántas veces entra un usuario a la semana", "value session_frequency 2026-11-02/2026-11-09"),
    ("cuánto nos cuesta mantener a un cliente al año", "value retention_cost 2025-11-01/2026-11-01"),
    ("sesiones por semana este año", "trend session_frequency 2026-01-01/2026-11-10~ step=week"),
    # what another method would have made of a month behind us
    (
        "con el método de stripe cuánto sería el churn de octubre",
        "variant churn_rate 2026-10-01/2026-11-01 method:stripe_like",
    ),
    ("ingresos de expansión por causa (asientos, plan, precio)", "breakdown expansion_revenue by=cause"),
    # one group against another
    ("se van más los mensuales que los anuales?", "compare churned_customers interval=annual,monthly by=interval"),
    ("pagan más los anuales que los mensuales?", "compare arpa interval=annual,monthly by=interval"),
    ("churn voluntario o involuntario: cuál es la diferencia", "define churn_by_type"),
    # adjectives of the people before them
    ("puntuación de esfuerzo de los clientes anuales", "value ces interval=annual"),
    # the end of a year
    ("mrr a finales de 2025", "value mrr 2025-12-01/2026-01-01"),
    ("mrr al cierre del año pasado", "value mrr 2025-12-01/2026-01-01"),
    # words of a figure around a period
    (
        "qué porcentaje de los compradores de octubre ya había comprado antes",
        "value returning_customer_rate 2026-10-01/2026-11-01 rate",
    ),
    ("cuántos de los que compran por primera vez hacen un segundo pedido", "value second_purchase_rate"),
    # "normal" of a customer compares with nothing
    ("cuánto dura un cliente normal antes de irse", "value median_lifetime"),
    ("churn de octubre frente a lo normal", "compare churn_rate 2026-10-01/2026-11-01 base=2026-07-01/2026-10-01"),
    # money
    ("cuánta pasta entró por ampliaciones en q3", "value expansion_revenue 2026-07-01/2026-10-01"),
    ("qué % de ingresos perdimos en agosto", "value gross_revenue_churn 2026-08-01/2026-09-01 rate"),
    ("cuánto mrr trajeron los clientes nuevos en octubre", "value mrr_movements 2026-10-01/2026-11-01 type=new"),
    ("cuánto tardamos en recuperar el cac", "value payback"),
    # who left, who was kept
    (
        "por qué subió la cancelación en Francia en octubre?",
        "why churn_rate 2026-10-01/2026-11-01 base=previous country=FR claim=up",
    ),
    (
        "cuántas cuentas inactivas hemos conseguido reactivar este trimestre",
        "value reactivation_rate 2026-10-01/2026-11-10~",
    ),
    ("cuántos empleados se nos fueron este año?", "no no_such_metric"),
    ("las 10 cuentas con más riesgo", "list_people about=at_risk limit=10"),
    ("ha subido el arpa o es impresión mía?", "premise arpa base=previous claim=up"),
    ("un cliente en pausa cuenta como baja?", "define pause_rate"),
    ("explícame el ratio de adherencia", "define stickiness"),
    # how people of other shores ask
    ("qué tan probable es que se vayan los clientes mensuales", "value churn_risk interval=monthly"),
    ("qué tan seguido nos compran los clientes", "value purchase_frequency"),
    ("che cuántos usuarios se loguearon en agosto", "value active_users 2026-08-01/2026-09-01"),
    # figures told in everyday words
    ("promedio de tickets que abre cada cliente al mes", "value tickets_per_100_customers"),
    ("cuánto gastamos en marketing por cada alta en q3", "value cac 2026-07-01/2026-10-01"),
    ("porcentaje de licencias contratadas que se usan", "value active_user_share rate"),
    ("cuánto pagan según los años que llevan", "value spend_by_tenure"),
    ("estamos bombardeando a la gente con emails?", "value message_pressure"),
    ("gente que se queda a medias en la configuración inicial", "value onboarding_completion"),
    ("siguen activos un mes después o más tarde", "value unbounded_retention"),
    ("cancelaciones ya anunciadas que aún no son efectivas", "value scheduled_churn"),
    ("usan la web y el móvil a la vez?", "value platform_breadth"),
    ("cuál es la razón número uno por la que se van", "value churn_reasons"),
    ("razones de la caída de mrr en octubre", "why mrr 2026-10-01/2026-11-01 base=previous claim=down"),
    ("el mrr incluye los impuestos?", "define mrr"),
    ("cómo retiene cada cosecha de altas", "value cohort_retention"),
    ("distribución de clientes por plan", "breakdown customer_count by=plan"),
    ("gasto en google ads de septiembre", "no no_such_metric"),
    # one against another, and against a year before
    ("francia o españa, quién tiene más churn?", "compare churn_rate country=ES,FR by=country"),
    ("renovaciones en q3 frente al q3 pasado", "compare renewal_rate 2026-07-01/2026-10-01 base=last_year"),
    ("nps por segmento de antigüedad", "breakdown nps by=tenure"),
    ("rompe el churn de octubre por plan", "breakdown churn_rate 2026-10-01/2026-11-01 by=plan"),
    # suppositions and forecasts
    ("cuánto valdría bajar medio punto el churn", "what_if churn_rate claim=down by=0.5points"),
    ("cuánto es un punto de churn en dinero", "what_if churn_rate claim=down by=1points"),
    ("si perdemos 30 clientes en diciembre, qué pasa con el mrr", "no what_if_needs"),
    ("qué pasa con el mrr si bajamos el churn 2 puntos", "what_if churn_rate claim=down by=2points"),
    ("qué hizo caer las aperturas en octubre?", "why open_rate 2026-10-01/2026-11-01 base=previous claim=down"),
    ("será verdad que bajó el nps?", "premise nps base=previous claim=down"),
    # groups in a sentence
    ("quiénes son los clientes que más nos pagan en alemania", "list_people country=DE about={}"),
    (
        "los que pagan más de 300 al mes, plan Pro y en riesgo",
        'segment plan=Pro about={"conditions": [{"least": 1, "of": ">300", "what": "mrr"}], "segments": ["at_risk"]}',
    ),
    (
        "clientes que llevan más de un año y no han abierto tickets",
        'segment about={"conditions": [{"days": 365, "most": 0, "what": "signup"}, {"most": 0, "what": "tickets"}]}',
    ),
    ("churn de los que llegaron por recomendación", "value churn_rate channel=referral"),
    ("bajas de clientes que no fueran por precio", "value churned_customers not-reason=price"),
    ("frecuencia de compra de los socios oro", "value purchase_frequency tier=gold"),
    ("pedido medio de los referidos", "value aov segment=referred_customers"),
    ("a qué clientes les falló el pago", "list_people about=failed_payment"),
    ("los tres motivos de baja más frecuentes en q3", "value churn_reasons 2026-07-01/2026-10-01 claim=up limit=3"),
    ("no entiendo por qué bajó el mrr de francia", "why mrr base=previous country=FR claim=down"),
    ("cuántas peticiones de producto llegaron en q3", "value feature_requests 2026-07-01/2026-10-01"),
    ("cuántos clientes empezaron a pagar en agosto", "value new_customers 2026-08-01/2026-09-01"),
    ("por qué bajó la apertura en agosto", "why open_rate 2026-08-01/2026-09-01 base=previous claim=down"),
    # no figure of ours
    ("tasa de apertura de los sms en q3", "no not_understood"),
    ("apertura media por día de la semana", "error unknown_period"),
    ("nuestro nps está por debajo del sector?", "value benchmark_compare compared:nps"),
    ("tu churn no coincide con el del crm", "reconcile churn_rate"),
    ("explica la bajada del nps en octubre", "why nps 2026-10-01/2026-11-01 base=previous claim=down"),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_it_is_read_as_it_is_meant(text: str, expected: str) -> None:
    assert written(text) == expected
