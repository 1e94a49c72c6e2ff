"""The people behind accounts: every figure against SQL written by hand, on the demo company and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from bot.analysis.recipient_facts import FACTS
from bot.analysis.recipients import COLUMNS, NEEDED, OPTIONAL, Recipients, recipients, shipped
from bot.drafting import Policy
from bot.drafting.audience import Aim, screen
from bot.errors import BadData
from bot.sources import Company, TableMap, open_company
from bot.sources.demo import FOLDER
from bot.types import Definitions
from tests.drafts.conftest import AS_OF, ROOT

WANTED = tuple(column for columns, _ in FACTS for column in columns)
END = "TIMESTAMP '2026-11-11'"
"""The end of the as-of day; what happened before it counts."""

CUSTOMERS = """
    SELECT DISTINCT account_id FROM subscriptions JOIN accounts USING (account_id)
    WHERE valid_from < TIMESTAMP '2026-11-10' AND coalesce(valid_to > TIMESTAMP '2026-11-10', true)
      AND status = 'active' AND mrr > 0 AND NOT coalesce(is_test, false) AND merged_into IS NULL
"""

POINTS = {"email": "false", "sms": "type = 'phone'", "push": "type = 'push_token' AND coalesce(platform, '') <> 'web'"}
"""Channel → the contact points that reach somebody on it; for email the address is the user's own."""

BASES = {
    "email": (("FR", "ES"), ("PL", "DE")),
    "sms": (("FR", "ES"), ("US", "PL", "DE")),
    "push": ((), ("US", "FR", "ES", "PL", "DE")),
}
"""Channel → countries that ask customers for a soft opt-in, and for a consent."""


def people_of(channel: str) -> str:
    """Each contact and the first rule that holds them back from a check-in on the channel, by hand."""
    soft, consent = BASES[channel]
    return PEOPLE.format(
        END=END, channel=channel, points=POINTS[channel], needed=str(channel != "email").lower(),
        soft=soft or "('')", consent=consent,
    )  # fmt: skip


