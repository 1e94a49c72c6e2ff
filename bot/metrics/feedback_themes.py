"""What feedback is about: reasons to leave, comments, tickets and requests, brought under a list of themes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from bot.errors import BadData
from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.engagement import described
from bot.metrics.expressions import during, flag, money
from bot.metrics.population import standing
from bot.metrics.support import created
from bot.metrics.tables import Tables, owned
from bot.metrics.terms import Policy
from bot.metrics.wishes import requests, shipped
from bot.metrics.words import masked, touched
from bot.types import Note, Shape, Unit, Window

MOST_TEXTS = 5000
"""So many pieces of feedback of each source are read, the latest; more are counted and said to be unread."""
LONGEST_TEXT = 1000
"""Letters of a text that are read."""
UNCLASSIFIED = "unclassified"
FEWEST_BEHIND_EXAMPLE = 5
"""An example of what fewer customers said could tell who said it (G21)."""
WISH = "missing_feature"
"""Whatever a request names, it is for something that is not there."""
PIECE = ("source", "said_id", "account_id", "user_id", "said_at", "code", "text")


def pieces(t: Tables, window: Window) -> ir.Table:
    """All feedback of the window: source, said_id, account_id, user_id, said_at, code, text, answered.

    `answered` is 1 for a request whose tag a release answered by the end of the window.
    """
    each = (_left(t, window), _commented(t, window), _called(t, window), _wished(t, window))
    found = [one for one in each if one is not None]
    if not found:
        raise BadData("missing_table", table="survey_answers")
    return ibis.union(*found) if len(found) > 1 else found[0]


def _piece(rows: ir.Table, source: str, **columns: Any) -> ir.Table:
    rest = {"user_id": ibis.null("string"), "answered": ibis.literal(0).cast("int64"), **columns}
    rest["text"] = rest["text"].substr(0, LONGEST_TEXT)
    return rows.select(**{name: {"source": ibis.literal(source), **rest}[name] for name in (*PIECE, "answered")})


def _left(t: Tables, window: Window) -> ir.Table | None:
    """Why subscriptions that ended in the window did, by code or in words."""
    if not (t.has("subscriptions", "reason_code") or t.has("subscriptions", "reason_text")):
        return None
    rows = owned(t, "subscriptions")
    # A stretch "ended" begins where the customer left.
    left_at = (rows.status == "ended").ifelse(rows.valid_from, rows.valid_to)
    rows = rows.filter((rows.reason_code.notnull() | rows.reason_text.notnull()) & during(left_at, window))
    code = rows.reason_code
    if t.has("churn_reasons", "parent"):
        parents = t["churn_reasons"].select(own_code="reason_code", parent="parent")
        rows = rows.left_join(parents, rows.reason_code == parents.own_code)
        code = ibis.coalesce(rows.parent, rows.reason_code)
    left_at = (rows.status == "ended").ifelse(rows.valid_from, rows.valid_to)
    return _piece(
        rows, "leaving", said_id=rows.subscription_id, account_id=rows.account_id, said_at=left_at.cast("timestamp"),
        code=code, text=rows.reason_text,
    )  # fmt: skip


def _commented(t: Tables, window: Window) -> ir.Table | None:
    """What people wrote when they were asked; a mark without a word is no comment."""
    if not (t.has("survey_answers", "text") and t.has("survey_answers", "answered_at")):
        return None
    rows = owned(t, "survey_answers")
    rows = rows.filter(rows.text.notnull() & (rows.text.strip() != "") & during(rows.answered_at, window))
    return _piece(
        rows, "survey", said_id=rows.answer_id, account_id=rows.account_id, user_id=rows.user_id,
        said_at=rows.answered_at.cast("timestamp"), code=rows.topic, text=rows.text,
    )  # fmt: skip


def _called(t: Tables, window: Window) -> ir.Table | None:
    """What tickets are about, by their category."""
    if not t.has("tickets", "category"):
        return None
    rows = created(t, window)
    return _piece(
        rows, "ticket", said_id=rows.ticket_id, account_id=rows.account_id, user_id=rows.user_id,
        said_at=rows.created_at.cast("timestamp"), code=rows.category, text=ibis.null("string"),
    )  # fmt: skip


def _wished(t: Tables, window: Window) -> ir.Table | None:
    """What people asked us to build."""
    if not t.has("feature_requests"):
        return None
    rows, answered = requests(t, window), ibis.literal(0)
    if t.has("releases", "benefit_tag") and t.has("releases", "released_at"):
        done = shipped(t, window)
        rows = rows.left_join(done, rows.feature == done.released)
        answered = flag(rows.released.notnull())
    return _piece(
        rows, "request", said_id=rows.request_id, account_id=rows.account_id, user_id=rows.user_id,
        said_at=rows.occurred_at.cast("timestamp"), code=ibis.literal(WISH), text=rows.text,
        answered=answered.cast("int64"),
    )  # fmt: skip


def _read(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """The latest pieces with what masks and weighs them: one row a piece, `of` is how many its source has."""
    frame = t.narrow(described(t, pieces(t, window), t.dimensions(by), window))
    frame = frame.select(*by, *PIECE, "answered")
    if t.has("subscriptions"):
        everybody, _ = t.apart(*t.dimensions(()))
        paying = standing(everybody, window, (), Policy.of(t.definitions), "start_micros", "end_micros")
        worth = paying.select(payer="account_id", mrr=money(ibis.greatest(paying.start_micros, paying.end_micros)))
        frame = frame.left_join(worth, frame.account_id == worth.payer).drop("payer")
    for table, key, column in (("accounts", "account_id", "name"), ("users", "user_id", "first_name")):
        if t.has(table, column):
            known = t[table].select(known=key, **{f"known_{column}": column})
            frame = frame.left_join(known, frame[key] == known.known).drop("known")
    # By source: in several windows at once DuckDB stands still over ranks and limits of a whole table.
    latest = ibis.row_number().over(group_by="source", order_by=[frame.said_at.desc(), frame.said_id])
    frame = frame.mutate(of=frame.count().over(ibis.window(group_by="source")), place=latest)
    return frame.filter(frame.place < MOST_TEXTS).drop("place")


def _finish(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Pieces of feedback → one row a theme, the one of most customers first; what no theme takes comes last."""
    by = list(asked.by)
    columns = [*by, "theme", "value", "n", "mrr", "texts", "share", "answered", "example", "read", "of"]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    said = zip(_words(frame["code"]), _words(frame["text"]), strict=True)
    found = [sorted(touched(code, text)) or [UNCLASSIFIED] for code, text in said]
    whose = frame["account_id"].fillna(frame["user_id"]).fillna(frame["source"] + frame["said_id"])
    mrr = frame["mrr"].fillna(0.0) if "mrr" in frame else 0.0
    frame = frame.assign(theme=pd.Series(found, index=frame.index), whose=whose, mrr=mrr)
    told: list[dict[str, Any]] = []
    for key, mine in frame.groupby(by, dropna=False, sort=True) if by else [((), frame)]:
        themed = mine.explode("theme")
        if UNCLASSIFIED not in set(themed["theme"]):
            told.append(_row(dict(zip(by, key, strict=True)), UNCLASSIFIED, mine.iloc[:0], len(mine)))
        for theme, rows in themed.groupby("theme"):
            told.append(_row(dict(zip(by, key, strict=True)), str(theme), rows, len(mine)))
    rows = pd.DataFrame(told).assign(
        read=len(frame), of=int(frame.groupby("source")["of"].max().sum()), last=lambda r: r["theme"] == UNCLASSIFIED
    )
    order = [*by, "last", "value", "mrr", "theme"]
    return rows.sort_values(order, ascending=[*([True] * (len(by) + 1)), False, False, True])[columns]


