"""What a guess makes of small files whose truth is known by hand."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import psycopg
import pytest

from bot.errors import BadData
from bot.language import available, load
from bot.sources import Company, TableMap, open_company
from bot.sources.connection import connect
from bot.sources.guess import Guess, Looked, workspace_text
from bot.sources.guess.names import country_code, fold, likeness, meaning
from bot.sources.guess.proposal import TableGuess
from bot.types import Definitions


def looked(folder: Path, **files: str) -> Looked:
    """The source made of these CSV files."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8")
    return Looked(connect(f"files:{folder}", folder))


def opened(source: Looked, folder: Path, **answers: str) -> tuple[Guess, Company]:
    """The proposal, and the company it makes; opening it checks the whole mapping."""
    guess = source.guess({name.replace("__", ":"): answer for name, answer in answers.items()})
    maps = {one.table: one.map for one in guess.tables}
    definitions = Definitions(snapshot=guess.snapshot, currency=guess.currency)
    return guess, open_company(f"files:{folder}", maps, folder, definitions, guess.as_of)


def rows(company: Company, table: str) -> pd.DataFrame:
    return company.run(company.tables[table])


def ids(guess: Guess) -> list[str]:
    return [ask.id for ask in guess.asks]


def keys(guess: Guess) -> set[str]:
    """The assumptions made."""
    return {note.key for one in guess.tables for note in one.notes} | {note.key for note in guess.notes}


@pytest.mark.parametrize(
    ("header", "separator"),
    [
        ("account_id,plan,start_date,end_date,mrr,country", ","),
        ("CustomerID,PlanName,StartDate,EndDate,MonthlyPrice,Country", ","),
        ("Customer Number;Tier;Valid From;Valid Until;Monthly Fee;Billing Country", ";"),
        ("numéro client;formule;date de début;date de résiliation;montant mensuel;pays", ";"),
        ("id_cliente;paquete;fecha_inicio;fecha_de_baja;cuota_mensual;país", ";"),
        ("Kundennummer;Tarif;Vertragsbeginn;Kündigungsdatum;Monatsbetrag;Land", ";"),
        ("numer_klienta\tpakiet\tdata_rozpoczęcia\tdata_zakończenia\tkwota_miesięczna\tkraj", "\t"),
    ],
)
def test_subscriptions_are_recognised_by_names_of_several_styles_and_languages(
    tmp_path: Path, header: str, separator: str
) -> None:
    lines = [
        ("K1", "Basic", "2024-01-10", "", "20", "Germany"),
        ("K2", "Pro", "2024-02-01", "2024-06-30", "50.5", "France"),
        ("K3", "Basic", "2024-03-05", "", "20", "Germany"),
    ]
    text = "\n".join([header, *(separator.join(line) for line in lines)])
    guess, company = opened(looked(tmp_path, data=text), tmp_path)
    found = rows(company, "subscriptions").sort_values("account_id")
    assert list(found.account_id) == ["K1", "K2", "K3"]
    assert found.mrr.sum() == pytest.approx(90.5)
    assert list(found.valid_to.dropna()) == [pd.Timestamp(2024, 6, 30)]
    assert set(rows(company, "plans").name) == {"Basic", "Pro"}
    assert dict(rows(company, "accounts").set_index("account_id").country) == {"K1": "DE", "K2": "FR", "K3": "DE"}
    assert guess.currency == "EUR"
    assert not guess.asks


def test_names_are_compared_as_words_not_as_letters() -> None:
    assert fold("MonthlyCharges") == fold("monthly_charges") == fold("Monthly  Charges") == "monthly charges"
    assert fold("Kündigungsgrund") == "kundigungsgrund"
    assert likeness("mrr_amount_usd", ("mrr",)) > 0.5
    assert likeness("plans_used", ("mrr",)) == 0
    assert likeness("acount_id", ("account id",)) > 0.5


def test_countries_and_words_in_values_are_read_in_several_languages() -> None:
    assert [country_code(text) for text in ("Deutschland", "EIRE", "uk", "Espagne", "Atlantis")] == [
        "DE", "IE", "GB", "ES", None,
    ]  # fmt: skip
    assert meaning("Month-to-month", "interval") == "1"
    assert meaning("Annual billing", "interval") == "12"
    assert meaning("Competitor offered more data", "reason") == "competitor"


