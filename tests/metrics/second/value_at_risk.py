"""The second answer of value at risk: who carries a sign, by the hand-written rules of the segments."""

from __future__ import annotations

from bot.types import Window
from tests.analysis.segments_by_hand import RULES
from tests.metrics.by_hand import AS_OF, DEFAULT, Answers, Hand
from tests.metrics.second import MONTH, QUARTER, YEAR, Case


def exposed(hand: Hand, window: Window, by: tuple[str, ...], where: str) -> Answers:
    """Each paying account once: all it pays where it carries a sign, else what it has cancelled."""
    hand.connection.execute(f"CREATE OR REPLACE VIEW spells AS FROM {hand.spells(DEFAULT)}")
    risky, failing = (RULES[name].replace(str(AS_OF), str(window.end)) for name in ("at_risk", "failed_payment"))
    end = f"TIMESTAMP '{window.end}'"
    rows = f"""
    SELECT s.*, s.who IN ({risky}) AS risky, s.who IN ({failing}) AS failing, coalesce(cancelled, 0) AS ending
    FROM ({hand.accounts(window.start, window.end)}) s
    LEFT JOIN (
        SELECT who, sum(mrr) AS cancelled FROM stretches
        WHERE valid_from <= {end} AND {end} < until AND cancel_requested_at <= {end} AND mrr > 0
        AND (status = 'active' OR status = 'past_due' AND {end} < since + INTERVAL 30 DAY) GROUP BY who
    ) USING (who) WHERE paid1
    """
    signs = {
        "total": "CASE WHEN risky OR failing THEN mrr1 ELSE ending END",
        "at_risk": "CASE WHEN risky THEN mrr1 ELSE 0 END",
        "scheduled_churn": "ending",
        "failed_payment": "CASE WHEN failing THEN mrr1 ELSE 0 END",
    }
    found: Answers = {}
    for sign, amount in signs.items():
        told = hand.answer(rows, by, where, f"sum({amount}), count(*) FILTER ({amount} > 0)")
        found |= {(*key, sign): row for key, row in told.items()}
    return found


CASES = [Case("value_at_risk", {}, exposed, by=("country",), windows=(MONTH, QUARTER, YEAR))]
