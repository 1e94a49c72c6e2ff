"""Questions and sayings in Spanish, in people's own words: two for each metric, some for each claim."""

ASKED = {
    "activation_of_attendees": (
        "¿cuántos asistentes al webinar se activaron después?",
        "¿la gente que vino al webinar usa el producto luego?",
    ),
    "activation_rate": (
        "¿cuántos registrados se activan de verdad?",
        "¿qué parte de los usuarios nuevos llega al momento ajá?",
    ),
    "active_user_share": (
        "¿qué proporción de nuestros usuarios está activa?",
        "¿qué porcentaje de los usuarios está activo?",
    ),
    "active_users": (
        "¿cuántas personas usaron el producto la semana pasada?",
        "¿cuántos usuarios activos tenemos?",
    ),
    "advocates": (
        "¿cuántos embajadores tenemos?",
        "¿quiénes son nuestros mayores fans?",
    ),
    "aov": (
        "¿cuánto gasta un cliente por pedido?",
        "¿cuál es nuestro ticket medio?",
    ),
    "arpa": (
        "¿cuánto nos deja cada cliente al mes?",
        "¿cuánto paga una cuenta de media?",
    ),
    "arr": (
        "¿cuál es nuestro ingreso anual recurrente?",
        "¿cuántos ingresos recurrentes al año tenemos?",
    ),
    "attendance_rate": (
        "¿cuántos inscritos vinieron al webinar?",
        "¿cuánta gente asistió a la formación?",
    ),
    "benchmark_compare": (
        "¿cómo estamos frente al sector?",
        "¿es normal nuestro churn?",
    ),
    "bounce_rate": (
        "¿cuántos de nuestros correos rebotan?",
        "¿qué parte de los mensajes rebotó?",
    ),
    "bracket_retention": (
        "¿cuál es la retención por tramos de días?",
        "¿cuántos usuarios vuelven en cada tramo de días?",
    ),
    "breakage": (
        "¿cuántos puntos caducan sin usarse?",
        "¿qué parte de los puntos no se gasta nunca?",
    ),
    "cac": (
        "¿cuánto nos cuesta conseguir un cliente?",
        "¿cuánto gastamos en captar un cliente nuevo?",
    ),
    "ces": (
        "¿es fácil para nuestros clientes conseguir ayuda?",
        "¿cuánto esfuerzo les pedimos a los clientes?",
    ),
    "channels_per_customer": (
        "¿cuántos canales usa un cliente?",
        "¿por cuántos canales nos contactan los clientes?",
    ),
    "churn_by_type": (
        "¿cuántos se van por decisión propia y cuántos por un pago fallido?",
        "¿nuestro churn es voluntario o involuntario?",
    ),
    "churn_hazard_by_tenure": (
        "¿en qué mes de su vida se van más los clientes?",
        "¿cuándo nos dejan los clientes?",
    ),
    "churn_rate": (
        "¿qué porcentaje de los clientes se va cada mes?",
        "¿qué tal va el churn?",
    ),
    "churn_reasons": (
        "¿por qué cancelan los clientes?",
        "¿qué motivos dan los clientes que se van?",
    ),
    "churn_risk": (
        "¿cuál es el riesgo de perder a nuestros clientes?",
        "¿qué probabilidad de baja tienen nuestros clientes?",
    ),
    "churned_customers": (
        "¿cuántos clientes perdimos el mes pasado?",
        "¿quién canceló en octubre?",
    ),
    "click_rate": (
        "¿cuánta gente hace clic en nuestros correos?",
        "¿qué parte de los destinatarios pinchó un enlace?",
    ),
    "clv_historical": (
        "¿cuánto nos ha dejado un cliente hasta ahora?",
        "¿cuánto ha pagado de media un cliente hasta la fecha?",
    ),
    "clv_predicted": (
        "¿cuánto vale un cliente?",
        "¿cuál es el valor de un cliente a lo largo de su vida?",
    ),
    "cohort_retention": (
        "¿cuántos clientes quedan de cada cohorte?",
        "enséñame la retención por mes de alta",
    ),
    "compare_behaviour": (
        "¿qué comportamientos van asociados a la fidelidad?",
        "¿los clientes que usan las funciones clave se quedan más tiempo?",
    ),
    "complaint_rate": (
        "¿cuánta gente nos marca como spam?",
        "¿cuántas personas mandan nuestros correos a spam?",
    ),
    "contact_rate": (
        "¿cuántos clientes contactan con soporte?",
        "¿qué parte de los clientes necesita nuestra ayuda?",
    ),
    "conversion_rate": (
        "¿cuánta gente convierte tras nuestros mensajes?",
        "¿qué parte de los destinatarios ha convertido?",
    ),
    "cost_per_retained": (
        "¿cuánto nos cuesta retener a un cliente?",
        "¿cuánto gastamos por cada cliente salvado?",
    ),
    "cost_per_touch": (
        "¿cuánto nos cuesta un mensaje?",
        "¿cuánto pagamos por cada contacto con un cliente?",
    ),
    "csat": (
        "¿están contentos nuestros clientes?",
        "¿están los clientes satisfechos con nosotros?",
    ),
    "days_inactive": (
        "¿cuánto tiempo llevan los clientes inactivos?",
        "¿desde cuándo no usan el producto los clientes?",
    ),
    "decline_to_churn_days": (
        "¿cuántos días pasan entre la caída de uso y la baja?",
        "¿cuánto tiempo antes de irse empieza a flaquear un cliente?",
    ),
    "delivery_rate": (
        "¿cuántos de nuestros correos llegan a su destino?",
        "¿se entregan bien nuestros mensajes?",
    ),
    "dunning_recovery_rate": (
        "¿cuántos pagos fallidos recuperamos?",
        "¿cuántos impagos acaban cobrándose?",
    ),
    "early_churn": (
        "¿cuántos clientes se van en sus primeros meses?",
        "¿cuántos clientes nuevos se van enseguida?",
    ),
    "engagement_trend": (
        "¿los clientes nos usan más o menos que antes?",
        "¿qué clientes usan cada vez menos el producto?",
    ),
    "expansion_rate": (
        "¿cuántos clientes actuales aumentan su gasto?",
        "¿qué parte de los clientes amplía su plan?",
    ),
    "expansion_revenue": (
        "¿cuánto aportaron las ampliaciones?",
        "¿cuánto más nos pagan los clientes actuales?",
    ),
    "failed_payment_rate": (
        "¿cuántos pagos fallan?",
        "¿cuántas tarjetas nos rechazan?",
    ),
    "feature_adoption": (
        "¿qué funcionalidades se usan más?",
        "¿cuántos usuarios han adoptado Reports?",
    ),
    "feature_requests": (
        "¿qué funcionalidades nos piden los clientes?",
        "¿qué quieren los clientes que desarrollemos?",
    ),
    "feedback_themes": (
        "¿de qué se quejan los clientes?",
        "¿qué dicen los clientes en sus comentarios?",
    ),
    "first_contact_resolution": (
        "¿cuántos tickets se resuelven a la primera?",
        "¿cuántas incidencias resolvemos en el primer contacto?",
    ),
    "first_response_time": (
        "¿cuánto esperan los clientes una primera respuesta?",
        "¿cuánto tardamos en responder a los tickets?",
    ),
    "generic_vs_personal": (
        "¿los mensajes personalizados funcionan mejor que los genéricos?",
        "¿merece la pena personalizar los mensajes?",
    ),
    "gross_revenue_churn": (
        "¿cuántos ingresos perdemos por bajas y rebajas de plan?",
        "¿qué parte de los ingresos perdemos sin contar la expansión?",
    ),
    "growth_decomposition": (
        "¿de dónde viene nuestro crecimiento?",
        "¿el crecimiento viene de los clientes nuevos o de la retención?",
    ),
    "grr": (
        "¿qué parte de los ingresos conservamos sin ventas adicionales?",
        "¿cuántos ingresos mantenemos descontando la expansión?",
    ),
    "health_score": (
        "¿nuestros clientes están sanos?",
        "¿qué clientes están en rojo?",
    ),
    "inactivity_state": (
        "¿cuántos clientes están en declive, durmientes o perdidos?",
        "¿cómo se reparten los clientes por estado de inactividad?",
    ),
    "integrations_per_account": (
        "¿cuántas integraciones conecta una cuenta?",
        "¿cuántas herramientas conectan nuestros clientes?",
    ),
    "journey": (
        "¿cómo avanzan los clientes por el recorrido?",
        "¿en qué etapa del recorrido se atascan los clientes?",
    ),
    "k_factor": (
        "¿cómo de virales somos?",
        "¿cuántos usuarios nuevos trae cada usuario?",
    ),
    "leaky_bucket": (
        "¿perdemos clientes más rápido de lo que los ganamos?",
        "¿cuántos clientes nuevos solo reemplazan a los que se van?",
    ),
    "lifecycle_counts": (
        "¿cuántos usuarios son nuevos, de vuelta o durmientes?",
        "¿cuántos usuarios durmientes han vuelto?",
    ),
    "loyalty_participation": (
        "¿cuántos clientes participan en el programa de fidelización?",
        "¿qué parte de los clientes está en nuestro club de fidelidad?",
    ),
    "ltv_cac": (
        "¿un cliente nos deja más de lo que cuesta captarlo?",
        "¿cuál es la ratio LTV/CAC?",
    ),
    "mastery_level": (
        "¿hasta qué punto dominan los usuarios el producto?",
        "¿cuántos usuarios dominan las funciones avanzadas?",
    ),
    "median_lifetime": (
        "¿cuánto tiempo se queda un cliente con nosotros?",
        "¿al cabo de cuánto tiempo se ha ido la mitad de nuestros clientes?",
    ),
    "member_uplift": (
        "¿los socios del programa gastan más que los demás?",
        "¿los miembros se quedan más tiempo que los no miembros?",
    ),
    "members_per_account": (
        "¿cuántas personas usan cada cuenta?",
        "¿cuántas licencias ocupa un cliente?",
    ),
    "message_pressure": (
        "¿cuántos mensajes recibe una persona?",
        "¿estamos enviando demasiados correos?",
    ),
    "customer_count": (
        "¿cuántos clientes tenemos?",
        "¿cuál es el número de clientes de pago?",
    ),
    "mrr": (
        "¿cuántos ingresos recurrentes hacemos al mes?",
        "¿cuánto facturamos al mes de forma recurrente?",
    ),
    "mrr_movements": (
        "¿qué movió el MRR el mes pasado?",
        "¿qué movimientos tuvo el MRR?",
    ),
    "n_day_retention": (
        "¿cuántos usuarios vuelven el día 7?",
        "¿qué parte de los usuarios nuevos vuelve al día siguiente?",
    ),
    "net_revenue_churn": (
        "¿cuántos ingresos perdemos una vez descontada la expansión?",
        "¿la expansión compensa los ingresos que perdemos?",
    ),
    "new_customers": (
        "¿cuántos clientes ganamos el mes pasado?",
        "¿cuántos clientes nuevos llevamos este trimestre?",
    ),
    "next_step": (
        "¿cuál es el siguiente paso para cada cliente?",
        "¿qué ofrecer a continuación a cada cliente?",
    ),
    "nps": (
        "¿nos recomendarían nuestros clientes?",
        "¿los clientes nos recomiendan?",
    ),
    "nrr": (
        "¿cuánto crecen los ingresos de los clientes actuales?",
        "¿los clientes actuales nos pagan más que hace un año?",
    ),
    "nth_tier_distance": (
        "¿cuántos puntos les faltan a los socios para el siguiente nivel?",
        "¿a qué distancia están los miembros del siguiente nivel?",
    ),
    "offer_uptake": (
        "¿cuántos clientes aceptan nuestras ofertas?",
        "¿qué ofertas aprovechan los clientes?",
    ),
    "onboarding_completion": (
        "¿cuántos clientes nuevos terminan el onboarding?",
        "¿dónde se cae la gente en el onboarding?",
    ),
    "open_rate": (
        "¿cuánta gente abre nuestros correos?",
        "¿se leen nuestros mensajes?",
    ),
    "open_tickets": (
        "¿cuántos tickets siguen abiertos?",
        "¿cuántas incidencias están pendientes?",
    ),
    "opt_out_trend": (
        "¿cada vez más gente rechaza nuestros mensajes?",
        "¿están creciendo los opt-outs?",
    ),
    "pause_rate": (
        "¿cuántos clientes ponen en pausa su suscripción?",
        "¿cuántas cuentas están pausadas?",
    ),
    "pause_vs_no_pause_churn": (
        "¿los clientes que hacen una pausa se van más a menudo?",
        "¿ofrecer una pausa evita bajas?",
    ),
    "payback": (
        "¿en cuántos meses recuperamos el coste de adquisición?",
        "¿cuánto tarda un cliente en ser rentable?",
    ),
    "platform_breadth": (
        "¿en cuántas plataformas nos usan?",
        "¿los usuarios usan varios dispositivos?",
    ),
    "propensity_band_return": (
        "¿la campaña rinde más con los más propensos a responder?",
        "¿qué resultados hay por decil de propensión?",
    ),
    "purchase_frequency": (
        "¿cada cuánto compran los clientes?",
        "¿cuántos pedidos hace un cliente?",
    ),
    "push_opt_out": (
        "¿cuánta gente desactiva las notificaciones?",
        "¿cuántos usuarios han quitado las notificaciones push?",
    ),
    "quick_ratio": (
        "¿cuánto MRR ganamos por cada euro perdido?",
        "¿sumamos más MRR del que perdemos?",
    ),
    "reactivation_rate": (
        "¿cuántos clientes dormidos han vuelto a estar activos?",
        "¿cuántas cuentas inactivas se despertaron?",
    ),
    "redemption_rate": (
        "¿cuántos puntos de fidelidad se canjean?",
        "¿los socios gastan sus puntos?",
    ),
    "referral_conversion": (
        "¿cuántos amigos invitados se hacen clientes?",
        "¿cuántas recomendaciones se convierten en clientes?",
    ),
    "referral_rate": (
        "¿cuántos clientes nos traen a un amigo?",
        "¿cuántos clientes nos recomiendan a alguien?",
    ),
    "referred_value_ratio": (
        "¿los clientes referidos valen más que los demás?",
        "¿gastan más los clientes referidos?",
    ),
    "renewal_rate": (
        "¿cuántos contratos se renuevan?",
        "¿cuántos clientes renovaron el mes pasado?",
    ),
    "reopen_rate": (
        "¿cuántos tickets resueltos se reabren?",
        "¿cuántos tickets vuelven después de cerrarse?",
    ),
    "repeat_purchase_rate": (
        "¿cuántos clientes vuelven a comprar?",
        "¿qué parte de los clientes ha comprado más de una vez?",
    ),
    "repeated_contacts": (
        "¿cuántos clientes tienen que escribirnos dos veces?",
        "¿cuántos clientes contactan con soporte una y otra vez?",
    ),
    "reply_rate": (
        "¿cuánta gente responde a nuestros mensajes?",
        "¿cuántos destinatarios nos contestan?",
    ),
    "resolution_time": (
        "¿cuánto se tarda en resolver un ticket?",
        "¿con qué rapidez se resuelven los problemas?",
    ),
    "retention_cost": (
        "¿cuánto gastamos en conservar a nuestros clientes?",
        "¿cuánto nos cuesta la retención?",
    ),
    "retention_rate": (
        "¿qué parte de nuestros clientes conservamos?",
        "¿cuántos de nuestros clientes se quedan?",
    ),
    "retention_roi": (
        "¿nuestras acciones de retención son rentables?",
        "¿cuánto nos devuelve cada euro invertido en retención?",
    ),
    "retention_triad": (
        "¿cómo van juntos recompra, ticket medio y abandono?",
        "enséñame las tres cifras de retención juntas",
    ),
    "returning_customer_rate": (
        "¿qué parte de los compradores ya había comprado antes?",
        "¿cuántos pedidos vienen de clientes que repiten?",
    ),
    "revenue_per_recipient": (
        "¿cuánto nos aporta cada correo?",
        "¿cuántos ingresos por persona contactada?",
    ),
    "rfm": (
        "¿quiénes son nuestros campeones y quiénes están a punto de dormirse?",
        "¿cómo se reparten los clientes en grupos RFM?",
    ),
    "rolling_retention": (
        "¿cuántos usuarios siguen activos 30 días después o más tarde?",
        "¿cuántos usuarios seguían ahí un mes después?",
    ),
    "save_rate": (
        "¿cuántos clientes salvamos cuando querían irse?",
        "¿cuántas bajas hemos evitado?",
    ),
    "save_then_pay": (
        "¿cuántos clientes salvados siguen pagando?",
        "¿siguen pagando los clientes que salvamos?",
    ),
    "scheduled_churn": (
        "¿cuántos clientes ya han cancelado pero aún no se han ido?",
        "¿cuántas bajas hay ya programadas?",
    ),
    "second_purchase_rate": (
        "¿cuántos compradores nuevos hacen un segundo pedido?",
        "¿cuántos clientes compran por segunda vez?",
    ),
    "sensitivity": (
        "¿qué pesa más, el churn o la captación?",
        "¿qué palanca mueve más los ingresos?",
    ),
    "session_frequency": (
        "¿con qué frecuencia se conectan los usuarios?",
        "¿cuántas sesiones por usuario tenemos?",
    ),
    "sms_stop_rate": (
        "¿cuánta gente responde STOP a nuestros SMS?",
        "¿cuántos clientes se dan de baja de los SMS?",
    ),
    "spend_by_order_number": (
        "¿gastan los clientes más en cada pedido?",
        "¿cuánto vale el segundo pedido comparado con el primero?",
    ),
    "spend_by_tenure": (
        "¿los clientes antiguos gastan más que los nuevos?",
        "¿crece el gasto con la antigüedad?",
    ),
    "spend_split": (
        "¿qué parte del presupuesto va a retención y cuánto a adquisición?",
        "¿gastamos más en captar o en conservar clientes?",
    ),
    "stage_funnel": (
        "¿cuántos clientes hay en cada etapa del ciclo de vida?",
        "¿en qué fase perdemos a la gente?",
    ),
    "stickiness": (
        "¿nuestro producto engancha?",
        "¿cuántos usuarios mensuales entran a diario?",
    ),
    "survey_response_rate": (
        "¿cuánta gente responde a nuestras encuestas?",
        "¿cuántos clientes rellenan el cuestionario?",
    ),
    "survival_curve": (
        "¿cuántos clientes siguen ahí al cabo de un año?",
        "¿cómo es la supervivencia de nuestros clientes?",
    ),
    "ticket_volume": (
        "¿cuántos tickets nos llegaron la semana pasada?",
        "¿cuánto trabajo tiene soporte?",
    ),
    "tickets_per_100_customers": (
        "¿cuántos tickets recibimos por cada cien clientes?",
        "¿cuántas incidencias por cliente hay de media?",
    ),
    "tier_distribution": (
        "¿cuántos socios hay en cada nivel?",
        "¿cuántos miembros oro tenemos?",
    ),
    "tier_migration": (
        "¿cuántos socios subieron de nivel?",
        "¿cuántos miembros han bajado de nivel?",
    ),
    "time_between_purchases": (
        "¿cuánto tiempo pasa entre dos pedidos?",
        "¿cuántos días entre compras?",
    ),
    "time_to_value": (
        "¿cuánto tardan los clientes nuevos en sacarle partido al producto?",
        "¿en cuánto tiempo obtiene un usuario nuevo su primer valor?",
    ),
    "touchpoints_after_purchase": (
        "¿cuántas veces contactamos con los clientes después de una compra?",
        "¿cuántos mensajes recibe un comprador tras su pedido?",
    ),
    "trial_conversion_rate": (
        "¿cuántas pruebas gratuitas se convierten en clientes?",
        "¿cuántas personas pagan después de la prueba?",
    ),
    "unbounded_retention": (
        "¿cuántos usuarios vuelven el día 7 o más tarde?",
        "¿cuántos usuarios vuelven algún día?",
    ),
    "unsubscribe_rate": (
        "¿cuánta gente se da de baja de la newsletter?",
        "¿cuántos clientes se dan de baja de nuestros correos?",
    ),
    "uplift": (
        "¿la campaña tuvo de verdad algún efecto?",
        "¿el grupo tratado fue mejor que el grupo de control?",
    ),
    "value_at_risk": (
        "¿cuántos ingresos podríamos perder pronto?",
        "¿cuánto dinero hay en juego con los clientes en riesgo?",
    ),
    "week1_key_feature_adoption": (
        "¿cuántos usuarios nuevos prueban una función clave en su primera semana?",
        "¿los nuevos usan las funciones clave desde la primera semana?",
    ),
    "win_back_rate": (
        "¿cuántos antiguos clientes han vuelto?",
        "¿cuántos clientes perdidos hemos recuperado?",
    ),
}