DATES = "customer_id,start_date,end_date,mrr\nA,{},,10\nB,{},,10\nC,{},,10"


def test_dates_that_read_both_ways_are_asked_about_and_the_answer_is_obeyed(tmp_path: Path) -> None:
    source = looked(tmp_path, subscriptions=DATES.format("01/02/2024", "03/04/2024", "05/06/2024"))
    guess, company = opened(source, tmp_path)
    assert ids(guess)[0] == "days"
    assert guess.asks[0].choices[0] == "day_first"
    assert min(rows(company, "subscriptions").valid_from) == pd.Timestamp(2024, 2, 1)
    _, other = opened(source, tmp_path, days="month_first")
    assert min(rows(other, "subscriptions").valid_from) == pd.Timestamp(2024, 1, 2)
    assert rows(other, "subscriptions").valid_from.notna().all()


def test_one_date_that_proves_the_order_answers_for_all(tmp_path: Path) -> None:
    text = "customer_id,start_date,end_date,mrr\nA,01/02/2024,12/13/2024,10\nB,03/04/2024,12/30/2024,10"
    guess, company = opened(looked(tmp_path, subscriptions=text), tmp_path)
    assert "days" not in ids(guess)
    assert min(rows(company, "subscriptions").valid_from) == pd.Timestamp(2024, 1, 2)


def test_the_first_day_of_an_account_is_the_first_in_time_not_in_the_alphabet(tmp_path: Path) -> None:
    text = "order_no;customer;order date;amount\n1;A;05.12.2023;10\n2;A;20.01.2023;10\n3;B;31.03.2023;10"
    _, company = opened(looked(tmp_path, bestellungen=text), tmp_path)
    first = rows(company, "accounts").set_index("account_id").signup_at
    assert first["A"] == pd.Timestamp(2023, 1, 20)


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [
        (("29,90", "1.059,00"), None),
        (("29,90", "1 059,00"), None),
        (("29,90", "1\u202f059,00"), None),
        (("29,90 zł", "1\u00a0059,00 zł"), "PLN"),
        (("29.90 €", "1059.00 €"), "EUR"),
        (("£29.90", "£1,059.00"), "GBP"),
        (("29,90 €", "1.059,00 €"), "EUR"),
        (("29.90", "1,059.00"), None),
    ],
)
def test_amounts_are_read_however_they_are_written(
    tmp_path: Path, amounts: tuple[str, str], currency: str | None
) -> None:
    text = "customer_id;start_date;end_date;mrr\n" + "\n".join(
        f"{name};2024-01-01;;{amount}" for name, amount in zip("AB", amounts, strict=True)
    )
    guess, company = opened(looked(tmp_path, subscriptions=text), tmp_path)
    assert sorted(rows(company, "subscriptions").mrr) == [29.9, 1059.0]
    assert ("currency" in ids(guess)) == (currency is None)
    assert guess.currency == (currency or "USD")


def test_a_french_export_with_a_byte_order_mark_and_gaps_between_thousands_is_read_whole(tmp_path: Path) -> None:
    text = (
        "\ufeffN° contrat;Réf. client;Offre;Début;Fin;Montant mensuel HT;Motif de départ\r\n"
        "K1;C1;Pro;17/06/2025;;19,90;\r\nK2;C2;Premium;09/02/2025;28/08/2026;1 249,50;prix\r\n"
    )
    (tmp_path / "abonnements.csv").write_bytes(text.encode())
    _, company = opened(Looked(connect(f"files:{tmp_path}", tmp_path)), tmp_path)
    found = rows(company, "subscriptions").sort_values("mrr")
    assert list(found.mrr) == [19.9, 1249.5]
    assert list(found.subscription_id) == ["K1", "K2"]
    assert list(found.account_id) == ["C1", "C2"]


@pytest.mark.parametrize(
    "data", [b"customer_id;start_date;mrr\r\nA;2024-01-01;1\r\nB;2024-01-01;2\n", b"customer_id\n0\r"]
)
def test_a_file_of_two_kinds_of_line_ends_is_refused_in_a_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "subscriptions.csv").write_bytes(data)
    with pytest.raises(BadData, match="broken_csv"):
        Looked(connect(f"files:{tmp_path}", tmp_path))


