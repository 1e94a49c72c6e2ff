"""Every metric is understood when people ask for it in their own words, two ways in each language.

The questions are those of a busy person: they name what is wanted, hardly ever the metric.
"""

import pytest

from bot.metrics import catalogue
from tests.languages import asked_es, asked_pl
from tests.languages.asked import reading, written

ASKED = {
    "activation_of_attendees": (
        "how many webinar attendees became active afterwards?",
        "did the people who came to the webinar start using the product?",
        "combien de participants au webinaire sont devenus actifs ?",
        "les gens venus au webinaire utilisent-ils le produit ensuite ?",
    ),
    "activation_rate": (
        "how many sign-ups get activated?",
        "what share of new users reach the aha moment?",
        "combien d'inscrits s'activent vraiment ?",
        "quelle part des nouveaux inscrits est activée ?",
    ),
    "active_user_share": (
        "what share of our users is active?",
        "how much of our user base is active?",
        "quelle part de nos utilisateurs est active ?",
        "quel pourcentage des utilisateurs est actif ?",
    ),
    "active_users": (
        "how many people used the product last week?",
        "how many active users do we have?",
        "combien de personnes ont utilisé le produit la semaine dernière ?",
        "combien d'utilisateurs actifs avons-nous ?",
    ),
    "advocates": (
        "how many advocates do we have?",
        "who are our biggest fans?",
        "combien d'ambassadeurs avons-nous ?",
        "combien de clients nous recommandent vraiment ?",
    ),
    "aov": (
        "how much does a customer spend per order?",
        "what is the average basket?",
        "combien un client dépense-t-il par commande ?",
        "quel est notre panier moyen ?",
    ),
    "arpa": (
        "how much does each customer bring in per month?",
        "what does an average account pay us?",
        "combien nous rapporte un client par mois ?",
        "combien paie un compte en moyenne ?",
    ),
    "arr": (
        "what is our annual recurring revenue?",
        "how much recurring revenue per year do we have?",
        "quel est notre revenu récurrent annuel ?",
        "combien de revenu récurrent par an ?",
    ),
    "attendance_rate": (
        "how many of those who registered came to the webinar?",
        "how many people showed up to the training?",
        "combien d'inscrits sont venus au webinaire ?",
        "combien de personnes ont assisté à la formation ?",
    ),
    "benchmark_compare": (
        "how do we compare with the industry?",
        "is our churn normal?",
        "comment nous situons-nous par rapport au secteur ?",
        "notre attrition est-elle normale ?",
    ),
    "bounce_rate": (
        "how many of our emails bounce?",
        "what share of messages bounced?",
        "combien de nos emails rebondissent ?",
        "quelle part des messages revient en erreur ?",
    ),
    "bracket_retention": (
        "what is our retention by bracket of days?",
        "how many users come back within each bracket of days?",
        "quelle est la rétention par tranche de jours ?",
        "combien d'utilisateurs reviennent dans chaque tranche de jours ?",
    ),
    "breakage": (
        "how many points expire unused?",
        "what share of loyalty points is never spent?",
        "combien de points expirent sans être utilisés ?",
        "quelle part des points n'est jamais dépensée ?",
    ),
    "cac": (
        "how much does it cost us to win a customer?",
        "what do we pay to acquire a new customer?",
        "combien nous coûte l'acquisition d'un client ?",
        "combien dépensons-nous pour gagner un client ?",
    ),
    "ces": (
        "how easy was it for customers to get help?",
        "how much effort does it take customers to get things done?",
        "est-ce facile pour nos clients d'obtenir de l'aide ?",
        "quel effort demandons-nous à nos clients ?",
    ),
    "channels_per_customer": (
        "how many channels does a customer use?",
        "on how many channels do we see a customer?",
        "combien de canaux utilise un client ?",
        "par combien de canaux les clients nous joignent-ils ?",
    ),
    "churn_by_type": (
        "how many leave by choice and how many because of payment?",
        "is our churn voluntary or involuntary?",
        "combien partent par choix et combien pour un paiement échoué ?",
        "notre attrition est-elle volontaire ou involontaire ?",
    ),
    "churn_hazard_by_tenure": (
        "in which month of their life do customers leave most?",
        "when do customers leave us?",
        "au bout de combien de mois partent nos clients ?",
        "à quel moment les clients nous quittent-ils ?",
    ),
    "churn_rate": (
        "what percentage of customers leave us each month?",
        "how bad is our churn?",
        "quel pourcentage de clients nous quitte chaque mois ?",
        "quel est notre taux d'attrition ?",
    ),
    "churn_reasons": (
        "why do customers cancel?",
        "what reasons do people give for leaving?",
        "pourquoi les clients résilient-ils ?",
        "quelles raisons donnent les clients qui partent ?",
    ),
    "churn_risk": (
        "what is our risk of losing customers?",
        "how likely are our customers to churn?",
        "quel est le risque de perdre nos clients ?",
        "quelle est la probabilité de départ de nos clients ?",
    ),
    "churned_customers": (
        "how many customers did we lose last month?",
        "who cancelled in October?",
        "combien de clients avons-nous perdus le mois dernier ?",
        "qui a résilié en octobre ?",
    ),
    "click_rate": (
        "how many people click in our emails?",
        "what share of recipients clicked a link?",
        "combien de personnes cliquent dans nos emails ?",
        "quelle part des destinataires a cliqué ?",
    ),
    "clv_historical": (
        "how much has a customer brought us so far?",
        "how much has the average customer paid us so far?",
        "combien un client nous a-t-il rapporté jusqu'ici ?",
        "combien un client a-t-il payé jusqu'à présent ?",
    ),
    "clv_predicted": (
        "how much is a customer worth to us?",
        "how much is an average customer worth?",
        "combien vaut un client ?",
        "quelle est la valeur d'un client sur toute sa vie ?",
    ),
    "cohort_retention": (
        "show me retention by signup cohort",
        "how many of the January cohort are still here?",
        "combien de clients reste-t-il de chaque cohorte ?",
        "comment évolue chaque cohorte mensuelle ?",
    ),
    "compare_behaviour": (
        "which behaviours go with staying?",
        "do customers who use key features stay longer?",
        "quels comportements vont de pair avec la fidélité ?",
        "les clients qui utilisent les fonctions clés restent-ils plus longtemps ?",
    ),
    "complaint_rate": (
        "how many people mark us as spam?",
        "how many people report our emails as spam?",
        "combien de personnes nous signalent comme spam ?",
        "combien de clients mettent nos emails en indésirables ?",
    ),
    "contact_rate": (
        "how many customers contact support?",
        "what share of customers needs our help?",
        "combien de clients contactent le support ?",
        "quelle part des clients a besoin de notre aide ?",
    ),
    "conversion_rate": (
        "how many people convert after our messages?",
        "what share of recipients converted?",
        "combien de personnes convertissent après nos messages ?",
        "quelle part des destinataires a converti ?",
    ),
    "cost_per_retained": (
        "what does it cost us to keep one customer?",
        "how much do we spend per customer saved?",
        "combien nous coûte chaque client gardé ?",
        "combien dépensons-nous pour garder un client ?",
    ),
    "cost_per_touch": (
        "what does one message cost us?",
        "how much do we pay per contact with a customer?",
        "combien nous coûte un message ?",
        "combien payons-nous par contact avec un client ?",
    ),
    "csat": (
        "are our customers happy?",
        "how satisfied are customers with us?",
        "nos clients sont-ils contents ?",
        "les clients sont-ils satisfaits de nous ?",
    ),
    "days_inactive": (
        "how many days since customers last used the product?",
        "how long have customers been inactive?",
        "depuis combien de jours les clients sont-ils inactifs ?",
        "depuis quand les clients n'utilisent-ils plus le produit ?",
    ),
    "decline_to_churn_days": (
        "how long before leaving do customers start to fade?",
        "how many days pass between a drop in usage and churn?",
        "combien de jours entre la baisse d'usage et le départ ?",
        "combien de temps avant de partir un client décroche-t-il ?",
    ),
    "delivery_rate": (
        "how many of our emails arrive?",
        "do our messages get delivered?",
        "combien de nos emails arrivent ?",
        "nos messages sont-ils bien délivrés ?",
    ),
    "dunning_recovery_rate": (
        "how many failed payments do we recover?",
        "how much of the failed payments gets paid in the end?",
        "combien de paiements échoués récupérons-nous ?",
        "combien de paiements échoués finissent par être payés ?",
    ),
    "early_churn": (
        "how many customers leave in their first months?",
        "how many new customers leave right away?",
        "combien de clients partent dans leurs premiers mois ?",
        "combien de nouveaux clients partent tout de suite ?",
    ),
    "engagement_trend": (
        "are customers using us more or less than before?",
        "whose usage is falling?",
        "les clients nous utilisent-ils plus ou moins qu'avant ?",
        "quels clients utilisent de moins en moins le produit ?",
    ),
    "expansion_rate": (
        "how many existing customers grow their spend?",
        "what share of existing customers expand?",
        "quelle part de nos clients augmente sa dépense ?",
        "combien de clients existants augmentent leurs dépenses ?",
    ),
    "expansion_revenue": (
        "how much more are existing customers paying?",
        "how much did upgrades bring in?",
        "combien rapportent les montées en gamme ?",
        "combien nos clients existants paient-ils en plus ?",
    ),
    "failed_payment_rate": (
        "how many payments fail?",
        "how often are cards declined?",
        "combien de paiements échouent ?",
        "combien de cartes sont refusées ?",
    ),
    "feature_adoption": (
        "which feature is used most?",
        "how many users have adopted Reports?",
        "quelles fonctionnalités sont vraiment utilisées ?",
        "combien d'utilisateurs ont adopté Reports ?",
    ),
    "feature_requests": (
        "which features are customers asking for?",
        "what do customers want us to build?",
        "quelles fonctionnalités les clients demandent-ils ?",
        "que veulent nos clients que nous développions ?",
    ),
    "feedback_themes": (
        "what do customers complain about?",
        "what are people saying in their feedback?",
        "de quoi se plaignent les clients ?",
        "que disent les clients dans leurs commentaires ?",
    ),
    "first_contact_resolution": (
        "how many tickets are solved on the first reply?",
        "how often do we solve it at the first try?",
        "combien de tickets sont résolus dès la première réponse ?",
        "combien de demandes réglons-nous du premier coup ?",
    ),
    "first_response_time": (
        "how long do customers wait for a first answer?",
        "how fast do we answer tickets?",
        "combien de temps les clients attendent-ils une première réponse ?",
        "en combien de temps répondons-nous aux tickets ?",
    ),
    "generic_vs_personal": (
        "do personal messages work better than generic ones?",
        "does personalising our messages help?",
        "les messages personnalisés marchent-ils mieux que les génériques ?",
        "la personnalisation des messages vaut-elle la peine ?",
    ),
    "gross_revenue_churn": (
        "how much revenue do we lose to cancellations and downgrades?",
        "what share of revenue is lost before upsell?",
        "quelle part du revenu perdons-nous par les départs et les baisses ?",
        "quel revenu perd-on avant toute expansion ?",
    ),
    "growth_decomposition": (
        "where does our growth come from?",
        "is growth driven by new customers or by keeping them?",
        "d'où vient notre croissance ?",
        "notre croissance vient-elle des nouveaux clients ou de la rétention ?",
    ),
    "grr": (
        "how much of our revenue do we keep without upsell?",
        "what share of existing revenue stays, expansion aside?",
        "quelle part du revenu gardons-nous hors expansion ?",
        "quel revenu conservons-nous sans les ventes additionnelles ?",
    ),
    "health_score": (
        "how healthy are our customers?",
        "which customers are in the red?",
        "nos clients sont-ils en bonne santé ?",
        "quels clients sont dans le rouge ?",
    ),
    "inactivity_state": (
        "how many customers are fading, dormant or gone?",
        "how do our customers split by inactivity state?",
        "combien de clients sont en déclin, dormants ou perdus de vue ?",
        "comment se répartissent nos clients par état d'inactivité ?",
    ),
    "integrations_per_account": (
        "how many integrations does an account connect?",
        "how many tools do customers plug in?",
        "combien d'intégrations un compte connecte-t-il ?",
        "combien d'outils nos clients branchent-ils ?",
    ),
    "journey": (
        "how do customers move through the journey?",
        "at which stage do customers get stuck?",
        "comment les clients avancent-ils dans le parcours ?",
        "à quelle étape du parcours les clients bloquent-ils ?",
    ),
    "k_factor": (
        "how viral are we?",
        "how many new users does each user bring?",
        "sommes-nous viraux ?",
        "combien de nouveaux utilisateurs chaque utilisateur amène-t-il ?",
    ),
    "leaky_bucket": (
        "are we losing customers faster than we win them?",
        "how many new customers only replace those who left?",
        "perdons-nous des clients plus vite que nous n'en gagnons ?",
        "combien de nouveaux clients ne font que remplacer les partants ?",
    ),
    "lifecycle_counts": (
        "how many users are new, back again or dormant?",
        "how many users came back from the dead?",
        "combien d'utilisateurs sont nouveaux, de retour ou dormants ?",
        "combien d'utilisateurs dormants sont revenus ?",
    ),
    "loyalty_participation": (
        "how many customers joined our loyalty programme?",
        "what share of customers is in the loyalty program?",
        "combien de clients participent au programme de fidélité ?",
        "quelle part des clients est inscrite au programme de fidélité ?",
    ),
    "ltv_cac": (
        "does a customer bring more than it costs to win one?",
        "do customers pay back their acquisition cost?",
        "un client rapporte-t-il plus qu'il ne coûte à acquérir ?",
        "combien de fois un client rembourse-t-il son coût d'acquisition ?",
    ),
    "mastery_level": (
        "how well do people master the product?",
        "how many users master the advanced features?",
        "à quel point les gens maîtrisent-ils le produit ?",
        "combien d'utilisateurs maîtrisent les fonctions avancées ?",
    ),
    "median_lifetime": (
        "how long until half of our customers have left?",
        "how long does a customer stay with us?",
        "au bout de combien de temps la moitié de nos clients est-elle partie ?",
        "combien de temps un client reste-t-il chez nous ?",
    ),
    "member_uplift": (
        "do loyalty members spend more than the others?",
        "do members of the programme stay longer than non-members?",
        "les membres du programme dépensent-ils plus que les autres ?",
        "les membres restent-ils plus longtemps que les non-membres ?",
    ),
    "members_per_account": (
        "how many people use each account?",
        "how many seats does a customer fill?",
        "combien de personnes utilisent chaque compte ?",
        "combien d'utilisateurs compte un client ?",
    ),
    "message_pressure": (
        "how many messages does one person get?",
        "are we sending too many emails?",
        "combien de messages reçoit une personne ?",
        "envoyons-nous trop d'emails ?",
    ),
    "customer_count": (
        "how many customers do we have?",
        "what's the size of our customer base?",
        "combien de clients avons-nous ?",
        "quel est le nombre de clients payants ?",
    ),
    "mrr": (
        "how much recurring revenue do we make per month?",
        "what's our monthly recurring revenue?",
        "combien de revenu récurrent faisons-nous par mois ?",
        "quel est notre revenu mensuel récurrent ?",
    ),
    "mrr_movements": (
        "how did MRR get from the start of the month to the end?",
        "what moved MRR last month?",
        "comment se décompose le mouvement de MRR du mois dernier ?",
        "quels mouvements a connus le MRR ?",
    ),
    "n_day_retention": (
        "how many users come back on day 7?",
        "how many users come back on day 1?",
        "combien d'utilisateurs reviennent au jour 7 ?",
        "quelle part des nouveaux utilisateurs revient le lendemain ?",
    ),
    "net_revenue_churn": (
        "how much revenue do we lose once upsell is counted in?",
        "does expansion make up for the revenue we lose?",
        "combien de revenu perdons-nous une fois l'expansion déduite ?",
        "l'expansion compense-t-elle le revenu perdu ?",
    ),
    "new_customers": (
        "how many customers did we win last month?",
        "how many new customers do we have this quarter?",
        "combien de clients avons-nous gagnés le mois dernier ?",
        "combien de nouveaux clients ce trimestre ?",
    ),
    "next_step": (
        "what should each customer do next?",
        "what is the best next step for our customers?",
        "quelle est la prochaine étape pour nos clients ?",
        "que proposer ensuite à chaque client ?",
    ),
    "nps": (
        "would our customers recommend us?",
        "how likely are people to recommend us?",
        "nos clients nous recommanderaient-ils ?",
        "les clients nous recommandent-ils ?",
    ),
    "nrr": (
        "how much does revenue from existing customers grow?",
        "do existing customers bring in more than a year ago?",
        "de combien augmente le revenu de nos clients existants ?",
        "le revenu des clients existants augmente-t-il ?",
    ),
    "nth_tier_distance": (
        "how far are members from the next tier?",
        "how many points do members still need for the next tier?",
        "à quelle distance du palier suivant sont les membres ?",
        "combien de points manque-t-il aux membres pour le palier suivant ?",
    ),
    "offer_uptake": (
        "how many customers take our offers?",
        "which offers do people accept?",
        "combien de clients acceptent nos offres ?",
        "quelles offres les clients utilisent-ils ?",
    ),
    "onboarding_completion": (
        "how many new customers finish onboarding?",
        "where do people drop out of onboarding?",
        "combien de nouveaux clients terminent l'onboarding ?",
        "où les gens abandonnent-ils l'onboarding ?",
    ),
    "open_rate": (
        "how many people open our emails?",
        "do people read our messages?",
        "combien de personnes ouvrent nos emails ?",
        "nos messages sont-ils lus ?",
    ),
    "open_tickets": (
        "how many tickets are still open?",
        "how many support requests are waiting?",
        "combien de tickets sont encore ouverts ?",
        "combien de demandes attendent au support ?",
    ),
    "opt_out_trend": (
        "are more and more people opting out?",
        "is the number of opt-outs rising?",
        "les refus de messages augmentent-ils ?",
        "y a-t-il de plus en plus de refus de messages ?",
    ),
    "pause_rate": (
        "how many customers pause their subscription?",
        "how many accounts are on pause?",
        "combien de clients mettent leur abonnement en pause ?",
        "combien de comptes sont suspendus ?",
    ),
    "pause_vs_no_pause_churn": (
        "do customers who pause leave more often?",
        "does offering a pause keep people from leaving?",
        "les clients qui font une pause partent-ils plus souvent ?",
        "la pause évite-t-elle des départs ?",
    ),
    "payback": (
        "how long until a customer has paid back what it cost to win them?",
        "after how many months do we earn back acquisition?",
        "en combien de mois récupérons-nous le coût d'acquisition ?",
        "au bout de combien de temps un client est-il rentable ?",
    ),
    "platform_breadth": (
        "on how many platforms do people use us?",
        "do users use both the app and the web?",
        "sur combien de plateformes les gens nous utilisent-ils ?",
        "les utilisateurs passent-ils par plusieurs appareils ?",
    ),
    "propensity_band_return": (
        "does the campaign pay more with those likeliest to respond?",
        "how do results differ by propensity decile?",
        "la campagne rapporte-t-elle plus chez les plus enclins à répondre ?",
        "quels résultats par décile de propension ?",
    ),
    "purchase_frequency": (
        "how often do customers order?",
        "how many orders does a customer place?",
        "à quelle fréquence les clients achètent-ils ?",
        "combien de commandes passe un client ?",
    ),
    "push_opt_out": (
        "how many people switch off notifications?",
        "how many users disabled push?",
        "combien de personnes désactivent les notifications ?",
        "combien d'utilisateurs ont coupé le push ?",
    ),
    "quick_ratio": (
        "how much MRR do we gain for each euro lost?",
        "do we add more MRR than we lose?",
        "combien de MRR gagnons-nous pour chaque euro perdu ?",
        "gagnons-nous plus de MRR que nous n'en perdons ?",
    ),
    "reactivation_rate": (
        "how many dormant customers became active again?",
        "how many inactive accounts woke up?",
        "combien de clients dormants sont redevenus actifs ?",
        "combien de comptes inactifs se sont réveillés ?",
    ),
    "redemption_rate": (
        "how many loyalty points get used?",
        "do members spend their points?",
        "combien de points de fidélité sont utilisés ?",
        "les membres dépensent-ils leurs points ?",
    ),
    "referral_conversion": (
        "how many invited friends become customers?",
        "how many referrals turn into customers?",
        "combien d'amis invités deviennent clients ?",
        "combien de parrainages aboutissent ?",
    ),
    "referral_rate": (
        "how many customers bring us a friend?",
        "how many customers refer others to us?",
        "combien de clients nous amènent un ami ?",
        "combien de clients parrainent quelqu'un ?",
    ),
    "referred_value_ratio": (
        "are referred customers worth more than the others?",
        "do referred customers pay more?",
        "les clients parrainés valent-ils plus que les autres ?",
        "les clients parrainés rapportent-ils davantage ?",
    ),
    "renewal_rate": (
        "how many contracts get renewed?",
        "how many customers renewed last month?",
        "combien de contrats sont renouvelés ?",
        "combien de clients ont renouvelé le mois dernier ?",
    ),
    "reopen_rate": (
        "how many tickets come back after being solved?",
        "how many solved tickets were reopened?",
        "combien de tickets résolus sont rouverts ?",
        "combien de tickets reviennent après résolution ?",
    ),
    "repeat_purchase_rate": (
        "how many customers order again?",
        "what share of customers bought more than once?",
        "combien de clients commandent à nouveau ?",
        "quelle part des clients achète plusieurs fois ?",
    ),
    "repeated_contacts": (
        "how many customers have to write to us twice?",
        "how many customers contact support again and again?",
        "combien de clients doivent nous écrire deux fois ?",
        "combien de clients contactent le support à plusieurs reprises ?",
    ),
    "reply_rate": (
        "how many people answer our messages?",
        "how many customers write back?",
        "combien de personnes répondent à nos messages ?",
        "combien de destinataires nous répondent ?",
    ),
    "resolution_time": (
        "how long does it take to solve a ticket?",
        "how fast are problems fixed?",
        "combien de temps faut-il pour résoudre un ticket ?",
        "en combien de temps les problèmes sont-ils réglés ?",
    ),
    "retention_cost": (
        "how much do we spend on keeping customers?",
        "what does retention cost us?",
        "combien dépensons-nous pour garder nos clients ?",
        "combien nous coûte la rétention ?",
    ),
    "retention_rate": (
        "what share of customers do we keep?",
        "how many of our customers stay?",
        "quelle part de nos clients gardons-nous ?",
        "combien de nos clients restent ?",
    ),
    "retention_roi": (
        "does our retention work pay off?",
        "what do we get back for each euro spent on retention?",
        "nos actions de rétention sont-elles rentables ?",
        "que rapporte chaque euro dépensé en rétention ?",
    ),
    "retention_triad": (
        "how are repeat rate, basket and churn doing together?",
        "show me the three retention numbers together",
        "comment vont ensemble réachat, panier et attrition ?",
        "montre les trois chiffres de la rétention ensemble",
    ),
    "returning_customer_rate": (
        "what share of buyers had bought from us before?",
        "how many orders come from returning customers?",
        "quelle part des acheteurs avait déjà acheté chez nous ?",
        "combien d'acheteurs avaient déjà acheté chez nous ?",
    ),
    "revenue_per_recipient": (
        "how much does each email earn us?",
        "how much revenue does a campaign make per person reached?",
        "combien rapporte chaque email ?",
        "combien de revenu par personne touchée ?",
    ),
    "rfm": (
        "who are our champions and who is about to sleep?",
        "how do customers split into RFM groups?",
        "qui sont nos champions et nos clients en sommeil ?",
        "comment se répartissent les clients en groupes RFM ?",
    ),
    "rolling_retention": (
        "how many users are still active 30 days later or after?",
        "how many users were still around a month after they started?",
        "combien d'utilisateurs sont encore actifs 30 jours plus tard ou après ?",
        "combien d'utilisateurs étaient encore là un mois après ?",
    ),
    "save_rate": (
        "how many customers were saved when they wanted to cancel?",
        "how often do we talk people out of cancelling?",
        "combien de clients ont été sauvés au moment d'annuler ?",
        "combien de clients retenons-nous quand ils veulent résilier ?",
    ),
    "save_then_pay": (
        "how many saved customers go on paying?",
        "do the customers we saved pay afterwards?",
        "combien de clients sauvés continuent à payer ?",
        "les clients sauvés paient-ils ensuite ?",
    ),
    "scheduled_churn": (
        "how many customers have already cancelled but not left yet?",
        "how much churn is already scheduled?",
        "combien de clients ont déjà résilié sans être encore partis ?",
        "combien de départs sont déjà programmés ?",
    ),
    "second_purchase_rate": (
        "how many first-time buyers buy a second time?",
        "how many customers come back for a second order?",
        "combien de nouveaux acheteurs passent une deuxième commande ?",
        "combien de clients font un second achat ?",
    ),
    "sensitivity": (
        "what matters more, churn or acquisition?",
        "which lever moves revenue most?",
        "qu'est-ce qui pèse le plus, l'attrition ou l'acquisition ?",
        "quel levier fait le plus bouger le revenu ?",
    ),
    "session_frequency": (
        "how often do users come back to the app?",
        "how many sessions does a user have?",
        "à quelle fréquence les utilisateurs se connectent-ils ?",
        "combien de sessions par utilisateur ?",
    ),
    "sms_stop_rate": (
        "how many people reply STOP to our texts?",
        "how many unsubscribe from our SMS?",
        "combien de personnes répondent STOP à nos SMS ?",
        "combien de clients se désabonnent des SMS ?",
    ),
    "spend_by_order_number": (
        "do customers spend more with each order?",
        "how much is the second basket compared with the first?",
        "les clients dépensent-ils plus à chaque commande ?",
        "combien vaut la deuxième commande par rapport à la première ?",
    ),
    "spend_by_tenure": (
        "do older customers spend more than new ones?",
        "how does spending grow the longer customers stay?",
        "les anciens clients dépensent-ils plus que les nouveaux ?",
        "la dépense augmente-t-elle avec l'ancienneté ?",
    ),
    "spend_split": (
        "how much of our budget goes to retention and how much to acquisition?",
        "do we spend more on winning or on keeping customers?",
        "quelle part du budget va à la rétention et à l'acquisition ?",
        "dépensons-nous plus pour acquérir ou pour garder nos clients ?",
    ),
    "stage_funnel": (
        "how many customers are in each stage of the lifecycle?",
        "at which stage do we lose people on the way?",
        "combien de clients à chaque étape du cycle de vie ?",
        "à quelle étape perdons-nous du monde ?",
    ),
    "stickiness": (
        "how sticky is our product?",
        "how many of the monthly users come daily?",
        "notre produit est-il addictif ?",
        "combien d'utilisateurs mensuels viennent chaque jour ?",
    ),
    "survey_response_rate": (
        "how many people answer our surveys?",
        "how many customers fill in the questionnaire?",
        "combien de personnes répondent à nos enquêtes ?",
        "combien de clients remplissent le questionnaire ?",
    ),
    "survival_curve": (
        "how many customers are still here after a year?",
        "how does customer survival look over time?",
        "combien de clients sont encore là au bout d'un an ?",
        "quelle est la survie de nos clients ?",
    ),
    "ticket_volume": (
        "how many tickets did we get last week?",
        "how much work does support have?",
        "combien de tickets avons-nous reçus la semaine dernière ?",
        "combien de demandes arrivent au support ?",
    ),
    "tickets_per_100_customers": (
        "how many tickets do we get for every hundred customers?",
        "how much support does each customer need?",
        "combien de tickets recevons-nous pour cent clients ?",
        "combien de tickets par client en moyenne ?",
    ),
    "tier_distribution": (
        "how many members are in each loyalty tier?",
        "how many gold members do we have?",
        "combien de membres dans chaque palier ?",
        "combien de membres or avons-nous ?",
    ),
    "tier_migration": (
        "how many members moved up a tier?",
        "how many members dropped to a lower tier?",
        "combien de membres sont montés d'un palier ?",
        "combien de membres ont changé de palier ?",
    ),
    "time_between_purchases": (
        "how long do customers wait between two orders?",
        "how many days pass between purchases?",
        "combien de temps s'écoule entre deux commandes ?",
        "combien de jours entre deux achats ?",
    ),
    "time_to_value": (
        "how long until new customers get first value?",
        "how quickly do new users get something out of the product?",
        "combien de temps avant que les nouveaux clients en tirent quelque chose ?",
        "en combien de temps un nouvel utilisateur obtient-il sa première valeur ?",
    ),
    "touchpoints_after_purchase": (
        "how many times do we contact customers after they buy?",
        "how many messages does a buyer get after an order?",
        "combien de fois contactons-nous les clients après un achat ?",
        "combien de messages reçoit un acheteur après sa commande ?",
    ),
    "trial_conversion_rate": (
        "how many trials became paying?",
        "how many people pay after the free trial?",
        "combien d'essais deviennent payants ?",
        "combien de personnes paient après l'essai gratuit ?",
    ),
    "unbounded_retention": (
        "how many users come back on day 7 or later?",
        "how many users come back some time after the first month?",
        "combien d'utilisateurs reviennent au jour 7 ou plus tard ?",
        "combien d'utilisateurs reviennent un jour ou l'autre ?",
    ),
    "unsubscribe_rate": (
        "how many people unsubscribe from our newsletter?",
        "how many opt out of our emails?",
        "combien de personnes se désinscrivent de la newsletter ?",
        "combien de clients se désabonnent de nos emails ?",
    ),
    "uplift": (
        "did the campaign really make a difference?",
        "how much better did the treated group do than the control group?",
        "la campagne a-t-elle vraiment eu un effet ?",
        "le groupe exposé fait-il mieux que le groupe témoin ?",
    ),
    "value_at_risk": (
        "how much revenue might we lose soon?",
        "how much money is at stake with customers at risk?",
        "combien de revenu risquons-nous de perdre ?",
        "combien d'argent est en jeu chez les clients à risque ?",
    ),
    "week1_key_feature_adoption": (
        "how many new users try a key feature in their first week?",
        "do newcomers use the key features in week one?",
        "combien de nouveaux utilisateurs essaient une fonction clé la première semaine ?",
        "les nouveaux utilisent-ils les fonctions clés dès la première semaine ?",
    ),
    "win_back_rate": (
        "how many former customers came back?",
        "how many lost customers did we win back?",
        "combien d'anciens clients sont revenus ?",
        "combien de clients perdus avons-nous reconquis ?",
    ),
}
"""Metric → two questions in English, then two in French."""
QUESTIONS = [
    (metric, language, text)
    for metric, texts in ASKED.items()
    for language, text in zip(("en", "en", "fr", "fr"), texts, strict=True)
]
QUESTIONS += [(metric, "es", text) for metric, texts in asked_es.ASKED.items() for text in texts]
QUESTIONS += [(metric, "pl", text) for metric, texts in asked_pl.ASKED.items() for text in texts]


