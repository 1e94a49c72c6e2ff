"""A receipt → the modal that shows it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.documents import Receipt
from bot.language import Language
from bot.slack import buttons, limits
from bot.slack.blocks import mrkdwn, verbatim
from bot.slack.limits import Block, shortened
from bot.slack.tables import labelled
from bot.types import Choice, Endorsement, Evidence, Query

View = dict[str, Any]
ACTION = "receipt"
CSV, SQL, USE, ENDORSE = "receipt_csv", "receipt_sql", "receipt_use_", "receipt_endorse"
SHOWN_SQL = 1_500
MOST_ROWS = 12
MOST_MORE = 12
SAID = "said"
"""The id of the block that tells what a click has done."""


def loading(language: Language, metadata: str) -> View:
    """What stands there until the receipt is read."""
    return _modal(language, [_section(language.say("slack_receipt_loading"))], metadata)


def refused(language: Language, sentence: str) -> View:
    """Why there is no receipt to see."""
    return _modal(language, [_section(mrkdwn(sentence))], "")


def view(
    receipt: Receipt, others: Sequence[tuple[Query, Evidence]], language: Language, metadata: str, *, measuring: bool
) -> View:
    """The receipt with the other definitions measured so far; `measuring` says that more may come."""
    main = receipt.evidence[0]
    blocks = [
        *_figure(main, language),
        *([_section(mrkdwn(receipt.source))] if receipt.source else []),
        _section(_definition(receipt, language)),
        *_endorse(receipt, language),
        {"type": "section", "fields": list(_fields(main, language))},
        *_more(receipt.evidence[1:], language),
        *_others(receipt, others, language, measuring),
        *_query(main, language),
    ]
    return _modal(language, blocks, metadata)


def with_note(language: Language, view: Mapping[str, Any], pressed: str, text: str) -> View:
    """An open receipt that tells, below the block that was `pressed`, what the click has done."""
    blocks: list[Block] = []
    for block in view["blocks"]:
        if block.get("block_id") != SAID:
            blocks.append(dict(block))
        if block.get("block_id") == pressed:
            blocks.append({"type": "context", "block_id": SAID, "elements": [verbatim(mrkdwn(text))]})
    return _modal(language, blocks, str(view.get("private_metadata", "")))


def table_of(receipt: Receipt) -> str:
    """The rows of all its figures as CSV, each with its metric and its days (the end is not one of them)."""
    names = list(dict.fromkeys(name for one in receipt.evidence for name in _names(one)))
    out = io.StringIO()
    writer = csv.DictWriter(out, ["metric", "role", "start", "end", *names], lineterminator="\n")
    writer.writeheader()
    for one in receipt.evidence:
        window = one.query.window
        days = {"start": window.start, "end": window.end} if window else {}
        for row in one.rows:
            writer.writerow({"metric": one.query.metric, "role": one.role, **days, **_flat(row)})
    return out.getvalue()


def queries_of(receipt: Receipt) -> str:
    """The queries behind its figures, each once, under the metrics they measured."""
    metrics: dict[str, list[str]] = {}
    for one in receipt.evidence:
        metrics.setdefault(one.sql, []).append(one.query.metric or "")
    return "\n\n".join(f"-- {', '.join(dict.fromkeys(names))}\n{sql};" for sql, names in metrics.items()) + "\n"


def file_name(receipt: Receipt, ending: str) -> str:
    """Such as churn_rate-2026-10-01.csv."""
    window = receipt.query.window
    return f"{receipt.query.metric}{f'-{window.start}' if window else ''}.{ending}"


# --- pieces -----------------------------------------------------------------------------------


def _modal(language: Language, blocks: list[Block], metadata: str) -> View:
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": language.say("slack_receipt_title")},
        "close": {"type": "plain_text", "text": language.say("slack_receipt_close")},
        "callback_id": ACTION,
        "private_metadata": metadata,
        "blocks": blocks[: limits.VIEW_BLOCKS],
    }


def _section(text: str, **more: Any) -> Block:
    return {"type": "section", "text": verbatim(shortened(text, limits.SECTION)), **more}


def _titled(evidence: Evidence, language: Language) -> str:
    metric, window = evidence.query.metric or "", evidence.query.window
    if window is None:
        return language.say("choice_metric", metric=metric)
    return language.say("choice_window", metric=metric, window=window)


def figure(evidence: Evidence, language: Language) -> str:
    """The number of a measurement with one row, with its counts or its base."""
    row = evidence.rows[0]
    unit = {"unit": evidence.unit.value, "currency": evidence.currency}
    value = NONE if row.get("value") is None else language.say("cell_figure", value=row["value"], **unit)
    if "whole" in row:
        part, whole = (_amount(evidence, row[name], language) for name in ("part", "whole"))
        return language.say("slack_receipt_of", value=value, part=part, whole=whole)
    return value


NONE = limits.NOTHING


def _amount(evidence: Evidence, value: Any, language: Language) -> str:
    if evidence.parts == "money" and evidence.currency is not None:
        return language.say("cell_money", value=value, currency=evidence.currency)
    return language.say("cell_number", value=value)


def _figure(main: Evidence, language: Language) -> Iterator[Block]:
    title = mrkdwn(_titled(main, language))
    if len(main.rows) == 1:
        yield _section(f"{title}\n*{mrkdwn(figure(main, language))}*")
        return
    lines = [f"• {mrkdwn(line)}" for line in labelled(main, language)[:MOST_ROWS]]
    left = len(main.rows) - len(lines)
    cut = [language.say("slack_receipt_rows_left", n=left)] if left > 0 else []
    yield _section("\n".join([f"*{title}*", *lines, *cut]))


def _definition(receipt: Receipt, language: Language) -> str:
    texts = receipt.definition
    lines = [
        texts["summary"],
        language.say("define_formula", formula=texts["formula"]),
        language.say("define_base", base=texts["at_risk"]),
        language.say("define_source", source=texts["source"]),
    ]
    if receipt.query.variant:
        metric = receipt.query.metric
        lines.insert(0, language.say("choice_metric_variant", metric=metric, variant=receipt.query.variant))
    return mrkdwn("\n".join(lines))


def _fields(main: Evidence, language: Language) -> Iterator[Block]:
    query, row = main.query, main.rows[0] if len(main.rows) == 1 else {}
    told = [
        (f"slack_receipt_{name}", _amount(main, row[name], language))
        for name in ("part", "whole")
        if row.get(name) is not None
    ]
    if "whole" not in row and row.get("n") is not None:
        told.append(("slack_receipt_base", language.say("cell_number", value=row["n"])))
    if query.window is not None:
        told.append(("slack_receipt_window", language.say("slack_receipt_days", **_days(query))))
    none = language.say("slack_receipt_none")
    told.append(("slack_receipt_filters", language.say("slack_receipt_only", filters=query.filters)
                 if query.filters else none))  # fmt: skip
    if query.exclude:
        told.append(("slack_receipt_without", language.say("slack_receipt_only", filters=query.exclude)))
    told.append(("slack_receipt_as_of", language.say("slack_receipt_day", day=main.as_of)))
    confined = tuple((one.dimension, one.values) for one in main.rights)
    told.append(("slack_receipt_rights", language.say("slack_receipt_only", filters=confined)
                 if confined else none))  # fmt: skip
    for key, value in told:
        yield verbatim(shortened(f"*{language.say(key)}*\n{mrkdwn(value)}", limits.FIELD))


def _days(query: Query) -> dict[str, date]:
    assert query.window is not None
    return {"first": query.window.start, "last": query.window.end - timedelta(days=1)}


def _more(evidence: Sequence[Evidence], language: Language) -> Iterator[Block]:
    single = [one for one in evidence if len(one.rows) == 1]
    lines = [f"• {_titled(one, language)}: {figure(one, language)}" for one in single][:MOST_MORE]
    if lines:
        yield _section(f"*{language.say('slack_receipt_more')}*\n{mrkdwn(chr(10).join(lines))}")


def _endorse(receipt: Receipt, language: Language) -> Iterator[Block]:
    """Who stands by the definition, or a button for who may."""
    found = _endorsed(receipt, receipt.query)
    if found is not None:
        yield _section(mrkdwn(language.say("footing_endorsed", by=found.by, day=found.day)))
    elif receipt.endorsable:
        text = {"type": "plain_text", "text": language.say("slack_receipt_endorse")}
        yield {"type": "actions", "elements": [{"type": "button", "action_id": ENDORSE, "text": text}]}


def _endorsed(receipt: Receipt, query: Query) -> Endorsement | None:
    """The endorsement of the definition of a query; one without what is the default anyway is the same."""
    chosen = set(query.variant)
    return next((one for one in receipt.endorsed if set(one.variant) == chosen), None)


def _others(
    receipt: Receipt, others: Sequence[tuple[Query, Evidence]], language: Language, measuring: bool
) -> Iterator[Block]:
    if not others and not measuring:
        return
    yield {"type": "divider"}
    yield {"type": "header", "text": {"type": "plain_text", "text": language.say("slack_receipt_others")}}
    for number, (query, evidence) in enumerate(others):
        variant = dict(query.variant)
        label = language.say("slack_receipt_usual") if not variant else language.say(
            "slack_receipt_variant", variant=query.variant)  # fmt: skip
        if (found := _endorsed(receipt, query)) is not None:
            label = f"{label} – {language.say('footing_endorsed', by=found.by, day=found.day)}"
        asked = language.say("choice_metric_variant", metric=query.metric, variant=query.variant) if variant else (
            language.say("choice_metric", metric=query.metric))  # fmt: skip
        load = buttons.for_choice(Choice(asked, query))
        use = {
            "accessory": {
                "type": "button",
                "action_id": f"{USE}{number}",
                "text": {"type": "plain_text", "text": language.say("slack_receipt_use")},
                "value": load,
            }
        }
        yield _section(f"{mrkdwn(label)}\n*{mrkdwn(figure(evidence, language))}*", **(use if load else {}))
    if measuring:
        yield _section(language.say("slack_receipt_measuring"))


def _query(main: Evidence, language: Language) -> Iterator[Block]:
    yield {"type": "divider"}
    if main.sql:
        sql = main.sql.replace("```", "` ` `")
        cut = sql if len(sql) <= SHOWN_SQL else sql[:SHOWN_SQL].rsplit("\n", 1)[0] + "\n…"
        escaped = cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        yield _section(f"*{language.say('slack_receipt_query')}*\n```{escaped}```")
    yield {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": action, "text": {"type": "plain_text", "text": language.say(key)}}
            for action, key in ((CSV, "slack_receipt_csv"), (SQL, "slack_receipt_sql"))
        ],
    }


def _names(evidence: Evidence) -> Iterator[str]:
    for name in evidence.columns:
        pair = any(isinstance(row.get(name), list | tuple) for row in evidence.rows)
        yield from (f"{name}_low", f"{name}_high") if pair else (name,)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list | tuple):
            flat[f"{name}_low"], flat[f"{name}_high"] = value
        elif isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
            flat[name] = f"'{value}"  # else a spreadsheet would run it as a formula
        else:
            flat[name] = value
    return flat