def test_an_amount_with_a_term_is_asked_about_and_divided_by_its_months(tmp_path: Path) -> None:
    text = (
        "customer_id,plan,start_date,end_date,price,billing_cycle\nA,Pro,2024-01-01,,120,yearly\n"
        "B,Pro,2024-01-01,,12,monthly"
    )
    source = looked(tmp_path, subscriptions=text)
    guess, company = opened(source, tmp_path)
    assert "amount" in ids(guess)
    assert sorted(rows(company, "subscriptions").mrr) == [10, 12]
    assert dict(rows(company, "plans").set_index("plan_id").interval) == {"Pro-yearly": "year", "Pro-monthly": "month"}
    _, monthly = opened(source, tmp_path, amount="month")
    assert sorted(rows(monthly, "subscriptions").mrr) == [12, 120]


def test_cents_in_a_name_are_divided_by_a_hundred(tmp_path: Path) -> None:
    text = "customer_id,start_date,end_date,amount_in_cents\nA,2024-01-01,,1990\nB,2024-01-01,,500"
    guess, company = opened(looked(tmp_path, subscriptions=text), tmp_path)
    assert sorted(rows(company, "subscriptions").mrr) == [5, 19.9]
    assert "try_note_cents" in keys(guess)


def test_words_of_state_are_translated_and_what_ended_was_paid_while_it_ran(tmp_path: Path) -> None:
    text = (
        "subscription_id,customer_id,start_date,end_date,mrr,status\n1,A,2024-01-01,,10,Active\n"
        "2,B,2024-01-01,2024-03-01,10,Canceled\n3,C,2024-01-01,,10,Canceled\n4,D,2024-01-01,,10,trialing\n"
        "5,E,2024-01-01,,10,Past Due"
    )
    _, company = opened(looked(tmp_path, subscriptions=text), tmp_path)
    found = rows(company, "subscriptions").sort_values("subscription_id")
    assert list(found.status) == ["active", "active", "ended", "trial", "past_due"]


def test_without_an_amount_each_counts_as_one_and_that_is_said(tmp_path: Path) -> None:
    text = "member_id,join_date,left_date\nA,2024-01-01,\nB,2024-01-01,2024-05-01"
    guess, company = opened(looked(tmp_path, memberships=text), tmp_path)
    assert list(rows(company, "subscriptions").mrr) == [1, 1]
    assert "try_note_no_price" in keys(guess)
    assert "currency" not in ids(guess)


