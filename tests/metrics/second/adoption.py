"""The second answers of features, first steps, webinars and breadth."""

from __future__ import annotations

from datetime import date

from bot.types import Grain, Window
from tests.metrics.by_hand import AS_OF, Answers, Hand
from tests.metrics.second import COUNTRIES, MONTH, QUARTER, TO_DATE, WEEK, YEAR, Case, Second
from tests.metrics.second.engagement import DEFAULT, USING, described, here

NEXT = {QUARTER: date(2027, 1, 1), MONTH: date(2026, 12, 1), YEAR: date(2027, 11, 1)}
"""Window → the end of the period after it, where that is calendar months; none of these is over by as-of."""
ROLE = ", coalesce(w.role, 'unknown') AS role"


def adopted(denominator: str = "entitled_active", entity: str = "user_id", tier: str = "any") -> Second:
    """Everybody of the base against every feature open to them, with each use of it; and the period after."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start, end = window.start, window.end
        after = NEXT.get(window, end + (end - start))
        people = f"SELECT DISTINCT {entity} AS one, who, plan_id, country, plan FROM ({hand.deeds(start, end)})"
        if denominator == "entitled":
            lived = f"SELECT who FROM {hand.spells(DEFAULT)} WHERE begins < TIMESTAMP '{end}' AND ends > "
            lived += f"TIMESTAMP '{start}' AND {USING}"
            users = f"""SELECT u.user_id AS one, who FROM users u JOIN lives ON id = u.account_id
                        WHERE created_at < TIMESTAMP '{end}' AND who IN ({lived})"""
            people = described(users, end, ", s.plan_id")
        open_to = "true" if denominator == "all_active" else "list_contains(string_split(entitled_plans, ','), plan_id)"
        chosen = "true" if tier == "any" else f"tier = '{tier}'"
        joined_at = "signup_at FROM accounts" if entity == "who" else "created_at FROM users"
        key = "account_id" if entity == "who" else "user_id"
        feature = ", feature" if "feature" in by else ""
        keys = ", ".join((*by, "one"))
        rows = f"""
        WITH people AS ({people}),
        done AS (SELECT {entity} AS one, name, occurred_at FROM events JOIN lives ON id = account_id
                 WHERE name IN (SELECT core_event FROM features) AND occurred_at < TIMESTAMP '{after}'),
        used AS (SELECT one, name, min(occurred_at) AS first_at,
                     count(*) FILTER (occurred_at >= TIMESTAMP '{start}' AND occurred_at < TIMESTAMP '{end}') AS uses,
                     count(*) FILTER (occurred_at >= TIMESTAMP '{end}') AS later FROM done GROUP BY ALL),
        pairs AS (SELECT p.*, feature_id AS feature, coalesce(uses, 0) AS uses, coalesce(later, 0) AS later,
                      CASE WHEN first_at >= TIMESTAMP '{start}' AND first_at < TIMESTAMP '{end}'
                           THEN date_diff('day', j.joined_at, first_at) END AS days
                  FROM people p JOIN features f ON {open_to} AND {chosen}
                  LEFT JOIN used u ON u.one = p.one AND u.name = f.core_event
                  LEFT JOIN (SELECT {key} AS k, {joined_at.replace(" FROM", " AS joined_at FROM")}) j ON j.k = p.one
                  WHERE {where})
        SELECT {keys}, max(uses > 0) AS tried, sum(uses) AS uses, count(*) FILTER (uses > 0) AS many,
            max(uses > 0 AND later > 0) AS again, list(days) AS days FROM pairs GROUP BY {keys}{feature}"""
        kept = "count(*) FILTER (again)" if after <= AS_OF else "0"
        return hand.answer(
            rows, by, "true",
            f"count(*) FILTER (tried), count(*), sum(uses) / count(*) FILTER (tried), sum(many) / count(*), {kept}, "
            "list_median(flatten(list(days)))",
        )  # fmt: skip

    return answer


def mastered(times: int) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        start, end = window.start, window.end
        keys = ", ".join((*by, "user_id"))
        rows = f"""
        SELECT {keys}, count(*) AS offered, count(*) FILTER ((
            SELECT count(*) FROM events e WHERE e.user_id = d.user_id AND e.name = f.core_event
            AND e.occurred_at >= TIMESTAMP '{start}' AND e.occurred_at < TIMESTAMP '{end}') >= {times}) AS mastered
        FROM (SELECT DISTINCT {keys}, plan_id FROM ({hand.deeds(start, end)}) WHERE {where}) d
        JOIN features f ON tier = 'advanced' AND list_contains(string_split(entitled_plans, ','), plan_id)
        GROUP BY {keys}"""
        totals = "sum(mastered), sum(offered), count(*), count(*) FILTER (mastered > 0)"
        return hand.answer(rows, by, "true", totals)

    return answer


def newcomers(window: Window, days: int, entity: str = "user") -> str:
    """One row per newcomer of the window with so many days behind, and the dimensions."""
    inside = f"began >= TIMESTAMP '{window.start}' AND began < TIMESTAMP '{window.end}'"
    rows = {
        "user": "SELECT user_id AS one, who, created_at AS began, role FROM users u JOIN lives ON id = u.account_id",
        "account": "SELECT account_id AS one, account_id AS who, signup_at AS began, NULL AS role FROM accounts "
        "WHERE merged_into IS NULL",
    }[entity]
    mature = f"began <= TIMESTAMP '{AS_OF}' - INTERVAL {days} DAY"
    return described(f"FROM ({rows}) WHERE {inside} AND {mature}", window.end, ", s.plan_id" + ROLE)


def first_week(each: bool) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        did = """EXISTS (FROM events e WHERE e.user_id = n.one AND e.name = f.core_event
                 AND e.occurred_at >= n.began AND e.occurred_at < n.began + INTERVAL 7 DAY)"""
        mine = "AND list_contains(string_split(entitled_plans, ','), n.plan_id)" if each else ""
        share = "count(*) > 0 AND bool_and" if each else "bool_or"
        rows = f"""SELECT *, (SELECT {share}({did}) FROM features f WHERE is_key {mine}) AS reached
                   FROM ({newcomers(window, 7)}) n"""
        return hand.answer(rows, by, where, "count(*) FILTER (reached), count(*)")

    return answer


def nth(event: str, times: int, entity: str) -> str:
    """The moment of the n-th such event of the newcomer `n`; null if there was none."""
    own = "e.user_id = n.one" if entity == "user" else "l.who = n.one"
    return f"""(SELECT list_sort(list(e.occurred_at))[{times}] FROM events e JOIN lives l ON l.id = e.account_id
                WHERE {own} AND e.name = '{event}')"""


def in_time(event: str, days: int, entity: str = "user", times: int = 1) -> str:
    return f"coalesce({nth(event, times, entity)} < n.began + INTERVAL {days} DAY, false)"


STEPS = {"profile": "profile_completed", "board": "board_created", "import": "data_imported"}


def onboarded(entity: str = "user", days: int = 14, started: bool = False) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        flags = ", ".join(f"{in_time(event, days, entity)} AS {step}_done" for step, event in STEPS.items())
        rows = f"SELECT *, {flags} FROM ({newcomers(window, days, entity)}) n"
        where += " AND (profile_done OR board_done OR import_done)" if started else ""
        if by == ("step",):
            found = hand.answer(
                rows, (), where, ", ".join(f"count(*) FILTER ({step}_done)" for step in STEPS) + ", count(*)"
            )
            return {(step,): (row[at], row[-1]) for row in found.values() for at, step in enumerate(STEPS)}
        return hand.answer(rows, by, where, "count(*) FILTER (profile_done AND board_done AND import_done), count(*)")

    return answer


def activated(entity: str = "user", days: int = 7) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        own = "e.user_id = n.one" if entity == "user" else "l.who = n.one"
        rows = f"""
        SELECT *, {in_time("board_created", days, entity)} AS done,
            n.began <= TIMESTAMP '{AS_OF}' - INTERVAL 60 DAY AS seen,
            EXISTS (FROM events e JOIN lives l ON l.id = e.account_id WHERE {own} AND e.is_active_event
                    AND e.occurred_at >= n.began + INTERVAL 30 DAY
                    AND e.occurred_at < n.began + INTERVAL 60 DAY) AS kept
        FROM ({newcomers(window, days, entity)}) n"""
        return hand.answer(
            rows, by, where,
            "count(*) FILTER (done), count(*), count(*) FILTER (done AND seen AND kept), "
            "count(*) FILTER (done AND seen), "
            "count(*) FILTER (NOT done AND seen AND kept), count(*) FILTER (NOT done AND seen)",
        )  # fmt: skip

    return answer


def first_value(start: str = "n.began", entity: str = "user") -> Second:
    """Kaplan and Meier by hand: the share still waiting after each minute, multiplied up in SQL."""

    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        keys = "".join(f"{name}, " for name in by)
        same = "".join(f"AND a.{name} = curve.{name} " for name in by)
        part = f"PARTITION BY {', '.join(by)}" if by else ""
        timed = f"""
        SELECT * EXCLUDE (first_at), CASE WHEN got IS NULL THEN TIMESTAMP '{AS_OF}' ELSE got END AS ends,
            greatest(began, first_at) AS opened FROM (
            SELECT n.*, {nth("task_completed", 10, entity)} AS got, {start} AS first_at
            FROM ({newcomers(window, 0, entity)}) n) WHERE first_at IS NOT NULL AND ({where})"""
        rows = f"""
        WITH ages AS (SELECT {keys} greatest(floor(epoch(ends - opened) / 60), 0) AS age, got IS NOT NULL AS there
                      FROM ({timed})),
        counted AS (SELECT {keys} age, count(*) FILTER (there) AS left_now, count(*) AS gone FROM ages GROUP BY ALL),
        waiting AS (SELECT *, sum(gone) OVER ({part} ORDER BY age DESC) AS risk FROM counted),
        curve AS (SELECT *, product(1 - left_now / risk) OVER ({part} ORDER BY age) AS waits FROM waiting)
        SELECT {keys} min(age) FILTER (waits <= 0.5 + 1e-9 AND left_now > 0) / 60 AS middle,
            min(age) FILTER (waits <= 0.25 + 1e-9 AND left_now > 0) / 60 AS p75, sum(gone) AS n, sum(left_now) AS got,
            (SELECT median(age) / 60 FROM ages a WHERE there {same}) AS plain
        FROM curve {f"GROUP BY {', '.join(by)}" if by else ""}"""
        return hand.answer(
            rows, by, "true", "any_value(middle), any_value(n), any_value(p75), any_value(got), any_value(plain)"
        )

    return answer


def guests(window: Window) -> str:
    rows = f"""SELECT g.*, who, starts_at, role, created_at FROM gathering_guests g JOIN gatherings USING (gathering_id)
               JOIN lives ON id = g.account_id JOIN users u USING (user_id)
               WHERE starts_at >= TIMESTAMP '{window.start}' AND starts_at < TIMESTAMP '{window.end}'"""
    return described(rows, window.end, ROLE)


def attended(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    return hand.answer(guests(window), by, where, "count(attended_at), count(*)")


def attendees(since: str) -> Second:
    def answer(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
        keys = ", ".join((*by, "user_id"))
        ready = f"""
        SELECT {keys}, bool_or(attended_at IS NOT NULL) AS came,
            arg_min({since}, (attended_at IS NULL, starts_at, gathering_id)) AS began FROM ({guests(window)})
        WHERE {where} GROUP BY {keys}"""
        rows = f"""
        SELECT n.*, (SELECT min(occurred_at) FROM events e
                     WHERE e.user_id = n.user_id AND name = 'board_created') AS got
        FROM ({ready}) n WHERE began <= TIMESTAMP '{AS_OF}' - INTERVAL 7 DAY"""
        fresh = "(got IS NULL OR got >= began)" if since == "starts_at" else "true"
        done = "got < began + INTERVAL 7 DAY"
        found = hand.answer(
            rows, by, fresh,
            f"count(*) FILTER (came AND {done}), count(*) FILTER (came), count(*) FILTER (NOT came AND {done}), "
            "count(*) FILTER (NOT came)",
        )  # fmt: skip
        return {
            (*key, kind): row[2 * at : 2 * at + 2]
            for key, row in found.items()
            for at, kind in enumerate(("attended", "stayed_away"))
        }

    return answer


def platforms(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    keys = ", ".join((*by, "user_id"))
    rows = f"""SELECT {keys}, count(DISTINCT platform) AS many FROM ({hand.deeds(window.start, window.end)})
               WHERE platform <> 'unknown' AND ({where}) GROUP BY {keys}"""
    return hand.answer(rows, by, "true", "sum(many), count(*), count(*) FILTER (many > 1)")


def integrations(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    SELECT c.*, (SELECT count(DISTINCT properties) FROM events e JOIN lives ON id = e.account_id
                 WHERE lives.who = c.who AND name = 'integration_connected'
                 AND occurred_at < TIMESTAMP '{window.end}') AS many
    FROM ({here(hand, window.start, window.end)}) c"""
    bands = "count(*) FILTER (many = 0), count(*) FILTER (many = 1), count(*) FILTER (many > 1)"
    return hand.answer(rows, by, where, f"sum(many), count(*), {bands}")