PEOPLE = """
WITH used AS (
    SELECT user_id, max(occurred_at) AS at FROM events
    WHERE coalesce(is_active_event, true) AND occurred_at < {END} GROUP BY 1
), ranked AS (
    SELECT u.*, used.at, max(used.at) OVER (PARTITION BY u.account_id) AS account_at, row_number() OVER (
        PARTITION BY u.account_id ORDER BY coalesce(is_role_address, false)::INT,
        CASE WHEN lower(role) IN ('billing', 'admin', 'owner') THEN 0 ELSE 1 END, used.at DESC NULLS LAST, u.user_id
    ) AS place
    FROM users u LEFT JOIN used USING (user_id) WHERE account_id IN (SELECT * FROM chosen)
), contact AS (
    SELECT r.*, coalesce(r.language, a.language) AS speaks, coalesce(r.country, a.country) AS lives,
        a.has_incident, a.has_dispute
    FROM ranked r JOIN accounts a USING (account_id) WHERE place = 1
), consent AS (
    SELECT user_id, arg_max_null(status, occurred_at) AS status, arg_max_null(basis, occurred_at) AS basis,
        arg_max_null(expires_at, occurred_at) AS expires_at, max(occurred_at) AS at
    FROM consents WHERE channel = '{channel}' AND purpose = 'marketing' AND occurred_at < {END} GROUP BY 1
), withdrawn AS (
    SELECT user_id, max(occurred_at) AS at FROM consents
    WHERE status = 'withdrawn' AND purpose = 'marketing' AND occurred_at < {END} GROUP BY 1
), closed AS (
    SELECT user_id, bool_or(reason ILIKE 'complain%') AS complained,
        bool_or(reason ILIKE '%bounce%' AND coalesce(channel, '{channel}') = '{channel}') AS bounced,
        bool_or(reason NOT ILIKE 'complain%' AND reason NOT ILIKE '%bounce%'
            AND coalesce(channel, '{channel}') = '{channel}') AS other,
        max(occurred_at) FILTER (reason = 'unsubscribed') AS stopped_at
    FROM suppressions WHERE occurred_at < {END} AND coalesce(expires_at >= {END}, true) GROUP BY 1
), point AS (
    SELECT user_id, bool_or(coalesce(is_valid, true)) AS good FROM contact_points
    WHERE {points} AND occurred_at < {END} GROUP BY 1
), worth AS (
    SELECT account_id, sum(mrr) AS mrr FROM subscriptions JOIN chosen USING (account_id)
    WHERE valid_from < TIMESTAMP '2026-11-10' AND coalesce(valid_to > TIMESTAMP '2026-11-10', true)
      AND status = 'active' GROUP BY 1
), vip AS (
    SELECT account_id
    FROM (SELECT account_id, rank() OVER (ORDER BY mrr DESC) AS place, count(*) OVER () AS n FROM worth)
    WHERE place - 1 < 0.1 * n
), back AS (
    SELECT coalesce(e.user_id, s.user_id) AS user_id, bool_or(type = 'complained') AS complained,
        bool_or(type = 'bounced' AND coalesce(s.channel, '{channel}') = '{channel}'
            AND coalesce(detail, 'hard') <> 'soft') AS bounced,
        max(e.occurred_at) FILTER (type = 'unsubscribed'
            AND coalesce(s.channel, '{channel}') = '{channel}') AS left_at,
        max(e.occurred_at) FILTER (type = 'unsubscribed') AS left_any_at,
        max(e.occurred_at) FILTER (type IN ('clicked', 'replied')) AS clicked
    FROM message_events e LEFT JOIN sends s USING (send_id) WHERE e.occurred_at < {END} GROUP BY 1
), help AS (
    SELECT coalesce(t.account_id, u.account_id) AS account_id,
        count(*) FILTER (CASE WHEN solved_at IS NULL THEN coalesce(status, 'open') NOT IN ('solved', 'closed')
                              ELSE solved_at >= {END} END) AS open,
        count(*) FILTER (solved_at < {END} AND solved_at >= TIMESTAMP '2026-11-03') AS solved,
        count(*) FILTER (t.created_at >= TIMESTAMP '2026-10-11') AS made
    FROM tickets t LEFT JOIN users u USING (user_id) WHERE t.created_at < {END} GROUP BY 1
), sent AS (
    SELECT user_id, count(*) FILTER (counts AND occurred_at >= TIMESTAMP '2026-11-09') AS day,
        count(*) FILTER (counts AND occurred_at >= TIMESTAMP '2026-11-03') AS week,
        count(*) FILTER (counts AND occurred_at >= TIMESTAMP '2026-10-11') AS month,
        bool_or(coalesce(holdout, false) AND occurred_at >= TIMESTAMP '2026-10-11') AS held
    FROM (SELECT *, NOT coalesce(holdout, false) AND coalesce(purpose, 'marketing') NOT IN ('service', 'transactional')
              AS counts FROM sends WHERE occurred_at < {END}) GROUP BY 1
), bought AS (
    SELECT customer_id AS account_id, max(occurred_at) AS at FROM orders WHERE occurred_at < {END} GROUP BY 1
), running AS (
    SELECT DISTINCT unit_id FROM assignments JOIN experiments USING (experiment_id)
    WHERE lower(arm) IN ('control', 'holdout')
      AND coalesce(started_at < {END}, true) AND coalesce(ended_at >= {END}, true)
), now AS (
    SELECT account_id, bool_or(status = 'past_due') AS owing, bool_or(status = 'paused') AS resting,
        bool_or(cancel_requested_at IS NOT NULL) AS leaving
    FROM subscriptions WHERE valid_from < {END} AND coalesce(valid_to >= {END}, true) GROUP BY 1
)
SELECT c.account_id, c.user_id, CASE
    WHEN consent.status IN ('denied', 'withdrawn') OR closed.other OR (back.left_at IS NOT NULL AND NOT coalesce(
        consent.status = 'granted' AND consent.basis = 'consent' AND coalesce(consent.expires_at >= {END}, true)
        AND consent.at > back.left_at, false)) THEN 'SUP-01'
    WHEN c.lives = 'US' AND greatest(withdrawn.at, closed.stopped_at, back.left_any_at) IS NOT NULL AND NOT coalesce(
        consent.status = 'granted' AND consent.basis = 'consent' AND coalesce(consent.expires_at >= {END}, true)
        AND consent.at > greatest(withdrawn.at, closed.stopped_at, back.left_any_at), false) THEN 'LEG-04'
    WHEN closed.complained OR back.complained THEN 'SUP-02'
    WHEN closed.bounced OR back.bounced OR NOT point.good THEN 'SUP-03'
    WHEN {needed} AND point.good IS NULL THEN 'CHN-02'
    WHEN help.open > 0 OR help.solved > 0 OR (help.made >= 2 AND c.account_id NOT IN (FROM vip)) THEN 'SUP-04'
    WHEN c.has_incident THEN 'SUP-05'
    WHEN c.has_dispute THEN 'SUP-06'
    WHEN now.owing THEN 'SUP-07'
    WHEN sent.day >= 1 OR sent.week >= 2 OR sent.month >= 4 THEN 'FRQ-01'
    WHEN NOT coalesce(greatest(c.at, back.clicked, bought.at, c.created_at) >= TIMESTAMP '2024-11-10', false)
        THEN 'FRQ-12'
    WHEN greatest(c.at, back.clicked, bought.at, c.created_at) < TIMESTAMP '2026-05-14' THEN 'FRQ-11'
    WHEN now.leaving THEN 'SUP-11'
    WHEN sent.held OR c.account_id IN (FROM running) OR c.user_id IN (FROM running) THEN 'SUP-15'
    WHEN c.is_role_address THEN 'SUP-16'
    WHEN c.birth_year > 2007 THEN 'SUP-17'
    WHEN now.resting THEN 'SUP-19'
    WHEN c.lives IS NULL THEN 'LEG-01'
    WHEN c.lives IN {soft} AND NOT coalesce(consent.status = 'granted'
        AND coalesce(consent.expires_at >= {END}, true)
        AND coalesce(consent.basis, 'consent') IN ('consent', 'soft_opt_in'), false) THEN 'LEG-02'
    WHEN c.lives IN {consent} AND NOT coalesce(consent.status = 'granted'
        AND coalesce(consent.expires_at >= {END}, true)
        AND coalesce(consent.basis, 'consent') = 'consent', false) THEN 'LEG-02'
    WHEN c.speaks NOT IN ('en', 'fr') THEN 'LOC-01'
    ELSE '' END AS reason
FROM contact c LEFT JOIN consent USING (user_id) LEFT JOIN closed USING (user_id) LEFT JOIN back USING (user_id)
LEFT JOIN withdrawn USING (user_id) LEFT JOIN point USING (user_id)
LEFT JOIN sent USING (user_id) LEFT JOIN help ON help.account_id = c.account_id
LEFT JOIN now ON now.account_id = c.account_id
LEFT JOIN bought ON bought.account_id = c.account_id
ORDER BY c.account_id
"""