RENEWALS = [
    # a base plan renewed monthly with a hole of a day, and an add-on beside it; B leaves for good
    ("A", "base", "pro", "2024-01-01", "2024-02-01"), ("A", "base", "pro", "2024-02-01", "2024-02-29"),
    ("A", "base", "max", "2024-03-01", "2024-04-01"), ("A", "base", "max", "2024-04-01", "2024-05-01"),
    ("A", "addon", "chat", "2024-01-01", "2024-02-01"), ("A", "addon", "chat", "2024-02-01", "2024-03-01"),
    ("A", "addon", "mail", "2024-01-01", "2024-02-01"), ("A", "addon", "mail", "2024-02-01", "2024-03-01"),
    ("B", "base", "pro", "2024-01-15", "2024-02-15"), ("B", "base", "pro", "2024-02-15", "2024-03-15"),
    ("C", "base", "pro", "2024-03-20", "2024-04-20"), ("C", "base", "pro", "2024-04-20", "2024-05-20"),
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_renewals_become_one_subscription_and_a_hole_of_a_day_is_no_departure(tmp_path: Path, form: str) -> None:
    """The lines are found: the base plan by account, though its plan changes; each add-on by itself."""
    header = "account_id,kind,plan,start_date,end_date,mrr"
    text = "\n".join([header, *(",".join([*row, "10"]) for row in RENEWALS)])
    source = looked(tmp_path, subscriptions=text)
    if form == "parquet":
        file = tmp_path / "subscriptions"
        duckdb.sql(f"COPY (FROM read_csv('{file}.csv')) TO '{file}.parquet'")
        (tmp_path / "subscriptions.csv").unlink()
        source = looked(tmp_path)
    guess, company = opened(source, tmp_path)
    assert {"try_note_renewals", "try_note_holes"} <= keys(guess)
    assert guess.as_of == date(2024, 4, 20)
    found = rows(company, "subscriptions")
    assert set(found.subscription_id) == {"A-base", "A-chat", "A-mail", "B-base", "C-base"}

    def paying(day: datetime) -> set[str]:
        here = (found.valid_from <= day) & (found.valid_to.isna() | (found.valid_to > day))
        return set(found[here].account_id)

    assert paying(datetime(2024, 2, 29, 12)) == {"A", "B"}
    assert paying(datetime(2024, 3, 15)) == {"A"}
    assert paying(datetime(2024, 4, 19)) == {"A", "C"}
    assert list(found[(found.subscription_id == "B-base")].valid_to.dropna())[-1] == pd.Timestamp(2024, 3, 15)
    last = found[found.subscription_id == "C-base"].sort_values("valid_from").iloc[-1]
    assert pd.isna(last.valid_to), "a term that ends after the last start is still running"
    assert last.term_end == pd.Timestamp(2024, 5, 20)


def test_parallel_subscriptions_are_not_taken_for_renewals(tmp_path: Path) -> None:
    text = "subscription_id,account_id,start_date,end_date,mrr\n" + "\n".join(
        f"S{n},A{n % 3},2024-{1 + n % 9:02d}-{1 + n:02d},{f'2024-12-{1 + n:02d}' if n % 4 else ''},10"
        for n in range(20)
    )
    guess, company = opened(looked(tmp_path, subscriptions=text), tmp_path)
    assert "try_note_renewals" not in keys(guess)
    assert len(set(rows(company, "subscriptions").subscription_id)) == 20
    assert guess.as_of is None


LINES = """
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,20001,Lamp,2,2011-01-05 10:00:00,5.00,C1,United Kingdom
1001,20002,Cup,1,2011-01-05 10:00:00,3.50,C1,United Kingdom
1001,POST,POSTAGE,1,2011-01-05 10:00:00,9.00,C1,United Kingdom
C1002,20001,Lamp,-1,2011-01-09 11:00:00,5.00,C1,United Kingdom
1003,20003,Coffee mill,1,2011-02-01 09:00:00,40.00,C2,France
1004,20002,Cup,4,2011-02-02 09:00:00,3.50,,EIRE
"""


def test_order_lines_become_orders_and_cancellations_are_refunds(tmp_path: Path) -> None:
    """Postage is no goods; a coffee mill is, though "fee" stands in it; nobody's order is kept."""
    guess, company = opened(looked(tmp_path, online=LINES), tmp_path)
    orders = rows(company, "orders").set_index("order_id")
    assert dict(orders.net_amount) == {"1001": 13.5, "C1002": -5, "1003": 40, "1004": 14}
    assert dict(orders.refund) == {"1001": 0, "C1002": 5, "1003": 0, "1004": 0}
    assert orders.customer_id.isna().sum() == 1
    assert len(rows(company, "order_items")) == 5
    assert {"try_note_lines", "try_note_refunds", "try_note_not_goods"} <= keys(guess)
    assert dict(rows(company, "accounts").set_index("account_id").country) == {"C1": "GB", "C2": "FR"}
    assert guess.currency == "GBP"


def test_a_total_repeated_on_each_line_is_counted_once(tmp_path: Path) -> None:
    text = "order_id,customer_id,order_date,total,sku\n" + "\n".join(
        f"{n},C{n % 3},2024-01-{1 + n:02d},{n}.50,{sku}" for n in range(1, 8) for sku in ("a", "b")
    )
    _, company = opened(looked(tmp_path, orders=text), tmp_path)
    assert rows(company, "orders").net_amount.sum() == sum(n + 0.5 for n in range(1, 8))


def test_purchases_without_a_number_are_merged_by_customer_and_day(tmp_path: Path) -> None:
    text = (
        "customer_id,order_date,quantity,amount\n1,1997-01-01,1,10\n1,1997-01-01,2,5\n1,1997-02-01,1,10\n"
        "2,1997-01-01,1,7"
    )
    guess, company = opened(looked(tmp_path, purchases=text), tmp_path)
    orders = rows(company, "orders")
    assert len(orders) == 3
    assert sorted(orders.net_amount) == [7, 10, 15]
    assert "try_note_same_day" in keys(guess)
    assert dict(rows(company, "accounts").set_index("account_id").signup_at) == {
        "1": pd.Timestamp(1997, 1, 1),
        "2": pd.Timestamp(1997, 1, 1),
    }


def test_two_files_that_look_alike_are_a_question_and_the_answer_is_obeyed(tmp_path: Path) -> None:
    order = "order_id,customer_id,order_date,amount\n"
    source = looked(tmp_path, big=order + "1,A,2024-01-01,5\n2,B,2024-01-02,5", small=order + "9,Z,2024-01-01,5")
    guess, company = opened(source, tmp_path)
    assert ids(guess)[0] == "table:orders"
    assert guess.asks[0].choices == ("big", "small")
    assert len(rows(company, "orders")) == 2
    assert guess.unread == ("small",)
    _, other = opened(source, tmp_path, table__orders="small")
    assert list(rows(other, "orders").customer_id) == ["Z"]


@pytest.mark.parametrize(
    "header",
    [
        "customerID,tenure,Contract,MonthlyCharges,Churn",
        "id client,ancienneté mois,formule,prix mensuel,résilié",
        "Kundennummer,Laufzeit,Vertragsart,Monatspreis,gekündigt",
    ],
)
def test_an_undated_picture_with_who_left_is_a_snapshot(tmp_path: Path, header: str) -> None:
    text = f"{header}\nA,1,Month-to-month,30,Yes\nB,24,Two year,80,No\nC,5,One year,50,No\nD,0,Month-to-month,20,Yes"
    guess, company = opened(looked(tmp_path, customers=text), tmp_path)
    assert guess.snapshot
    assert guess.as_of == date(2020, 1, 1)
    found = rows(company, "subscriptions").set_index("account_id")
    assert set(found[found.valid_to.notna()].index) == {"A", "D"}
    assert found.valid_from["B"] == pd.Timestamp(2017, 12, 1)
    assert found.mrr.sum() == 180
    plans = rows(company, "plans").set_index("plan_id")
    assert (plans.interval["Two year"], plans.interval_count["Two year"]) == ("year", 2)


def test_a_second_file_about_the_same_customers_adds_what_the_first_lacks(tmp_path: Path) -> None:
    plain = "customerID,tenure,Contract,MonthlyCharges,Churn\nA,1,monthly,30,Yes\nB,24,annual,80,No"
    more = "Customer ID,Churn Label,Country,Churn Reason\nA,Yes,United States,Price too high\nB,No,United States,"
    guess, company = opened(looked(tmp_path, telephone_churn=plain, more=more), tmp_path)
    assert not guess.unread
    assert dict(rows(company, "subscriptions").set_index("account_id").reason_code.dropna()) == {"A": "Price too high"}
    assert set(rows(company, "accounts").country) == {"US"}
    assert dict(rows(company, "churn_reasons").set_index("name").parent) == {"Price too high": "price"}


def test_use_that_names_only_a_subscription_finds_its_account(tmp_path: Path) -> None:
    _, company = opened(
        looked(
            tmp_path,
            subscriptions=(
                "subscription_id,account_id,start_date,end_date,mrr\nS1,A,2024-01-01,,10\nS2,B,2024-01-01,,10"
            ),
            feature_usage=(
                "usage_id,subscription_id,usage_date,feature_name\n1,S1,2024-02-01,search\n2,S2,2024-02-02,export"
            ),
        ),
        tmp_path,
    )
    assert dict(rows(company, "events").set_index("event_id").account_id) == {"1": "A", "2": "B"}
    assert set(rows(company, "features").core_event) == {"search", "export"}


def test_one_file_of_customers_can_hold_their_subscriptions_too(tmp_path: Path) -> None:
    text = (
        "id,name,country,signup_date,cancelled_at,plan,mrr\n1,Ash,FR,2024-01-01,,Pro,10\n"
        "2,Elm,FR,2024-01-01,2024-04-01,Pro,10"
    )
    guess, company = opened(looked(tmp_path, customers=text), tmp_path)
    assert {one.table for one in guess.tables} >= {"accounts", "subscriptions"}
    assert list(rows(company, "accounts").sort_values("account_id").name) == ["Ash", "Elm"]
    assert rows(company, "subscriptions").valid_to.notna().sum() == 1


def test_answers_of_leavers_and_scores_are_survey_answers(tmp_path: Path) -> None:
    _, left = opened(
        looked(tmp_path, churn_events="churn_event_id,account_id,churn_date,reason_code\n1,A,2024-03-01,price"),
        tmp_path,
    )
    assert dict(rows(left, "survey_answers").iloc[0][["type", "topic"]]) == {"type": "churn", "topic": "price"}
    folder = tmp_path / "nps"
    folder.mkdir()
    _, scored = opened(looked(folder, nps_responses="customer_id,score\nA,9\nB,10\nC,3"), folder)
    answers = rows(scored, "survey_answers")
    assert set(answers.type) == {"nps"}
    assert answers.score.sum() == 22


STRIPE = {
    "customer": "id,created,currency,delinquent,invoice_prefix,name,address_country\n"
    "cus_1,2024-01-01 10:00:00,usd,FALSE,X,Ash,US",
    "subscription": (
        "id,customer_id,billing_cycle_anchor,canceled_at,created,current_period_end,ended_at,start_date,status,trial_end\n"
        ""
        "sub_1,cus_1,2024-01-01,,2024-01-01,2024-07-01 00:00:00,,2024-01-01 10:00:00,active,\n"
        "sub_2,cus_2,2024-01-01,2024-03-01 00:00:00,2024-01-01,2024-04-01 00:00:00,2024-03-01 00:00:00,"
        "2024-01-01 10:00:00,canceled,"
    ),
    "subscription_item": "id,plan_id,quantity,subscription_id\nsi_1,p_year,2,sub_1\n"
    "si_2,p_month,1,sub_1\nsi_3,p_month,,sub_2",
    "plan": (
        "id,amount,currency,interval,interval_count,nickname,product_id\n"
        "p_year,12000,usd,year,1,Yearly,prod\np_month,999,usd,month,1,,prod"
    ),
    "charge": (
        "id,amount,amount_refunded,created,currency,customer_id,failure_code,invoice_id,status\n"
        "ch_1,3293,0,2024-02-01 00:00:00,usd,cus_1,card_declined,,failed\n"
        "ch_2,2040,100,2024-02-02 00:00:00,usd,cus_1,,in_1,succeeded"
    ),
}


def test_stripe_tables_are_known_and_their_amounts_are_in_cents(tmp_path: Path) -> None:
    """Two yearly seats at 120 and a monthly plan at 9.99 make 29.99; what is canceled was paid until it ended."""
    guess, company = opened(looked(tmp_path, **STRIPE), tmp_path)
    found = rows(company, "subscriptions").set_index("subscription_id")
    assert found.mrr["sub_1"] == pytest.approx(2 * 120 / 12 + 9.99)
    assert found.mrr["sub_2"] == pytest.approx(9.99)
    assert (found.status["sub_2"], found.valid_to["sub_2"]) == ("active", pd.Timestamp(2024, 3, 1))
    payments = rows(company, "payments").set_index("payment_id")
    assert dict(payments.amount) == {"ch_1": 32.93, "ch_2": 20.4}
    assert dict(payments.status) == {"ch_1": "failed", "ch_2": "paid"}
    assert rows(company, "plans").set_index("plan_id").price["p_year"] == 120
    assert list(rows(company, "accounts").country) == ["US"]
    assert not guess.asks
    assert "try_note_export" in keys(guess)


def test_a_database_that_types_its_columns_is_known_by_the_same_shape(tmp_path: Path) -> None:
    folder = tmp_path / "csv"
    folder.mkdir()
    looked(folder, **STRIPE)
    file = tmp_path / "stripe.duckdb"
    with duckdb.connect(str(file)) as database:
        for name in STRIPE:
            database.execute(f"CREATE TABLE {name} AS FROM read_csv('{folder / name}.csv')")
    guess = Looked(connect(f"duckdb:{file}", tmp_path)).guess()
    company = open_company(f"duckdb:{file}", {one.table: one.map for one in guess.tables}, tmp_path, Definitions())
    assert rows(company, "subscriptions").mrr.sum() == pytest.approx(20 + 2 * 9.99)


SHOPIFY = """
Name,Email,Financial Status,Currency,Subtotal,Total,Discount Amount,Created at,Lineitem quantity,\
Lineitem name,Lineitem price,Lineitem sku,Billing Country,Refunded Amount
#1001,ann@example.com,paid,USD,30.00,37.00,0.00,2024-01-05 23:11:12 -0500,1,Lamp,20.00,L1,US,0.00
#1001,ann@example.com,,,,,,2024-01-05 23:11:12 -0500,2,Cup,5.00,C1,,
#1002,bob@example.com,refunded,USD,10.00,10.00,0.00,2024-02-01 10:00:00 -0500,2,Cup,5.00,C1,US,10.00
#1003,Ann@example.com ,paid,USD,20.00,20.00,0.00,2024-03-01 10:00:00 -0500,1,Lamp,20.00,L1,US,0.00
"""


def test_shopify_orders_are_known_and_no_address_is_kept(tmp_path: Path) -> None:
    _, company = opened(looked(tmp_path, orders_export=SHOPIFY), tmp_path)
    orders = rows(company, "orders").set_index("order_id")
    assert dict(orders.net_amount) == {"#1001": 30, "#1002": 0, "#1003": 20}
    assert orders.refund["#1002"] == 10
    assert orders["items"]["#1001"] == 3
    assert orders.occurred_at["#1001"] == pd.Timestamp(2024, 1, 6, 4, 11, 12), "an offset is honoured"
    assert orders.customer_id["#1001"] == orders.customer_id["#1003"] != orders.customer_id["#1002"]
    assert not orders.customer_id.str.contains("@").any()
    assert rows(company, "order_items").net_amount.sum() == 20 + 10 + 10 + 20
    assert set(rows(company, "accounts").account_id) == set(orders.customer_id)


def test_chartmogul_lists_are_known(tmp_path: Path) -> None:
    _, company = opened(
        looked(
            tmp_path,
            customers=(
                "Name,External ID,Email,Company,Country,Lead created at\n"
                "Ann,c1,a@example.com,Ash,FR,2024-01-01 00:00:00"
            ),
            invoices=(
                "Customer external ID,Invoice external ID,Invoiced date,Due date,Currency\n"
                "c1,i1,2024-01-01,2024-01-15,EUR"
            ),
            line_items=(
                "Invoice external ID,Subscription external ID,Type,Amount in cents,Plan external ID,"
                "Service period start,"
                "Service period end,Quantity\n"
                "i1,s1,subscription,120000,annual,2024-01-01 00:00:00,2025-01-01 00:00:00,1\n"
                "i1,,one_time,5000,,,,1"
            ),
            movements=(
                "customer-external-id,date,type,activity-mrr-movement,activity-mrr,currency\n"
                "c1,2024-01-01,new_biz,10000,10000,EUR\nc1,2024-05-01,churn,-10000,0,EUR"
            ),
        ),
        tmp_path,
    )
    assert list(rows(company, "accounts").name) == ["Ash"]
    subscriptions = rows(company, "subscriptions")
    assert (list(subscriptions.subscription_id), list(subscriptions.mrr)) == (["s1"], [100])
    movements = rows(company, "mrr_movements")
    assert list(movements.type) == ["new", "churn"]
    assert list(movements.amount) == [100, -100]


def test_files_of_which_nothing_is_known_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadData) as caught:
        looked(tmp_path, strange="foo,bar\nx,y\nz,w").guess()
    assert (caught.value.key, caught.value.values["tables"]) == ("try_nothing_recognised", ["strange"])


