"""One number two ways: `churn_rate` through Ibis, and SQL written by hand for it alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from statistics import median

from benchmarks.figures import Figure, milliseconds, repeated
from bot.analysis.kept import Kept
from bot.analysis.measure import Analyst, measure
from bot.metrics import catalogue
from bot.service import Service
from bot.sources.embedded import Embedded
from bot.types import Grain, Intent, Query, Rights, Window

SQL = """
WITH stretch AS (
    SELECT coalesce(a.merged_into, a.account_id) AS customer, s.status <> 'paused' AS pays, s.valid_from AS opens,
        least(coalesce(s.valid_to, 'infinity'), CASE s.status
            WHEN 'past_due' THEN s.valid_from + INTERVAL 30 DAY
            WHEN 'paused' THEN s.valid_from + INTERVAL 90 DAY
            ELSE 'infinity' END) AS closes
    FROM canonical.subscriptions s JOIN canonical.accounts a USING (account_id)
    WHERE NOT coalesce(a.is_test, false) AND (s.status = 'paused' OR (s.status IN ('active', 'past_due') AND s.mrr > 0))
), start AS (
    SELECT DISTINCT customer FROM stretch WHERE pays AND opens <= $first AND closes > $first
), kept AS (
    SELECT DISTINCT customer FROM stretch WHERE opens <= $last AND closes > $last
)
SELECT count(*) FILTER (kept.customer IS NULL), count(*) FROM start LEFT JOIN kept USING (customer)
"""


def measuring(service: Service, times: int = 15) -> list[Figure]:
    """The churn rate of October 2026, the same counts both ways, in the same process and database."""
    company = service.company
    analyst = Analyst(company, Rights(), company.as_of(service.now().date()))
    window = Window(date(2026, 10, 1), date(2026, 11, 1), Grain.MONTH, company.definitions.zone, "month")
    query = Query(Intent.VALUE, "churn_rate", window)
    tables = analyst.tables(query)
    database = company.connection
    assert isinstance(database, Embedded)

    def through_ibis() -> tuple[int, int]:
        # An analyst of its own each time: nothing is taken from results kept before.
        row = measure(replace(analyst, kept=Kept()), query).rows[0]
        return row["part"], row["whole"]

    def by_hand() -> tuple[int, int]:
        with database.database.cursor() as cursor:
            found = cursor.execute(SQL, {"first": window.first, "last": window.last}).fetchone()
        assert found is not None
        return found[0], found[1]

    assert through_ibis() == by_hand()
    expression = catalogue()["churn_rate"](tables, window)
    ibis_times, hand_times = repeated(through_ibis, times), repeated(by_hand, times)
    compiling = repeated(lambda: company.sql(expression), times)
    ratio = median(ibis_times) / median(hand_times)
    return [
        milliseconds("churn_rate through Ibis, question to Evidence", ibis_times, f"median of {times}"),
        milliseconds("  of which compiling to SQL", compiling),
        milliseconds("churn_rate, SQL written by hand", hand_times, f"median of {times}"),
        Figure("Ibis / by hand", f"{ratio:.1f}", "times", "same counts, same process"),
    ]
