"""Two figures of one thing: which rules part them and whose customers they are, or which definition gives a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bot.analysis.definitions import ACCOUNT, LEAST, PLAIN, Counted, Definition, counted, names_of, trimmed, usual
from bot.analysis.finder import Search, fits, others, search, vendors_of
from bot.analysis.measure import measure
from bot.analysis.reconcile import METRIC, WINDOW, Moved, Reconciliation, Step, reconcile
from bot.analysis.windows import is_trend
from bot.engines.answers.part import Desk, Part
from bot.engines.answers.shapes import scope
from bot.engines.understanding.heard import Named
from bot.errors import BadQuestion, ForPerson
from bot.metrics import catalogue
from bot.metrics.vendors import expanded
from bot.types import Amount, Evidence, Grain, Query, Shape, Unit

TENTH = 0.1
MOST_FITS = 12
MOST_OFFERED = 10
MOST_NAMES = 5
MOST_ROWS = 500
"""Rows of the list of those who are counted differently."""


def reconciled(desk: Desk, query: Query) -> Part:
    """Ours against another definition, a stated figure, or, where neither is named, all definitions that differ."""
    metric = desk.analyst.metric(query.metric)
    if metric.shape not in PLAIN or metric.keys:
        raise BadQuestion("cannot_reconcile", metric=metric.name)
    settled = desk.analyst.settled(query)
    assert settled.window is not None
    window = replace(settled.window, grain=Grain.RANGE) if is_trend(settled.window) else settled.window
    ours = Definition(metric.name, trimmed(metric, settled.variant, desk.analyst.company.definitions), window)
    part = Part(queries=[replace(settled, window=window)])
    main = _measured(desk, part, ours, "main")
    mine = _told(desk, part, ours)
    part.say(
        "reconcile_ours", main, metric=metric.name, window=window, told=_figure(desk, mine),
        how=_how(desk, ours, ours),
    )  # fmt: skip
    scope(part, replace(main, query=replace(main.query, variant=())))
    theirs = _other(desk, part, ours) if query.subject else None
    if query.amounts:
        _stated(desk, part, mine, theirs, dated=query.window is not None)
    elif theirs is not None:
        _apart(desk, part, ours, theirs)
    else:
        _overview(desk, part, mine)
    part.follow_ups = [desk.language.say("follow_value", metric=metric.name)]
    return part


# ------------------------------------------------------------ the two sides


def _measured(desk: Desk, part: Part, one: Definition, role: str) -> Evidence:
    """The receipt of one definition."""
    asked = replace(
        part.queries[0], metric=one.metric, variant=one.variant, window=one.window, subject=None, amounts=()
    )
    found = measure(desk.analyst, asked, id=desk.next_id(), role="main" if role == "main" else "baseline")
    part.keep(found)
    return found


def _told(desk: Desk, part: Part, one: Definition) -> Counted:
    found = counted(desk.analyst, part.queries[0], (one,))
    if not found:
        raise BadQuestion("cannot_reconcile", metric=one.metric)
    return found[0]


def _other(desk: Desk, part: Part, ours: Definition) -> Definition:
    """The definition that the subject writes. Raises what a person must be told of a rule that does not exist."""
    named = Named.of(part.queries[0].subject or "")
    metric = desk.analyst.metric(named.metric)
    variant = expanded(tuple(sorted(named.fixed)), metric)
    if metric.shape not in PLAIN or metric.keys:
        raise BadQuestion("cannot_reconcile", metric=metric.name)
    asked = replace(part.queries[0], metric=metric.name, variant=variant, subject=None, amounts=())
    rules = trimmed(metric, desk.analyst.settled(asked).variant, desk.analyst.company.definitions)
    return Definition(metric.name, rules, ours.window)


def _figure(desk: Desk, one: Counted) -> str:
    """The number with what it is made of, as one definition tells it."""
    metric = catalogue()[one.definition.metric]
    unit = Unit.COUNT if one.definition.take == "part" else metric.unit
    values = {"value": one.value, "part": one.part, "whole": one.whole, "unit": unit.value}
    currency = desk.analyst.company.definitions.currency
    if one.value is None:
        return desk.language.say("reconcile_undefined")
    kind = "counts" if metric.parts == "counts" else "money" if metric.parts == "money" else "averages"
    key = "figure" if metric.shape is Shape.LEVEL or one.definition.take == "part" else kind
    return desk.language.say(f"reconcile_told_{key}", currency=currency, **values)


def _how(desk: Desk, ours: Definition, one: Definition) -> str:
    """A definition in words: the vendors that count so, its rules, and what else differs from ours."""
    say, words = desk.language.say, []
    if one.metric != ours.metric:
        words.append(desk.language.name("metrics", one.metric))
    if one.take == "part":
        words[-1:] = [say("reconcile_count_of", metric=one.metric)]
    words += [say("reconcile_rules", variant=(pair,)) for pair in one.variant]
    if one.window != ours.window:
        words.append(say("reconcile_days", window=one.window))
    vendors = vendors_of(one, desk.analyst.company.definitions)
    if vendors:
        words.append(
            say("reconcile_vendors", vendors=[say("reconcile_rules", variant=(("vendor", name),)) for name in vendors])
        )
    as_usual = not one.variant and one.metric == ours.metric and one.window == ours.window
    return ", ".join([say("reconcile_usual"), *words] if as_usual else words)


# ------------------------------------------------------------ a stated figure


def _stated(desk: Desk, part: Part, mine: Counted, theirs: Definition | None, *, dated: bool) -> None:
    """For each stated figure that is not ours: who gives it. What both give is said to be so."""
    amounts = part.queries[0].amounts
    theirs = _tellable(desk, part, mine.definition, theirs)
    foreign = [one for one in amounts if not fits(one, mine)]
    for one in amounts:
        if one not in foreign:
            part.say("find_ours", part.evidence[0], stated=_amount(desk, one))
    for one in foreign or amounts[:1]:
        _search(desk, part, mine, theirs, one, dated=dated)


def _tellable(desk: Desk, part: Part, ours: Definition, theirs: Definition | None) -> Definition | None:
    """The definition of the tool that is named; None, with the reason said, where this data cannot tell it."""
    if theirs is None or counted(desk.analyst, part.queries[0], (theirs,)):
        return theirs
    try:
        measure(desk.analyst, replace(part.queries[0], variant=theirs.variant, subject=None, amounts=()))
    except ForPerson as error:
        part.say("find_named_untold", how=_how(desk, ours, theirs), why=desk.language.say(error.key, **error.values))
    return None


def _search(desk: Desk, part: Part, mine: Counted, theirs: Definition | None, amount: Amount, *, dated: bool) -> None:
    ours = mine.definition
    found = search(desk.analyst, part.queries[0], ours, amount, theirs, dated=dated)
    tried = _tried(desk, part, found)
    n, stated = len(found.tried), _amount(desk, amount)
    if theirs is not None:
        _as_named(desk, part, found, theirs, amount)
    fitting = [one for one in found.fits if one.definition != ours]
    if theirs is not None:  # what the named tool does comes first
        fitting.sort(key=lambda one: one.definition != theirs)
    if not fitting and found.fits:
        part.say("find_only_ours", tried, stated=stated, n=n)
        return
    if not fitting:
        part.say("find_none", tried, stated=stated, n=n)
        if found.nearest is not None:
            nearest = found.nearest
            part.say("find_nearest", tried, how=_how(desk, ours, nearest.definition), told=_figure(desk, nearest))
        return
    part.say("find_fits", tried, stated=stated, n=n, fits=len(fitting))
    for one in fitting[:MOST_FITS]:
        part.say("find_fit", tried, how=_how(desk, ours, one.definition), told=_figure(desk, one))
    if len(fitting) > MOST_FITS:
        part.say("find_more", tried, n=len(fitting) - MOST_FITS)
    part.say("find_chance" if len(fitting) == 1 else "find_several", tried, n=n, fits=len(fitting))
    if not fits(amount, mine):
        _apart(desk, part, ours, fitting[0].definition)


def _as_named(desk: Desk, part: Part, found: Search, theirs: Definition, amount: Amount) -> None:
    """What the tool that is named would give by its own documentation, where that is not what is stated."""
    own = next((one for one in found.tried if one.definition == theirs), None) or _told(desk, part, theirs)
    if not fits(amount, own):
        evidence = _measured(desk, part, theirs, "baseline")
        part.say(
            "find_named_otherwise", evidence, how=_how(desk, found.tried[0].definition, theirs),
            told=_figure(desk, own), stated=_amount(desk, amount),
        )  # fmt: skip


def _amount(desk: Desk, amount: Amount) -> str:
    currency = desk.analyst.company.definitions.currency
    if amount.unit == "percent" and amount.to == TENTH:  # "4.0 %" says more than "4 %"
        return desk.language.say("stated_percent_to_tenths", value=amount.value / 100)
    return desk.language.say(f"stated_{amount.unit}", value=amount.value, currency=currency)


def _tried(desk: Desk, part: Part, found: Search) -> Evidence:
    """Every definition that was tried, with its number, those that fit first."""
    ordered = [*found.fits, *(one for one in found.tried if one not in found.fits)]
    return _table(desk, part, [
        {
            "definition": one.definition.written, "start": one.definition.window.start,
            "end": one.definition.window.end, "value": one.value, "part": one.part, "whole": one.whole,
        }
        for one in ordered
    ])  # fmt: skip


def _overview(desk: Desk, part: Part, mine: Counted) -> None:
    """What the other definitions give over the same days, the farthest from ours first."""
    ours = mine.definition
    found = counted(desk.analyst, part.queries[0], tuple(others(ours, desk.analyst.company.definitions)))
    apart = [
        one for one in found if one.exact is not None and one.exact != mine.exact and one.definition.take == "value"
    ]
    base = mine.value or 0.0
    apart.sort(key=lambda one: -abs((one.value or 0.0) - base))
    rows = [
        {"definition": one.definition.written, "value": one.value, "part": one.part, "whole": one.whole}
        for one in apart
    ]
    evidence = _table(desk, part, rows)
    if apart:
        part.say("reconcile_overview", evidence, n=len(found), differ=len(apart))
    else:
        part.say("reconcile_all_alike", evidence, n=len(found))
    for one in apart[:MOST_OFFERED]:
        part.say("find_fit", evidence, how=_how(desk, ours, one.definition), told=_figure(desk, one))
    part.say("reconcile_which", evidence)


# ------------------------------------------------------------ the difference, taken apart


def _apart(desk: Desk, part: Part, ours: Definition, theirs: Definition) -> None:
    """The difference rule by rule, and who is counted by one and not by the other."""
    found = reconcile(desk.analyst, part.queries[0], ours, theirs)
    baseline = _measured(desk, part, theirs, "baseline")
    how = _how(desk, ours, theirs)
    part.say("reconcile_theirs", baseline, told=_figure(desk, found.theirs), how=how)
    if not found.steps or found.ours.exact == found.theirs.exact:
        part.say("reconcile_same", part.evidence[0], baseline)
    if not found.steps:
        return
    evidence = _steps_evidence(desk, part, found)
    shared = _shared(desk, found.theirs)
    alike = catalogue()[theirs.metric].unit is catalogue()[ours.metric].unit or theirs.take == "part"
    if found.ours.exact != found.theirs.exact and alike:
        part.say("reconcile_difference", evidence, change=found.change, n=len(found.steps), **shared)
    for step in found.steps:
        _say_step(desk, part, evidence, step, shared)
    if found.order_matters:
        part.say("reconcile_order", evidence)
    _people(desk, part, found)


def _shared(desk: Desk, one: Counted) -> dict[str, Any]:
    unit = Unit.COUNT if one.definition.take == "part" else catalogue()[one.definition.metric].unit
    return {"unit": unit.value, "currency": desk.analyst.company.definitions.currency}


def _say_step(desk: Desk, part: Part, evidence: Evidence, step: Step, shared: dict[str, Any]) -> None:
    """One rule: what it adds, from which figure to which, and the customers that it moves."""
    direction = "none" if not step.exact else "up" if step.exact > 0 else "down"
    part.say(
        f"reconcile_step_{direction}", evidence, rule=_rule(desk, step), change=step.change,
        before=_figure(desk, step.before), after=_figure(desk, step.after), **shared,
    )  # fmt: skip
    facts = [*_facts(desk, "part", step.part), *_facts(desk, "whole", step.whole)]
    if facts:
        part.say("reconcile_moved", evidence, facts=facts)
    metric = catalogue()[step.after.definition.metric]
    if step.part is not None and step.whole is None and metric.shape is not Shape.LEVEL:
        part.say("reconcile_base_no_people", evidence)
    elif step.part is None and step.exact:
        part.say("reconcile_no_people", evidence)


def _rule(desk: Desk, step: Step) -> str:
    """The rule as it becomes, and as it was."""
    say, before, after = desk.language.say, step.before.definition, step.after.definition
    if step.rule == METRIC:
        return _how(desk, before, after)
    if step.rule == WINDOW:
        return say("reconcile_rule_days", after=after.window, before=before.window)
    default = usual(catalogue()[after.metric], desk.analyst.company.definitions)
    then, now = ({**default, **dict(one.variant)}[step.rule] for one in (before, after))
    return say("reconcile_rule", after=((step.rule, now),), before=((step.rule, then),))


def _facts(desk: Desk, side: str, moved: Moved | None) -> list[str]:
    if moved is None:
        return []
    smallest = desk.analyst.rights.smallest_cell
    counts = {"joined": moved.joined, "left": moved.left, "resized": moved.resized}
    if any(0 < n < smallest for n in counts.values()):
        return [desk.language.say(f"moved_{side}_few", smallest=smallest)]
    return [desk.language.say(f"moved_{side}_{name}", n=n) for name, n in counts.items() if n]


def _steps_evidence(desk: Desk, part: Part, found: Reconciliation) -> Evidence:
    """A row a rule; the effects add up to theirs less ours."""
    smallest = desk.analyst.rights.smallest_cell

    def seen(n: int) -> int | None:
        return None if 0 < n < smallest else n

    rows = []
    for step in found.steps:
        row = {
            "rule": step.rule, "definition": step.after.definition.written, "value": step.after.value,
            "effect": step.change, "part": step.after.part, "whole": step.after.whole,
            "baseline_part": step.before.part, "baseline_whole": step.before.whole,
        }  # fmt: skip
        for side, moved in (("part", step.part), ("whole", step.whole)):
            for name in ("joined", "left", "resized"):
                row[f"{side}_{name}"] = None if moved is None else seen(getattr(moved, name))
        rows.append(row)
    evidence = _table(desk, part, rows)
    sql = found.accounts.sql if found.accounts is not None else ""
    part.evidence[-1] = evidence = replace(evidence, sql=sql)
    return evidence


def _people(desk: Desk, part: Part, found: Reconciliation) -> None:
    """Those whom the two ends count differently, by name for whoever may see persons."""
    accounts = found.accounts
    if accounts is None or not (accounts.parts or accounts.wholes) or not desk.analyst.rights.person_level:
        return
    last = len(found.steps)
    sides = [side for side, adds_up in (("part", accounts.parts), ("whole", accounts.wholes)) if adds_up]
    frame = accounts.frame
    unlike = [
        row for row in frame.to_dict("records")
        if any(abs(row[f"{side}0"] - row[f"{side}{last}"]) > LEAST for side in sides)
    ]  # fmt: skip
    if not unlike:
        return

    def apart(row: dict[Any, Any], side: str) -> float:
        return float(row[f"{side}{last}"] - row[f"{side}0"]) if side in sides else 0.0

    unlike.sort(key=lambda row: (-abs(apart(row, "part")), -abs(apart(row, "whole")), row[ACCOUNT]))
    ends = (("ours", 0), ("theirs", last))
    names = names_of(desk.analyst, part.queries[0], [row[ACCOUNT] for row in unlike[:MOST_ROWS]])
    rows = [
        {
            "account_id": row[ACCOUNT], **names.get(row[ACCOUNT], {}),
            **{f"{whose}_{side}": row[f"{side}{at}"] for side in sides for whose, at in ends},
        }
        for row in unlike[:MOST_ROWS]
    ]  # fmt: skip
    evidence = _table(desk, part, rows, shape=Shape.ROSTER)
    if len(unlike) > MOST_ROWS:
        part.say("reconcile_list_cut", evidence, n=len(unlike), shown=MOST_ROWS)
    for side in sides:
        for key, wanted in (("theirs", 1), ("ours", -1)):
            chosen = [row for row in unlike if apart(row, side) * wanted > LEAST]
            if not chosen:
                continue
            shown = [_name(names, row[ACCOUNT]) for row in chosen[:MOST_NAMES]]
            if len(chosen) > MOST_NAMES:
                shown.append(desk.language.say("reconcile_others", n=len(chosen) - MOST_NAMES))
            part.say(f"people_{side}_{key}", evidence, names=shown, n=len(chosen))


def _name(names: dict[str, dict[str, Any]], account: str) -> str:
    name = names.get(account, {}).get("name")
    return f"{name} ({account})" if name else account


def _table(desk: Desk, part: Part, rows: Sequence[dict[str, Any]], shape: Shape | None = None) -> Evidence:
    """Rows that several definitions share, as a receipt of this question."""
    main = part.evidence[0]
    columns: Iterable[str] = dict.fromkeys(name for row in rows for name in row)
    evidence = replace(
        main, id=desk.next_id(), role="driver", shape=shape or main.shape, columns=tuple(columns), rows=tuple(rows),
        sql="", caveats=(), query=replace(main.query, amounts=part.queries[0].amounts),
    )  # fmt: skip
    part.evidence.append(evidence)
    return evidence