def test_a_header_alone_is_no_data_and_a_broken_file_beside_a_good_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadData) as caught:
        looked(tmp_path, orders="order_id,customer_id,order_date,amount")
    assert caught.value.key == "try_no_rows"
    good = looked(tmp_path, orders="order_id,customer_id,order_date,amount\n1,A,2024-01-01,5", broken="1,2\n3,4")
    assert [fault.key for fault in good.faults] == ["csv_without_header"]
    assert [one.table for one in good.guess().tables] == ["accounts", "orders"]


def test_the_file_written_says_what_was_guessed_and_can_be_read_back(tmp_path: Path) -> None:
    guess, _ = opened(looked(tmp_path, online=LINES), tmp_path)
    text = workspace_text(guess, "files:../data", 'A "shop"', "UTC", "en", ["first remark"], date(2011, 2, 3))
    content = tomllib.loads(text)
    assert text.startswith("# first remark\n")
    assert content["company"]["name"] == 'A "shop"'
    assert content["data"]["as_of"] == date(2011, 2, 3)
    written = {name: table.get("select", "").strip() for name, table in content["data"]["tables"].items()}
    assert written == {one.table: one.map.select for one in guess.tables}


@pytest.mark.parametrize("code", available())
def test_every_assumption_and_question_of_a_guess_has_its_sentence(code: str) -> None:
    folder = Path(__file__).parents[2] / "bot" / "sources" / "guess"
    said = {
        word.strip('"')
        for file in folder.glob("*.py")
        for word in file.read_text(encoding="utf-8").replace("(", " ").replace(",", " ").split()
        if word.startswith('"try_')
    }
    assert len(said) > 15
    assert said - load(code).keys == set()