@pytest.fixture(scope="module")
def by_hand(demo: Company) -> duckdb.DuckDBPyConnection:
    """Plain DuckDB over the files of the demo company, with the paying customers as `chosen`."""
    assert demo.has("accounts")
    connection = duckdb.connect()
    for path in FOLDER.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')")
    connection.execute(f"CREATE TABLE chosen AS {CUSTOMERS}")
    return connection


@pytest.fixture(scope="module")
def customers(demo: Company, by_hand: duckdb.DuckDBPyConnection) -> Recipients:
    ids = [row[0] for row in by_hand.execute("FROM chosen").fetchall()]
    assert len(ids) > 1000
    return recipients(demo, ids, AS_OF)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("channel", "reasons", "least"),
    [
        ("email", {"SUP-01", "SUP-03", "SUP-04", "FRQ-01", "LEG-02", "LOC-01"}, 50),
        ("sms", {"SUP-01", "LEG-04", "CHN-02", "SUP-04", "LEG-02"}, 1),
        ("push", {"SUP-01", "LEG-04", "SUP-03", "CHN-02", "SUP-04", "LEG-02", "LOC-01"}, 5),
    ],
)
def test_each_person_of_the_demo_is_held_back_for_the_reason_that_sql_gives(
    channel: str,
    reasons: set[str],
    least: int,
    demo: Company,
    by_hand: duckdb.DuckDBPyConnection,
    policy: Policy,
    releases: pd.DataFrame,
) -> None:
    aim = Aim(policy.kinds["DT19"], "customer", AS_OF, demo.definitions, policy, releases)
    ids = [row[0] for row in by_hand.execute("FROM chosen").fetchall()]
    outcome = screen(recipients(demo, ids, AS_OF, channel), aim, ("en", "fr"))
    expected = by_hand.execute(people_of(channel)).df()
    got = outcome.people[["account_id", "user_id"]].assign(reason=outcome.reasons)
    assert list(got.account_id) == list(expected.account_id)
    assert list(got.user_id) == list(expected.user_id)
    wrong = got[got.reason.to_numpy() != expected.reason.to_numpy()]
    assert wrong.assign(by_hand=expected.reason[wrong.index]).to_dict("records") == []
    assert reasons <= set(outcome.counts)
    assert outcome.languages["en"] >= least
    assert outcome.languages["fr"] >= least


