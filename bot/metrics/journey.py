"""The way of a group of customers through the stages of their life, and where it is weakest or left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from bot.metrics.customers import ACCOUNT_DIMENSIONS
from bot.metrics.declare import Asked, metric
from bot.metrics.expressions import during, flag
from bot.metrics.messages import sends_of
from bot.metrics.stages import described_accounts, entered, moves, stage_of, used
from bot.metrics.tables import Tables, without
from bot.types import Grain, Note, Shape, Unit, Window

CHANNELS = ("email", "sms", "push", "web_push", "in_app", "whatsapp", "post", "phone")
STAGE_DIMENSIONS = without(ACCOUNT_DIMENSIONS, "tenure")


def _with_marks(frame: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Channels that were used, stages without any touch, and of each segment the step at which fewest move on."""
    unused = [name for name in CHANNELS if not frame[name].fillna(0).any()]
    frame = frame.drop(columns=unused).sort_values([*asked.by, "place"], kind="stable").reset_index(drop=True)
    frame["untouched"] = (frame["touches"] == 0) & ((frame["people"] > 0) | (frame["whole"] > 0))
    known = frame["whole"] >= asked.definitions.small_sample
    share = pd.Series(np.divide(frame["part"], frame["whole"].where(known)))
    groups: Any = frame.groupby(list(asked.by), sort=False).ngroup() if asked.by else pd.Series(0, index=frame.index)
    frame["weakest"] = (share == share.groupby(groups).transform("min")) & share.notna()
    return frame.drop(columns=["place"])


def _marked(rows: Sequence[Mapping[str, Any]], asked: Asked) -> list[Note]:
    """The weakest step, and the stages in which nobody hears from us."""
    if asked.by:
        return []
    weakest = [row for row in rows if row.get("weakest")]
    silent = [row["stage"] for row in rows if row.get("untouched")]
    notes = [
        Note("journey_weakest", {"stage": row["stage"], "dimension": "stage", "share": row["value"]}) for row in weakest
    ]
    return [*notes, *([Note("journey_untouched", {"stages": silent, "dimension": "stage"})] if silent else [])]


@metric(
    unit=Unit.SHARE,
    good="up",
    shape=Shape.SHARE,
    needs=("accounts.account_id",),
    by=STAGE_DIMENSIONS,
    window=Grain.YEAR,
    variants={"horizon_days": ("90", "30", "60", "180", "365")},
    keys=("stage",),
    finish=_with_marks,
    notes=_marked,
)
def journey(t: Tables, window: Window, by: tuple[str, ...] = (), *, horizon_days: str = "90") -> ir.Table:
    """The stages of the customers' life: who stands in each, who moves on, and what they hear from us there.

    Formula: of the accounts that entered the stage in the period, those that reached the next one within the horizon /
    all that entered and whose horizon is over; people = accounts in the stage at the period's end; touches = messages
    sent in the period to accounts whose furthest stage this was, also by channel; untouched marks a stage with people
    and no message, weakest the stage, of 30 entries or more, from which the smallest share moves on.
    At risk: accounts that entered the stage; the last stage has no next and no share; former customers stand in none.
    Example: 2026-07, the finger-count company, stage=acquisition: 1 of 2.
    Source: lifecycle stages as in retention marketing guides; a stage counts as passed once a later one is reached.
    """
    last = len(used(t)) - 1
    moved = moves(t, window, by, int(horizon_days))
    within = moved.place < last
    rows = [
        _rows(moved, by, part=flag((moved.moved == 1) & within), whole=flag(within)),
        _rows(here := stage_of(t, window.end, by), by, people=flag(here.place >= 0)),
    ]
    if t.has("sends"):
        heard = _touched(t, window, by)
        rows.append(_rows(heard, by, medium=heard.medium))
    frame = cast(ir.Table, ibis.union(*rows))
    return frame.group_by([*by, "stage", "place"]).agg(
        part=frame.part.sum(),
        whole=frame.whole.sum(),
        people=frame.people.sum(),
        touches=flag(frame.medium != "").sum(),
        **{name: flag(frame.medium == name).sum() for name in CHANNELS},
    )


def _rows(frame: ir.Table, by: tuple[str, ...], **filled: ir.Value) -> ir.Table:
    """One column a figure, so that what enters, stands and hears can be added up together."""
    blank: dict[str, Any] = {"part": 0, "whole": 0, "people": 0}
    figures = {name: filled.get(name, ibis.literal(value)).cast("int64") for name, value in blank.items()}
    return frame.select(*by, "stage", "place", **figures, medium=filled.get("medium", ibis.literal("")))


def _touched(t: Tables, window: Window, by: tuple[str, ...]) -> ir.Table:
    """Messages of the window with the stage in which their account stood, and its dimensions."""
    messages = sends_of(t)
    messages = messages.filter(during(messages.occurred_at, window))
    messages = messages.select("medium", reader="account_id", sent_on="occurred_at")
    stood = entered(t)
    heard = stood.inner_join(
        messages,
        [stood.account_id == messages.reader, stood.entered_on <= messages.sent_on, stood.left_on > messages.sent_on],
    )
    return t.narrow(described_accounts(t, heard, t.dimensions(by), window))