@pytest.mark.parametrize(("metric", "language", "text"), QUESTIONS)
def test_a_metric_is_read_from_a_natural_question(metric, language, text):
    """The one metric meant is read, in the language of the question, with nothing asked back and nothing refused."""
    found = reading(text)
    assert ([query.metric for query in found.queries], found.language) == ([metric], language), written(text)
    assert found.intent.value not in ("define", "advise", "draft"), written(text)


def test_every_metric_of_the_catalogue_has_its_questions():
    """A new metric comes with the questions that people ask for it."""
    assert set(ASKED) == set(asked_es.ASKED) == set(asked_pl.ASKED) == set(catalogue())


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("onboarding completion by step", "breakdown onboarding_completion by=step"),
        ("trial conversion rate by card", "breakdown trial_conversion_rate by=card_required rate"),
        ("trial conversion with and without a card", "breakdown trial_conversion_rate by=card_required"),
        ("taux de conversion des essais avec et sans carte", "breakdown trial_conversion_rate by=card_required rate"),
        ("feedback themes by theme", "value feedback_themes"),
        ("inactivity state by state", "value inactivity_state"),
        ("inactivity by state", "value inactivity_state"),
        ("lifecycle counts by state", "value lifecycle_counts"),
        ("users by lifecycle state", "value lifecycle_counts"),
        ("cycle de vie des utilisateurs par état", "value lifecycle_counts"),
        ("feature requests by tag", "breakdown feature_requests by=feature"),
        ("demandes de fonctionnalités par étiquette", "breakdown feature_requests by=feature"),
        ("uplift by test group", "value uplift"),
        ("entonnoir des étapes par stade", "value stage_funnel"),
        ("prise en main terminée par étape", "breakdown onboarding_completion by=step"),
        ("how do we compare with the industry?", "value benchmark_compare"),
        ("is our churn normal?", "value benchmark_compare compared:churn_rate"),
        ("how does our NPS compare with the industry?", "value benchmark_compare compared:nps"),
        ("notre attrition est-elle normale ?", "value benchmark_compare compared:churn_rate"),
    ],
)
def test_splits_and_benchmarks_are_heard_as_they_are_said(text, means):
    """A row that the metric has anyway is no split of it; a benchmark is one answer, of the metric named."""
    assert written(text) == means
