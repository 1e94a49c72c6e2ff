"""The risk to lose a customer in words: what told it, how good that is, and what goes with the risk of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.analysis.measure import asked_of
from bot.analysis.risk_card import calibration, drivers, figures
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import label_of
from bot.metrics import catalogue
from bot.metrics.risk_model import Card, Driver, Judged, Learned
from bot.types import Evidence, Query

METRIC = "churn_risk"
CARD = "card"
"""The subject of a question that is about the model itself."""
SIDED = ("grown", "trend", "discount")
COUNTED = ("tenure", "renewal", "seats", "active_days", "people", "quiet_days", "tickets", "waiting", "nps", "failed")
SOME_DRIFT, STRONG_DRIFT = 0.1, 0.25
MOST_NAMES = 6
CLEARLY = 1.2
"""From so many times as many lost as expected on, or as few, the difference is said."""


def brief(desk: Desk, part: Part, query: Query) -> None:
    """Beside a figure of risk: model or rule, how good it is, and how a risk is to be read."""
    said = _notes(desk, query)
    part.caveats = [note for note in part.caveats if note not in said]  # here it is said in full
    learned = _learned(desk, query)
    if learned is None:
        part.say("risk_brief_rule")
        part.caveats.extend(said)
        part.say("risk_reading")
        return
    card = learned.card
    kept = _kept(desk, part, figures(desk.analyst, query, card))
    if card.used == "rule":
        part.say(f"risk_brief_rule_{card.reason}", kept, lost=card.lost, needed=card.needed)
    else:
        part.say("risk_brief_model", kept, lost=card.lost, until=card.learned_until)
    if card.used == "model" and (judged := card.judged) is not None:
        part.say(
            "risk_brief_judged", kept, customers=judged.customers, base=judged.base, auc=judged.auc, lift=judged.lift,
            fits=judged.fits, of=len(judged.fifths),
        )  # fmt: skip
        _surprise(part, kept, judged)
    if card.used == "model" and not desk.analyst.company.definitions.snapshot:
        part.say("risk_horizon", days=card.horizon)
    part.say("risk_reading")


def card(desk: Desk, query: Query) -> Part:
    """How good what tells the risk is: its sources, its judgement on a later period, what it goes by and refuses."""
    query = desk.analyst.settled(replace(query, subject=None))
    part = Part(queries=[replace(query, subject=CARD)])
    learned = _learned(desk, query)
    if learned is None:
        part.say("risk_brief_rule")
        part.caveats.extend(_notes(desk, query))
        part.say("risk_reading")
        return part
    found = learned.card
    kept = _kept(desk, part, figures(desk.analyst, query, found))
    if found.used == "model":
        _sources(part, kept, found)
    else:
        part.say(f"risk_brief_rule_{found.reason}", kept, lost=found.lost, needed=found.needed)
        part.say("card_without" if found.judged is None else "card_candidate", kept)
    if found.judged is not None:
        _judged(desk, part, query, kept, found)
    _drift(part, kept, found)
    _names(desk, part, query, learned)
    part.say("risk_reading")
    part.follow_ups = [desk.language.say("follow_value", metric=METRIC), desk.language.say("follow_who")]
    return part


def _learned(desk: Desk, query: Query) -> Learned | None:
    window = desk.analyst.settled(query).window
    assert window is not None
    found: Learned | None = desk.analyst.learned(_horizon(query), window.end)
    return found


def _notes(desk: Desk, query: Query) -> Sequence[Any]:
    metric = catalogue()[METRIC]
    assert query.window is not None
    assert metric.notes is not None
    found: Sequence[Any] = metric.notes((), asked_of(desk.analyst, metric, query, query.window))
    return found


def _horizon(query: Query) -> int:
    return int(dict(query.variant).get("horizon_days", catalogue()[METRIC].variants["horizon_days"][0]))


def _kept(desk: Desk, part: Part, evidence: Evidence) -> Evidence:
    kept = replace(evidence, id=desk.next_id())
    part.keep(kept)
    return kept


def _sources(part: Part, kept: Evidence, found: Card) -> None:
    part.say(
        "card_model", kept, rows=found.rows, days=found.days, start=found.learned_from, lost=found.lost,
        until=found.learned_until,
    )  # fmt: skip
    if found.renewed_on is not None:
        part.say("card_anew", kept, day=found.renewed_on)


def _judged(desk: Desk, part: Part, query: Query, kept: Evidence, found: Card) -> None:
    judged = found.judged
    assert judged is not None
    low, high = judged.auc_interval
    part.say(
        f"card_{judged.way}", kept, customers=judged.customers, day=judged.day, until=judged.until, lost=judged.lost,
        base=judged.base,
    )  # fmt: skip
    part.say("card_auc", kept, auc=judged.auc, low=low, high=high)
    if judged.rule_auc is not None:
        part.say("card_auc_rule", kept, auc=judged.rule_auc)
    part.say(
        "card_top", kept, precision=judged.precision, part=judged.top_lost, whole=judged.top, lift=judged.lift,
        held=judged.held,
    )  # fmt: skip
    table = _kept(desk, part, calibration(desk.analyst, query, judged))
    for row in table.rows:
        part.say(
            "card_fifth", table, fifth=row["fifth"], of=len(table.rows), expected=row["expected"], share=row["value"],
            part=row["part"], whole=row["whole"], interval=row["interval"],
        )  # fmt: skip
    part.say("card_calibrated", table, fits=judged.fits, of=len(judged.fifths))
    _surprise(part, kept, judged)


def _surprise(part: Part, kept: Evidence, judged: Judged) -> None:
    """That clearly more, or fewer, were lost than expected."""
    if not 1 / CLEARLY <= judged.lost / judged.expected <= CLEARLY:
        key = "card_more_lost" if judged.lost > judged.expected else "card_fewer_lost"
        part.say(key, kept, lost=judged.lost, expected=round(judged.expected))


def _drift(part: Part, kept: Evidence, found: Card) -> None:
    if found.drift is None:
        return
    size = "strong" if found.drift > STRONG_DRIFT else "some" if found.drift > SOME_DRIFT else "none"
    part.say(f"card_drift_{size}", kept, drift=found.drift)


def _names(desk: Desk, part: Part, query: Query, learned: Learned) -> None:
    """What goes with the risk, what only seems to, and what was refused."""
    found = learned.card
    if found.drivers:
        table = _kept(desk, part, drivers(desk.analyst, query, found))
        for told in ("up", "down", "turns"):
            names = [_named(desk, one) for one in found.drivers if one.told == told]
            if names:
                part.say(f"card_{told}", table, names=list(dict.fromkeys(names))[:MOST_NAMES])
        part.say("card_association", table)
    for reason in dict.fromkeys(one.reason for one in found.refused):
        refused = [feature_name(desk, one.name) for one in found.refused if one.reason == reason]
        part.say(f"card_refused_{reason}", names=refused)


def _named(desk: Desk, driver: Driver) -> str:
    kind, _, name = driver.name.partition(":")
    if kind == "dimension" and driver.level is not None:
        return desk.language.say("risk_dimension", name=name, value=label_of(desk, name, driver.level))
    label = feature_name(desk, driver.name)
    return label if driver.level is None else desk.language.say("risk_trait", name=label, value=driver.level)


def feature_name(desk: Desk, name: str) -> str:
    """A feature of the model as people call it."""
    kind, _, named = name.partition(":")
    if kind == "use":
        return desk.language.value_name("feature", named)
    if kind == "dimension":
        return desk.language.name("dimensions", named)
    return named or desk.language.value_name("risk", name)


def facts(desk: Desk, row: Mapping[str, Any], currency: str | None) -> list[str]:
    """What is said of one account in a list by risk: risk, what it pays, what may be lost, what goes with it."""
    say = desk.language.say
    told = [say("risk_person", risk=row["risk"], amount=row["mrr"], loss=row["expected_loss"], currency=currency)]
    if named := reasons(desk, row["drivers"], currency):
        told.append(say("risk_goes_with", reasons=named))
    return told


def reasons(desk: Desk, drivers: Sequence[Mapping[str, Any]], currency: str | None) -> list[str]:
    """What goes with the risk of an account, in words."""
    return [_reason(desk, one, currency) for one in drivers]


def _reason(desk: Desk, reason: Mapping[str, Any], currency: str | None) -> str:
    feature, value = reason["feature"], reason.get("value")
    values: dict[str, Any] = {"value": value, "currency": currency, "name": reason.get("name")}
    key = f"risk_{feature}"
    if feature == "use":
        values["name"] = desk.language.value_name("feature", reason["name"])
        values["value"] = round(value or 0)
        key = f"risk_use_{reason['side'] if values['value'] else 'none'}"
    elif feature == "dimension":
        values["value"] = label_of(desk, reason["name"], value)
    elif feature in SIDED:
        key = f"risk_{feature}_{reason['side']}"
    elif feature in COUNTED:
        values["value"] = round(value or 0)
    return desk.language.say(key, **values)