def members(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    rows = f"""
    WITH joined AS (SELECT who, count(*) AS joined FROM users u JOIN lives ON id = u.account_id
                    WHERE created_at < TIMESTAMP '{window.end}' GROUP BY who),
    invited AS (SELECT who, count(*) AS invited FROM events e JOIN lives ON id = e.account_id
                WHERE name = 'member_invited' AND occurred_at < TIMESTAMP '{window.end}' GROUP BY who),
    active AS (SELECT who, count(DISTINCT user_id) AS active FROM ({hand.deeds(window.start, window.end)}) GROUP BY who)
    SELECT * FROM ({here(hand, window.start, window.end)}) LEFT JOIN joined USING (who) LEFT JOIN invited USING (who)
    LEFT JOIN active USING (who)"""
    kinds = ("invited", "joined", "active")
    totals = ", ".join(f"sum({kind})" for kind in kinds) + ", count(*) FILTER (joined = 1), count(*)"
    found = hand.answer(rows, by, where, totals)
    return {
        (*key, kind): (row[at], row[-1])
        for key, row in found.items()
        for at, kind in enumerate((*kinds, "single_user"))
    }


def channels(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    inside = f">= TIMESTAMP '{window.end}' - INTERVAL 90 DAY AND {{0}} < TIMESTAMP '{window.end}'"

    def lately(moment: str) -> str:
        return f"{moment} {inside.format(moment)}"

    rows = f"""
    WITH acts AS (
        SELECT account_id, channel FROM tickets WHERE {lately("created_at")}
        UNION SELECT customer_id, channel FROM orders WHERE {lately("occurred_at")}
        UNION SELECT a.account_id, s.channel FROM survey_answers a JOIN surveys s USING (survey_id)
            WHERE {lately("answered_at")}
        UNION SELECT s.account_id, s.channel FROM message_events m JOIN sends s USING (send_id)
            WHERE m.type IN ('opened', 'clicked', 'replied') AND {lately("m.occurred_at")}
    )
    SELECT c.*, (SELECT count(DISTINCT channel) FROM acts JOIN lives ON id = account_id WHERE lives.who = c.who) AS many
    FROM ({here(hand, window.start, window.end)}) c"""
    return hand.answer(rows, by, where, "sum(many), count(*), count(*) FILTER (many > 1)")


JULY = Window(date(2026, 7, 1), date(2026, 8, 1), Grain.MONTH)
NEXT[JULY] = date(2026, 9, 1)
ADOPTION = ("part", "whole", "uses_each", "features_each", "used_again", "days_to_adopt")
ACTIVATION = ("part", "whole", "activated_kept", "activated_seen", "others_kept", "others_seen")
VALUE = ("value", "n", "p75", "reached", "median_of_reached")
FRESH = (WEEK, TO_DATE)
"""Windows in which nobody has the days behind them that the question takes."""
CASES = [
    Case("feature_adoption", {"denominator": "entitled"}, adopted("entitled"), figures=ADOPTION, by=("feature",),
         windows=(MONTH, WEEK, JULY)),
    Case(
        "feature_adoption", {"denominator": "all_active", "entity": "account", "tier": "advanced"},
        adopted("all_active", "who", "advanced"), figures=ADOPTION, windows=(MONTH, JULY),
    ),
    Case("mastery_level", {}, mastered(3), figures=("part", "whole", "people", "masters"), windows=(MONTH, WEEK)),
    Case("week1_key_feature_adoption", {}, first_week(False), by=("role",), empty=(WEEK,)),
    Case("week1_key_feature_adoption", {"method": "each_key"}, first_week(True), empty=(WEEK,)),
    Case("onboarding_completion", {}, onboarded(), by=("step",), where=COUNTRIES, empty=FRESH),
    Case("onboarding_completion", {"denominator": "started"}, onboarded(started=True), by=("role",), empty=FRESH),
    Case("onboarding_completion", {"entity": "account", "horizon_days": "30"}, onboarded("account", 30), empty=FRESH),
    Case("activation_rate", {}, activated(), figures=ACTIVATION, by=("role",), empty=(WEEK,)),
    Case("activation_rate", {"entity": "account", "horizon_days": "30"}, activated("account", 30), figures=ACTIVATION,
         empty=FRESH),
    Case("time_to_value", {}, first_value(), figures=VALUE, by=("role",)),
    Case("time_to_value", {"entity": "account"}, first_value(entity="account"), figures=VALUE),
    Case(
        "time_to_value", {"start": "first_event"},
        first_value("(SELECT min(occurred_at) FROM events e WHERE e.user_id = n.one AND e.is_active_event)"),
        figures=VALUE,
    ),
    Case("attendance_rate", {}, attended, by=("role",), empty=FRESH),
    Case("activation_of_attendees", {}, attendees("created_at"), by=("role",), empty=FRESH),
    Case("activation_of_attendees", {"method": "since_gathering"}, attendees("starts_at"), empty=FRESH),
    Case("platform_breadth", {}, platforms, figures=("part", "whole", "on_several"), by=("role",)),
    Case("integrations_per_account", {}, integrations,
         figures=("part", "whole", "without", "with_one", "with_several")),
    Case("members_per_account", {}, members),
    Case("channels_per_customer", {}, channels, figures=("part", "whole", "on_several")),
]  # fmt: skip