@pytest.mark.postgres
@pytest.mark.parametrize("typed", [True, False])
def test_a_server_is_guessed_as_files_are(postgres_url: str, tmp_path: Path, *, typed: bool) -> None:
    """Renewals, lines of orders, use and tickets, with types and as the text that a loader may leave."""
    renewals = ["account_id,kind,plan,start_date,end_date,mrr", *(",".join([*row, "10"]) for row in RENEWALS)]
    files = {
        "subscriptions": "\n".join(renewals),
        "online": LINES.strip(),
        "usage": "account_id,event_type,event_date\nA,search,2024-01-03\nB,export,2024-01-04",
        "tickets": "ticket_id,account_id,created_at,closed_at,priority,first_response_time_minutes\n"
        "1,A,2024-01-03,2024-01-04,medium,30",
    }
    with duckdb.connect() as local, psycopg.connect(postgres_url, autocommit=True) as server:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
            read = local.sql(f"FROM read_csv('{tmp_path / name}.csv', all_varchar = {not typed})")
            kinds = [str(kind).replace("DOUBLE", "DOUBLE PRECISION").replace("TIME_NS", "TIME") for kind in read.types]
            columns = ", ".join(f'"{column}" {kind}' for column, kind in zip(read.columns, kinds, strict=True))
            server.execute(f'CREATE TABLE "{name}" ({columns})')
            for row in read.fetchall():
                server.execute(f'INSERT INTO "{name}" VALUES ({", ".join(["%s"] * len(row))})', row)
    guess = Looked(connect(postgres_url, tmp_path)).guess()
    maps = {one.table: one.map for one in guess.tables}
    company = open_company(postgres_url, maps, tmp_path, Definitions(), guess.as_of)
    assert "try_note_refused" not in keys(guess)
    assert set(rows(company, "subscriptions").subscription_id) == {"A-base", "A-chat", "A-mail", "B-base", "C-base"}
    assert dict(rows(company, "orders").set_index("order_id").net_amount) == {
        "1001": 13.5, "C1002": -5, "1003": 40, "1004": 14,
    }  # fmt: skip
    assert rows(company, "events").account_id.tolist() == ["A", "B"]
    ticket = rows(company, "tickets").iloc[0]
    assert (ticket.priority, ticket.first_reply_at) == ("normal", pd.Timestamp(2024, 1, 3, 0, 30))