def _words(column: pd.Series[Any]) -> list[str | None]:
    return [value if isinstance(value, str) else None for value in column]


def _row(keys: dict[str, Any], theme: str, rows: pd.DataFrame, total: int) -> dict[str, Any]:
    customers = rows.drop_duplicates("whose")
    return keys | {
        "theme": theme,
        "value": len(customers),
        "n": len(customers),
        "mrr": float(customers["mrr"].sum()),
        "texts": len(rows),
        "share": len(rows) / total,
        "answered": rows.loc[rows["answered"] == 1, "whose"].nunique(),
        "example": _example(rows) if len(customers) >= FEWEST_BEHIND_EXAMPLE else None,
    }


def _example(rows: pd.DataFrame) -> str | None:
    """The latest text of some words, masked; the same for everybody who asks."""
    for _, row in rows.sort_values(["said_at", "said_id"], ascending=False).iterrows():
        if isinstance(row["text"], str) and len(row["text"].split()) > 1:
            names = [row.get("known_name"), row.get("known_first_name")]
            return masked(row["text"], [name for name in names if isinstance(name, str)])
    return None


def _notes(rows: Sequence[Mapping[str, Any]], _: Asked) -> Sequence[Note]:
    rows = [row for row in rows if row.get("read")]
    if not rows:
        return ()
    read = {row.get("period"): row["read"] for row in rows}
    outside = sum(row["texts"] for row in rows if row["theme"] == UNCLASSIFIED)
    notes = [Note("themes_by_words", {"share": outside / sum(read.values())})]
    if rows[0]["of"] > rows[0]["read"]:
        notes.append(Note("themes_cut", {"n": rows[0]["of"], "shown": rows[0]["read"]}))
    return notes


@metric(
    unit=Unit.COUNT,
    good="context",
    shape=Shape.LEVEL,
    needs=(),
    by=ACCOUNT_DIMENSIONS,
    keys=("theme",),
    finish=_finish,
    notes=_notes,
    companions=("feature_requests", "churn_reasons"),
)
def feedback_themes(t: Tables, window: Window, by: tuple[str, ...] = ()) -> ir.Table:
    """What customers talk about, by theme, ranked by how many of them do and what they pay.

    Formula: distinct customers with a piece of feedback of the theme; `mrr` is what they pay at the start or the end
    of the period, whichever is more, `texts` the pieces and `share` their share of all. A piece has the theme of its
    code and every theme whose words (English, French, Spanish, Polish) stand in its text; `unclassified` has
    neither. `answered` counts the customers whose request a release answered by then. An example is shown of what
    five or more customers said, without names, addresses and numbers.
    At risk: reasons of subscriptions that ended in the period, comments of surveys, categories of tickets, requests;
    of each at most the 5,000 latest are read. A piece can have several themes, so themes do not add up.
    Example: 2026-10, the finger-count company, theme=bug: 2.
    Source: practice of feedback analysis: coding by a list, with the uncoded share told.
    """
    return _read(t, window, by)