SAID = {
    "CL01": (
        "¿Es verdad que es más fácil vender a un cliente existente que a uno nuevo?",
        "Dicen que la probabilidad de vender a un cliente actual es del 60 al 70 %",
        "he leído que hay más posibilidades de vender a un cliente antiguo que a un prospecto",
        "¿De verdad es más fácil vender a los clientes que ya tenemos?",
        "¿es realmente más probable una venta a un cliente actual?",
    ),
    "CL02": (
        "¿Es verdad que conservar a un cliente cuesta cinco veces menos?",
        "¿De verdad es más barato retener que captar?",
        "Dicen que conseguir un cliente nuevo cuesta 10 veces más que mantener uno",
        "la retención es más barata que la adquisición, ¿es cierto?",
        "¿cuántas veces más barato es de verdad fidelizar a un cliente?",
    ),
    "CL03": (
        "¿Es cierto que un 1 % más de adquisición sube el resultado un 3 %?",
        "he leído que un 1 % menos de abandono da un 7 % más de beneficio",
        "¿De verdad un 1 % más de retención aporta un 7 % de beneficio?",
        "Dicen que un 1 % más de clientes nuevos da un 3 % de beneficio",
        "¿es verdad que bajar el churn un 1 % aumenta el margen un 7 %?",
    ),
    "CL04": (
        "¿La retención es de verdad el doble de eficaz que la adquisición?",
        "¿Es cierto que fidelizar tiene el doble de impacto que captar?",
        "dicen que la retención es una palanca más potente que la adquisición",
        "retener pesa más que captar, ¿es verdad?",
        "¿Es verdad que la retención es más rentable que la captación?",
    ),
    "CL05": (
        "¿Los clientes existentes gastan de verdad un 67 % más?",
        "¿es cierto que los clientes antiguos gastan más que los nuevos?",
        "dicen que la cesta de los clientes recurrentes es un 67 % mayor",
        "He leído que nuestros clientes actuales gastan dos tercios más",
    ),
    "CL06": (
        "¿Los contactos referidos convierten de verdad de 3 a 5 veces mejor?",
        "Dicen que el boca a boca convierte cuatro veces mejor",
        "¿es cierto que la conversión de los referidos es tres veces más alta?",
        "he leído que los prospectos recomendados se hacen clientes 5 veces más",
    ),
    "CL07": (
        "¿Los clientes referidos valen de verdad un 16 % más?",
        "¿es cierto que el LTV de los referidos es más alto?",
        "dicen que el valor de un cliente recomendado es un 16 % superior",
        "he leído que los clientes que llegan por el boca a boca valen más",
    ),
    "CL08": (
        "¿Los clientes referidos se quedan de verdad más tiempo?",
        "¿es cierto que la retención de los referidos es un 37 % mayor?",
        "Deloitte afirma que los clientes referidos son más fieles",
        "dicen que los clientes recomendados abandonan menos",
    ),
    "CL09": (
        "¿Los asistentes a los webinars se activan de verdad seis veces más?",
        "¿es cierto que ir a un webinar favorece la activación?",
        "Intercom afirma que quienes asisten a un taller tienen 6 veces más probabilidades de activarse",
        "¿los webinars ayudan de verdad a activar a los clientes?",
    ),
    "CL10": (
        "¿Un resumen mensual es de verdad el mejor mensaje de retención?",
        "¿es cierto que el digest de funcionalidades es lo que mejor funciona?",
        "Intercom afirma que el correo de novedades es el mensaje más eficaz",
        "dicen que el resumen cada 30 días funciona mejor que nada",
    ),
    "CL11": (
        "¿Nuestros clientes usan de verdad más de tres canales?",
        "¿es cierto que un consumidor pasa por varios canales?",
        "dicen que el comprador medio usa tres canales",
        "he leído que la gente utiliza más de 3 puntos de contacto",
    ),
    "CL12": (
        "¿Los clientes que pueden pausar se van de verdad menos?",
        "¿es cierto que un plan flexible reduce el abandono?",
        "dicen que poder suspender la suscripción evita cancelaciones",
        "he leído que ofrecer una pausa hace bajar el churn",
    ),
    "CL13": (
        "¿Las empresas con mucha recompra tienen de verdad buenos programas de fidelización?",
        "¿es cierto que un programa de puntos hace que los clientes vuelvan a comprar?",
        "dicen que las tiendas donde se repite tienen tarjeta de fidelización",
        "¿un buen programa de fidelización aumenta de verdad la recompra?",
    ),
    "CL14": (
        "¿Es verdad que los clientes fieles gastan más y nos recomiendan?",
        "¿los clientes fieles dan de verdad más su opinión?",
        "dicen que los fieles son embajadores",
        "he leído que los clientes leales gastan más",
    ),
    "CL15": (
        "un 1 % menos de churn, ¿lo cambia de verdad todo?",
        "¿es cierto que un punto de churn supone una enorme diferencia?",
        "dicen que un 1 % más de retención tiene un efecto enorme",
        "un punto de abandono, ¿es de verdad tan importante?",
    ),
    "CL16": (
        "30 días sin actividad, ¿es de verdad el umbral correcto?",
        "¿es cierto que uno está inactivo a los 7 días?",
        "dicen que un usuario en silencio desde hace un mes está dormido",
        "Intercom afirma que 30 días sin conectarse es estar inactivo",
    ),
    "CL17": (
        "¿Es verdad que un cliente perdido es muy difícil de recuperar?",
        "¿los clientes que se fueron no vuelven de verdad nunca?",
        "dicen que reconquistar a un antiguo cliente es casi imposible",
        "hacer volver a alguien que ha cancelado, ¿es tan difícil como dicen?",
    ),
}