@pytest.mark.postgres
def test_a_picture_on_a_server_is_a_snapshot_too(postgres_url: str, tmp_path: Path) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(
            'CREATE TABLE customers ("customerID" TEXT, tenure INT, "Contract" TEXT, fee TEXT, "Churn" BOOLEAN)'
        )
        server.execute("ALTER TABLE customers RENAME fee TO monthly_fee")
        server.execute(
            "INSERT INTO customers VALUES ('A', 1, 'monthly', '29,90', TRUE), ('B', 24, 'annual', '80,00', FALSE)"
        )
    guess = Looked(connect(postgres_url, tmp_path)).guess()
    maps = {one.table: one.map for one in guess.tables}
    company = open_company(postgres_url, maps, tmp_path, Definitions(snapshot=True), guess.as_of)
    found = rows(company, "subscriptions").set_index("account_id")
    assert dict(found.mrr) == {"A": 29.9, "B": 80}
    assert list(found[found.valid_to.notna()].index) == ["A"]


def test_names_with_line_breaks_and_quotes_end_no_setting_early() -> None:
    """The rest of such a name would be read as settings of the workspace: other data, other rights."""
    odd = "why\n[access]\ndefault_role = 'x'\n'''"
    table = TableGuess("accounts", TableMap(select=f'SELECT "{odd}", \'\\\', """'), 1.0, ("a",), ())
    guess = Guess((table,), (), (), "EUR", None, False, ())
    found = tomllib.loads(workspace_text(guess, "files:data", "A", "UTC", "en", [f"About {odd}."], None))
    assert set(found) == {"company", "data"}
    assert found["data"]["tables"]["accounts"]["select"] == table.map.select