def test_everything_can_be_checked_on_the_demo(customers: Recipients) -> None:
    assert customers.unchecked == ()
    assert list(customers.people.columns) == list(COLUMNS)
    assert customers.people.user_id.is_unique
    assert set(customers.people.status) == {"customer"}


def test_former_customers_know_when_and_why_they_left(demo: Company, by_hand: duckdb.DuckDBPyConnection) -> None:
    rows = by_hand.execute("""
        WITH last AS (SELECT account_id, max(coalesce(valid_to, TIMESTAMP '9999-01-01')) AS until,
                arg_max_null(end_type, coalesce(valid_to, TIMESTAMP '9999-01-01')) AS end_type,
                arg_max_null(reason_code, coalesce(valid_to, TIMESTAMP '9999-01-01')) AS reason,
                arg_max_null(status, coalesce(valid_to, TIMESTAMP '9999-01-01')) AS status
            FROM subscriptions GROUP BY 1)
        SELECT account_id, until, reason FROM last JOIN accounts USING (account_id)
        WHERE until BETWEEN TIMESTAMP '2026-07-01' AND TIMESTAMP '2026-11-01' AND end_type = 'voluntary'
          AND status IN ('active', 'ended') AND reason IS NOT NULL
          AND NOT coalesce(is_test, false) AND merged_into IS NULL
        ORDER BY account_id""").df()
    assert len(rows) > 50
    parents = dict(by_hand.execute("SELECT reason_code, coalesce(parent, reason_code) FROM churn_reasons").fetchall())
    people = recipients(demo, rows.account_id.tolist(), AS_OF).people.merge(rows, on="account_id")
    former = people[people.status == "former"]
    assert len(former) > 50
    assert (former.churned_on == former.until).all()
    assert (former.reason_x == former.reason_y.map(parents)).all()


def test_trials_that_never_paid_are_told_apart(demo: Company, by_hand: duckdb.DuckDBPyConnection) -> None:
    tried = by_hand.execute(
        "SELECT account_id, max(trial_end) AS until FROM subscriptions JOIN accounts USING (account_id)"
        " WHERE NOT coalesce(is_test, false) GROUP BY 1"
        " HAVING bool_and(status = 'trial' OR mrr = 0) AND bool_or(status = 'trial') ORDER BY 1 LIMIT 50"
    ).df()
    people = recipients(demo, tried.account_id.tolist(), AS_OF).people
    assert set(people.status) == {"trial"}
    assert (people.trial_ended_on == tried.until).all()


def test_what_may_be_told_leaves_out_the_inner_and_the_coming(
    demo: Company, by_hand: duckdb.DuckDBPyConnection
) -> None:
    told = shipped(demo, pd.Timestamp("2025-11-01").date())
    expected = by_hand.execute(
        "SELECT name FROM releases WHERE announceable AND released_at < TIMESTAMP '2025-11-01'"
        " ORDER BY released_at, name"
    ).df()
    assert list(told.name) == list(expected.name)
    assert len(told) > 2


TINY = {
    "accounts": "account_id,name,country,language\nA1,Brook,US,en\nA2,Atelier,FR,fr\n",
    "users": "user_id,account_id,first_name\nU1,A1,Anna\nU2,A1,Ben\nU3,A2,Chloé\n",
}


def tiny(folder: Path, more: dict[str, str] | None = None) -> Company:
    for name, rows in {**TINY, **(more or {})}.items():
        (folder / f"{name}.csv").write_text(rows, encoding="utf-8")
    return open_company(f"files:{folder}", {}, folder, Definitions())


def test_without_the_optional_tables_all_that_could_not_be_checked_is_named(tmp_path: Path) -> None:
    found = recipients(tiny(tmp_path), ["A1", "A2"], AS_OF)
    assert list(found.people.user_id) == ["U1", "U3"]
    assert list(found.people.language) == ["en", "fr"]
    assert list(found.people.status) == ["never", "never"]
    assert found.unchecked == tuple(NEEDED)
    assert found.unasked == tuple(OPTIONAL)
    assert found.base == 2


def test_a_mapped_table_makes_its_rule_checkable(tmp_path: Path) -> None:
    company = tiny(tmp_path, {"tickets": "ticket_id,account_id,user_id,created_at,solved_at\nT1,,U2,2026-01-05,\n"})
    found = recipients(company, ["A1", "A2"], AS_OF)
    assert "SUP-04" not in found.unchecked
    assert list(found.people.open_tickets) == [1, 0]


def test_a_person_is_preferred_to_a_mailbox_and_a_buyer_to_a_user(tmp_path: Path) -> None:
    users = (
        "user_id,account_id,role,is_role_address\nU1,A1,admin,true\nU2,A1,member,false\nU3,A1,billing,false\n"
        "U4,A2,member,false\nU5,A2,viewer,false\n"
    )
    events = "event_id,user_id,name,occurred_at\n1,U5,open,2026-10-01 10:00:00\n2,U4,open,2026-09-01 10:00:00\n"
    found = recipients(tiny(tmp_path, {"users": users, "events": events}), ["A1", "A2"], AS_OF)
    assert list(found.people.user_id) == ["U3", "U5"]


def test_a_new_consent_of_ones_own_opens_what_an_unsubscribe_closed(tmp_path: Path) -> None:
    events = (
        "send_id,user_id,type,occurred_at\n"
        "S1,U1,unsubscribed,2026-03-01 10:00:00\nS2,U3,unsubscribed,2026-03-01 10:00:00\n"
    )
    consents = (
        "user_id,channel,purpose,status,basis,occurred_at\n"
        "U1,email,marketing,granted,consent,2026-04-01 10:00:00\n"
        "U3,email,marketing,granted,consent,2026-02-01 10:00:00\n"
    )
    found = recipients(tiny(tmp_path, {"message_events": events, "consents": consents}), ["A1", "A2"], AS_OF)
    assert list(found.people.opted_out) == [False, True]


def test_a_company_without_people_cannot_be_written_for(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(TINY["accounts"], encoding="utf-8")
    company = open_company(f"files:{tmp_path}", {"accounts": TableMap(table="accounts")}, tmp_path, Definitions())
    with pytest.raises(BadData, match="missing_table"):
        recipients(company, ["A1"], AS_OF)


@pytest.mark.postgres
def test_postgresql_gives_the_same_people(
    demo: Company, postgres_url: str, by_hand: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """The demo's tables, copied for 300 accounts into PostgreSQL; orders of all, for what is bought alike is theirs."""
    import psycopg

    from bot.sources.canonical import TABLES

    kinds = {"string": "text", "boolean": "boolean", "int64": "bigint", "float64": "double precision",
             "timestamp": "timestamp", "date": "date"}  # fmt: skip
    with psycopg.connect(postgres_url) as connection:
        for name in ("accounts", "users", "plans", "subscriptions", "churn_reasons", "events", "tickets", "orders",
                     "consents", "suppressions", "message_events", "sends", "surveys", "survey_answers", "assignments",
                     "experiments", "releases", "feature_requests", "features", "milestones", "campaigns",
                     "contact_points", "preferences", "loyalty_ledger", "products", "order_items",
                     "gatherings"):  # fmt: skip
            schema = TABLES[name].schema
            whose = next((column for column in ("account_id", "customer_id", "user_id") if column in schema), None)
            few = {
                "account_id": " WHERE account_id <= 'A0300' OR account_id IS NULL",
                "user_id": " WHERE user_id IN (SELECT user_id FROM users WHERE account_id <= 'A0300')",
            }  # fmt: skip
            path = tmp_path / f"{name}.csv"
            by_hand.execute(f"COPY (FROM {name}{few.get(str(whose), '')}) TO '{path}' (HEADER)")
            columns = [row[0] for row in by_hand.execute(f"DESCRIBE {name}").fetchall()]
            typed = ", ".join(f'"{column}" {kinds[schema[column]]}' for column in columns)
            connection.execute(f'CREATE TABLE "{name}" ({typed})')
            with connection.cursor().copy(f'COPY "{name}" FROM STDIN (FORMAT csv, HEADER)') as copy:
                copy.write(path.read_bytes())
    there = open_company(postgres_url, {}, ROOT, Definitions(company="Brindlewick"))
    ids = [f"A{number:04}" for number in range(1, 301)]
    for channel in ("email", "push", "call", "in_app"):
        here = recipients(demo, ids, AS_OF, channel, WANTED)
        pd.testing.assert_frame_equal(recipients(there, ids, AS_OF, channel, WANTED).people, here.people)
    pd.testing.assert_frame_equal(shipped(there, AS_OF), shipped(demo, AS_OF))
